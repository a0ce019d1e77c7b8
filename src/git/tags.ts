import type { Entry } from '../check.ts';
import type { Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { ObjectSession } from './object-session.ts';
import { run } from './run.ts';
import { commitSnapshot } from './snapshot.ts';

/** What refs or pushed names hold beside commits. */
export interface Tagged {
  /** Annotated tags, whose messages are content too. */
  readonly tags: readonly string[];
  /** Commits that are named, directly or through tags. */
  readonly commits: readonly string[];
  /** Files that are tagged themselves or lie in a tagged folder. */
  readonly files: readonly (Entry & { readonly oid: string })[];
}

interface Options {
  readonly signal?: AbortSignal;
}

const REGULAR = 0o100644;

/** What the refs of a repository hold beside commits. */
export async function taggedObjects(place: Place, options: Options = {}): Promise<Tagged> {
  const { stdout } = await run(place, ['for-each-ref', '--format=%(objecttype) %(objectname)'], options);
  const names = stdout
    .toString('latin1')
    .split('\n')
    .map((line) => line.split(' '));
  return await peel(
    place,
    names.flatMap(([type, oid]) => (oid === undefined || type === 'commit' ? [] : [oid])),
  );
}

/** Follows names through annotated tags to what they hold. @throws {GitError} when one of them is not there */
export async function peel(place: Place, oids: readonly string[]): Promise<Tagged> {
  const tags: string[] = [];
  const commits: string[] = [];
  const files: (Entry & { oid: string })[] = [];
  const session = new ObjectSession(place, 2 ** 20);
  try {
    const due = [...new Set(oids)];
    for (let oid = due.shift(); oid !== undefined; oid = due.shift()) {
      const answer = await session.ask(oid);
      if (answer.kind === 'missing' || answer.kind === 'corrupt') {
        throw new GitError(`object ${oid.slice(0, 12)} is missing or corrupt`, { hint: 'git fsck' });
      }
      if (answer.type === 'commit') commits.push(oid);
      else if (answer.type === 'blob') files.push({ path: oid, oid, mode: REGULAR });
      else if (answer.type === 'tree') files.push(...(await filesOf(place, oid)));
      else {
        tags.push(oid);
        const next = answer.kind === 'object' ? /^object ([0-9a-f]+)\n/.exec(answer.bytes.toString('latin1', 0, 80))?.[1] : undefined;
        if (next !== undefined) due.push(next);
      }
    }
    return { tags, commits, files };
  } finally {
    session.close();
  }
}

async function filesOf(place: Place, tree: string): Promise<readonly (Entry & { oid: string })[]> {
  const entries = await commitSnapshot(place, tree).list();
  return entries.flatMap((entry) => (entry.oid === undefined ? [] : [{ ...entry, oid: entry.oid }]));
}
