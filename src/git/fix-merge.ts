import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../command.ts';
import { fileError } from '../sys/files.ts';
import { run } from './run.ts';

type LineEnds = 'lf' | 'crlf' | 'mixed';

const endsOf = (bytes: Buffer): LineEnds => {
  const all = count(bytes, '\n');
  const crlf = count(bytes, '\r\n');
  return crlf === 0 ? 'lf' : crlf === all ? 'crlf' : 'mixed';
};

const count = (bytes: Buffer, text: string): number => {
  let found = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) found++;
  return found;
};

/** Text with the line ends that another has, where both are of one kind. */
const withEndsOf = (like: Buffer, base: Buffer, bytes: Buffer): Buffer => {
  const [wanted, given] = [endsOf(like), endsOf(base)];
  if (wanted === given || wanted === 'mixed' || given === 'mixed' || count(like, '\n') === 0) return bytes;
  const lf = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return wanted === 'lf' ? lf : Buffer.from(lf.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
};

export interface Sides {
  /** As git checks out what is staged. */
  readonly base: Buffer;
  readonly fixed: Buffer;
  /** As it is in the worktree. */
  readonly ours: Buffer;
  /** Git would stage the worktree's file as what is staged, though its bytes are others: line ends. */
  readonly isStaged: boolean;
}

/**
 * What the worktree's file becomes; undefined: what was fixed and what is not staged are in each other's way.
 * @param folder for files that git compares
 */
export async function mergedInto({ base, fixed, ours, isStaged }: Sides, place: Place, folder: string): Promise<Buffer | undefined> {
  if (ours.equals(base)) return fixed;
  if (ours.equals(fixed)) return ours;
  const theirs = withEndsOf(ours, base, fixed);
  if (isStaged) return theirs;
  const names = ['ours', 'base', 'theirs'].map((name) => join(folder, name));
  try {
    for (const [at, bytes] of [ours, withEndsOf(ours, base, base), theirs].entries()) writeFileSync(names[at] ?? '', bytes);
  } catch (error) {
    throw fileError('write', folder, error);
  }
  // The exit code is the number of conflicts, cut at 127, or 255 where the files are no text.
  const { code, stdout } = await run({ ...place, cwd: folder }, ['merge-file', '-p', '-q', ...names], { okCodes: CODES });
  return code === 0 ? stdout : undefined;
}

const CODES: readonly number[] = Array.from({ length: 256 }, (_, code) => code);
