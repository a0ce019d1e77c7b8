import type { Place } from '../command.ts';
import type { Held, RemoteFile, Silence } from '../remote.ts';
import type { Access } from './remote-access.ts';
import type { Told } from './remote-child.ts';
import { failureOf } from './remote-failure.ts';
import { cutOff } from './remote-folder.ts';
import { run } from './run.ts';

/** What one object needs of the world: an empty repository of its own. */
export interface ObjectWorld {
  readonly access: Access;
  readonly gitDir: string;
  readonly format: 'sha1' | 'sha256';
  readonly fetch: (access: Access, gitDir: string, args: readonly string[], stdin: string) => Promise<Told>;
  readonly place: (gitDir: string) => Place;
  readonly signal: AbortSignal;
}

const TYPES = ['commit', 'tag', 'tree', 'blob'] as const;

/** Fetches one object. 'absent': the server says that it has none of that name, which is all that proves it. */
const fetchObject = async (
  { access, gitDir, format, fetch }: ObjectWorld,
  oid: string,
  filter: string,
): Promise<'here' | 'absent' | Silence> => {
  const args = [
    'fetch',
    '--stdin',
    '--progress',
    '--depth=1',
    `--filter=${filter}`,
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-gc',
    '--',
    access.url,
  ];
  const told = await fetch(access, gitDir, args, `${oid}\n`);
  cutOff(gitDir, format);
  if (told.code === 0) return 'here';
  return told.stderr.includes(`not our ref ${oid}`) ? 'absent' : failureOf(told, access.shown, access.protocol).silence;
};

/** What the server has under an object name. */
export const heldObject = async (world: ObjectWorld, oid: string, now: () => Date): Promise<Held | Silence> => {
  const askedAt = now();
  const came = await fetchObject(world, oid, 'tree:0');
  if (came === 'absent') return { kind: 'held', type: 'absent', askedAt };
  if (came !== 'here') return came;
  const place = world.place(world.gitDir);
  const { stdout } = await run(place, ['cat-file', '--batch-check'], { stdin: `${oid}\n${oid}^{commit}\n`, signal: world.signal });
  const [own = '', behind = ''] = stdout.toString('latin1').split('\n');
  const type = TYPES.find((name) => name === own.split(' ')[1]);
  if (type === undefined)
    return { kind: 'silent', why: 'no-answer', detail: `${world.access.shown}: its answer is not what git understands` };
  const [peeled = '', peeledType] = behind.split(' ');
  return { kind: 'held', type, askedAt, ...(type === 'tag' && peeledType === 'commit' ? { peeled } : {}) };
};

const LARGEST_FILE = 4 * 2 ** 20;

/** A file of a commit: first the trees, then the one blob. */
export const fileOf = async (world: ObjectWorld, oid: string, path: string, now: () => Date): Promise<RemoteFile | Silence> => {
  const askedAt = now();
  const no = (reason: string): Silence => ({ kind: 'silent', why: 'no-answer', detail: `${world.access.shown}: ${reason}` });
  const came = await fetchObject(world, oid, 'blob:none');
  if (came === 'absent') return no(`it has no commit ${oid.slice(0, 12)}`);
  if (came !== 'here') return came;
  const place = world.place(world.gitDir);
  const tree = await run(place, ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', oid, '--', path], {
    okCodes: [0, 128],
    signal: world.signal,
  });
  const [, mode = '', blob = ''] = /^(\d+) blob ([0-9a-f]+)\t/.exec(tree.stdout.toString('latin1')) ?? [];
  if (tree.code !== 0) return no(`${oid.slice(0, 12)} is no commit`);
  if (!mode.startsWith('100')) return { kind: 'file', bytes: undefined, askedAt };
  const there = await run(place, ['cat-file', '--batch-check'], { stdin: `${blob}\n`, signal: world.signal });
  if (there.stdout.toString('latin1').includes('missing')) {
    const blobCame = await fetchObject(world, blob, 'blob:none');
    if (blobCame !== 'here') return blobCame === 'absent' ? no('it does not give a file of its own commit') : blobCame;
  }
  const { stdout } = await run(place, ['cat-file', 'blob', blob], { signal: world.signal });
  return stdout.length > LARGEST_FILE ? no(`${path} is too large`) : { kind: 'file', bytes: stdout, askedAt };
};
