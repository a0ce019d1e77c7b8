import { childrenOf, everyPart } from './tree.ts';
import type { Expression, Literal, Operator } from './tree.ts';

/** The functions that give the same for the same arguments, and that are worked out here. */
const PURE = ['contains', 'startswith', 'endswith', 'format'];

/** True for what gives the same in each run: it asks for no context and no state. */
const isConstant = (tree: Expression): boolean => {
  for (const part of everyPart(tree)) if (part.kind === 'context' || (part.kind === 'call' && !PURE.includes(part.name))) return false;
  return true;
};

const isTrue = (value: Literal): boolean => !(value === null || value === false || value === 0 || value === '' || Number.isNaN(value));

const asText = (value: Literal): string => (value === null ? '' : String(value)).toUpperCase();

const asNumber = (value: Literal): number => (typeof value === 'string' && value.trim() === '' ? 0 : Number(value));

/** docs.github.com: texts are compared without regard to case, values of two kinds as numbers. */
function compare(operator: Operator, left: Literal, right: Literal): boolean {
  const texts = typeof left === 'string' && typeof right === 'string';
  const [a, b] = texts ? [asText(left), asText(right)] : [asNumber(left), asNumber(right)];
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

const filled = (format: string, values: readonly Literal[]): string =>
  format.replaceAll(/\{\{|\}\}|\{(\d+)\}/g, (found, digits?: string) =>
    digits === undefined ? found.charAt(0) : String(values[Number(digits)] ?? ''),
  );

function called(name: string, values: readonly Literal[]): Literal | undefined {
  const [first = null, second = null] = values;
  if (name === 'contains') return asText(first).includes(asText(second));
  if (name === 'startswith') return asText(first).startsWith(asText(second));
  if (name === 'endswith') return asText(first).endsWith(asText(second));
  return name === 'format' && typeof first === 'string' ? filled(first, values.slice(1)) : undefined;
}

/** What a constant is; undefined where it is none, or has no elements. */
export function valueOf(tree: Expression): Literal | undefined {
  if (tree.kind === 'literal') return tree.value;
  if (tree.kind === 'not') {
    const of = valueOf(tree.of);
    return of === undefined ? undefined : !isTrue(of);
  }
  if (tree.kind !== 'call' && tree.kind !== 'operation') return undefined;
  const values = childrenOf(tree).map(valueOf);
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  if (tree.kind === 'call') return called(tree.name, known);
  const [left = null, right = null] = known;
  if (tree.operator === '&&') return isTrue(left) ? right : left;
  if (tree.operator === '||') return isTrue(left) ? left : right;
  return compare(tree.operator, left, right);
}

/** Whether a condition is the same in each run; undefined: it is not, or that is not known. */
export function constantCondition(tree: Expression): boolean | undefined {
  const value = isConstant(tree) ? valueOf(tree) : undefined;
  return value === undefined ? undefined : isTrue(value);
}
