import type { Silence } from '../remote.ts';
import type { Told } from './remote-child.ts';
import type { Protocol } from './remote-url.ts';

/** What git's complaint means. `ours`: something on this machine may be at fault, a damaged mirror for one. */
interface Meaning {
  readonly why: Silence['why'];
  readonly reason: string;
  readonly ours?: boolean;
}

type Row = readonly [pattern: RegExp, meaning: (match: RegExpExecArray, protocol: Protocol) => Meaning];

const noAnswer = (reason: string) => (): Meaning => ({ why: 'no-answer', reason });

// A server over ssh says the same of what is not there and of what is not for us.
const missing = (_: unknown, protocol: Protocol): Meaning =>
  protocol === 'ssh'
    ? { why: 'auth-or-missing', reason: 'there is no such repository, or it is not for us' }
    : { why: 'repository-missing', reason: 'there is no such repository' };

// The first that fits counts. Words of git 2.30 to 2.55 and of curl; none of them is passed on: servers write into them, and URLs in them hold passwords.
const ROWS: readonly Row[] = [
  [/No space left on device|Disk quota exceeded/, noAnswer('the disk is full')],
  [/transport '.*' not allowed/, () => ({ why: 'refused', reason: 'its transport is not one that is used here' })],
  [
    /repository '.*' not found|The requested URL returned error: (404|410)|repository not exported|[Rr]epository not found|does not appear to be a git repository|no such repository/,
    missing,
  ],
  [
    /could not read (Username|Password)|Authentication failed|returned error: 40[13]|Permission denied|Invalid username or (password|token)|Access denied/i,
    () => ({ why: 'auth-or-missing', reason: 'it asks who we are: private, or not there' }),
  ],
  [/returned error: 407/, noAnswer('the proxy asks who we are')],
  [/returned error: 429/, noAnswer('it was asked too often (HTTP 429)')],
  [/returned error: (\d{3})/, (match) => ({ why: 'no-answer', reason: `it answers with HTTP ${match[1] ?? ''}` })],
  [
    /Could not resolve|Temporary failure in name resolution|Name or service not known|unable to look up/i,
    noAnswer('its host is not known'),
  ],
  [/Operation too slow/, noAnswer('it says nothing')],
  [/timed out|Timeout/i, noAnswer('it takes too long')],
  [
    /Failed to connect|Couldn't connect|Connection refused|No route to host|Network is unreachable|unable to connect/i,
    noAnswer('nobody answers at its address'),
  ],
  [/Host key verification failed/, noAnswer('its ssh key is not known')],
  [/SSL|TLS|certificate|handshake/i, noAnswer('there is no secure connection to it')],
  [/redirect/i, noAnswer('it sends us to another address')],
  [
    /early EOF|hung up|Connection reset|RPC failed|unexpected disconnect|Empty reply|transfer closed|Recv failure|Broken pipe|end of file/i,
    noAnswer('the connection broke off'),
  ],
  [/dubious ownership/, noAnswer('it belongs to another user, and git does not read it')],
  [/shallow update not allowed|source repository is shallow/i, noAnswer('it is a shallow clone itself')],
  [
    /protocol error|bad line length|not valid: is this a git repository|bad pack|index-pack|did not send all necessary objects|unable to parse|invalid|unexpected|expected|mismatched/i,
    () => ({ why: 'no-answer', reason: 'its answer is not what git understands', ours: true }),
  ],
];

const STOPPED: Readonly<Record<NonNullable<Told['stopped']>, string>> = {
  late: 'it takes too long',
  silent: 'it says nothing',
  large: 'it sends more than is taken',
};

const meaningOf = ({ code, stopped, stderr }: Told, protocol: Protocol): Meaning => {
  if (stopped !== undefined) return { why: 'no-answer', reason: STOPPED[stopped] };
  for (const [pattern, meaning] of ROWS) {
    const match = pattern.exec(stderr);
    if (match !== null) return meaning(match, protocol);
  }
  return { why: 'no-answer', reason: `git could not ask it (exit code ${code ?? 'unknown'})`, ours: true };
};

export interface Failure {
  readonly silence: Silence;
  readonly ours: boolean;
}

/** Why git has no answer. @param shown the URL as it may be printed */
export const failureOf = (told: Told, shown: string, protocol: Protocol): Failure => {
  const { why, reason, ours = false } = meaningOf(told, protocol);
  return { silence: silent(why, shown, reason), ours };
};

export const silent = (why: Silence['why'], shown: string, reason: string): Silence => ({
  kind: 'silent',
  why,
  detail: `${shown}: ${reason}`,
});
