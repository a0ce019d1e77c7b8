import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Place } from '../command.ts';
import type { ObjectType } from './response.ts';
import { run } from './run.ts';

/** Adds objects to a repository through packs of our own making, so that a commit costs no process. */
export interface ObjectWriter {
  /** The name of the object, which is there after `flush` at the latest. */
  write(type: ObjectType, bytes: Uint8Array): Promise<string>;
  flush(): Promise<void>;
}

// Git's Documentation/gitformat-pack: `PACK`, version, count; each object's type and length, deflated content; a hash of all of it.
const TYPES: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
const BATCH_BYTES = 32 * 2 ** 20;
const BATCH_OBJECTS = 50_000;
const LEVEL = 1; // what is kept is packed again by git

function objectName(format: 'sha1' | 'sha256', type: ObjectType, bytes: Uint8Array): string {
  return createHash(format).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

function headOf(type: ObjectType, length: number): Buffer {
  const head: number[] = [];
  let byte = (TYPES[type] << 4) | (length & 15);
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  return Buffer.from([...head, byte]);
}

function packOf(pieces: readonly Uint8Array[], count: number, format: 'sha1' | 'sha256'): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(count, 8);
  const body = Buffer.concat([head, ...pieces]);
  return Buffer.concat([body, createHash(format).update(body).digest()]);
}

/** @param place the repository that is written to */
export function createObjectWriter(place: Place, format: 'sha1' | 'sha256', signal: AbortSignal): ObjectWriter {
  const written = new Set<string>();
  let pieces: Uint8Array[] = [];
  let count = 0;
  let length = 0;
  const flush = async (): Promise<void> => {
    if (count === 0) return;
    const pack = packOf(pieces, count, format);
    pieces = [];
    count = length = 0;
    await run(place, ['index-pack', '--stdin'], { stdin: pack, signal });
  };
  return {
    flush,
    async write(type, bytes) {
      const oid = objectName(format, type, bytes);
      if (written.has(oid)) return oid;
      written.add(oid);
      const deflated = Buffer.from(deflateSync(bytes, { level: LEVEL })); // a copy: zlib's own holds on to 16 kB
      pieces.push(headOf(type, bytes.length), deflated);
      count++;
      length += deflated.length;
      if (length >= BATCH_BYTES || count >= BATCH_OBJECTS) await flush();
      return oid;
    },
  };
}
