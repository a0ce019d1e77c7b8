import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Context, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import type { Repository } from './layout.ts';
import { plainRepository } from './plain-repository.ts';
import { run } from './run.ts';

/** True when no folder from here upwards looks like a repository, as git would see it: starting git to hear the same costs more than the scan of a file. */
const isOutside = (cwd: string, env: Context['env']): boolean => {
  if (env['GIT_DIR'] !== undefined) return false;
  try {
    for (let folder = realpathSync.native(cwd); ; folder = dirname(folder)) {
      if (isThere(join(folder, '.git')) || isThere(join(folder, 'HEAD'))) return false;
      if (dirname(folder) === folder) return true;
    }
  } catch {
    return false; // git will say what is wrong
  }
};

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const FLAGS: readonly string[] = ['--is-bare-repository', '--is-inside-work-tree', '--is-shallow-repository', '--show-object-format'];

/**
 * The repository around a place, undefined where there is none.
 * @param env what the place was made of, if it is at hand: copying it for the place costs more than to look for a repository
 * @throws {GitError} when there is one that git refuses to use
 */
export async function findRepository(place: Place, env: Context['env'] = place.env): Promise<Repository | undefined> {
  if (isOutside(place.cwd, env)) return undefined;
  return plainRepository(place.cwd, env) ?? askRepository(place);
}

/** What git itself says: {@link findRepository} of whatever is out of the ordinary. @throws {GitError} likewise */
export async function askRepository(place: Place): Promise<Repository | undefined> {
  const { code, stdout, stderr } = await run(
    place,
    ['rev-parse', '--default', 'HEAD', ...FLAGS, '--absolute-git-dir', '--git-common-dir', '--show-cdup'],
    { okCodes: [0, 128] },
  );
  if (code !== 0) {
    if (/not a git repository/.test(stderr) && place.env['GIT_DIR'] === undefined) return undefined;
    await run(place, ['rev-parse', '--git-dir']); // Says in a GitError what is wrong.
    throw new GitError('git cannot tell where the repository is');
  }
  const lines = stdout.toString('utf8').split('\n');
  // A folder whose name has a newline cannot be told apart here: ask for each by itself.
  const plain = lines.length <= 9;
  const [bare, inside, shallow, format] = lines;
  const gitDir = plain ? lines[4] : await one(place, '--absolute-git-dir');
  const commonDir = plain ? lines[5] : await one(place, '--git-common-dir');
  // Without a worktree git prints no line for --show-cdup.
  const up = inside !== 'true' ? '' : plain ? lines[6] : await one(place, '--show-cdup');
  const head = plain ? lines[inside === 'true' ? 7 : 6] : await headOf(place);
  if (gitDir === undefined || commonDir === undefined || up === undefined) throw new GitError('git cannot tell where the repository is');
  return {
    root: inside === 'true' ? realpathSync.native(resolve(place.cwd, up)) : undefined,
    gitDir,
    commonDir: resolve(place.cwd, commonDir),
    bare: bare === 'true',
    shallow: shallow === 'true',
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    head: head === undefined || head === '' ? undefined : head,
  };
}

const one = async (place: Place, what: string): Promise<string> =>
  (await run(place, ['rev-parse', what])).stdout.toString('utf8').slice(0, -1);

const headOf = async (place: Place): Promise<string | undefined> =>
  (await run(place, ['rev-parse', '--verify', '--quiet', 'HEAD'], { okCodes: [0, 1] })).stdout.toString('utf8').trim() || undefined;

/** The root of the worktree. @throws {GitError} when there is none */
export async function worktreeRoot(place: Place): Promise<string> {
  const repository = await findRepository(place);
  if (repository?.root !== undefined) return repository.root;
  await run(place, ['rev-parse', '--git-dir']);
  throw new GitError('there is no worktree here: the repository is bare, or this is inside its git directory');
}

/**
 * The full name of the commit that a revision means.
 * @throws {GitError} when there is none
 */
export async function resolveCommit(place: Place, revision: string): Promise<string> {
  const { stdout } = await run(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], {
    okCodes: [0, 1, 128],
  });
  const oid = stdout.toString('latin1').trim();
  if (/^[0-9a-f]{40,64}$/.test(oid)) return oid;
  await run(place, ['rev-parse', '--git-dir']);
  throw new GitError('there is no such commit', { hint: 'fetch it first if it is on the remote; `git log` shows what is there' });
}
