import type { Wanted } from '../contexts/availability.ts';
import type { Fault, FaultKind } from '../contexts/scope.ts';
import { isComposite, nameOf, type Type } from '../contexts/types.ts';
import { BOTH, type Report, type Rule } from '../lint/rule.ts';
import { spanWithin } from '../lint/spans.ts';
import type { WorkflowTree } from '../lint/workflow.ts';
import { expressionsIn, spanIn, type Placed } from './analysis.ts';

const eachExpression = (workflow: WorkflowTree): readonly Placed[] => expressionsIn(workflow).flatMap(({ expressions }) => expressions);

/** What the checker found, of one kind. */
const telling =
  (kind: FaultKind, severityOf: (fault: Fault) => 'error' | 'warning'): Rule['check'] =>
  (workflow, report) => {
    for (const placed of eachExpression(workflow))
      for (const fault of placed.faults) {
        if (fault.kind !== kind) continue;
        const hint = fault.hint === undefined ? {} : { hint: fault.hint };
        report(spanIn(workflow, placed, fault), fault.message, { ...hint, severity: severityOf(fault) });
      }
  };

export const expressionSyntax: Rule = {
  id: 'expression-syntax',
  severity: 'error',
  summary: 'what stands in ${{ }} is no expression',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const { scalar, expressions, unclosed } of expressionsIn(workflow)) {
      for (const placed of expressions) {
        if (placed.parsed.kind === 'tree') continue;
        const { message, hint, ...part } = placed.parsed.problem;
        report(spanIn(workflow, placed, part), message, hint === undefined ? {} : { hint });
      }
      if (unclosed !== undefined)
        report(spanWithin(workflow.tree.text, scalar, unclosed, unclosed + 3), '${{ without }} behind it', { hint: 'close it with }}' });
    }
  },
};

export const expressionContext: Rule = {
  id: 'expression-context',
  severity: 'error',
  summary: 'a context or function that is not available where it is used',
  kinds: BOTH,
  check: telling('context', () => 'error'),
};

export const expressionFunction: Rule = {
  id: 'expression-function',
  severity: 'error',
  summary: 'a function that does not exist or cannot do with its arguments',
  kinds: BOTH,
  check: telling('function', () => 'error'),
};

export const expressionProperty: Rule = {
  id: 'expression-property',
  severity: 'error',
  summary: 'a step, job, input or other name that does not exist, so that the value is always empty',
  kinds: BOTH,
  check: telling('property', ({ certain }) => (certain ? 'error' : 'warning')),
};

/** Why a value of this type is not what the key wants. */
function misfit(wants: Wanted, type: Type, isWhole: boolean): { readonly message: string; readonly hint?: string } | undefined {
  const isText = wants === 'text' || !isWhole;
  if (wants === 'condition' || wants === 'any') return isText && wants !== 'condition' ? inText(type) : undefined;
  if (isText) return inText(type);
  if (wants === 'object' && !['object', 'any'].includes(type.kind))
    return { message: `an object is wanted here, not ${nameOf(type)}`, hint: 'fromJSON(…) makes one of a text' };
  if (wants === 'text or array' && type.kind === 'object') return { message: 'a text or an array is wanted here, not an object' };
  if (wants === 'text or object' && type.kind === 'array') return { message: 'a text or an object is wanted here, not an array' };
  return undefined;
}

function inText(type: Type): { readonly message: string; readonly hint?: string } | undefined {
  if (isComposite(type))
    return {
      message: `of ${nameOf(type)} only the word ${type.kind === 'array' ? 'Array' : 'Object'} comes into the text`,
      hint: 'toJSON(…) writes it out',
    };
  return type.kind === 'null' ? { message: 'null is always empty in a text' } : undefined;
}

const tellMisfit = (workflow: WorkflowTree, placed: Placed, report: Report): void => {
  const { type, parsed, availability, isWhole } = placed;
  const problem = type === undefined || parsed.kind !== 'tree' ? undefined : misfit(availability.wants, type, isWhole);
  if (problem === undefined || parsed.kind !== 'tree') return;
  report(spanIn(workflow, placed, parsed.tree), problem.message, problem.hint === undefined ? {} : { hint: problem.hint });
};

export const expressionType: Rule = {
  id: 'expression-type',
  severity: 'warning',
  summary: 'a value that cannot be what it is used as',
  kinds: BOTH,
  check: (workflow, report) => {
    telling('type', () => 'warning')(workflow, report);
    for (const placed of eachExpression(workflow)) tellMisfit(workflow, placed, report);
  },
};
