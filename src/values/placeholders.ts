import { createHash } from 'node:crypto';
import { BASE58 } from './digests.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const LETTERS = UPPER + LOWER;

/** The alphabets that `{{NAME:N}}` may draw from. */
const ALPHABETS: ReadonlyMap<string, string> = new Map([
  ['hex', `${DIGITS}abcdef`],
  ['HEX', `${DIGITS}ABCDEF`],
  ['digits', DIGITS],
  ['lower', LOWER],
  ['upper', UPPER],
  ['alpha', LOWER + UPPER],
  ['lowernum', LOWER + DIGITS],
  ['uppernum', UPPER + DIGITS],
  ['base62', LETTERS + DIGITS],
  ['base64', `${LETTERS}${DIGITS}+/`],
  ['base64url', `${LETTERS}${DIGITS}-_`],
  ['base32', `${UPPER}234567`],
  ['base32low', `${LOWER}234567`],
  ['crockford', `${DIGITS}ABCDEFGHJKMNPQRSTVWXYZ`],
  ['base58', BASE58],
  ['bech32', 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'],
  ['word', `${LETTERS}${DIGITS}_`],
]);

const PLACEHOLDER = /\{\{(?:([A-Za-z0-9]+):(\d{1,6})(#\w+)?|check:([a-z0-9-]+)|(base64url|base64|hex)=([^]*?))\}\}(?!\})/g;
const TOKEN = /[^\s"'`=:,;<>(){}[\]]*$/;

/** Characters of an alphabet that depend on the seed alone, each as likely as the others. */
const drawn = (seed: string, alphabet: string, count: number): string => {
  let out = '';
  const limit = 256 - (256 % alphabet.length);
  for (let block = 0; out.length < count; block++) {
    for (const byte of createHash('sha256').update(`${seed}\0${block}`).digest())
      if (byte < limit && out.length < count) out += alphabet.charAt(byte % alphabet.length);
  }
  return out;
};

/**
 * A test's text with its placeholders filled in, so that no real-looking token stands in a rule file: `{{hex:32}}`, `{{hex:32#other}}`,
 * `{{check:NAME}}` (the check digits of the token before it), `{{base64=TEXT}}`, `{{base64url=TEXT}}`, `{{hex=TEXT}}`. The same placeholder gives
 * the same characters within one rule.
 * @param complete the check digits for a token, by the name of the checksum. @throws what `complete` throws
 */
export const fillPlaceholders = (text: string, rule: string, complete: (checksum: string, token: string) => string): string => {
  let out = '';
  let done = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, name, count, , checksum, encoding, content = ''] = match;
    out += text.slice(done, match.index);
    done = match.index + whole.length;
    const alphabet = name === undefined ? undefined : ALPHABETS.get(name);
    if (alphabet !== undefined) out += drawn(`${rule}\0${whole}`, alphabet, Number(count));
    else if (checksum !== undefined) out += complete(checksum, TOKEN.exec(out)?.[0] ?? '');
    else if (encoding === 'hex' || encoding === 'base64' || encoding === 'base64url') out += Buffer.from(content).toString(encoding);
    else out += whole;
  }
  return out + text.slice(done);
};
