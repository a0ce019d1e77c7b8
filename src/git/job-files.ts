import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { placeOf } from './read-file.ts';

interface Seen {
  readonly stamp: string;
  readonly digest: string;
}

const seen = (place: string | Buffer, known?: Seen): Seen | undefined => {
  try {
    const stat = lstatSync(place, { bigint: true });
    const stamp = [stat.ino, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs].join(' ');
    if (stamp === known?.stamp) return known;
    return { stamp, digest: createHash('sha256').update(`${stat.mode} `).update(readFileSync(place)).digest('hex') };
  } catch {
    return undefined; // it is gone, or no file any more
  }
};

/**
 * Says which files of a folder are other ones than now: rewritten with the same content is the same.
 * @param paths as snapshots name them
 */
export const watchFiles = (folder: string, paths: readonly string[]): { changed(): readonly string[] } => {
  const before = paths.map((path) => [path, placeOf(folder, path)] as const).map(([path, place]) => [path, place, seen(place)] as const);
  return {
    changed: () => before.filter(([, place, was]) => seen(place, was)?.digest !== was?.digest).map(([path]) => path),
  };
};
