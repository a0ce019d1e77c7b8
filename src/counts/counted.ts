import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';
import { formatCount, type FormatChoice, type Formatted } from './format.ts';

/** What a counter stands at, or why nobody can say. */
export type Counted =
  /** `derivation` goes on from the number: `24 = files that match docs/*.md`. */
  | { readonly kind: 'value'; readonly value: string; readonly derivation: string }
  /** Something is to be mended: the key of the counter in kei.toml, or what it leads to. */
  | { readonly kind: 'broken'; readonly key: string; readonly reason: string; readonly hint?: string }
  /** It cannot be told here: a shallow clone, a command of a repository that is not trusted. */
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      readonly hint?: string;
      /** Somebody wants it so; else looking failed. */
      readonly isChosen?: true;
    };

/** All counters of a repository at one moment. */
export interface CountSet {
  /** How each is written where a marker does not say. */
  readonly formats: Readonly<Record<string, FormatChoice>>;
  readonly counted: ReadonlyMap<string, Counted>;
}

/** What is to stand in a marker. */
export type Written =
  | { readonly kind: 'text'; readonly text: string; readonly derivation: string }
  | { readonly kind: 'broken'; readonly reason: string; readonly hint?: string }
  /** The counter has no value, which is told of the counter and not of each marker. */
  | { readonly kind: 'untold' };

const missing = (name: string, { counted }: CountSet, what: string): Written => {
  const near = nearest(name, [...counted.keys()]);
  const hint =
    near === undefined
      ? `declare it in kei.toml: [counts.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`
      : `did you mean ${near}?`;
  return { kind: 'broken', reason: `${what} ${quoted(name)}`, hint };
};

const told = (formatted: Formatted, derivation: string): Written => {
  if (formatted.kind === 'text') return { kind: 'text', text: formatted.text, derivation };
  return { kind: 'broken', reason: formatted.reason, ...(formatted.hint === undefined ? {} : { hint: formatted.hint }) };
};

/**
 * The text of a counter's marker.
 * @param inline what the marker's own attributes say; they come before the counter's settings
 */
export const writeCount = (name: string, inline: FormatChoice, set: CountSet): Written => {
  const counted = set.counted.get(name);
  if (counted === undefined) return missing(name, set, 'no counter');
  if (counted.kind !== 'value') return { kind: 'untold' };
  const own = Object.hasOwn(set.formats, name) ? set.formats[name] : undefined;
  const choice: FormatChoice = { ...own, ...inline };
  const whole = choice['of-total'];
  if (whole === undefined || choice.format !== 'percent') return told(formatCount(counted.value, choice), counted.derivation);
  const total = set.counted.get(whole);
  if (total === undefined) return missing(whole, set, 'of-total names no counter:');
  if (total.kind !== 'value') return { kind: 'untold' };
  return told(
    formatCount(counted.value, choice, total.value),
    `${counted.value} of ${total.value}: ${counted.derivation}, of ${total.derivation}`,
  );
};
