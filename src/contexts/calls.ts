import { nearest } from '../nearest.ts';
import { FUNCTIONS, placeholders } from './functions.ts';
import type { Signature } from './functions.ts';
import type { Scope, Tell } from './scope.ts';
import type { Expression } from './tree.ts';
import { ANY, isComposite, joined, nameOf, typeOf } from './types.ts';
import type { Type } from './types.ts';

type Call = Extract<Expression, { kind: 'call' }>;

const literalText = (tree: Expression | undefined): string | undefined =>
  tree?.kind === 'literal' && typeof tree.value === 'string' ? tree.value : undefined;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function checkCount({ name, least, most }: Signature, call: Call, tell: Tell): boolean {
  const given = call.args.length;
  if (given >= least && given <= most) return true;
  const wanted =
    given < least
      ? `${least === most ? '' : 'at least '}${plural(least, 'argument')}`
      : `${least === most ? '' : 'at most '}${plural(most, 'argument')}`;
  tell(call, 'function', `${name} takes ${wanted}, not ${given}`);
  return false;
}

function checkArguments({ name, takes }: Signature, call: Call, types: readonly Type[], tell: Tell): void {
  types.forEach((type, at) => {
    const wanted = takes[Math.min(at, takes.length - 1)] ?? 'any';
    const wrong = wanted === 'text' ? isComposite(type) : wanted === 'text or array' ? type.kind === 'object' : false;
    if (wrong)
      tell(call.args[at] ?? call, 'type', `${name} cannot do with ${nameOf(type)} as argument ${at + 1}`, { hint: `give it a ${wanted}` });
  });
}

function checkFormat(call: Call, tell: Tell): void {
  const text = literalText(call.args[0]);
  if (text === undefined) return;
  const found = placeholders(text);
  const given = call.args.length - 1;
  if (found === undefined) {
    tell(call, 'function', 'format has a brace that is no {0}', { hint: 'a brace is written twice: {{' });
    return;
  }
  const missing = [...found].find((one) => one >= given);
  if (missing !== undefined) tell(call, 'function', `format asks for {${missing}}, but gets ${plural(given, 'value')}`);
  const unused = [...Array(given).keys()].find((one) => !found.has(one));
  if (unused !== undefined) tell(call.args[unused + 1] ?? call, 'type', `format has no {${unused}} for this value`);
}

function jsonType(call: Call, tell: Tell): Type {
  const text = literalText(call.args[0]);
  if (text === undefined) return ANY;
  try {
    return typeOf(JSON.parse(text));
  } catch {
    tell(call.args[0] ?? call, 'function', 'this text is not JSON');
    return ANY;
  }
}

function caseType(call: Call, types: readonly Type[], tell: Tell): Type {
  if (call.args.length % 2 === 0) tell(call, 'function', 'case takes pairs of condition and value, and a value for the rest');
  const isCondition = (at: number): boolean => at % 2 === 0 && at < types.length - 1;
  types.forEach((type, at) => {
    if (!isCondition(at) || ['any', 'boolean'].includes(type.kind)) return;
    tell(call.args[at] ?? call, 'function', `condition ${at / 2 + 1} of case is ${nameOf(type)}, not a boolean`, {
      hint: "compare it: … == 'value'",
    });
  });
  return types.filter((_, at) => !isCondition(at)).reduce<Type | undefined>(joined, undefined) ?? ANY;
}

/** What a call gives. @param types of the arguments */
export function checkCall(call: Call, types: readonly Type[], scope: Scope, tell: Tell): Type {
  const signature = FUNCTIONS.get(call.name);
  if (signature === undefined) {
    const names = [...FUNCTIONS.values()].map(({ name }) => name);
    const near = nearest(call.written, names);
    tell(call, 'function', `there is no function ${call.written}`, {
      hint: near === undefined ? `there is ${names.join(', ')}` : `did you mean ${near}?`,
    });
    return ANY;
  }
  if (signature.special === true && !scope.functions.has(call.name))
    tell(call, 'context', `${signature.name}() is not available in ${scope.where}`);
  if (!checkCount(signature, call, tell)) return signature.gives;
  checkArguments(signature, call, types, tell);
  if (call.name === 'format') checkFormat(call, tell);
  if (call.name === 'fromjson') return jsonType(call, tell);
  if (call.name === 'case') return caseType(call, types, tell);
  return signature.gives;
}
