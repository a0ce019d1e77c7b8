import type { Edit } from '../report/finding.ts';
import type { Remotes } from '../remote.ts';
import { readUses } from '../uses/read.ts';
import type { Use } from '../uses/use.ts';
import { urlOf } from './commits.ts';
import { keyIdOf, type UsingFile } from './coverage.ts';
import { isObjectName } from './key.ts';
import type { Lock, LockEntry } from './lock.ts';
import { named, type Named } from './refs.ts';

/** An entry whose commit is to be another one. */
export interface Move {
  readonly entry: LockEntry;
  readonly from: string;
  readonly to: Named;
  readonly edit: Edit;
}

/** An entry that stays as it is although its ref may mean another commit, and why. */
export interface Left {
  readonly entry: LockEntry;
  readonly why: string;
  /** No answer came: trying again may help. */
  readonly isSilent: boolean;
}

export type Relocked =
  | { readonly kind: 'same' }
  | { readonly kind: 'move'; readonly move: Move }
  | { readonly kind: 'left'; readonly left: Left };

/**
 * Folders of each repository that workflows and actions use, by the id of its key. Of one whose workflows are called there is none: what those use is
 * in the lock of their own repository.
 */
const usedFolders = (files: readonly UsingFile[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const folders = new Map<string, Set<string>>();
  for (const use of files.flatMap(({ uses }) => uses)) {
    const id = keyIdOf(use);
    if (id === undefined) continue;
    const known = folders.get(id) ?? new Set<string>();
    if (use.kind === 'action') known.add(use.subpath ?? '');
    folders.set(id, known);
  }
  return folders;
};

const MOST_FOLDERS = 50;

/** Ids of what actions of a commit use; undefined: none of their files could be seen. `silent`: no answer. */
const usesAt = async (
  remotes: Remotes,
  url: string,
  oid: string,
  from: ReadonlySet<string>,
): Promise<ReadonlySet<string> | undefined | 'silent'> => {
  const folders = new Set(from);
  const ids = new Set<string>();
  let seen = 0;
  for (const folder of folders) {
    if (folders.size > MOST_FOLDERS) return undefined;
    const read = await actionAt(remotes, url, oid, folder);
    if (read === 'silent') return 'silent';
    if (read !== undefined) seen += 1;
    for (const use of read ?? []) {
      const id = keyIdOf(use);
      if (id !== undefined) ids.add(id);
      if (use.kind === 'self') folders.add((use.subpath ?? '').replace(/\/$/, ''));
    }
  }
  return seen === folders.size ? ids : undefined;
};

const actionAt = async (remotes: Remotes, url: string, oid: string, folder: string): Promise<readonly Use[] | undefined | 'silent'> => {
  for (const name of ['action.yml', 'action.yaml', 'Dockerfile']) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const file = await remotes.read(url, oid, path);
    if (file.kind === 'silent') return 'silent';
    if (file.bytes === undefined) continue;
    if (name === 'Dockerfile') return [];
    const { uses, problems } = readUses(file.bytes, path);
    return problems.length > 0 ? undefined : uses;
  }
  return undefined;
};

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && [...a].every((one) => b.has(one));

const OTHER_USES = 'what it uses itself is other there, and only the tool of the host can add that';

/** Why the entry cannot have another commit and keep its `uses`; undefined: it can. */
const obstacle = async (
  entry: LockEntry,
  { oid }: Named,
  from: string,
  folders: ReadonlySet<string>,
  url: string,
  remotes: Remotes,
): Promise<Pick<Left, 'why' | 'isSilent'> | undefined> => {
  const now = await usesAt(remotes, url, oid, folders);
  if (now === 'silent') return { why: 'what it uses itself there could not be read', isSilent: true };
  if (now === undefined) return { why: `there is no action of its own that could be read at ${oid.slice(0, 12)}`, isSilent: false };
  if (isSame(now, new Set(entry.uses.map(({ key }) => key.id)))) return undefined;
  // The list may hold what folders use that nobody here names: those did not change if these did not.
  const before = await usesAt(remotes, url, from, folders);
  return before !== undefined && before !== 'silent' && isSame(now, before) ? undefined : { why: OTHER_USES, isSilent: false };
};

/** What is to become of an entry: its commit is what its ref means now, where only that has to be written. */
const relockEntry = async (
  entry: LockEntry,
  forge: string,
  folders: ReadonlyMap<string, ReadonlySet<string>>,
  remotes: Remotes,
): Promise<Relocked> => {
  const { key, commit, hasIds, ref } = entry;
  const left = (why: string, isSilent = false): Relocked => ({ kind: 'left', left: { entry, why, isSilent } });
  if (isObjectName(key.ref)) return { kind: 'same' };
  if (!hasIds) return left('it has no owner_id or repo_id, which only the tool of the host knows');
  if (commit === undefined) return left('it has no commit that could be replaced');
  const url = urlOf(forge, entry);
  const advertised = await remotes.advertised(url, 'fresh');
  if (advertised.kind === 'silent') return left(advertised.detail, true);
  const [first, second] = named(advertised, ref ?? key.ref);
  if (first === undefined) return left('there is neither a tag nor a branch of that name any more');
  if (first.oid === commit.oid) return { kind: 'same' };
  if (second !== undefined && second.oid !== first.oid)
    return second.oid === commit.oid ? { kind: 'same' } : left('there is a tag and a branch of that name, with different commits');
  if (commit.written === undefined) return left('its commit is written folded or with escapes: change it by hand');
  if (first.oid.length !== commit.oid.length) return left('its repository counts its commits with another algorithm now');
  const against = await obstacle(entry, first, commit.oid, folders.get(key.id) ?? new Set(['']), url, remotes);
  if (against !== undefined) return left(against.why, against.isSilent);
  return { kind: 'move', move: { entry, from: commit.oid, to: first, edit: { ...commit.written, text: first.oid } } };
};

/** All entries of a lock, several at once, in its order. @param onDone after each */
export const relock = async (
  { entries }: Lock,
  forge: string,
  files: readonly UsingFile[],
  remotes: Remotes,
  onDone: () => void,
): Promise<readonly Relocked[]> => {
  const folders = usedFolders(files);
  const done: Relocked[] = [];
  const todo = entries.entries();
  const work = async (): Promise<void> => {
    for (const [at, entry] of todo) {
      done[at] = await relockEntry(entry, forge, folders, remotes);
      onDone();
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return done;
};

/** The file with the edits in it, every other byte as it was. @param edits disjoint */
export const withEdits = (bytes: Uint8Array, edits: readonly Edit[]): Uint8Array => {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(from, start), Buffer.from(text));
    from = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
};
