// What a character is to terms. wasm/assembly/terms.ts has the same numbers.
export const OTHER = 0;
/** Without case, small, or a digit. */
const LETTER = 1;
const CAPITAL = 2;
/** Of scripts that put no spaces between words: every place beside one is a boundary. */
export const SYLLABLE = 3;
export const BLANK = 4;
export const MARK = 5;
/** Separates words only where no blank follows. */
export const STOP = 6;
const BREAK = 7;
/** Stands before a continued line, and nowhere else between words. */
const COMMENT = 8;
/** A mark that may stand there too. */
export const CONTINUES = 9;

const KNOWN: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Array.from(' \t\r\v\f', (char) => [char, BLANK])),
  ...Object.fromEntries(Array.from('_\\+', (char) => [char, MARK])),
  ...Object.fromEntries(Array.from('-/', (char) => [char, CONTINUES])),
  ...Object.fromEntries(Array.from(".:&'@\u2019", (char) => [char, STOP])),
  ...Object.fromEntries(Array.from('#*;%>|!', (char) => [char, COMMENT])),
  '\n': BREAK,
};

const WORD = /[\p{L}\p{M}\p{Nd}]/u;
const UPPER = /[\p{Lu}\p{Lt}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const SPACE = /[\p{Zs}\u2028\u2029]/u;
// Dashes, joining marks, the middle dots, the minus sign, and what breaks or joins words without being seen.
const JOINT = /[\p{Pd}\p{Pc}\u00AD\u00B7\u200B-\u200D\u2060\u2212\u30FB\uFEFF]/u;

const single = (text: string, otherwise: number): number => {
  const point = text.codePointAt(0) ?? otherwise;
  return text.length === (point > 0xffff ? 2 : 1) ? point : otherwise;
};

/** A full-width or half-width form as the character it is a form of; any other as it is. */
export const narrowed = (point: number): number => {
  if (point !== 0x3000 && (point < 0xff01 || point > 0xffee)) return point;
  return single(String.fromCodePoint(point).normalize('NFKC'), point);
};

const DOTLESS = 0x131; // its capital is I, but it is no i

/** Unicode's simple case folding: one character for one, the same for all that differ in case only. */
export const caseFolded = (point: number): number => {
  if (point < 0x80) return point >= 0x41 && point <= 0x5a ? point + 0x20 : point;
  if (point === DOTLESS) return point;
  const upper = single(String.fromCodePoint(point).toUpperCase(), point);
  return single(String.fromCodePoint(upper).toLowerCase(), point);
};

const MOST = 0x1ffff; // beyond are the rarer Han characters alone

const ASCII: number[] = []; // asked of again and again

/** What a character is, all that differ in width alike. */
export const classOf = (point: number): number => (point < 0x80 ? (ASCII[point] ??= knownClass(point)) : knownClass(point));

const knownClass = (point: number): number => {
  if (point > MOST) return SYLLABLE;
  const char = String.fromCodePoint(narrowed(point));
  const known = KNOWN[char];
  if (known !== undefined) return known;
  if (WORD.test(char)) return UNSPACED.test(char) ? SYLLABLE : UPPER.test(char) ? CAPITAL : LETTER;
  return SPACE.test(char) ? BLANK : JOINT.test(char) ? MARK : OTHER;
};

/** What wasm/assembly/terms.ts keeps of a character: the folded one, and its class from bit 24 on. */
export const pointEntry = (point: number): number => caseFolded(narrowed(point)) | (classOf(point) << 24);

export const isWord = (kind: number): boolean => kind >= LETTER && kind <= SYLLABLE;

const isDigit = (point: number): boolean => point >= 0x30 && point <= 0x39;

/**
 * True where a word or a hump of one (projectFalcon, HTTPServer) begins.
 * @param before class of the character before, OTHER at the beginning
 * @param after the character behind, undefined at the end
 */
export const isBoundary = (before: number, kind: number, after: number | undefined): boolean => {
  if (!isWord(before) || before === SYLLABLE || kind === SYLLABLE) return true;
  if (kind !== CAPITAL) return false;
  return before !== CAPITAL || (after !== undefined && classOf(after) === LETTER && !isDigit(caseFolded(narrowed(after))));
};
