// @ts-check
// Contents of any kind at the end of a module, in a comment: V8 passes over it, and who needs one takes it from the file's text.
//   /*packed
//   NAME:LENGTH,NAME:LENGTH BASE64      contents that are compressed together, one behind the other: they have much in common
//   */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const BEGIN = '/*packed\n';
const END = '*/\n';

/** Contents by name. @typedef {ReadonlyMap<string, Buffer>} Group */
/** A group by what stands before its base64. @typedef {ReadonlyMap<string, { readonly bytes: Buffer, readonly base64: string }>} Packed */

/** @param {Group} group */
const labelOf = (group) => [...group].map(([name, { length }]) => `${name}:${length}`).join(',');

/** @param {Buffer} bytes @param {boolean} hard */
const compress = (bytes, hard) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: hard ? constants.BROTLI_MAX_QUALITY : constants.BROTLI_MIN_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

/**
 * @param {string} head ASCII
 * @param {readonly Group[]} groups
 * @param {{ readonly known: Packed, readonly hard: boolean }} how known: those that are the same keep their compressed form; hard: as small as can be,
 *   which takes seconds
 */
export function packAll(head, groups, { known, hard }) {
  const lines = groups.map((group) => {
    const label = labelOf(group);
    const bytes = Buffer.concat([...group.values()]);
    const old = known.get(label);
    return `${label} ${old?.bytes.equals(bytes) === true ? old.base64 : compress(bytes, hard).toString('base64')}\n`;
  });
  return `${head}${BEGIN}${lines.join('')}${END}`;
}

/** `info` is an option of every one-call function of node:zlib; its types know it for some. @type {(bytes: Buffer) => { buffer: Buffer, engine: { bytesWritten: number } }} */
const unbrotli = (bytes) => /** @type {any} */ (brotliDecompressSync)(bytes, { info: true });

/** @param {string} base64 @returns {Buffer | undefined} undefined where it is not exactly what a compressor gave */
function unpack(base64) {
  const compressed = Buffer.from(base64, 'base64');
  if (compressed.toString('base64') !== base64) return undefined;
  try {
    const { buffer, engine } = unbrotli(compressed);
    return engine.bytesWritten === compressed.length ? buffer : undefined; // else something stands behind it
  } catch {
    return undefined;
  }
}

/**
 * What `packAll` was given; undefined where it could not have written exactly this.
 * @param {string} text
 * @returns {{ readonly head: string, readonly groups: Packed } | undefined}
 */
export function unpackAll(text) {
  const at = text.lastIndexOf(`\n${BEGIN}`) + 1;
  if (at === 0 || !text.endsWith(`\n${END}`)) return undefined;
  /** @type {Map<string, { bytes: Buffer, base64: string }>} */
  const groups = new Map();
  for (const line of text.slice(at + BEGIN.length, -END.length - 1).split('\n')) {
    const [, label, base64 = ''] = /^([\w.,:-]+) (\S+)$/.exec(line) ?? [];
    const bytes = unpack(base64);
    if (label === undefined || bytes === undefined || groups.has(label)) return undefined;
    groups.set(label, { bytes, base64 });
  }
  return { head: text.slice(0, at), groups };
}

/** True where a text is what these would be packed to, however they are compressed. @param {string} text @param {string} head @param {readonly Group[]} groups */
export function isPackedOf(text, head, groups) {
  const now = unpackAll(text);
  if (now?.head !== head) return false;
  const labels = [...now.groups.keys()];
  return (
    labels.length === groups.length &&
    groups.every((group, i) => {
      const label = labelOf(group);
      return labels[i] === label && now.groups.get(label)?.bytes.equals(Buffer.concat([...group.values()])) === true;
    })
  );
}

/**
 * What a module that ends so gives out. Stands in dist/action.mjs, so it may use nothing from outside.
 * @param {string} text of the whole file
 * @param {(bytes: Buffer) => Buffer} decompress
 * @returns {(name: string) => Buffer | undefined}
 */
export function openPacked(text, decompress) {
  const from = text.lastIndexOf('\n/*packed\n') + '\n/*packed'.length;
  return (name) => {
    for (let at = from + 1, end = text.indexOf('\n', at); end > 0; at = end + 1, end = text.indexOf('\n', at)) {
      const space = text.indexOf(' ', at);
      if (space < 0 || space > end) return undefined;
      let begin = 0;
      for (const one of text.slice(at, space).split(',')) {
        const [known, length] = one.split(':');
        if (known === name) return decompress(Buffer.from(text.slice(space + 1, end), 'base64')).subarray(begin, begin + Number(length));
        begin += Number(length);
      }
    }
    return undefined;
  };
}
