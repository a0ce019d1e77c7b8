import type { Place } from '../command.ts';
import { GitError, InterruptedError } from '../errors.ts';
import { endGroup, HAS_GROUPS } from '../sys/processes.ts';
import { collectStderr, ended, start, type Reach } from './child.ts';
import { run, throwIfAborted } from './run.ts';

// The one way to the repository that this clone was made of. What the clone's configuration says about the connection holds (headers, proxies, certificates, other
// URLs); programs that it names are not started, so there is no ssh and no credential helper.
const ORIGIN: Reach = {
  settings: [
    'protocol.version=2', // older ones refuse objects that no ref names
    'http.followRedirects=initial',
    'http.lowSpeedLimit=1',
    'http.lowSpeedTime=30',
    'fetch.unpackLimit=1', // a pack comes whole or not at all
    'transfer.unpackLimit=1',
    'fetch.uriProtocols=',
    'transfer.bundleURI=false',
    'fetch.recurseSubmodules=false',
    'fetch.writeCommitGraph=false',
  ],
  protocols: 'file:git:http:https',
  isGroup: HAS_GROUPS,
};

/** Fetching a large history takes minutes. */
const DEADLINE_MS = 10 * 60_000;
const GRACE_MS = 5000;

/** Why the origin gave nothing, in words that may be printed. */
export interface Unanswered {
  readonly kind: 'unanswered';
  readonly why: string;
}
export type Answered = { readonly kind: 'answered'; readonly stdout: string } | Unanswered;

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/not our ref|unadvertised object|couldn't find remote ref|no such remote ref/i, 'the origin does not have it'],
  [/could not read (Username|Password)|Authentication failed|returned error: 40[13]/, 'the origin asks for credentials'],
  [/repository .*not found|does not appear to be a git repository|returned error: 404/, 'there is no such repository, or it is private'],
  [/transport '.*' not allowed/, 'only http, https, git and file are spoken here'],
  [
    /could not resolve host|failed to connect|connection (refused|reset|timed out)|couldn't connect|unable to access/i,
    'the origin cannot be reached',
  ],
  [/too slow|timed out/i, 'the origin is too slow'],
  [/shallow\.lock|File exists/, 'another git is changing this clone'],
  [/No space left on device|Disk quota exceeded/, 'the disk is full'],
];

/** The URL of remote `origin`, as the configuration has it; undefined where there is none. It may hold credentials. */
export async function originUrl(place: Place): Promise<string | undefined> {
  const { code, stdout } = await run(place, ['config', '--get', 'remote.origin.url'], { okCodes: [0, 1] });
  const url = stdout.toString('utf8').replace(/\n$/, '');
  return code === 0 && url !== '' ? url : undefined;
}

export interface AskOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

/** Runs a git that may reach the origin. @throws {InterruptedError} */
async function ask(place: Place, args: readonly string[], { stdin = '', signal, deadlineMs = DEADLINE_MS }: AskOptions): Promise<Answered> {
  throwIfAborted(signal);
  const child = start(place, args, ORIGIN);
  const stderr = collectStderr(child);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  let isLate = false;
  let last: NodeJS.Timeout | undefined;
  const end = (how: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid !== undefined) endGroup(child.pid, how);
  };
  // Told to end, git takes its lock files away; killed, it leaves them.
  const stop = (): void => {
    end('SIGTERM');
    last ??= setTimeout(() => end('SIGKILL'), GRACE_MS);
  };
  const late = setTimeout(() => {
    isLate = true;
    stop();
  }, deadlineMs);
  signal?.addEventListener('abort', stop, { once: true });
  child.stdin.end(stdin);
  const code = await ended(place, child).finally(() => {
    clearTimeout(late);
    clearTimeout(last);
    signal?.removeEventListener('abort', stop);
  });
  if (signal?.aborted === true) throw new InterruptedError('interrupted');
  if (code === 0) return { kind: 'answered', stdout: Buffer.concat(pieces).toString('utf8') };
  if (isLate) return { kind: 'unanswered', why: 'the origin is too slow' };
  const text = stderr();
  return { kind: 'unanswered', why: REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'git could not fetch from the origin' };
}

const FETCH: readonly string[] = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-prune',
  '--refmap=',
  '--upload-pack=git-upload-pack',
];

/**
 * Brings objects into this clone; no ref, tag or FETCH_HEAD changes.
 * @param how options of git fetch that say how much: `--depth=1`
 * @param oids full object names
 */
export const fetchObjects = (
  place: Place,
  url: string,
  how: readonly string[],
  oids: readonly string[],
  options: Omit<AskOptions, 'stdin'>,
): Promise<Answered> => {
  if (oids.some((oid) => !/^[0-9a-f]{40,64}$/.test(oid))) throw new GitError('not an object name');
  return ask(place, [...FETCH, ...how, '--stdin', '--', url], { ...options, stdin: oids.map((oid) => `${oid}\n`).join('') });
};

/** What a branch of the origin is now; undefined when it has none of that name. */
export const originBranch = async (
  place: Place,
  url: string,
  branch: string,
  options: Omit<AskOptions, 'stdin'>,
): Promise<string | undefined | Unanswered> => {
  const ref = `refs/heads/${branch}`;
  const answer = await ask(place, ['ls-remote', '--upload-pack=git-upload-pack', '--', url, ref], options);
  if (answer.kind === 'unanswered') return answer;
  const line = answer.stdout.split('\n').find((one) => one.endsWith(`\t${ref}`));
  return /^[0-9a-f]{40,64}(?=\t)/.exec(line ?? '')?.[0];
};
