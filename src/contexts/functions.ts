import { ANY, BOOLEAN, STRING } from './types.ts';
import type { Type } from './types.ts';

export interface Signature {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly gives: Type;
  /** What an argument may be; of the last one, and all behind it. `text`: no object and no array. */
  readonly takes: readonly ('any' | 'text' | 'text or array' | 'boolean')[];
  /** Only where the key allows it. */
  readonly special?: boolean;
}

const of = (
  name: string,
  [least, most]: readonly [number, number],
  takes: Signature['takes'],
  gives: Type,
  special = false,
): Signature => ({
  name,
  least,
  most,
  takes,
  gives,
  ...(special ? { special } : {}),
});
const MANY = Number.MAX_SAFE_INTEGER;

/** docs.github.com, "Evaluate expressions in workflows and actions"; `case` and the number of arguments: actions/expressions 0.3.61. */
const SIGNATURES: readonly Signature[] = [
  of('contains', [2, 2], ['text or array', 'text'], BOOLEAN),
  of('startsWith', [2, 2], ['text'], BOOLEAN),
  of('endsWith', [2, 2], ['text'], BOOLEAN),
  of('format', [1, 255], ['text'], STRING),
  of('join', [1, 2], ['text or array', 'text'], STRING),
  of('toJSON', [1, 1], ['any'], STRING),
  of('fromJSON', [1, 1], ['text'], ANY),
  of('case', [3, MANY], ['any'], ANY),
  of('hashFiles', [1, 255], ['text'], STRING, true),
  of('success', [0, MANY], ['text'], BOOLEAN, true),
  of('failure', [0, MANY], ['text'], BOOLEAN, true),
  of('always', [0, 0], [], BOOLEAN, true),
  of('cancelled', [0, 0], [], BOOLEAN, true),
];

/** By name in lower case. */
export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map(SIGNATURES.map((one) => [one.name.toLowerCase(), one]));

/** The numbers in braces of a format; undefined where it is no format: a brace without partner. */
export function placeholders(format: string): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  const rest = format.replaceAll(/\{\{|\}\}|\{(\d+)\}/g, (_, digits?: string) => {
    if (digits !== undefined) found.add(Number(digits));
    return '';
  });
  return /[{}]/.test(rest) ? undefined : found;
}
