import { NUMBER_TEXT, readAmount, type Amount } from './number-text.ts';
import { OPAQUE, passagesOf, type Passage } from './prose.ts';

/** A counter as claims are held against it. */
export interface Claimed {
  readonly name: string;
  readonly value: number;
  readonly nouns: readonly string[];
}

/** A number in prose that is another one now. */
export interface Claim {
  readonly name: string;
  readonly value: number;
  /** Bytes of the number, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** `24 packages`. */
  readonly text: string;
  /** The number stands right beside the noun, with nothing that narrows it. */
  readonly isPlain: boolean;
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`).replaceAll(' ', String.raw`[\s-]+`);

/** Words between a number and its noun that make it a number of something else. */
const NARROWER = new Set(
  (
    'new more other others additional different remaining extra further first last next separate previous old missing failing broken selected matching ' +
    'unused affected changed modified added removed deprecated example sample random empty duplicate identical consecutive parallel concurrent similar ' +
    'of in to per from for and or the a an with by on at as than is are was were have has had that which these those its your our each every any no not ' +
    'neue neuen weitere weiteren andere anderen von in pro je und oder der die das mit'
  ).split(' '),
);
/** What before a number makes it no statement of how many there are. */
const NOT_ALL =
  /(?:\b(?:first|last|next|top|another|other|any|every|each|per|up to|at most|max(?:imum)?|min(?:imum)?|limit(?:ed)? (?:to|of)|no more than|between|from|step|phase|part|chapter|section|level|version|issue|page|line|after|within|than the|these|those|only|just|or|to|between \S+ and|zwischen \S+ und|erste[nr]?|letzte[nr]?|nächste[nr]?|bis zu|höchstens|maximal|je|pro|nur|zwischen)|[-–—]|\d|\bof (?:the|these|those|its|our))\s*$/iu;
/** That the number is of all there are. */
const IS_ALL =
  /\b(?:all|the|our|its|has|have|contains?|containing|includes?|including|provides?|ships?|offers?|supports?|comprises|of|total(?:ling)?|currently|now|with|there are|are|alle|hat|haben|enthält|umfasst|mit)\s*$/iu;
/** Of a few only where it is said so: `the two pages` are mostly some that were just spoken of. */
const SAYS_ALL =
  /\b(?:all|has|contains?|containing|includes?|including|provides?|ships?|offers?|comprises|total(?:ling)?|there are|alle|hat|enthält|umfasst)\s*$/iu;
const LOWER = /(?:\b(?:over|more than|at least|exceeding|upwards of|über|mehr als|mindestens)|[>≥])\s*$/iu;
const UPPER = /(?:\b(?:under|fewer than|less than|weniger als|unter)|[<≤])\s*$/iu;
const ABOUT =
  /(?:\b(?:about|around|approximately|approx\.|roughly|nearly|almost|some|close to|circa|ca\.|rund|etwa|ungefähr|fast|knapp)|[~≈])\s*$/iu;
/** A sentence that tells what was, or what might be. */
const NOT_NOW =
  /\b(?:was|were|had|used to|previously|formerly|originally|initially|earlier|ago|at the time|as of|until|grew|went from|increased|decreased|reduced|since|added|adds|adding|removed|removes|dropped|released|e\.g\.|i\.e\.|for example|for instance|suppose|imagine|let['’]s say|if|when|would|could|might|war|waren|hatte|hatten|früher|ursprünglich|damals|zuvor|seit|wenn|falls|zum beispiel|z\. ?b\.)(?!\p{L})|\b(?:19|20)\d\d\b|\b(?:in|since|from|by|until|before|after|with)\s+(?:version\s+)?v?\d+\.\d/iu;
/** `PEP 695`, `Python 3`: a number that belongs to a name. At the beginning of a sentence every word has a capital. */
const IN_NAME = /(?<![\p{L}\d])(?:\p{Lu}{2,}|(?<=[\p{L}\d,)] )\p{Lu}\p{L}*)\s*$/u;
const WORD = String.raw`[\p{L}][\p{L}\p{M}\d'’-]{0,40}`;

const sentenceAround = (text: string, start: number, end: number): string => {
  const before = text.slice(Math.max(0, start - 400), start);
  const after = text.slice(end, end + 400);
  const from = Math.max(...[...before.matchAll(/[.!?;]\s|\|/g)].map(({ index }) => index + 1), 0);
  const to = /[.!?;](?:\s|$)|\|/.exec(after)?.index ?? after.length;
  return `${before.slice(from)}${text.slice(start, end)}${after.slice(0, to)}`;
};

const TOLERANCE = 0.1;

/** What the words before and after a number make of it. */
const meant = ({ least, most }: Amount, before: string, hasPlus: boolean): Amount => {
  if (LOWER.test(before) || hasPlus) return { least, most: Infinity };
  if (UPPER.test(before)) return { least: 0, most };
  if (ABOUT.test(before)) return { least: least * (1 - TOLERANCE), most: most * (1 + TOLERANCE) };
  return { least, most };
};

/** How far off a number may be and still be about the same thing: numbers drift, they do not leap. */
const isNear = ({ least }: Amount, value: number, before: string, isNarrow: boolean): boolean => {
  const factor = isNarrow ? 1.25 : IS_ALL.test(before) ? 3 : 2;
  if (least < 5 && !SAYS_ALL.test(before)) return false;
  return value > 0 && least <= value * factor && least * factor >= value;
};

interface Sides {
  readonly before: string;
  readonly sentence: string;
}

const judge = (amount: Amount, { before, sentence }: Sides, between: readonly string[], hasPlus: boolean, { value }: Claimed): boolean => {
  if (between.some((word) => NARROWER.has(word.toLowerCase()) || readAmount(word.toLowerCase()) !== undefined)) return false;
  const isBound = LOWER.test(before) || UPPER.test(before) || ABOUT.test(before);
  const outer = isBound ? before.replace(LOWER, '').replace(UPPER, '').replace(ABOUT, '') : before;
  if (
    NOT_ALL.test(outer) ||
    IN_NAME.test(before) ||
    /[\p{L}\d.,#$€£/\\+:=@_-]$/u.test(before) ||
    before.endsWith(OPAQUE) ||
    NOT_NOW.test(sentence)
  )
    return false;
  if (!isNear(amount, value, outer, between.length > 0)) return false;
  const { least, most } = meant(amount, before, hasPlus);
  return value < least || value > most;
};

interface Finder {
  readonly claimed: readonly Claimed[];
  /** Number, words between, noun. */
  readonly forwards: RegExp;
  /** Noun, number. */
  readonly backwards: RegExp;
  readonly byNoun: ReadonlyMap<string, Claimed>;
}

const finderOf = (claimed: readonly Claimed[]): Finder => {
  const byNoun = new Map(claimed.flatMap((one) => one.nouns.map((noun): [string, Claimed] => [noun, one])));
  // The longest first: `leak rules` before `rules`.
  const nouns = [...byNoun.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map(escape)
    .join('|');
  return {
    claimed,
    forwards: new RegExp(
      `(?<![\\p{L}\\d.,])(${NUMBER_TEXT})(\\+?)[ \\t\\n\\r\\u00a0]+((?:${WORD}[ \\t\\n\\r]+){0,2}?)(${nouns})(?![\\p{L}\\d_-])`,
      'giu',
    ),
    backwards: new RegExp(
      `(?<![\\p{L}\\d_-])(${nouns})(?:[ \\t]*[:=][ \\t]*|[ \\t]*\\()(${NUMBER_TEXT})(\\+?)(?=[ \\t]*(?:$|[).,;|\\n]))`,
      'giu',
    ),
    byNoun,
  };
};

const nounKey = (text: string): string => text.toLowerCase().replaceAll(/[\s-]+/g, ' ');

const inPassage = ({ text, at }: Passage, { forwards, backwards, byNoun }: Finder): readonly Claim[] => {
  const claims: Claim[] = [];
  const add = (one: Claimed, start: number, number: string, whole: string, isPlain: boolean): void => {
    const { name, value } = one;
    claims.push({ name, value, start: at(start), end: at(start + number.length), text: whole.replaceAll(/\s+/g, ' ').trim(), isPlain });
  };
  for (const match of text.matchAll(forwards)) {
    const [whole, number = '', plus, middle = '', noun = ''] = match;
    const one = byNoun.get(nounKey(noun));
    const amount = readAmount(number);
    if (one === undefined || amount === undefined) continue;
    const between = middle.split(/\s+/).filter((word) => word !== '');
    const sides = {
      before: text.slice(Math.max(0, match.index - 60), match.index),
      sentence: sentenceAround(text, match.index, match.index + whole.length),
    };
    if (judge(amount, sides, between, plus === '+', one)) add(one, match.index, number, whole, between.length === 0);
  }
  for (const match of text.matchAll(backwards)) {
    const [whole, noun = '', number = '', plus] = match;
    const one = byNoun.get(nounKey(noun));
    const amount = readAmount(number);
    if (one === undefined || amount === undefined) continue;
    const sides = { before: '', sentence: sentenceAround(text, match.index, match.index + whole.length) };
    if (judge(amount, sides, [], plus === '+', one))
      add(one, match.index + whole.indexOf(number, noun.length), number, whole.includes('(') ? `${whole})` : whole, false);
  }
  return claims.toSorted((a, b) => a.start - b.start);
};

/** Numbers beside the noun of a counter that are not what it counts. Rather none too many than all: what is not plainly meant is left out. */
export const claimsIn = (bytes: Uint8Array, claimed: readonly Claimed[]): readonly Claim[] => {
  if (claimed.length === 0) return [];
  const finder = finderOf(claimed);
  return passagesOf(bytes).flatMap((passage) => inPassage(passage, finder));
};
