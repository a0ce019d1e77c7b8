import { createHash } from 'node:crypto';
import type { Held, RemoteFile, Silence } from '../remote.ts';
import type { Access } from './remote-access.ts';
import { failureOf, silent } from './remote-failure.ts';
import { cutOff, makeBare, makeWork, removeFolder } from './remote-folder.ts';
import { once, type RemoteWorld } from './remote-world.ts';
import { run } from './run.ts';

/** An empty repository of its own, and where its objects come from. */
interface Bench {
  readonly world: RemoteWorld;
  readonly way: Access;
  readonly gitDir: string;
  readonly format: 'sha1' | 'sha256';
}

const TYPES = ['commit', 'tag', 'tree', 'blob'] as const;
const NOT_GIT = 'its answer is not what git understands';

/** Fetches one object. 'absent': the server says that it has none of that name, which is all that proves it. */
const fetchObject = async ({ world, way, gitDir, format }: Bench, oid: string, filter: string): Promise<'here' | 'absent' | Silence> => {
  const how = ['--stdin', '--progress', '--depth=1', `--filter=${filter}`, '--no-tags', '--no-write-fetch-head', '--no-auto-gc'];
  const told = await world.fetch('object', way, gitDir, ['fetch', ...how, '--', way.url], `${oid}\n`);
  cutOff(gitDir, format);
  if (told.code === 0) return 'here';
  return told.stderr.includes(`not our ref ${oid}`) ? 'absent' : failureOf(told, way.shown, way.protocol).silence;
};

const makeBench = (world: RemoteWorld, way: Access, oid: string): Bench => {
  const format = oid.length === 64 ? 'sha256' : 'sha1';
  const gitDir = makeWork(world.root());
  makeBare(gitDir, format);
  return { world, way, gitDir, format };
};

const typesOf = async ({ world, gitDir }: Bench, names: readonly string[]): Promise<readonly (readonly string[])[]> => {
  const { stdout } = await run(world.place(gitDir), ['cat-file', '--batch-check'], {
    stdin: `${names.join('\n')}\n`,
    signal: world.signal,
  });
  return stdout
    .toString('latin1')
    .split('\n')
    .map((line) => line.split(' '));
};

/** What the server has under an object name. */
const heldObject = async (bench: Bench, oid: string): Promise<Held | Silence> => {
  const askedAt = bench.world.now();
  const came = await fetchObject(bench, oid, 'tree:0');
  if (came === 'absent') return { kind: 'held', type: 'absent', askedAt };
  if (came !== 'here') return came;
  const [own = [], behind = []] = await typesOf(bench, [oid, `${oid}^{commit}`]);
  const type = TYPES.find((name) => name === own[1]);
  if (type === undefined) return silent('no-answer', bench.way.shown, NOT_GIT);
  const [peeled = '', peeledType] = behind;
  return { kind: 'held', type, askedAt, ...(type === 'tag' && peeledType === 'commit' ? { peeled } : {}) };
};

const LARGEST_FILE = 4 * 2 ** 20;

/** A file of a commit whose trees are there. */
const fileOf = async (bench: Bench, oid: string, path: string): Promise<RemoteFile | Silence> => {
  const { world, way, gitDir } = bench;
  const askedAt = world.now();
  const place = world.place(gitDir);
  const list = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', oid, '--', path];
  const { code, stdout: tree } = await run(place, list, { okCodes: [0, 128], signal: world.signal });
  if (code !== 0) return silent('no-answer', way.shown, `${oid.slice(0, 12)} is no commit`);
  const [, mode = '', blob = ''] = /^(\d+) blob ([0-9a-f]+)\t/.exec(tree.toString('latin1')) ?? [];
  if (!mode.startsWith('100')) return { kind: 'file', bytes: undefined, askedAt };
  if ((await typesOf(bench, [blob]))[0]?.[1] === 'missing') {
    const came = await fetchObject(bench, blob, 'blob:none');
    if (came === 'absent') return silent('no-answer', way.shown, NOT_GIT);
    if (came !== 'here') return came;
  }
  const [size] = (await typesOf(bench, [blob])).map(([, , bytes]) => Number(bytes));
  if (size === undefined || size > LARGEST_FILE) return silent('no-answer', way.shown, `${oid.slice(0, 12)}: the file is too large`);
  const { stdout } = await run(place, ['cat-file', 'blob', blob], { signal: world.signal });
  return { kind: 'file', bytes: stdout, askedAt };
};

/** Files of commits never change: what was read once is kept for good, also that there is none of a name. */
const keptName = (oid: string, path: string): string => `file-${createHash('sha256').update(`${oid}\0${path}`).digest('hex').slice(0, 40)}`;
const KEPT_BYTES = 256 * 1024;
const HEAD_BYTES = 9;

const keptFile = (world: RemoteWorld, way: Access, name: string): RemoteFile | undefined => {
  const bytes = world.keeps ? world.storeOf(way).read(name) : undefined;
  if (bytes === undefined || bytes.length < HEAD_BYTES) return undefined;
  const askedAt = new Date(Number(Buffer.from(bytes).readBigInt64BE()));
  return { kind: 'file', bytes: bytes[HEAD_BYTES - 1] === 1 ? bytes.subarray(HEAD_BYTES) : undefined, askedAt };
};

const keepFile = (world: RemoteWorld, way: Access, name: string, { bytes, askedAt }: RemoteFile): void => {
  if (!world.keeps || (bytes?.length ?? 0) > KEPT_BYTES) return;
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeBigInt64BE(BigInt(askedAt.getTime()));
  head[HEAD_BYTES - 1] = bytes === undefined ? 0 : 1;
  world.storeOf(way).write(name, Buffer.concat([head, bytes ?? Buffer.alloc(0)]));
};

export interface Objects {
  held(way: Access, oid: string): Promise<Held | Silence>;
  read(way: Access, oid: string, path: string): Promise<RemoteFile | Silence>;
  close(): void;
}

/** Single objects, each fetched into a repository that is thrown away. */
export const openObjects = (world: RemoteWorld): Objects => {
  const benches: Bench[] = [];
  const trees = once<Bench | Silence>();
  // git locks a repository that it fetches into: files of one commit come one after the other.
  const turns = new Map<Bench, Promise<unknown>>();
  const inTurn = <T>(bench: Bench, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(bench) ?? Promise.resolve()).then(work, work);
    turns.set(bench, turn);
    return turn;
  };
  const withTrees = async (way: Access, oid: string): Promise<Bench | Silence> => {
    const bench = makeBench(world, way, oid);
    benches.push(bench);
    const came = await fetchObject(bench, oid, 'blob:none');
    if (came === 'absent') return silent('no-answer', way.shown, `it has no commit ${oid.slice(0, 12)}`);
    return came === 'here' ? bench : came;
  };
  return {
    async held(way, oid) {
      if (world.offline) return silent('no-answer', way.shown, 'offline');
      const bench = makeBench(world, way, oid);
      try {
        return await heldObject(bench, oid);
      } finally {
        removeFolder(bench.gitDir);
      }
    },
    async read(way, oid, path) {
      const name = keptName(oid, path);
      const kept = keptFile(world, way, name);
      if (kept !== undefined) return kept;
      if (world.offline) return silent('no-answer', way.shown, 'offline');
      const bench = await trees(`${way.shown} ${oid}`, () => withTrees(way, oid));
      if ('kind' in bench) return bench;
      const answer = await inTurn(bench, () => fileOf(bench, oid, path));
      if (answer.kind === 'file') keepFile(world, way, name, answer);
      return answer;
    },
    close: () => benches.forEach(({ gitDir }) => removeFolder(gitDir)),
  };
};
