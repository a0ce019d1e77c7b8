import { nearest } from '../nearest.ts';
import { checkCall } from './calls.ts';
import type { Scope, Tell } from './scope.ts';
import type { Expression, Operator } from './tree.ts';
import { ANY, BOOLEAN, isComposite, joined, nameOf, typeOf } from './types.ts';
import type { Type } from './types.ts';

const CONTEXTS = ['github', 'env', 'vars', 'job', 'jobs', 'steps', 'runner', 'secrets', 'strategy', 'matrix', 'needs', 'inputs'];

/** Among more names than that, nobody looks for what was meant. */
const MANY = 200;

const near = (name: string, members: ReadonlyMap<string, Type>): string | undefined =>
  members.size > MANY ? undefined : nearest(name, [...members.keys()]);

const meant = (name: string, members: ReadonlyMap<string, Type>): string | undefined =>
  members.size > MANY ? undefined : meantOf(name, [...members.keys()]);

const meantOf = (name: string, known: readonly string[]): string | undefined => {
  const likely = nearest(name, known);
  if (likely !== undefined) return `did you mean ${likely}?`;
  return known.length === 0 || known.length > 12 ? undefined : `there is ${known.join(', ')}`;
};

function contextType({ name, at, end }: Extract<Expression, { kind: 'context' }>, scope: Scope, tell: Tell): Type {
  const type = scope.contexts.get(name);
  if (type !== undefined) return type;
  const there = [...scope.contexts.keys()].toSorted().join(', ');
  if (CONTEXTS.includes(name)) tell({ at, end }, 'context', `${name} is not available in ${scope.where}`, { hint: `there is ${there}` });
  else
    tell({ at, end }, 'context', `there is no context ${name}`, { hint: meantOf(name, [...scope.contexts.keys()]) ?? `there is ${there}` });
  return ANY;
}

/** `asked`: how the object is written, for messages. */
function memberType(of: Type, name: string, place: { at: number; end: number; asked: string }, tell: Tell): Type {
  if (of.kind === 'any') return ANY;
  if (of.kind === 'array' && of.every === true) return { kind: 'array', of: memberType(of.of, name, place, tell), every: true };
  if (of.kind !== 'object') {
    tell(place, 'type', `${place.asked} is ${nameOf(of)} and has no ${name}`);
    return ANY;
  }
  const type = of.members.get(name);
  if (type !== undefined) return type;
  if (of.rest !== undefined && (of.near !== true || near(name, of.members) === undefined)) return of.rest;
  tell(place, 'property', `${place.asked} has no ${name}`, { hint: meant(name, of.members), certain: of.certain === true });
  return ANY;
}

/** How a path is written; what is no path is `the value`. */
export function pathOf(tree: Expression): string {
  if (tree.kind === 'context') return tree.name;
  if (tree.kind === 'property') return `${pathOf(tree.of)}.${tree.name}`;
  if (tree.kind === 'every') return `${pathOf(tree.of)}.*`;
  if (tree.kind === 'index')
    return tree.index.kind === 'literal' ? `${pathOf(tree.of)}.${String(tree.index.value).toLowerCase()}` : `${pathOf(tree.of)}.*`;
  return 'the value';
}

function everyType(of: Type, tree: Expression, tell: Tell): Type {
  if (of.kind === 'array') return { ...of, every: true };
  if (of.kind === 'object') return { kind: 'array', of: [...of.members.values()].reduce(joined, of.rest) ?? ANY, every: true };
  if (of.kind !== 'any') tell(tree, 'type', `${nameOf(of)} has no elements`);
  return ANY;
}

function indexType(tree: Extract<Expression, { kind: 'index' }>, scope: Scope, tell: Tell): Type {
  const of = infer(tree.of, scope, tell);
  const index = infer(tree.index, scope, tell);
  const { at, end } = tree.index;
  if (tree.index.kind === 'literal' && typeof tree.index.value === 'string' && of.kind !== 'array')
    return memberType(of, tree.index.value.toLowerCase(), { at, end, asked: pathOf(tree.of) }, tell);
  if (of.kind === 'array') {
    const wrong =
      index.kind === 'boolean' || isComposite(index) || (tree.index.kind === 'literal' && Number.isNaN(Number(tree.index.value)));
    if (wrong) tell(tree.index, 'type', `an array is indexed with ${nameOf(index)}`, { hint: 'a number is needed' });
    return of.of;
  }
  if (of.kind === 'object') {
    if (!['any', 'string'].includes(index.kind))
      tell(tree.index, 'type', `an object is indexed with ${nameOf(index)}`, { hint: 'a name is needed' });
    return [...of.members.values()].reduce(joined, of.rest) ?? ANY;
  }
  if (of.kind !== 'any') tell(tree, 'type', `${pathOf(tree.of)} is ${nameOf(of)} and has no elements`);
  return ANY;
}

const isOrder = (operator: Operator): boolean => ['<', '<=', '>', '>='].includes(operator);

/** Before `||` a name that may be missing is one that may be missing. */
const withFallback =
  (tell: Tell): Tell =>
  (place, kind, message, more) => {
    if (kind !== 'property' || more?.certain !== false) tell(place, kind, message, more);
  };

function operationType(tree: Extract<Expression, { kind: 'operation' }>, scope: Scope, tell: Tell): Type {
  const { operator } = tree;
  const left = infer(tree.left, scope, operator === '||' ? withFallback(tell) : tell);
  const right = infer(tree.right, scope, tell);
  if (operator === '&&' || operator === '||') return joined(left, right);
  if (left.kind === 'any' || right.kind === 'any') return BOOLEAN;
  const unordered = [left, right].find((type) => isComposite(type) || type.kind === 'null' || type.kind === 'boolean');
  const [composite, other] = isComposite(left) ? [left, right] : [right, left];
  if (isOrder(operator)) {
    if (unordered !== undefined) tell(tree, 'type', `${operator} cannot order ${nameOf(unordered)}`);
  } else if (isComposite(composite) && composite.kind !== other.kind && other.kind !== 'null')
    tell(tree, 'type', `${nameOf(composite)} is never equal to ${nameOf(other)}`, { hint: 'compare a member of it, or toJSON(…)' });
  return BOOLEAN;
}

/** What an expression gives; all that is wrong with it is told. */
export function infer(tree: Expression, scope: Scope, tell: Tell): Type {
  switch (tree.kind) {
    case 'literal':
      return typeOf(tree.value);
    case 'context':
      return contextType(tree, scope, tell);
    case 'property':
      return memberType(infer(tree.of, scope, tell), tree.name, { at: tree.nameAt, end: tree.end, asked: pathOf(tree.of) }, tell);
    case 'index':
      return indexType(tree, scope, tell);
    case 'every':
      return everyType(infer(tree.of, scope, tell), tree, tell);
    case 'not':
      infer(tree.of, scope, tell);
      return BOOLEAN;
    case 'operation':
      return operationType(tree, scope, tell);
    case 'call':
      return checkCall(
        tree,
        tree.args.map((arg) => infer(arg, scope, tell)),
        scope,
        tell,
      );
  }
}
