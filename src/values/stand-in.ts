import { base32 } from '../base32.ts';

// What is written in the place of a secret. The engine passes over these texts where they are all that a rule takes for a secret: else a
// rule that asks for a name and any value would find what a substitution left. An attacker may write them as well, so they must have no
// room for a secret: the mask is one text, `<RULE>` is as many texts as there are rules, and `<RULE:xxxxxxxxxx>` has ten characters of
// 32, 50 bits, less than any key has. RULE has to be the id of a rule of the set, so nothing can be hidden there.

/** Of one length: that of the secret tells something about it. */
export const MASK = '********';

const CHARACTERS = 10; // 50 bits: two of 30 million secrets share a token with a chance of a half
const FORM = /^<([A-Za-z0-9][A-Za-z0-9._-]{0,99})(?::[a-z2-7]{10})?>$/;

/** A rule's id as a token holds it: gitleaks' files may use any characters. */
export const nameOf = (id: string): string =>
  id
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]/, 'x')
    .slice(0, 100);

/** @param mac keyed hash of the secret, without the rule: one secret has one ending */
export const tokenOf = (id: string, mac: Uint8Array): string => `<${nameOf(id)}:${base32(mac).slice(0, CHARACTERS)}>`;

/** Says what kind of secret stood there, not which. */
export const plainOf = (id: string): string => `<${nameOf(id)}>`;

/** The rule that a token names, as `nameOf` writes it; undefined when the text is none. */
export const namedBy = (text: string): string | undefined => FORM.exec(text)?.[1];

const ENDING = /^[a-z2-7]{10}>?$/;
const BEGINNING = /<[A-Za-z0-9][A-Za-z0-9._-]{0,99}:$/;

/** The same for a text that is only the ending of a token: `<ldap-bind-password:` before it reads as a name with its value. */
export const namedBefore = (ending: string, lineOf: () => string): string | undefined => {
  if (!ENDING.test(ending)) return undefined;
  const line = lineOf();
  const at = line.indexOf(ending.endsWith('>') ? ending : `${ending}>`);
  return at < 0 ? undefined : BEGINNING.exec(line.slice(Math.max(0, at - 102), at))?.[0].slice(1, -1);
};
