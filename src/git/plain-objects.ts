import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { statOf } from './plain-file.ts';
import type { ObjectType } from './response.ts';
import { openPlainPacks, type PackedObject } from './plain-packs.ts';
import { inflateSmall, sha1Small } from './small-object.ts';

/** An object as it was read: its bytes are what its name says. */
export interface PlainObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

// Larger ones are git's: it need not hold them whole.
const MOST_BYTES = 4 * 2 ** 20;
const HEADER = /^(blob|tree|commit|tag) (\d{1,8})$/;
const HEADER_BYTES = 16;
const NAME = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

const hash = (bytes: Buffer, width: number): string =>
  createHash(width === 40 ? 'sha1' : 'sha256')
    .update(bytes)
    .digest('hex');

const loose = (path: string, oid: string): PlainObject | undefined => {
  const stat = statOf(path);
  if (stat?.isFile() !== true || stat.size > MOST_BYTES) return undefined;
  const file = readFileSync(path);
  const small = inflateSmall(file);
  const whole = small?.bytes ?? inflateSync(file, { maxOutputLength: MOST_BYTES });
  const headerEnd = whole.subarray(0, HEADER_BYTES).indexOf(0);
  const [, type = '', size = ''] = HEADER.exec(whole.toString('latin1', 0, Math.max(0, headerEnd))) ?? [];
  const bytes = whole.subarray(headerEnd + 1);
  const name = small !== undefined && oid.length === 40 ? small.sha1 : hash(whole, oid.length);
  return bytes.length === Number(size) && type !== '' && name === oid ? { type: type as ObjectType, bytes } : undefined;
};

const packed = ({ type, bytes }: PackedObject, oid: string): PlainObject | undefined => {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const name = oid.length === 40 ? (sha1Small(whole) ?? hash(whole, 40)) : hash(whole, oid.length);
  return name === oid ? { type, bytes } : undefined;
};

/**
 * Reads objects from a repository's own files: what was added a moment ago is a file by itself, what was cloned stands in a pack. An object that is read is the one of that name,
 * since its name is reckoned from what was read. Undefined: git must be asked, which knows other places and what is wrong.
 */
export const openPlainObjects = (commonDir: string): ((oid: string) => PlainObject | undefined) => {
  const known = new Map<string, PlainObject | undefined>();
  let packs: ReturnType<typeof openPlainPacks> | undefined;
  const read = (oid: string): PlainObject | undefined => {
    try {
      if (!NAME.test(oid)) return undefined;
      const path = join(commonDir, 'objects', oid.slice(0, 2), oid.slice(2));
      if (statOf(path) !== undefined) return loose(path, oid);
      const found = (packs ??= openPlainPacks(commonDir, oid.length / 2))(oid);
      return found === undefined ? undefined : packed(found, oid);
    } catch {
      return undefined;
    }
  };
  return (oid) => {
    if (!known.has(oid)) known.set(oid, read(oid));
    return known.get(oid);
  };
};
