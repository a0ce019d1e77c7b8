import { join, resolve } from 'node:path';
import type { Change } from '../check.ts';
import type { Context } from '../command.ts';
import { readIndexFile, type IndexFile } from './plain-index-file.ts';
import type { Repository } from './layout.ts';
import { encodePath } from './paths.ts';
import { openPlainObjects, type PlainObject } from './plain-objects.ts';
import { isPlainWorld } from './plain-repository.ts';
import { stagedFiles, type StagedFile } from './plain-staged.ts';

/** An index and the objects it names, read without git. */
export interface PlainIndex {
  readonly file: IndexFile;
  /** undefined: git must be asked. */
  readonly object: (oid: string) => PlainObject | undefined;
  /** Where it differs from HEAD; undefined: git must be asked. */
  readonly changedPaths: () => readonly string[] | undefined;
  /** What it would change in HEAD; undefined: git must be asked. @param ask git's answer, for the lines of files in which something is found */
  readonly changes: (ask: () => Promise<readonly Change[]>) => readonly Change[] | undefined;
}

const SUBMODULE = 0o160000;
const KIND = 0o170000;
const NEWLINE = 0x0a;
// From here on git, which need not hold every file twice, is as fast.
const MANY = 32;

/** A path that is bytes, one character each, in our spelling. */
export const pathOf = (name: string): string => encodePath(Buffer.from(name, 'latin1'));

/** True where the line in which a text first differs from the one before stands nowhere in that: then it is added, by any way to compare them. */
const surelyAdds = (before: Buffer, after: Buffer): boolean => {
  let at = 0;
  while (at < after.length && before[at] === after[at]) at++;
  if (at === after.length) return false;
  const newline = after.indexOf(NEWLINE, at);
  const isWhole = newline >= 0;
  const line = after.subarray(at === 0 ? 0 : after.lastIndexOf(NEWLINE, at - 1) + 1, isWhole ? newline + 1 : after.length);
  for (let found = before.indexOf(line); found >= 0; found = before.indexOf(line, found + 1)) {
    const begins = found === 0 || before[found - 1] === NEWLINE;
    if (begins && (isWhole || found + line.length === before.length)) return false;
  }
  return true;
};

const treeOf = (commit: PlainObject | undefined): string | undefined =>
  commit?.type === 'commit' ? /^tree ([0-9a-f]+)\n/.exec(commit.bytes.toString('latin1', 0, 80))?.[1] : undefined;

/** A change, undefined where only git can tell whether it adds lines; nothing for a submodule. */
const changeOf = (
  { name, before, after }: StagedFile,
  object: PlainIndex['object'],
  lines: (path: string) => Promise<Change['added']>,
): readonly Change[] | undefined => {
  const path = pathOf(name);
  if (after === undefined) return [{ path, status: 'deleted' }];
  if (after.mode === SUBMODULE) return [];
  const { oid, mode } = after;
  if (before === undefined) return [{ path, status: 'added', oid, mode }];
  if ((before.mode & KIND) !== (mode & KIND)) return undefined;
  if (before.oid === oid) return [{ path, status: 'modified', oid, mode, added: [] }];
  const [old, fresh] = [object(before.oid), object(oid)];
  if (old?.type !== 'blob' || fresh?.type !== 'blob' || !surelyAdds(old.bytes, fresh.bytes)) return undefined;
  return [{ path, status: 'modified', oid, mode, lines: () => lines(path) }];
};

/** Opens the index of a worktree, or the one that GIT_INDEX_FILE names. Undefined where git must be asked. */
export const openPlainIndex = (
  { root, gitDir, commonDir, objectFormat, head }: Repository,
  env: Context['env'],
): PlainIndex | undefined => {
  if (root === undefined || !isPlainWorld(env)) return undefined;
  const named = env['GIT_INDEX_FILE'];
  const file = readIndexFile(named === undefined ? join(gitDir, 'index') : resolve(root, named), objectFormat === 'sha256' ? 32 : 20);
  if (file === undefined) return undefined;
  const object = openPlainObjects(commonDir);
  const treeBytes = (oid: string): Buffer | undefined => {
    const found = object(oid);
    return found?.type === 'tree' ? found.bytes : undefined;
  };
  let differing: { readonly files: readonly StagedFile[] | undefined } | undefined;
  const staged = (): readonly StagedFile[] | undefined => {
    const tree = head === undefined ? undefined : treeOf(object(head));
    const isTold = head === undefined || tree !== undefined;
    return (differing ??= { files: isTold ? stagedFiles(file, tree, treeBytes) : undefined }).files;
  };
  return {
    file,
    object,
    changedPaths: () => staged()?.map(({ name }) => pathOf(name)),
    changes: (ask) => {
      let asked: Promise<readonly Change[]> | undefined;
      const lines = async (path: string): Promise<Change['added']> =>
        (await (asked ??= ask())).find((change) => change.path === path)?.added;
      const files = staged();
      if (files === undefined || files.length > MANY) return undefined;
      const changes = files.map((one) => changeOf(one, object, lines));
      return changes.every((change) => change !== undefined) ? changes.flat() : undefined;
    },
  };
};
