import { numberWords } from './number-words.ts';

/** What a number in prose says: between the two, both included. */
export interface Amount {
  readonly least: number;
  readonly most: number;
}

const exactly = (n: number): Amount => ({ least: n, most: n });

/** Digits in groups of three, by whatever stands between groups in some language. */
const GROUPED = /^\d{1,3}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3})*$/;
const SHORT = /^(\d+)(?:[.,](\d))?([kKM])$/;

const digits = (text: string): Amount | undefined => {
  if (/^\d{1,12}$/.test(text)) return exactly(Number(text));
  if (GROUPED.test(text)) return exactly(Number(text.replaceAll(/\D/g, '')));
  const [, whole = '', tenth, unit = ''] = SHORT.exec(text) ?? [];
  if (whole === '') return undefined;
  const size = unit === 'M' ? 1_000_000 : 1000;
  const least = Number(whole) * size + Number(tenth ?? 0) * (size / 10);
  return { least, most: least + (tenth === undefined ? size : size / 10) - 1 };
};

const smallWords = (): ReadonlyMap<string, number> => {
  const words = new Map<string, number>();
  for (let n = 2; n < 100; n++) {
    words.set(numberWords(n, 'en'), n);
    words.set(numberWords(n, 'en').replace('-', ' '), n);
    words.set(numberWords(n, 'de'), n);
  }
  return words;
};
let known: ReadonlyMap<string, number> | undefined;

const SCALES: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1_000_000 };

/** `two hundred thirty-four`, `vierundzwanzig`; a lone `one` is mostly no number. */
const words = (text: string): number | undefined => {
  const small = (known ??= smallWords());
  const plain = text.toLowerCase().replaceAll(/\s+/g, ' ');
  const whole = small.get(plain);
  if (whole !== undefined) return whole;
  let total = 0;
  let part = 0;
  for (const word of plain.replaceAll(/ and /g, ' ').split(' ')) {
    const scale = Object.hasOwn(SCALES, word) ? SCALES[word] : undefined;
    const n = word === 'one' || word === 'a' ? 1 : small.get(word);
    if (scale === 100) part = Math.max(1, part) * 100;
    else if (scale !== undefined) [total, part] = [total + Math.max(1, part) * scale, 0];
    else if (n === undefined) return undefined;
    else part += n;
  }
  return total + part === 1 ? undefined : total + part;
};

/** @param text as `NUMBER_TEXT` finds it */
export const readAmount = (text: string): Amount | undefined => {
  if (/^\d/.test(text)) return digits(text);
  const n = words(text);
  return n === undefined ? undefined : exactly(n);
};

const UNIT = 'zero|one|two|three|four|five|six|seven|eight|nine';
const TEEN = 'ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen';
const TENS = `(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:${UNIT}))?`;
const BELOW = `(?:${TENS}|${TEEN}|${UNIT})`;
const GERMAN =
  'zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\\p{Ll}{1,20}zehn|(?:\\p{Ll}{1,10}und)?(?:zwan|drei|vier|fünf|sech|sieb|acht|neun)(?:zig|ßig)';

/** The source of an expression (flags i, u) for a number in prose. */
export const NUMBER_TEXT = `\\d{1,3}(?:[,.'’\\u00a0\\u202f]\\d{3})+|\\d+[.,]\\d[kM]|\\d+[kM]?|${BELOW}(?: hundred)?(?:(?: thousand| million)?(?: and)? ${BELOW}(?: hundred)?)*(?: thousand| million)?|${GERMAN}`;
