import { isUtf8 } from 'node:buffer';

// Git's paths are bytes; ours are text. UTF-8 stays as it is, a byte that is no UTF-8 becomes %XX, and % becomes %25.

/** The text of a path that git or the file system gave as bytes. */
export function encodePath(bytes: Buffer): string {
  if (isUtf8(bytes)) return encodeText(bytes.toString('utf8'));
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    const piece = bytes.subarray(at, at + (length ?? 1));
    out += length === undefined ? `%${piece.toString('hex').toUpperCase()}` : encodeText(piece.toString('utf8'));
    at += piece.length;
  }
  return out;
}

/** The text of a path that is known to be proper Unicode. */
export const encodeText = (path: string): string => (path.includes('%') ? path.replaceAll('%', '%25') : path);

/** What to give to the file system or to git: text where that says it all, else the bytes. */
export function decodePath(path: string): string | Buffer {
  if (!path.includes('%')) return path;
  const bytes = Buffer.from(path, 'utf8');
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] === 0x25 ? bytes.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(code)) at += 2;
    out[length++] = /^[0-9a-fA-F]{2}$/.test(code) ? Number.parseInt(code, 16) : (bytes[at] ?? 0);
  }
  const decoded = out.subarray(0, length);
  return isUtf8(decoded) ? decoded.toString('utf8') : decoded;
}

/** The parts of `-z` output, as text. The end of the last part need not be marked. */
export function splitNul(output: Buffer): readonly string[] {
  if (output.length === 0) return [];
  // One decoding of everything is far cheaper than one for each path.
  if (isUtf8(output)) {
    const parts = encodeText(output.toString('utf8')).split('\0');
    if (parts.at(-1) === '') parts.pop();
    return parts;
  }
  const parts: string[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0, at);
    parts.push(encodePath(output.subarray(at, end < 0 ? output.length : end)));
    at = end < 0 ? output.length : end + 1;
  }
  return parts;
}

/** Order of the bytes of two paths. Plain `<` compares UTF-16 units and puts surrogates before U+E000. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Sorts what is nearly always sorted already. */
export function sortByPath<T extends { readonly path: string }>(entries: T[]): T[] {
  for (let at = 1; at < entries.length; at++) {
    const before = entries[at - 1];
    const entry = entries[at];
    if (before !== undefined && entry !== undefined && comparePaths(before.path, entry.path) > 0) {
      return entries.sort((a, b) => comparePaths(a.path, b.path));
    }
  }
  return entries;
}

/** For messages: a path or name without characters that a terminal would obey. */
export const printable = (text: string): string => (/^[ -~]*$/.test(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?'));
