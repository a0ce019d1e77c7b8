import { createCipheriv, createHmac } from 'node:crypto';
import type { Key } from '../check.ts';
import { ALL_FOLDS, normalForm, type FoldCode } from './fold.ts';
import { TAG_BYTES, TAG_WORDS, writeTag } from './tag.ts';

// A hashed term as it stands in a rule file: `kt1:csw:KEYID:` and base64url of two blocks. The first is HMAC-SHA-256 of folds and normal form, 128 bits of it:
// it confirms a match. The second is what the search looks for, XORed with AES-256 of the first: for whoever has no key both are random, and two blocks are
// equal only where the whole entry is. docs/design.md has the reasons.
const FORM = /^kt1:([csw]{0,3}):([a-z2-7]{8}):([\w-]{43})$/;
const SUM_BYTES = 16;
export const ENTRY_BYTES = SUM_BYTES + TAG_BYTES;

/** What hashed terms take of a key. Plain data, so that a thread can be given it. */
export interface TermKeys {
  readonly id: string;
  readonly confirm: Uint8Array;
  readonly mask: Uint8Array;
}

export const termKeys = ({ id, hmac }: Key): TermKeys => ({ id, confirm: hmac('terms/confirm', ''), mask: hmac('terms/mask', '') });

/** An entry taken apart. */
export interface HashedTerm {
  readonly code: FoldCode;
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** undefined: it is none. */
export const parseHashed = (text: string): HashedTerm | undefined => {
  const [, code, keyId, body] = FORM.exec(text) ?? [];
  if (code === undefined || keyId === undefined || body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64url');
  return bytes.length === ENTRY_BYTES ? { code, keyId, bytes } : undefined;
};

/** @param form the normal form under these folds */
export const sumOf = (form: string, code: FoldCode, confirm: Uint8Array): Buffer =>
  createHmac('sha256', confirm).update(`${code}\0${form}`).digest().subarray(0, SUM_BYTES);

/** The pads of sums, block for block. A block cipher is as good as a keyed hash here, each sum being another, and ten thousand take no millisecond. */
const pads = (sums: Uint8Array, mask: Uint8Array): Buffer => {
  const cipher = createCipheriv('aes-256-ecb', mask, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(sums), cipher.final()]);
};

/** The tags of entries, one after the other. @param sums of the entries @param hidden their second blocks */
export const unmasked = (sums: Uint8Array, hidden: Uint8Array, mask: Uint8Array): Buffer => {
  const out = pads(sums, mask);
  for (const [i, byte] of hidden.entries()) out[i] = (out[i] ?? 0) ^ byte;
  return out;
};

const littleEndian = (words: Uint32Array): Buffer => {
  const out = Buffer.alloc(words.length * 4);
  for (const [i, word] of words.entries()) out.writeUInt32LE(word, i * 4);
  return out;
};

/** A term as it may stand in a rule file. The same term under the same key is always the same text. */
export const hashTerm = (term: string, code: FoldCode, { id, confirm, mask }: TermKeys): string => {
  const sum = sumOf(normalForm(term, code), code, confirm);
  const tag = new Uint32Array(TAG_WORDS);
  writeTag(normalForm(term, ALL_FOLDS), tag, 0);
  const hidden = unmasked(sum, littleEndian(tag), mask);
  return `kt1:${code}:${id}:${Buffer.concat([sum, hidden]).toString('base64url')}`;
};
