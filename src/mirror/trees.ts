import { GitError } from '../errors.ts';
import type { Guard } from './guard.ts';
import type { Journal } from './journal.ts';
import { freeName, lastPartOf } from './names.ts';
import { hexOf, idOf, isSubmodule, isTree, parseTree, writeTree, type TreeEntry } from './objects.ts';
import type { Store, Stored } from './store.ts';

/** Makes the trees of the mirror out of those of the repository; each is made once for each place it stands at. */
export interface Trees {
  /** The new tree; an empty one where nothing of it may be there. @throws {GitError} when an object cannot be read */
  root(oid: string, commit: string): Promise<string>;
}

export interface TreeRules {
  readonly guard: Guard;
  /** Why a path is not for the mirror, whatever is in it. */
  readonly leftOut: (path: string) => string | undefined;
  readonly journal: Journal;
  /** Bytes; a larger file cannot be proven clean. */
  readonly maxFileSize: number;
}

/** What becomes of a name where it stands; undefined: it is not for the mirror. */
interface Place {
  readonly name: string | undefined;
  /** The path as text. */
  readonly text: string;
}

/** An entry of the new tree, still under its old name. */
interface Kept {
  readonly entry: TreeEntry;
  readonly name: string;
}

const AHEAD = 8; // objects asked for before they are needed
const EMPTY = Buffer.alloc(0);

const inMegabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** @throws {GitError} unless it is there as a whole */
export const wholeObject = (answer: Stored, oid: string): Buffer => {
  if (answer.kind === 'object') return answer.bytes;
  const what = answer.kind === 'large' ? 'is too large to read' : answer.kind === 'corrupt' ? 'is corrupt' : 'is not in this clone';
  throw new GitError(`object ${oid.slice(0, 12)} ${what}`, {
    hint:
      answer.kind === 'missing' ? 'git fetch --refetch, without --filter, gets what a partial clone left out; else git fsck' : 'git fsck',
  });
};

export const createTrees = (store: Store, { guard, leftOut, journal, maxFileSize }: TreeRules): Trees => {
  const made = new Map<string, string | undefined>(); // by old id and path
  const places = new Map<string, Place>(); // by path, latin1

  const newName = (old: string, path: Buffer, text: string): string | undefined => {
    const verdict = guard.text(path);
    if (verdict.kind === 'clean') return old;
    if (verdict.kind === 'excluded') {
      journal.dropped(text, 'its name is excluded', verdict.findings);
      return undefined;
    }
    journal.replaced(verdict.findings.filter(({ end }) => end === undefined || end > path.length - old.length));
    journal.stands(verdict.left, text);
    const name = lastPartOf(path, verdict);
    if (name !== old) journal.renamed();
    return name;
  };

  const placeOf = (entry: TreeEntry, prefix: string): Place => {
    const key = prefix + entry.name + (isSubmodule(entry) ? '\0' : '');
    const known = places.get(key);
    if (known !== undefined) return known;
    const path = Buffer.from(prefix + entry.name, 'latin1');
    const text = store.pathText(path);
    const why = isSubmodule(entry) ? 'a submodule' : leftOut(text);
    if (why !== undefined) journal.dropped(text, why);
    const place: Place = { text, name: why === undefined ? newName(entry.name, path, text) : undefined };
    places.set(key, place);
    return place;
  };

  const file = (answer: Stored, oid: string, text: string, commit: string): Promise<string | undefined> => {
    const size = answer.kind === 'object' ? answer.bytes.length : answer.kind === 'large' ? answer.size : 0;
    if (size > maxFileSize) {
      const verdict = guard.file(EMPTY, text, commit);
      if (verdict.kind === 'excluded') journal.dropped(text, 'excluded', verdict.findings);
      else journal.unproven(text, `${inMegabytes(size)} are more than max-file-size`);
      return Promise.resolve(undefined);
    }
    const bytes = wholeObject(answer, oid);
    const verdict = guard.file(bytes, text, commit);
    if (verdict.kind === 'excluded') {
      journal.dropped(text, 'excluded', verdict.findings);
      return Promise.resolve(undefined);
    }
    journal.file();
    if (verdict.kind === 'clean') return store.write('blob', bytes);
    journal.replaced(verdict.findings);
    journal.stands(verdict.left, text);
    return store.write('blob', verdict.bytes);
  };

  /** What is not made yet of a tree, in order; contents are asked for a little before they are needed. */
  const makeAll = async (due: readonly TreeEntry[], prefix: string, commit: string): Promise<void> => {
    const asked: (Promise<Stored> | undefined)[] = [];
    for (const [at, entry] of due.entries()) {
      for (let next = asked.length; next < Math.min(due.length, at + AHEAD); next++) {
        const ahead = due[next];
        const answer = ahead === undefined || isTree(ahead) ? undefined : store.read(hexOf(ahead.id));
        answer?.catch(() => undefined); // awaited in its turn
        asked.push(answer);
      }
      const answer = asked[at];
      asked[at] = undefined;
      const path = prefix + entry.name;
      const fresh =
        answer === undefined
          ? await tree(hexOf(entry.id), `${path}/`, commit)
          : await file(await answer, hexOf(entry.id), placeOf(entry, prefix).text, commit);
      made.set(entry.id + path, fresh === undefined ? undefined : idOf(fresh));
    }
  };

  /** @param prefix latin1, with its slash */
  const tree = async (oid: string, prefix: string, commit: string): Promise<string | undefined> => {
    const entries = parseTree(wholeObject(await store.read(oid), oid), store.width);
    const wanted = entries.filter((entry) => placeOf(entry, prefix).name !== undefined);
    await makeAll(
      wanted.filter(({ id, name }) => !made.has(id + prefix + name)),
      prefix,
      commit,
    );
    const kept = wanted.flatMap((entry): Kept[] => {
      const id = made.get(entry.id + prefix + entry.name);
      return id === undefined ? [] : [{ entry: { ...entry, id }, name: placeOf(entry, prefix).name ?? entry.name }];
    });
    return kept.length === 0 && prefix !== '' ? undefined : store.write('tree', writeTree(apart(kept)));
  };

  const roots = new Map<string, string>();
  return {
    root: async (oid, commit) => {
      const known = roots.get(oid) ?? (await tree(oid, '', commit)) ?? (await store.write('tree', EMPTY));
      roots.set(oid, known);
      return known;
    },
  };
};

/** Names that became the same are told apart by numbers, in the order of the old ones; what kept its name goes first. */
const apart = (kept: readonly Kept[]): readonly TreeEntry[] => {
  const taken = new Set(kept.flatMap(({ entry, name }) => (entry.name === name ? [name] : [])));
  return kept.map(({ entry, name }) => (entry.name === name ? entry : { ...entry, name: freeName(name, taken) }));
};
