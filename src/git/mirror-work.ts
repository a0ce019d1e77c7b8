import { join } from 'node:path';
import type { Context, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { borrowObjects, copyObjects, createBare, headRef, pointHead, readRefs, repack, updateRefs, type Ref } from './bare.ts';
import { makeWorkshop, moveIntoPlace, removeWorkshop, type MirrorFolder } from './mirror-folder.ts';
import { ObjectSession } from './object-session.ts';
import { createObjectWriter, type ObjectWriter } from './pack.ts';
import { encodePath } from './paths.ts';
import type { Repository } from './layout.ts';
import type { ObjectAnswer, ObjectType } from './response.ts';
import { run, throwIfAborted } from './run.ts';

/** A mirror that is being made: a repository of its own beside the one that is to be, until `finish`. */
export interface MirrorWork {
  readonly place: Place;
  readonly store: {
    read(oid: string): Promise<ObjectAnswer>;
    write(type: ObjectType, bytes: Uint8Array): Promise<string>;
    readonly width: number;
    pathText(bytes: Buffer): string;
  };
  /** Refs of the mirror that is there already. */
  readonly refs: readonly Ref[];
  /** The branch that its HEAD names, with `refs/heads/`. */
  readonly head: string | undefined;
  /** Of a commit of the mirror. */
  tipOf(oid: string): Promise<{ readonly oid: string; readonly tree: string; readonly message: string }>;
  /** Lets the new refs stand beside the old ones, so that the whole can be looked at. */
  putRefs(fresh: readonly Ref[], branch: string): Promise<void>;
  /** Commits of `oid` that the mirror does not have. */
  countNew(oid: string): Promise<number>;
  /** Puts it where it belongs: a new folder by a rename, new commits of one that is there by one change of its refs. */
  finish(): Promise<void>;
  /** Removes what is left of it. */
  close(): void;
}

const TREES_AND_COMMITS = 64 * 2 ** 20;

/** @param limit bytes of the largest file that is read */
export async function openMirrorWork(
  folder: MirrorFolder,
  source: Place,
  { objectFormat }: Pick<Repository, 'objectFormat'>,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
  limit: number,
): Promise<MirrorWork> {
  const { path, existing } = folder;
  const refs = existing === undefined ? [] : await readRefs(existing.place);
  const head = existing === undefined ? undefined : await headRef(existing.place);
  const workshop = makeWorkshop(path);
  const session = new ObjectSession(source, Math.max(limit, TREES_AND_COMMITS));
  const close = (): void => {
    session.close();
    removeWorkshop(workshop);
  };
  try {
    const made = join(workshop, 'mirror');
    const place = await createBare(made, env, objectFormat);
    if (existing !== undefined) borrowObjects(made, path);
    const writer: ObjectWriter = createObjectWriter(place, objectFormat, signal);
    let changes: readonly (Ref & { readonly old: string | undefined })[] = [];
    return {
      place,
      refs,
      head,
      close,
      store: {
        read: (oid) => {
          throwIfAborted(signal);
          return session.ask(oid);
        },
        write: (type, bytes) => writer.write(type, bytes),
        width: objectFormat === 'sha256' ? 32 : 20,
        pathText: encodePath,
      },
      tipOf: (oid) => tipOf(place, oid),
      async putRefs(fresh, branch) {
        await writer.flush();
        const old = new Map(refs.map(({ name, oid }) => [name, oid]));
        changes = fresh.filter(({ name, oid }) => old.get(name) !== oid).map((ref) => ({ ...ref, old: old.get(ref.name) }));
        const all = new Map([...refs, ...fresh].map(({ name, oid }) => [name, oid]));
        await updateRefs(
          place,
          [...all].map(([name, oid]) => ({ name, oid, old: undefined })),
        );
        if (existing === undefined) await pointHead(place, branch);
      },
      async countNew(oid) {
        const known = refs.map((ref) => `^${ref.oid}`);
        const { stdout } = await run(place, ['rev-list', '--count', '--stdin'], { stdin: `${[oid, ...known].join('\n')}\n`, signal });
        return Number(stdout.toString('latin1'));
      },
      async finish() {
        throwIfAborted(signal);
        if (existing === undefined) {
          await repack(place, signal);
          throwIfAborted(signal);
          moveIntoPlace(made, path);
        } else if (changes.length > 0) {
          await copyObjects(
            place,
            existing.place,
            changes.map(({ oid }) => oid),
            refs.map(({ oid }) => oid),
            signal,
          );
          await updateRefs(existing.place, changes);
        }
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function tipOf(place: Place, oid: string): ReturnType<MirrorWork['tipOf']> {
  const { stdout } = await run(place, ['cat-file', 'commit', oid]);
  const text = stdout.toString('utf8');
  const tree = /^tree ([0-9a-f]+)$/m.exec(text)?.[1];
  if (tree === undefined) throw new GitError(`commit ${oid.slice(0, 12)} of the mirror has no tree`, { hint: 'git fsck' });
  return { oid, tree, message: text.slice(text.indexOf('\n\n') + 2) };
}
