import { lookup as resolveHost } from 'node:dns/promises';
import type { Silence } from '../remote.ts';
import { isPublicAddress } from './address.ts';
import { ask, type Asked, type Environment, NOWHERE, personalEnvironment, type Told } from './remote-child.ts';
import { silent } from './remote-failure.ts';
import { isNamed, parseRemoteUrl, protocolOf, type Protocol, type RemoteUrl, withoutCredentials } from './remote-url.ts';

/** How a repository may be asked. */
export interface Access {
  /** As git is given it, which rewrites it once more as the person's settings say. */
  readonly url: string;
  /** What git makes of it, without credentials: what it is known and shown by. */
  readonly shown: string;
  readonly protocol: Protocol;
  readonly env: Asked['env'];
  /** `-c` and its settings. */
  readonly settings: readonly string[];
}

/** All addresses of a host. @throws when it is not known */
export type Lookup = (host: string) => Promise<readonly string[]>;
export const lookupHost: Lookup = async (host) => (await resolveHost(host, { all: true, verbatim: true })).map(({ address }) => address);

export interface AccessWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hosts: readonly string[];
  readonly lookup: Lookup;
  /** Nobody is asked, not even for the address of a host. */
  readonly offline: boolean;
  /** Which addresses a host may have that nobody named. */
  readonly isPublic?: (address: string) => boolean;
  /** git without network: looking at the person's settings. */
  readonly look: (env: Environment, args: readonly string[]) => Promise<Told>;
}

const settingsOf = (pairs: readonly (readonly [string, string])[]): readonly string[] =>
  pairs.flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** Runs git where it reaches nobody. */
export const looking =
  (program: string, cwd: string, signal: AbortSignal): AccessWorld['look'] =>
  (env, args) =>
    ask({
      program,
      cwd,
      args,
      signal,
      env: { ...env, GIT_DIR: NOWHERE, GIT_ALLOW_PROTOCOL: 'none' },
      deadlineMs: 20_000,
      silentMs: 20_000,
      outputBytes: 2 ** 20,
    });

interface Rewritten {
  readonly effective: string;
  /** The person's settings chose the host: they name that of the URL, or put another in its place. A rule for every `https://` chooses none. */
  readonly wanted: boolean;
}

/** What the values of `url.*.insteadOf` are: beginnings of URLs. */
const rewrittenPrefixes = async (world: AccessWorld, env: Environment): Promise<readonly string[]> => {
  const { stdout } = await world.look(env, ['config', '-z', '--get-regexp', '^url\\..*\\.insteadof$']);
  return stdout
    .toString('utf8')
    .split('\0')
    .flatMap((pair) => (pair.includes('\n') ? [pair.slice(pair.indexOf('\n') + 1)] : []));
};

const hostOf = (effective: string): string => /^(?:[A-Za-z0-9+.-]+:\/\/)?(?:[^/@]*@)?([^/:]*)/.exec(effective)?.[1]?.toLowerCase() ?? '';

/** Says for each URL how it may be asked, or why it is not. */
export const openAccess = (world: AccessWorld): ((url: string) => Promise<Access | Silence>) => {
  const env = personalEnvironment(world.env);
  let rewrites: Promise<readonly string[]> | undefined;
  const rewritten = async ({ text, host }: RemoteUrl): Promise<Rewritten> => {
    const matching = (await (rewrites ??= rewrittenPrefixes(world, env))).filter((prefix) => text.startsWith(prefix));
    if (matching.length === 0) return { effective: text, wanted: false };
    const { code, stdout } = await world.look(env, ['ls-remote', '--get-url', '--', text]);
    if (code !== 0) return { effective: text, wanted: false };
    const effective = stdout.toString('utf8').replace(/\n$/, '');
    const wanted = matching.some((prefix) => prefix.length > text.indexOf('://') + 3 + host.length) || !hostOf(effective).endsWith(host);
    return { effective, wanted };
  };
  return async (text) => {
    const url = parseRemoteUrl(text);
    if (url === undefined) return silent('refused', withoutCredentials(text), 'it is no URL of a repository that can be asked');
    const { effective, wanted } = await rewritten(url);
    const shown = withoutCredentials(effective);
    const protocol = protocolOf(effective);
    if (protocol === undefined) return silent('refused', shown, 'its transport is a program');
    if (wanted || isNamed(url, world.hosts))
      return { url: text, shown, protocol, settings: [], env: { ...env, GIT_DIR: NOWHERE, GIT_ALLOW_PROTOCOL: protocol } };
    if (effective !== text || protocol !== 'https')
      return silent('refused', shown, 'only https is used where the settings do not name the host');
    return await askStranger(url, world, env);
  };
};

const SECRETS =
  /^(HOME|XDG_CONFIG_HOME|USERPROFILE|NETRC|CURL_HOME|GIT_CONFIG_.*|GIT_SSL_CERT|GIT_SSL_KEY|GIT_SSL_CERT_PASSWORD_PROTECTED|GIT_SSH|GIT_SSH_COMMAND|SSH_AUTH_SOCK|GIT_HTTP_.*)$/;
const PROXIES = /^(https?|all)_proxy$/i;

// What of the person's settings says how certificates are judged.
const TRUST = [
  'http.sslcainfo',
  'http.sslcapath',
  'http.sslbackend',
  'http.sslversion',
  'http.schannelcheckrevoke',
  'http.schannelusesslcainfo',
];

/** Settings of git that hold for a URL, by their names in lower case. */
const httpSettings = async (url: string, world: AccessWorld, env: Environment): Promise<ReadonlyMap<string, string>> => {
  const { stdout } = await world.look(env, ['config', '-z', '--get-urlmatch', 'http', url]);
  const pairs = stdout
    .toString('utf8')
    .split('\0')
    .filter((pair) => pair.includes('\n'));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('\n')).toLowerCase(), pair.slice(pair.indexOf('\n') + 1)]));
};

/** Since git 2.37 it can be told which address a host has: what we looked at is then what is connected to. */
const canPin = async (world: AccessWorld, env: Environment): Promise<boolean> => {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec((await world.look(env, ['version'])).stdout.toString()) ?? []).map(Number);
  return major > 2 || (major === 2 && minor >= 37);
};

/** A host that nobody named: without anything of the person's that says who they are, and at public addresses only. */
async function askStranger({ text, host }: RemoteUrl, world: AccessWorld, env: Environment): Promise<Access | Silence> {
  const no = (why: Silence['why'], reason: string): Silence => silent(why, text, reason);
  const [name = '', port = '443'] = host.split(':');
  if (!/\.(?![0-9]+$)[a-z0-9-]*[a-z][a-z0-9-]*$/.test(name) || /\.0x[0-9a-f]*$/.test(name))
    return no('refused', 'its host is none that the settings name, and not a full name');
  const http = await httpSettings(text, world, env);
  if ((http.get('http.proxy') ?? '') !== '' || Object.entries(env).some(([key, value]) => PROXIES.test(key) && value !== ''))
    return no('refused', 'behind a proxy, only hosts that the settings name are asked');
  if (!(await canPin(world, env))) return no('refused', 'only git 2.37 and newer can ask a host that the settings do not name');
  const addresses = world.offline ? [] : await world.lookup(name).catch(() => undefined);
  if (addresses === undefined) return no('no-answer', 'its host is not known');
  if (!world.offline && (addresses.length === 0 || !addresses.every(world.isPublic ?? isPublicAddress)))
    return no('refused', 'its address is not a public one');
  const kept = Object.fromEntries(Object.entries(env).filter(([key]) => !SECRETS.test(key)));
  const bracketed = addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
  return {
    url: text,
    shown: text,
    protocol: 'https',
    env: { ...kept, HOME: NOWHERE, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: NOWHERE, GIT_DIR: NOWHERE, GIT_ALLOW_PROTOCOL: 'https' },
    settings: settingsOf([
      ...TRUST.flatMap((key) => (http.has(key) ? [[key, http.get(key) ?? ''] as const] : [])),
      ['credential.helper', ''],
      ['http.followRedirects', 'false'],
      ...(world.offline ? [] : [['http.curloptResolve', `${name}:${port}:${bracketed.join(',')}`] as const]),
    ]),
  };
}
