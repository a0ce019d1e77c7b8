// @ts-check
import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {{ readonly path: string, readonly size: number }} File path: relative, with slashes */

/** Regular files below a folder, sorted; links are not followed. @param {string} root @returns {readonly File[]} */
export const filesOf = (root) => {
  /** @type {File[]} */
  const files = [];
  /** @param {string} below */
  const walk = (below) => {
    for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) files.push({ path, size: statSync(join(root, path)).size });
    }
  };
  walk('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** @param {readonly File[]} files */
export const bytesOf = (files) => files.reduce((sum, { size }) => sum + size, 0);

/**
 * The same files in another folder, as hard links where that goes.
 * @param {string} from
 * @param {readonly File[]} files
 * @param {string} to
 */
export const place = (from, files, to) => {
  for (const { path } of files) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    try {
      linkSync(join(from, path), target);
    } catch {
      copyFileSync(join(from, path), target);
    }
  }
};

/**
 * Files for about so many bytes, spread over the whole tree and the same each time.
 * @param {readonly File[]} files
 * @param {number} bytes
 */
export const sample = (files, bytes) => {
  /** @param {File} file */
  const draw = ({ path }) => createHash('sha256').update(path).digest('hex');
  const drawn = files.filter(({ size }) => size <= bytes / 8).map((file) => ({ file, lot: draw(file) }));
  let left = bytes;
  return drawn
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .flatMap(({ file }) => {
      if (left <= 0) return [];
      left -= file.size;
      return [file];
    });
};

/** An empty folder. @param {string} folder */
export const emptied = (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
};
