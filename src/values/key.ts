import { createHmac } from 'node:crypto';
import { base32 } from '../base32.ts';
import type { Key } from '../check.ts';
import { ascii, BASE62, crc32, inBase } from './digests.ts';

// A key is text, so that it can be a CI secret and be pasted: a prefix that the rule kei-git-leak-key finds, 44 random characters (262 bits), and their CRC-32, so
// that one which was cut is told from one of somebody else.
const PREFIX = 'keikey_';
const RANDOM = 44;
const CHECK = 6;
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM + CHECK}}$`);
const FAIR = 248; // 4 × 62: greater bytes would make the first characters likelier

const checkOf = (body: string): string => inBase(crc32(ascii(body)), BASE62, CHECK);

/** The text of a new key. @param random gives that many bytes, each time others */
export const newKeyText = (random: (count: number) => Uint8Array): string => {
  let body = '';
  while (body.length < RANDOM) for (const byte of random(RANDOM)) if (byte < FAIR && body.length < RANDOM) body += BASE62[byte % 62] ?? '';
  return `${PREFIX}${body}${checkOf(body)}`;
};

/** undefined when the text is no key, or was cut or mistyped. White space around it does not count. */
export const parseKey = (text: string): Key | undefined => {
  const whole = text.trim();
  const body = whole.slice(PREFIX.length, -CHECK);
  if (!FORM.test(whole) || checkOf(body) !== whole.slice(-CHECK)) return undefined;
  const hmac: Key['hmac'] = (purpose, data) => {
    const own = createHmac('sha256', body).update(`kei/key/1\0${purpose}`).digest();
    return createHmac('sha256', own).update(data).digest();
  };
  return { id: base32(hmac('id', '')).slice(0, 8), hmac };
};
