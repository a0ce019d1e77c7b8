import { lstatSync, readdirSync } from 'node:fs';
import { encodePath } from './paths.ts';
import { placeOf } from './read-file.ts';
import type { Opened } from './opened-view.ts';
import { isAsLinked } from './view-links.ts';
import { foldersTo } from './view-paths.ts';

/**
 * What was changed, made or removed beside the files that commands were given. Looked for in the folders on the way to the files: below a linked
 * folder lies the worktree itself.
 * @param given regular files that are there
 */
export function straysIn({ root, tree, entries, linked }: Opened, given: ReadonlySet<string>): readonly string[] {
  const strays = new Set<string>();
  for (const [path] of entries) if (!given.has(path) && isGone(tree, path)) strays.add(path);
  for (const one of linked) {
    const stat = lstatSync(placeOf(tree, one.path), { throwIfNoEntry: false });
    if (stat === undefined || (one.stamp !== undefined && !isAsLinked(root, one))) strays.add(one.path);
    else if (!stat.isSymbolicLink() && one.isLink) strays.add(one.path);
  }
  const known = new Set([...entries.keys(), ...linked.map(({ path }) => path), '.git']);
  const folders = new Set([...entries.keys()].flatMap(foldersTo));
  for (const folder of linked.length === 0 ? [] : folders)
    for (const name of namesIn(folder === '' ? tree : placeOf(tree, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (!known.has(path) && !folders.has(path)) strays.add(path);
    }
  return [...strays];
}

const isGone = (tree: string, path: string): boolean => lstatSync(placeOf(tree, path), { throwIfNoEntry: false }) === undefined;

const namesIn = (place: string | Buffer): readonly string[] => {
  try {
    return readdirSync(place, { encoding: 'buffer' }).map(encodePath);
  } catch {
    return []; // removed: its files are told
  }
};
