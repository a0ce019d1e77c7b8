import { accessSync, constants, lstatSync, readFileSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { holdsBlock, toolOf, type HookTool } from './hook-tool.ts';

/** A file that git looks at when an event happens. */
export interface HookFile {
  readonly event: string;
  /** Absolute. */
  readonly path: string;
  /** `broken-link`: a symbolic link that leads nowhere; `other`: a folder, a pipe. */
  readonly kind: 'absent' | 'file' | 'link' | 'broken-link' | 'other';
  /** git would start it: it is there and may be executed. */
  readonly runs: boolean;
  /** What may be done with it (0o755), undefined where there is none. */
  readonly mode: number | undefined;
  /** Whose it is; undefined where there is nothing to read. */
  readonly tool: HookTool | undefined;
  /** A block of ours is in it, or it is ours. */
  readonly guarded: boolean;
  /** Of a symbolic link, as it is written. */
  readonly target: string | undefined;
  /** What stands in it, a link followed; undefined where there is nothing to read or it is larger than 1 MiB. */
  readonly bytes: Buffer | undefined;
}

/** A folder of hooks. */
export interface HookFolder {
  /** As git uses it, absolute. */
  readonly path: string;
  /** With all links followed. */
  readonly real: string;
  readonly kind: 'absent' | 'folder' | 'link' | 'broken-link' | 'other';
  readonly writable: boolean;
  /** On another file system than the repository. */
  readonly elsewhere: boolean;
  /** Inside a worktree of the repository: its files come and go with branches. */
  readonly inWorktree: boolean;
}

const READ_BYTES = 2 ** 20;

const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    return undefined; // a loop of links is as good as nothing
  }
};

const may = (path: string, right: number): boolean => {
  try {
    accessSync(path, right);
    return true;
  } catch {
    return false;
  }
};

/** What lies where git would look for the hook of an event. */
export const readHookFile = (folder: string, event: string): HookFile => {
  const path = join(folder, event);
  const link = lstatSync(path, { throwIfNoEntry: false });
  const stat = statOf(path);
  const nothing = { event, path, runs: false, mode: undefined, tool: undefined, guarded: false, bytes: undefined, target: undefined };
  if (link === undefined) return { ...nothing, kind: 'absent' };
  const target = link.isSymbolicLink() ? readlinkSync(path) : undefined;
  if (stat === undefined) return { ...nothing, kind: 'broken-link', target };
  const mode = stat.mode & 0o7777;
  if (!stat.isFile()) return { ...nothing, kind: 'other', mode };
  const bytes = stat.size > READ_BYTES || !may(path, constants.R_OK) ? undefined : readFileSync(path);
  return {
    event,
    path,
    kind: link.isSymbolicLink() ? 'link' : 'file',
    runs: may(path, constants.X_OK),
    mode,
    tool: bytes === undefined ? undefined : toolOf(bytes),
    guarded: bytes !== undefined && holdsBlock(bytes),
    target,
    bytes,
  };
};

const isInside = (path: string, root: string): boolean =>
  parse(root).root !== root && (path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));

/** The repository around a folder of hooks. */
export interface Around {
  readonly commonDir: string;
  readonly roots: readonly string[];
  readonly gitDirs: readonly string[];
}

/** What a folder of hooks is. */
export const readFolder = (path: string, { commonDir, roots, gitDirs }: Around): HookFolder => {
  const link = lstatSync(path, { throwIfNoEntry: false });
  const stat = statOf(path);
  const real = stat === undefined ? path : realpathSync.native(path);
  return {
    path,
    real,
    kind:
      link === undefined
        ? 'absent'
        : stat === undefined
          ? 'broken-link'
          : !stat.isDirectory()
            ? 'other'
            : link.isSymbolicLink()
              ? 'link'
              : 'folder',
    // root may write everywhere: whoever made it read-only did not mean that
    writable: stat !== undefined && (stat.mode & 0o222) !== 0 && may(path, constants.W_OK),
    elsewhere: stat !== undefined && stat.dev !== statOf(commonDir)?.dev,
    inWorktree: roots.some((root) => isInside(real, root)) && !gitDirs.some((dir) => isInside(real, dir)),
  };
};
