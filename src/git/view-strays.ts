import { lstatSync } from 'node:fs';
import type { Opened } from './opened-view.ts';
import { placeOf } from './read-file.ts';
import { isAsLinked, namesIn } from './view-links.ts';
import { foldersTo } from './view-paths.ts';

/**
 * What was changed, made or removed beside the files that commands were given. Looked for in the folders on the way to the files: below a linked
 * folder lies the worktree itself.
 * @param given regular files that are there
 */
export function straysIn({ root, tree, entries, linked }: Opened, given: ReadonlySet<string>): readonly string[] {
  const strays = new Set<string>();
  for (const [path] of entries) if (!given.has(path) && isGone(tree, path)) strays.add(path);
  if (linked.length === 0) return [...strays];
  const folders = new Set([...entries.keys()].flatMap(foldersTo));
  const there = new Map<string, 'folder' | 'file' | 'other'>();
  for (const folder of folders)
    for (const { name, kind } of namesIn(folder === '' ? tree : placeOf(tree, folder)))
      there.set(folder === '' ? name : `${folder}/${name}`, kind);
  for (const one of linked) {
    const kind = there.get(one.path);
    if (kind === undefined || (one.isLink && kind !== 'other') || !isAsLinked(root, one)) strays.add(one.path);
    there.delete(one.path);
  }
  for (const path of there.keys()) if (!entries.has(path) && !folders.has(path) && path !== '.git') strays.add(path);
  return [...strays];
}

const isGone = (tree: string, path: string): boolean => lstatSync(placeOf(tree, path), { throwIfNoEntry: false }) === undefined;
