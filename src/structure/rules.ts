import type { Rule } from '../lint/rule.ts';
import { actionFile, actionOutput, actionRuntime } from './action.ts';
import { emptyFilter, exclusiveFilters, filterPattern } from './events.ts';
import { environmentName, invalidId, repeatedStepId, stepsMissing } from './ids.ts';
import { callInput, callOutput, dispatchInput } from './inputs.ts';
import { containerImage, mergeKey, numberRange, tooManyInputs, unusedAnchor } from './limits.ts';
import { emptyList, matrixExclude, repeatedMatrixValue } from './matrix.ts';
import { actionInputs, callArguments, missingLocal } from './local.ts';
import { needsCycle, repeatedNeed, unknownNeed } from './needs.ts';
import { outdatedAction, popularInput } from './popular.ts';
import { labelConflict, shellName, unknownLabel } from './runners.ts';
import { cronInterval, cronSyntax, scheduleMissing, timezone } from './schedule.ts';
import { deprecatedCommand } from './scripts.ts';
import { callFormat, usesFormat } from './uses-format.ts';

/** What would not run as it reads. */
export const STRUCTURE: readonly Rule[] = [
  unknownNeed,
  repeatedNeed,
  needsCycle,
  invalidId,
  repeatedStepId,
  environmentName,
  stepsMissing,
  cronSyntax,
  cronInterval,
  timezone,
  scheduleMissing,
  filterPattern,
  exclusiveFilters,
  emptyFilter,
  unknownLabel,
  labelConflict,
  shellName,
  repeatedMatrixValue,
  matrixExclude,
  emptyList,
  usesFormat,
  callFormat,
  deprecatedCommand,
  numberRange,
  tooManyInputs,
  containerImage,
  mergeKey,
  unusedAnchor,
  dispatchInput,
  callInput,
  callOutput,
  missingLocal,
  actionInputs,
  callArguments,
  popularInput,
  outdatedAction,
  actionFile,
  actionRuntime,
  actionOutput,
];
