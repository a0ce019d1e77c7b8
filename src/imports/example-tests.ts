import { fillPlaceholders } from '../values/placeholders.ts';

/** A rule as far as its examples are concerned. */
export interface Tried {
  readonly id: string;
  /** Where the secret stands in a text; undefined when the rule finds nothing. */
  secretIn(text: string): readonly [start: number, end: number] | undefined;
}

/** Alphabets of placeholders, the narrowest first. */
const ALPHABETS: readonly (readonly [name: string, characters: RegExp])[] = [
  ['digits', /^[0-9]+$/],
  ['hex', /^[0-9a-f]+$/],
  ['HEX', /^[0-9A-F]+$/],
  ['lower', /^[a-z]+$/],
  ['upper', /^[A-Z]+$/],
  ['lowernum', /^[a-z0-9]+$/],
  ['uppernum', /^[A-Z0-9]+$/],
  ['base62', /^[A-Za-z0-9]+$/],
  ['base64', /^[A-Za-z0-9+/]+$/],
];
/** Within the secret: first what is no word, then all. */
const INSIDE = [
  { runs: /[A-Za-z0-9]{4,}/g, words: false },
  { runs: /[A-Za-z0-9]{4,}/g, words: true },
  { runs: /[A-Za-z0-9+/]{16,}/g, words: true },
];
const isWord = (run: string): boolean => /^(?:[a-z]{1,12}|[A-Z]{1,12}|[A-Z][a-z]{1,11})$/.test(run);
/** Beside the secret, what looks drawn by lot as well: an account number, a second secret. */
const BESIDE = /[A-Za-z0-9]{12,}/g;
const looksDrawn = (run: string): boolean => /[0-9]/.test(run) && run.length >= 12;
const MOST_KEPT = 14; // characters that a token begins with by which its rule knows it

/** Each one of a kind is another, and another for each draw. */
const placeholderFor = (run: string, seen: Map<string, number>, draw: number): string => {
  const name = ALPHABETS.find(([, characters]) => characters.test(run))?.[0] ?? 'base62';
  const kind = `${name}:${run.length}`;
  const count = (seen.get(kind) ?? draw) + 1;
  seen.set(kind, count);
  return count === 1 ? `{{${kind}}}` : `{{${kind}#${count}}}`;
};

const noChecksums = (): string => '';

/** Ways to write a text, the plainest first: how much of each run stays, and what it becomes. */
const WAYS = INSIDE.flatMap((inside) =>
  Array.from({ length: MOST_KEPT + 1 }, (_, kept) => (kept === 0 ? [0, 1, 2] : [0]).map((draw) => ({ ...inside, kept, draw }))).flat(),
);

/**
 * An example as the text of a test that no scanner stumbles over: what looks drawn by lot becomes placeholders. undefined when the rule
 * would not find it any more, or not without what it must not hold.
 * @param isClean false for a text that a scanner takes for a leak
 */
export const hitText = (example: string, rule: Tried, isClean: (text: string) => boolean): string | undefined => {
  const spot = rule.secretIn(example);
  if (spot === undefined) return undefined;
  const [start, end] = spot;
  for (const { runs, words, kept, draw } of WAYS) {
    const seen = new Map<string, number>();
    const beside = (text: string): string => text.replace(BESIDE, (run) => (looksDrawn(run) ? placeholderFor(run, seen, draw) : run));
    const inside = example.slice(start, end).replace(runs, (run) => {
      const fixed = Math.min(kept, run.length);
      if (run.length - fixed < 4 || (!words && isWord(run))) return run;
      return run.slice(0, fixed) + placeholderFor(run.slice(fixed), seen, draw);
    });
    const text = beside(example.slice(0, start)) + inside + beside(example.slice(end));
    if (rule.secretIn(fillPlaceholders(text, rule.id, noChecksums)) !== undefined && isClean(text)) return text;
  }
  return undefined;
};

/** The same of an example that the rule must miss. */
export const missText = (example: string, rule: Tried, isClean: (text: string) => boolean): string | undefined => {
  const seen = new Map<string, number>();
  const text = example.replace(BESIDE, (run) => (looksDrawn(run) ? placeholderFor(run, seen, 0) : run));
  return rule.secretIn(fillPlaceholders(text, rule.id, noChecksums)) === undefined && isClean(text) ? text : undefined;
};
