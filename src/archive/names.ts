import { isUtf8 } from 'node:buffer';

// Names are data: whatever an archive calls its members, nothing is written or opened under that name.

const LONGEST = 4096; // bytes

const hex = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** `!/` parts an archive from its member and NUL ends names elsewhere. */
const plain = (text: string): string => text.replaceAll('%', '%25').replaceAll('\0', '%00').replaceAll('!/', '%21/');

/** As text: UTF-8 stays, a byte that is none becomes %XX, % becomes %25; `!/` and NUL are written so too. Overlong names are cut. */
export const memberName = (name: Uint8Array): string => {
  const bytes = Buffer.from(name.buffer, name.byteOffset, Math.min(name.byteLength, LONGEST));
  const end = name.byteLength > LONGEST ? '…' : '';
  if (isUtf8(bytes)) return plain(bytes.toString('utf8')) + end;
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    out += length === undefined ? hex(bytes[at] ?? 0) : plain(bytes.toString('utf8', at, at + length));
    at += length ?? 1;
  }
  return out.replaceAll('!/', '%21/') + end;
};

const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/\.tgz$/i, '.tar'],
  [/\.tzst$/i, '.tar'],
  [/\.svgz$/i, '.svg'],
  [/\.(?:gz|gzip|zst|zstd)$/i, ''],
];

/** What a compressed file's content is called: `a.txt` of `b/a.txt.gz`. */
export const stem = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [ending, instead] = ENDINGS.find(([pattern]) => pattern.test(name)) ?? [/$/, ''];
  const inner = name.replace(ending, instead);
  return inner === '' ? name : inner;
};
