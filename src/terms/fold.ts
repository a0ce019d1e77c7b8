import { BLANK, caseFolded, classOf, CONTINUES, isWord, MARK, narrowed, STOP, SYLLABLE } from './characters.ts';

export const FOLDS = ['case', 'separators', 'width'] as const;
/** Differences between two spellings of a term that do not count. */
export type Fold = (typeof FOLDS)[number];

/** A choice of folds as one word, its letters in order: `csw`. */
export type FoldCode = string;
export const foldCode = (folds: readonly Fold[]): FoldCode =>
  FOLDS.filter((one) => folds.includes(one))
    .map(([letter]) => letter)
    .join('');
export const ALL_FOLDS: FoldCode = foldCode(FOLDS);

const PLAIN = /^[\0-\x7f]*$/; // the same in less time
const SEPARATORS = /[^0-9A-Za-z]+/g;

/** What is the same for all spellings of a term. With separators folded: its letters and digits. */
export const normalForm = (text: string, code: FoldCode): string => {
  if (PLAIN.test(text)) {
    const words = code.includes('s') ? text.replace(SEPARATORS, '') : text;
    return code.includes('c') ? words.toLowerCase() : words;
  }
  let out = '';
  for (const char of text.normalize('NFC')) {
    const given = char.codePointAt(0) ?? 0;
    if (code.includes('s') && !isWord(classOf(given))) continue;
    const wide = code.includes('w') ? narrowed(given) : given;
    out += String.fromCodePoint(code.includes('c') ? caseFolded(wide) : wide);
  }
  return out;
};

const MOST_WORDS = 4;
const MOST_CHARACTERS = 64;
const LEAST = 3;
const LEAST_WIDE = 2; // a word of two such characters says as much as one of four letters
const MOST_BETWEEN = 3; // as wasm/assembly/terms.ts

export type TermProblem = 'empty' | 'short' | 'long' | 'words' | 'between';

const TOLD: Readonly<Record<TermProblem, string>> = {
  empty: 'has no letter and no digit',
  short: `has fewer than ${LEAST} letters and digits: it would be found everywhere`,
  long: `has more than ${MOST_CHARACTERS} letters and digits`,
  words: `has more than ${MOST_WORDS} words`,
  between: 'has something between its words that separates no words, so it would not be found as it is written',
};
/** For messages, behind a name of the term that does not repeat it: `term 3`. */
export const problemText = (problem: TermProblem): string => TOLD[problem];

/** What stands between words: blanks and marks, few of them, and no full stop before a blank. */
const separates = (kinds: readonly number[]): boolean =>
  kinds.length <= MOST_BETWEEN &&
  kinds.every((kind, i) => (kind === STOP ? kinds[i + 1] !== BLANK : kind === BLANK || kind === MARK || kind === CONTINUES));

const ORDINARY = /^[0-9A-Za-z]+(?: [0-9A-Za-z]+){0,3}$/; // nearly all of them: the same in less time

/** Why a text is no term; undefined: it is one. */
export const termProblem = (text: string): TermProblem | undefined => {
  if (text.length >= LEAST + MOST_WORDS && text.length <= MOST_CHARACTERS && ORDINARY.test(text)) return undefined;
  const form = Array.from(normalForm(text, ALL_FOLDS));
  if (form.length === 0) return 'empty';
  const isWide = form.some((char) => classOf(char.codePointAt(0) ?? 0) === SYLLABLE);
  if (form.length < (isWide ? LEAST_WIDE : LEAST)) return 'short';
  if (form.length > MOST_CHARACTERS) return 'long';
  const kinds = Array.from(text.normalize('NFC'), (char) => classOf(char.codePointAt(0) ?? 0));
  const inner = kinds.slice(kinds.findIndex(isWord), kinds.findLastIndex(isWord) + 1);
  let between: number[] = [];
  let words = 1;
  for (const kind of inner) {
    if (!isWord(kind)) between.push(kind);
    else if (between.length > 0) {
      if (!separates(between)) return 'between';
      between = [];
      words++;
    }
  }
  return words > MOST_WORDS ? 'words' : undefined;
};
