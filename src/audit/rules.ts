import type { Rule } from '../lint/rule.ts';
import { spoofableActor } from './actors.ts';
import { credentialsPersisted } from './artifacts.ts';
import { untrustedCheckout } from './checkout.ts';
import { conditionText, constantIf } from './conditions.ts';
import { environmentFile, insecureCommands } from './environment.ts';
import { expressionContext, expressionFunction, expressionProperty, expressionSyntax, expressionType } from './expressions.ts';
import { scriptInjection, scriptInput } from './injection.ts';
import { lockfileUnused } from './lockfile.ts';
import { permissionsBroad, permissionsMissing } from './permissions.ts';
import { cachePoisoning } from './releases.ts';
import { selfHostedRunner, unpinnedImage } from './runners.ts';
import { hardcodedCredentials, secretsInherit, secretsUnredacted } from './secrets.ts';

/** What expressions give, and what somebody else could make a workflow do. */
export const AUDIT: readonly Rule[] = [
  expressionSyntax,
  expressionContext,
  expressionFunction,
  expressionProperty,
  expressionType,
  conditionText,
  constantIf,
  scriptInjection,
  scriptInput,
  untrustedCheckout,
  environmentFile,
  insecureCommands,
  spoofableActor,
  permissionsMissing,
  permissionsBroad,
  credentialsPersisted,
  hardcodedCredentials,
  secretsUnredacted,
  secretsInherit,
  cachePoisoning,
  lockfileUnused,
  selfHostedRunner,
  unpinnedImage,
];
