import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlain, statOf } from './plain-file.ts';

/** Names that git takes for a branch without a second thought. */
const BRANCH = /^ref: (refs\/heads\/\w[\w+=,#@-]*(?:[./][\w+=,#@-]+)*)\n$/;
const LOCK = /\.lock(?:\/|$)/;

const isName = (text: string, width: number): boolean => text.length === width && /^[0-9a-f]+$/.test(text);

const packedRef = (commonDir: string, ref: string, width: number): string | undefined => {
  const path = join(commonDir, 'packed-refs');
  const stat = statOf(path);
  if (stat === undefined) return '';
  if (!stat.isFile()) return undefined;
  const packed = readFileSync(path);
  const at = packed.indexOf(` ${ref}\n`);
  if (at < 0) return '';
  const line = packed.toString('latin1', packed.lastIndexOf('\n', at) + 1, at);
  return isName(line, width) ? line : undefined;
};

/**
 * The commit that is checked out, '' before the first one, from HEAD and its branch as files. Undefined where git must be asked.
 * @param width of an object name in hexadecimal
 * @throws where a file cannot be read
 */
export const plainHead = (gitDir: string, commonDir: string, width: number): string | undefined => {
  const head = readPlain(join(gitDir, 'HEAD'));
  if (head === undefined) return undefined;
  const detached = head.slice(0, -1);
  if (head.endsWith('\n') && isName(detached, width)) return detached;
  const ref = BRANCH.exec(head)?.[1];
  if (ref === undefined || LOCK.test(ref)) return undefined;
  const path = join(commonDir, ref);
  if (statOf(path) === undefined) return packedRef(commonDir, ref, width);
  const oid = readPlain(path)?.replace(/\n$/, '') ?? '';
  return isName(oid, width) ? oid : undefined;
};
