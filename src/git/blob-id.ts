import { createHash } from 'node:crypto';

/** Git's name for a file with these bytes. */
function blobId(bytes: Uint8Array, format: 'sha1' | 'sha256'): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/**
 * Whether bytes from disk are those of a blob. A verdict may be kept under an object name only when they are: a file can change between
 * listing and reading, and a filter can make it differ from its blob.
 * @param loose also with the CRLF line ends that git takes off: for entries that are `converted`
 */
export function isBlob(bytes: Uint8Array, oid: string, loose = false): boolean {
  const format = oid.length === 64 ? 'sha256' : 'sha1';
  return blobId(bytes, format) === oid || (loose && blobId(withoutCarriageReturns(bytes), format) === oid);
}

function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x0d || bytes[at + 1] !== 0x0a) out[length++] = byte;
  }
  return out.subarray(0, length);
}
