import type { Dated, Reaching, Silence } from '../remote.ts';
import type { Access } from './remote-access.ts';
import { silent } from './remote-failure.ts';
import { keptMirror } from './remote-mirror.ts';
import type { RemoteWorld } from './remote-world.ts';
import { run } from './run.ts';

/** Reads dates of commits in mirrors. @param reach leaves a mirror behind that has the commit */
export const openDates =
  (
    world: RemoteWorld,
    reach: (way: Access, oid: string) => Promise<Reaching | Silence>,
  ): ((way: Access, oid: string) => Promise<Dated | Silence>) =>
  async (way, oid) => {
    const reaching = await reach(way, oid);
    if (reaching.kind === 'silent') return reaching;
    const folder = world.folderOf(way);
    const mirror = keptMirror({ folder, store: world.storeOf(way) });
    if (mirror === undefined || reaching.refs.length === 0)
      return silent('no-answer', way.shown, `no branch and no tag reaches ${oid.slice(0, 12)}`);
    const { stdout } = await run(world.place(mirror.folder), ['cat-file', 'commit', oid], { okCodes: [0, 128], signal: world.signal });
    const seconds = /^committer .*> (\d{1,12}) [+-]\d{4}$/m.exec(stdout.toString('latin1').split('\n\n', 1)[0] ?? '')?.[1];
    return seconds === undefined
      ? silent('no-answer', way.shown, `${oid.slice(0, 12)} has no date`)
      : { kind: 'dated', committedAt: new Date(Number(seconds) * 1000) };
  };
