import { ALL_FOLDS, normalForm, type FoldCode } from './fold.ts';
import { ENTRY_BYTES, parseHashed, sumOf, unmasked, type TermKeys } from './hashed.ts';
import { TAG_BYTES, TAG_WORDS, writeTag } from './tag.ts';

/** The terms of one rule. */
export interface RuleTerms {
  /** Place of the rule in its set. */
  readonly rule: number;
  readonly code: FoldCode;
  readonly plain: readonly string[];
  readonly hashed: readonly string[];
}

/** Terms ready to be searched, each with a number: its place in the lists. Plain data, for threads; it holds terms, so it is never written anywhere. */
export interface TermSet {
  readonly count: number;
  /** Four words each, as `writeTag` writes them. */
  readonly tags: Uint32Array;
  readonly rules: readonly number[];
  readonly codes: readonly FoldCode[];
  /** Normal forms; undefined where it was hashed. */
  readonly forms: readonly (string | undefined)[];
  /** 16 bytes each, zero where it was not hashed. */
  readonly sums: Uint8Array;
  /** Confirms hashed terms. */
  readonly confirm: Uint8Array | undefined;
}

/** Hashed terms of one rule that cannot be looked for. */
export interface Unopened {
  readonly rule: number;
  readonly count: number;
  /** Of the key they were hashed with. */
  readonly keyId: string;
}

export interface OpenedTerms {
  /** undefined: there is nothing to look for. */
  readonly set: TermSet | undefined;
  readonly unopened: readonly Unopened[];
}

const SUM = ENTRY_BYTES - TAG_BYTES;

/** @param keys undefined: there is no key. Entries that are none were told of when the file was read, and are passed over */
export const openTerms = (given: readonly RuleTerms[], keys: TermKeys | undefined): OpenedTerms => {
  const plain = given.flatMap(({ rule, code, plain: terms }) => terms.map((term) => ({ rule, code, term })));
  const hashed: { readonly rule: number; readonly code: FoldCode; readonly bytes: Buffer }[] = [];
  const missing = new Map<string, Unopened>();
  for (const { rule, hashed: entries } of given) {
    for (const text of entries) {
      const entry = parseHashed(text);
      if (entry === undefined) continue;
      const place = `${rule} ${entry.keyId}`;
      if (entry.keyId === keys?.id) hashed.push({ rule, ...entry });
      else missing.set(place, { rule, keyId: entry.keyId, count: (missing.get(place)?.count ?? 0) + 1 });
    }
  }
  const unopened = [...missing.values()];
  const count = plain.length + hashed.length;
  if (count === 0) return { set: undefined, unopened };
  const tags = new Uint32Array(count * TAG_WORDS);
  const sums = Buffer.alloc(count * SUM);
  const folded = plain.map(({ term }) => normalForm(term, ALL_FOLDS));
  for (const [i, form] of folded.entries()) writeTag(form, tags, i * TAG_WORDS);
  const hidden = Buffer.alloc(hashed.length * TAG_BYTES);
  for (const [i, { bytes }] of hashed.entries()) {
    bytes.copy(sums, (plain.length + i) * SUM, 0, SUM);
    bytes.copy(hidden, i * TAG_BYTES, SUM);
  }
  if (keys !== undefined && hashed.length > 0) {
    const own = unmasked(sums.subarray(plain.length * SUM), hidden, keys.mask);
    for (let i = 0; i < hashed.length * TAG_WORDS; i++) tags[plain.length * TAG_WORDS + i] = own.readUInt32LE(i * 4);
  }
  const all = [...plain, ...hashed];
  return {
    set: {
      count,
      tags,
      rules: all.map(({ rule }) => rule),
      codes: all.map(({ code }) => code),
      forms: [
        ...plain.map(({ term, code }, i) => (code === ALL_FOLDS ? folded[i] : normalForm(term, code))),
        ...hashed.map(() => undefined),
      ],
      sums,
      confirm: keys?.confirm,
    },
    unopened,
  };
};

/** Whether a text whose hash is that of a term is the term. */
export const isTerm = ({ forms, codes, sums, confirm }: TermSet, term: number, text: string): boolean => {
  const code = codes[term] ?? ALL_FOLDS;
  const form = normalForm(text, code);
  const known = forms[term];
  if (known !== undefined) return known === form;
  return confirm !== undefined && sumOf(form, code, confirm).equals(sums.subarray(term * SUM, (term + 1) * SUM));
};
