import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { delimiter, isAbsolute, join, parse, sep } from 'node:path';

export interface ProgramSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders whose programs are never run: the worktrees that are being judged. */
  readonly outside?: readonly string[];
}

const WINDOWS = platform() === 'win32';
// Node starts no .bat or .cmd without a shell, and a shell is what we never use.
const WINDOWS_EXTENSIONS: readonly string[] = ['.exe', '.com'];

const found = new Map<string, string | undefined>();

/**
 * Absolute path of a program on PATH, undefined when there is none. Relative and empty entries, those with a node_modules
 * segment and those inside `outside` are passed over, so that a branch under judgement cannot bring its own `git`.
 */
export function findProgram(name: string, { env, outside = [] }: ProgramSearch): string | undefined {
  const path = variable(env, 'PATH') ?? '';
  const key = JSON.stringify([path, name, outside]);
  if (!found.has(key)) found.set(key, search(name, path, extensions(env), outside.flatMap(bothNames)));
  return found.get(key);
}

// A copy of the environment is case-sensitive also on Windows, where the variable is usually called Path.
function variable(env: ProgramSearch['env'], name: string): string | undefined {
  if (env[name] !== undefined || !WINDOWS) return env[name];
  const key = Object.keys(env).find((k) => k.toUpperCase() === name);
  return key === undefined ? undefined : env[key];
}

function extensions(env: ProgramSearch['env']): readonly string[] {
  if (!WINDOWS) return [''];
  const allowed = (variable(env, 'PATHEXT') ?? '.COM;.EXE').toLowerCase().split(';');
  return WINDOWS_EXTENSIONS.filter((extension) => allowed.includes(extension));
}

function search(name: string, path: string, suffixes: readonly string[], outside: readonly string[]): string | undefined {
  for (const entry of path.split(delimiter)) {
    if (!isAbsolute(entry) || entry.split(/[\\/]/).includes('node_modules')) continue;
    for (const suffix of suffixes) {
      const file = join(entry, name + suffix);
      if (isProgram(file) && !bothNames(file).some((at) => outside.some((root) => isInside(at, root)))) return file;
    }
  }
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The path as it is written and as it is once all links are followed: a link into a worktree is as good as a file in it. */
function bothNames(path: string): readonly string[] {
  try {
    const real = realpathSync.native(path);
    return real === path ? [path] : [path, real];
  } catch {
    return [path];
  }
}

// A worktree that is the whole file system contains every program; there the rule would only forbid all of them.
const isInside = (path: string, root: string): boolean =>
  parse(root).root !== root && path.startsWith(root.endsWith(sep) ? root : root + sep);
