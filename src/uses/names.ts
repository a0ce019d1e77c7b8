import { quoted } from '../report/quoted.ts';

const LONGEST = 255;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u;

/** `U+0430`. */
export const codePoint = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const strange = (text: string, allowed: RegExp): string | undefined => Array.from(text).find((character) => !allowed.test(character));

const inAscii = (character: string): string => {
  const plain = character.normalize('NFKC');
  return plain !== character && /^[ -~]+$/.test(plain) ? `, which looks like ${quoted(plain)}` : '';
};

/** What is wrong with the name of an account or a repository; undefined: nothing. Forges allow few characters in them, all of ASCII. */
export const nameFault = (what: string, name: string): string | undefined => {
  if (name === '') return `the ${what} is missing`;
  const odd = strange(name, /[A-Za-z0-9._-]/);
  if (odd !== undefined) return `the ${what} holds ${codePoint(odd)}${inAscii(odd)}: no ${what} has that`;
  if (/^\.\.?$/.test(name) || (what === 'owner' && name.startsWith('-'))) return `${quoted(name)} is no ${what}`;
  return name.length > LONGEST ? `the ${what} is longer than ${LONGEST} characters` : undefined;
};

/** What is wrong with the name of a tag, branch or commit, by the rules of git check-ref-format and for people's eyes; undefined: nothing. */
export const refFault = (ref: string): string | undefined => {
  if (ref === '') return 'nothing stands behind the @';
  if (ref.length > LONGEST) return `what stands behind the @ is longer than ${LONGEST} characters`;
  const odd = strange(ref, /[^\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Cs}\ufffd~^:?*[\\]/u);
  if (odd !== undefined) return `what stands behind the @ holds ${codePoint(odd)}${inAscii(odd)}: no tag or branch has that`;
  const isRef =
    !/^[-/]|\/$|\/\/|\.\.|@\{|\.$|^@$/.test(ref) && ref.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
  return isRef ? undefined : `${quoted(ref)} is no name of a tag or branch`;
};

/** What is wrong with a path inside a repository; undefined: nothing. */
export const pathFault = (path: string): string | undefined => {
  if (path.length > 4 * LONGEST) return `the path is longer than ${4 * LONGEST} characters`;
  const odd = strange(path, /[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd\\]/u);
  if (odd !== undefined) return `the path holds ${codePoint(odd)}`;
  return path.split('/').some((part) => part === '' || part === '.' || part === '..')
    ? `${quoted(path)} is no path in a repository`
    : undefined;
};

/** True for characters that people do not see. */
export const isHidden = (character: string): boolean => HIDDEN.test(character);
