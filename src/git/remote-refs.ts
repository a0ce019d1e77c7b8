import type { Advertised, Silence } from '../remote.ts';
import { keepAdvertisement, keptAdvertisement, parseAdvertisement } from './advertisement.ts';
import type { Access } from './remote-access.ts';
import { failureOf, silent } from './remote-failure.ts';
import { once, type RemoteWorld } from './remote-world.ts';

const ENTRY = 'refs';
const NOBODYS = 'f'.repeat(40);

/** What a repository advertises. */
export interface RefLists {
  /** Asked in this run. */
  fresh(way: Access): Promise<Advertised | Silence>;
  /** Kept and not too old, else asked. */
  known(way: Access): Promise<Advertised | Silence>;
}

const listed = async (world: RemoteWorld, way: Access): Promise<Advertised | Silence> => {
  const askedAt = world.now();
  let told = await world.list(way, ['ls-remote', '--symref', '--', way.url]);
  // Hundreds of thousands of pull requests: without them then, and without a word on the default branch.
  if (told.stopped === 'large') told = await world.list(way, ['ls-remote', '--heads', '--tags', '--', way.url]);
  if (told.code !== 0) return failureOf(told, way.shown, way.protocol).silence;
  return parseAdvertisement(told.stdout.toString('utf8'), askedAt);
};

/** @param isAbsent true when the server says, in git's own words, that it has no such object */
export const openRefLists = (world: RemoteWorld, isAbsent: (way: Access, oid: string) => Promise<boolean>): RefLists => {
  const asked = once<Advertised | Silence>();
  const known = once<Advertised | Silence>();
  const store = (way: Access): ReturnType<RemoteWorld['storeOf']> => world.storeOf(way);
  const fresh: RefLists['fresh'] = (way) =>
    asked(way.shown, async () => {
      if (world.offline) return silent('no-answer', way.shown, 'offline');
      const answer = await listed(world, way);
      // git takes a page that asks us to sign in for an old kind of server without refs.
      if (answer.kind === 'refs' && answer.refs.size + answer.others.size === 0 && !(await isAbsent(way, NOBODYS)))
        return silent('no-answer', way.shown, 'it names no branch and no tag');
      if (world.keeps && answer.kind === 'refs') keepAdvertisement(store(way), ENTRY, answer);
      return answer;
    });
  return {
    fresh,
    known: (way) =>
      known(way.shown, async () => {
        const kept = world.keeps ? keptAdvertisement(store(way), ENTRY) : undefined;
        if (kept !== undefined && world.isRecent(kept.askedAt)) return kept;
        return world.offline ? silent('no-answer', way.shown, 'offline, and it was never asked') : await fresh(way);
      }),
  };
};
