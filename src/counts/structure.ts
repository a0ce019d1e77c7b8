import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';
import { showValuePath, type Step } from './value-path.ts';

/** A value of a TOML, JSON or YAML file, as far as it is looked at. */
export type Value =
  /** `text`: as the file has it, an exact number too; a string without its quotes. */
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'list'; readonly length: number; item(index: number): Value | undefined }
  | { readonly kind: 'table'; readonly keys: readonly string[]; value(key: string): Value | undefined };

export type Fault = { readonly kind: 'fault'; readonly key: 'path' | 'of' | 'file'; readonly reason: string; readonly hint?: string };
export type Part = { readonly kind: 'part'; readonly text: string; readonly isCount: boolean } | Fault;

const NAMES = { scalar: 'a single value', nothing: 'null', list: 'a list', table: 'a table' } as const;

const place = (steps: readonly Step[]): string => (steps.length === 0 ? 'the file' : showValuePath(steps));

const unknown = (steps: readonly Step[], parent: Value): Fault => {
  const step = steps.at(-1) ?? '';
  const before = place(steps.slice(0, -1));
  if (typeof step === 'number') {
    const reason =
      parent.kind === 'list' ? `${before} has ${parent.length} items, so none at [${step}]` : `${before} is ${NAMES[parent.kind]}, no list`;
    return { kind: 'fault', key: 'path', reason };
  }
  if (parent.kind !== 'table') return { kind: 'fault', key: 'path', reason: `${before} is ${NAMES[parent.kind]}, no table` };
  const near = nearest(step, parent.keys);
  return {
    kind: 'fault',
    key: 'path',
    reason: `${before} has no key ${quoted(step)}`,
    ...(near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` }),
  };
};

const stepInto = (value: Value, step: Step): Value | undefined => {
  if (typeof step === 'number') return value.kind === 'list' ? value.item(step) : undefined;
  return value.kind === 'table' ? value.value(step) : undefined;
};

/** What `path` and `of` take of a file. */
export const partOf = (root: Value, steps: readonly Step[], of: 'value' | 'length' | 'keys'): Part => {
  let value = root;
  for (const [i, step] of steps.entries()) {
    const inner = stepInto(value, step);
    if (inner === undefined) return unknown(steps.slice(0, i + 1), value);
    value = inner;
  }
  if (of === 'length' && value.kind === 'list') return { kind: 'part', text: String(value.length), isCount: true };
  if (of === 'keys' && value.kind === 'table') return { kind: 'part', text: String(value.keys.length), isCount: true };
  if (of === 'value' && value.kind === 'scalar') return { kind: 'part', text: value.text, isCount: false };
  const fits = value.kind === 'list' ? 'of = "length"' : value.kind === 'table' ? 'of = "keys"' : 'leave out of';
  const hint = value.kind === 'nothing' ? {} : { hint: fits };
  return { kind: 'fault', key: of === 'value' ? 'path' : 'of', reason: `${place(steps)} is ${NAMES[value.kind]}`, ...hint };
};
