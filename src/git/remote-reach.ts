import { GitError } from '../errors.ts';
import type { Reaching, Silence } from '../remote.ts';
import type { Access } from './remote-access.ts';
import { silent } from './remote-failure.ts';
import { keepReaching, keptReaching } from './remote-kept.ts';
import { forgetMirror, keptMirror, type Mirror, type MirrorWorld, reachingRefs, updatedMirror } from './remote-mirror.ts';
import type { RefLists } from './remote-refs.ts';
import { once, type RemoteWorld } from './remote-world.ts';

/** Asks mirrors which refs reach a commit: the kept one first, then one that is as the server is now. */
export const openReach = (world: RemoteWorld, lists: RefLists): ((way: Access, oid: string) => Promise<Reaching | Silence>) => {
  const updated = once<Mirror | Silence>();
  const rebuilt = once<Mirror | Silence>();
  const mirrorWorld = (way: Access): MirrorWorld => {
    const folder = world.folderOf(way);
    const { place, signal } = world;
    return { folder, store: world.storeOf(way), access: way, place, signal, fetch: (...asked) => world.fetch('mirror', ...asked) };
  };
  const update = async (way: Access): Promise<Mirror | Silence> => {
    const advertised = await lists.fresh(way);
    return advertised.kind === 'silent' ? advertised : await updatedMirror(mirrorWorld(way), advertised);
  };
  const rebuild = (way: Access): Promise<Mirror | Silence> => {
    forgetMirror(mirrorWorld(way));
    return update(way);
  };
  const reachIn = async (way: Access, { folder, askedAt }: Mirror, oid: string): Promise<Reaching> => {
    const answer: Reaching = { kind: 'reaching', refs: await reachingRefs(world.place(folder), oid, world.signal), askedAt };
    if (world.keeps) keepReaching(world.storeOf(way), oid, answer);
    return answer;
  };
  /** Undefined: the kept one does not say that a ref reaches it. Only a mirror of now says that none does. */
  const reachKept = async (way: Access, oid: string): Promise<Reaching | undefined> => {
    if (!world.keeps) return undefined;
    const kept = keptReaching(world.storeOf(way), oid);
    if (kept !== undefined && world.isRecent(kept.askedAt)) return kept;
    const mirror = keptMirror(mirrorWorld(way));
    if (mirror === undefined || !world.isRecent(mirror.askedAt)) return undefined;
    const answer = await reachIn(way, mirror, oid).catch(damaged);
    return answer === undefined || answer.refs.length === 0 ? undefined : answer;
  };
  return async (way, oid) => {
    const early = await reachKept(way, oid);
    if (early !== undefined) return early;
    if (world.offline) return silent('no-answer', way.shown, 'offline, and what was kept does not have it');
    const mirror = await updated(way.shown, () => update(way));
    if ('kind' in mirror) return mirror;
    const answer = await reachIn(way, mirror, oid).catch(damaged);
    if (answer !== undefined) return answer;
    const again = await rebuilt(way.shown, () => rebuild(way));
    return 'kind' in again ? again : await reachIn(way, again, oid);
  };
};

const damaged = (error: unknown): undefined => {
  if (error instanceof GitError) return undefined;
  throw error;
};
