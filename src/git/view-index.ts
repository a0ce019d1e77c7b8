import { lstatSync, readdirSync } from 'node:fs';
import type { Place } from '../command.ts';
import { nulEnded } from './index-entries.ts';
import { encodePath, splitNul } from './paths.ts';
import { placeOf } from './read-file.ts';
import { run } from './run.ts';
import { link } from './view-links.ts';

const MODULES = 'node_modules';

/** Links what a checkout of the index lacks to work: ignored files and folders of the worktree's root, and the node_modules of packages below it. */
export async function linkIgnored({ root }: { readonly root: string }, tree: string, inTree: Place): Promise<void> {
  const beside = readdirSync(root, { encoding: 'buffer' })
    .map(encodePath)
    .filter((name) => name.toLowerCase() !== '.git' && isAbsent(tree, name));
  const { stdout } = await run({ ...inTree, cwd: root, env: { ...inTree.env, GIT_WORK_TREE: root } }, ['check-ignore', '-z', '--stdin'], {
    stdin: nulEnded(beside),
    okCodes: [0, 1],
  });
  const packages = splitNul((await run(inTree, ['ls-files', '-z', '--', ':(glob)**/package.json'])).stdout)
    .map((path) => path.replace(/[^/]*$/, MODULES))
    .filter((path) => isAbsent(tree, path) && !isAbsent(root, path));
  for (const path of new Set([...splitNul(stdout), ...packages])) {
    const stat = lstatSync(placeOf(root, path), { throwIfNoEntry: false });
    const kind = stat?.isDirectory() === true ? 'folder' : stat?.isFile() === true ? 'file' : 'other';
    if (stat !== undefined) link(placeOf(root, path), placeOf(tree, path), kind);
  }
}

const isAbsent = (root: string, path: string): boolean => lstatSync(placeOf(root, path), { throwIfNoEntry: false }) === undefined;
