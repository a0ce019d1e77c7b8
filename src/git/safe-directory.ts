import { realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { isThere, writeWhole } from '../sys/files.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The repository's folder at or above `cwd`, in `top`; both by their real names. */
const repositoryRoot = (cwd: string, top: string): string | undefined => {
  if (cwd !== top && !cwd.startsWith(top.endsWith(sep) ? top : top + sep)) return undefined;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (isThere(join(folder, '.git'))) return folder;
    if (folder === top || dirname(folder) === folder) return undefined;
  }
};

/** A value in a file of git's settings. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)}"`;

/** What git would read as the person's own settings. */
const ownFiles = (env: Env): readonly string[] => {
  if (env['GIT_CONFIG_GLOBAL'] !== undefined) return [env['GIT_CONFIG_GLOBAL']];
  const home = env['HOME'] || undefined;
  const config = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : join(home, '.config'));
  return [...(config === undefined ? [] : [join(config, 'git', 'config')]), ...(home === undefined ? [] : [join(home, '.gitconfig')])];
};

/**
 * An environment in which git looks at the repository that a runner checked out, also where it belongs to another user: in a container the job is
 * often root and the workspace is not. Exactly that repository is named, and only for the programs that we start; nothing of it is executed (see child.ts).
 * Git from 2.38 on reads the setting from the environment; 2.32 to 2.37 take it from a file only.
 * @param workspace what the runner calls the job's folder: no repository above it is meant
 * @param folder where that file may be written
 */
export const withSafeDirectory = (env: Env, cwd: string, workspace: string, folder: string): Env => {
  let root: string | undefined;
  try {
    root = repositoryRoot(realpathSync.native(cwd), realpathSync.native(workspace));
  } catch {
    return env; // there is no such folder; whoever opens it says so
  }
  if (root === undefined) return env;
  const file = join(folder, 'gitconfig');
  const included = ownFiles(env).map((path) => `[include]\n\tpath = ${quoted(path)}\n`);
  writeWhole(file, `${included.join('')}[safe]\n\tdirectory = ${quoted(root)}\n`, { durable: false });
  const count = /^\d{1,6}$/.test(env['GIT_CONFIG_COUNT'] ?? '') ? Number(env['GIT_CONFIG_COUNT']) : 0;
  return {
    ...env,
    GIT_CONFIG_GLOBAL: file,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: 'safe.directory',
    [`GIT_CONFIG_VALUE_${count}`]: root,
  };
};
