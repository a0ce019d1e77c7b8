import { FileError, GitError } from '../errors.ts';
import type { Advertised, Dated, Held, Reaching, RemoteFile, Remotes, Silence } from '../remote.ts';
import { errorCode, reasonOf } from '../sys/files.ts';
import type { Access } from './remote-access.ts';
import { openDates } from './remote-dates.ts';
import { silent } from './remote-failure.ts';
import { openObjects } from './remote-object.ts';
import { openReach } from './remote-reach.ts';
import { openRefLists } from './remote-refs.ts';
import { once, openWorld, type RemotesOptions } from './remote-world.ts';

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
// A path of a tree: what leads out of it, or ends a line, is none.
const PATH = /^(?!\/)(?!(?:.*\/)?\.{0,2}(?:\/|$))[^\0\n]{1,1024}$/;

/** What keeps us from an answer on this machine: a full disk, a folder that cannot be written. @throws the error itself when it is of another kind */
const troubleOf = (error: unknown): string => {
  if (error instanceof FileError || error instanceof GitError) return error.message;
  if (errorCode(error) !== undefined) return reasonOf(error);
  throw error;
};

/** Opens the door to repositories elsewhere. Nothing is asked, made or looked for before the first question. */
export const openRemotes = (options: RemotesOptions): Remotes => {
  const world = openWorld(options);
  const objects = openObjects(world);
  const lists = openRefLists(world, async (way, oid) => {
    const answer = await objects.held(way, oid);
    return answer.kind === 'held' && answer.type === 'absent';
  });
  const reach = openReach(world, lists);
  const reachings = once<Reaching | Silence>();
  const reachOnce = (way: Access, oid: string): Promise<Reaching | Silence> => reachings(`${way.shown} ${oid}`, () => reach(way, oid));
  const date = openDates(world, reachOnce);
  const dates = once<Dated | Silence>();
  const holdings = once<Held | Silence>();
  const files = once<RemoteFile | Silence>();
  const accessed = async <T>(url: string, answer: (way: Access) => Promise<T>): Promise<T | Silence> => {
    const way = await world.access(url);
    if ('kind' in way) return way;
    return await answer(way).catch((error: unknown) => silent('no-answer', way.shown, troubleOf(error)));
  };
  const answering = async <T>(url: string, oid: string, answer: (way: Access) => Promise<T>): Promise<T | Silence> =>
    await accessed<T | Silence>(url, async (way) =>
      OID.test(oid) ? await answer(way) : silent('refused', way.shown, 'that is no full object name in lower case'),
    );
  return {
    advertised: (url, age = 'kept') =>
      accessed<Advertised | Silence>(url, (way) => (age === 'fresh' ? lists.fresh(way) : lists.known(way))),
    reaching: (url, oid) => answering(url, oid, (way) => reachOnce(way, oid)),
    dated: (url, oid) => answering(url, oid, (way) => dates(`${way.shown} ${oid}`, () => date(way, oid))),
    held: (url, oid) => answering(url, oid, (way) => holdings(`${way.shown} ${oid}`, () => objects.held(way, oid))),
    read: (url, oid, path) =>
      answering(url, oid, async (way) => {
        if (!PATH.test(path)) return silent('refused', way.shown, 'that is no path of a file');
        return await files(`${way.shown} ${oid} ${path}`, () => objects.read(way, oid, path));
      }),
    async close() {
      world.close();
      objects.close();
    },
  };
};
