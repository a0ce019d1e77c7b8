import { createMatcher } from '../regex/match.ts';
import { usablePattern } from '../regex/usable.ts';
import type { YamlValue } from './yaml-document.ts';
import type { Notes } from './notes.ts';
import { literal } from './toml-text.ts';

/** What `pattern_requirements` asks of a secret. */
export interface Requirements {
  /** True for what is no finding, in the dialect of filters. */
  readonly filter: string | undefined;
  meets(secret: string): boolean;
}

const CLASSES = [['min_digits', '0-9'], ['min_uppercase', 'A-Z'], ['min_lowercase', 'a-z']] as const; // prettier-ignore
/** What counts as special unless the rule says otherwise (docs/RULES.md of kingfisher). */
const SPECIAL = '!@#$%^&*()_+-=[]{}|;:\'",.<>?/\\`~';
const KEYS = [...CLASSES.map(([key]) => key), 'min_special_chars', 'special_chars', 'ignore_if_contains', 'checksum'];
const MOST = 1000;

/** Characters as members of a class; a backquote would end the text that the expression stands in. */
const members = (characters: string): string =>
  Array.from(characters, (one) => (/[A-Za-z0-9]/.test(one) ? one : one === '`' ? String.raw`\x60` : one > '~' || one < ' ' ? `\\x{${(one.codePointAt(0) ?? 0).toString(16)}}` : `\\${one}`)).join(''); // prettier-ignore

const quotedWord = (word: string): string => JSON.stringify(word);

/** @param given the value of `pattern_requirements` */
export const readRequirements = (given: YamlValue | undefined, notes: Notes): Requirements => {
  const fields = given?.fields;
  if (given === undefined || fields === undefined) return { filter: undefined, meets: () => true };
  notes.tellUnknown([...fields.keys()], KEYS, (key) => fields.get(key)?.at ?? given.at);
  const least = (key: string): number => {
    const value = fields.get(key)?.value;
    if (value === undefined || value.scalar === null) return 0;
    if (typeof value.scalar === 'number' && Number.isInteger(value.scalar) && value.scalar >= 0 && value.scalar <= MOST)
      return value.scalar;
    notes.tell(value.at, 'warning', 'bad-value', `${key} must be a number from 0 to ${MOST}`);
    return 0;
  };
  const special = fields.get('special_chars')?.value.scalar;
  const asked = [...CLASSES, ['min_special_chars', members(typeof special === 'string' && special !== '' ? special : SPECIAL)] as const]; // prettier-ignore
  const patterns = asked.flatMap(([key, set]) => {
    const count = least(key);
    return count === 0 ? [] : [count === 1 ? `[${set}]` : `(?:[${set}][^${set}]*){${count}}`];
  });
  const words = (fields.get('ignore_if_contains')?.value.items ?? []).flatMap(({ scalar }) => {
    const word = scalar === null || scalar === undefined ? '' : String(scalar).trim().toLowerCase();
    return word === '' ? [] : [word];
  });
  const checksum = fields.get('checksum');
  if (checksum !== undefined)
    notes.tell(
      checksum.at,
      'warning',
      'not-carried',
      'the checksum is not carried over: the rule finds more',
      'see whether one of our checksums fits',
    );
  const terms = [
    ...patterns.map((pattern) => `!matchesAny(finding["secret"], [\`${pattern}\`])`),
    ...(words.length === 0 ? [] : [`containsAny(lower(finding["secret"]), [${words.map(quotedWord).join(', ')}])`]),
  ];
  const tests = patterns.map((pattern) => createMatcher(usablePattern(pattern)));
  return {
    filter: terms.length === 0 ? undefined : literal(terms.join('\n|| ')),
    meets: (secret) => tests.every((test) => test.spans(secret).length > 0) && !words.some((word) => secret.toLowerCase().includes(word)),
  };
};
