import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openRemotes } from '../../src/git/remotes.ts';
import type { RemotesOptions } from '../../src/git/remote-world.ts';
import { judgePin } from '../../src/pins/verdict.ts';
import type { Remotes } from '../../src/remote.ts';
import { gitIs, isolatedEnv, makeFolder, openRepo } from '../repo.ts';
import { makeSpecimens, type SpecimenRepo } from '../server-repos.ts';
import { type GitServer, HAS_HTTP, serveGit, settingsInEnv } from '../servers.ts';

let repo: SpecimenRepo;
beforeAll(async () => {
  repo = await makeSpecimens();
});

type More = Partial<Omit<RemotesOptions, 'env' | 'cacheFolder'>> & { readonly env?: Readonly<Record<string, string>> };

const opened = async (home: string, { env, ...more }: More = {}): Promise<Remotes> =>
  openRemotes({
    env: { ...isolatedEnv(home), ...env },
    cwd: home,
    signal: new AbortController().signal,
    now: () => new Date(),
    cacheFolder: join(home, 'cache'),
    limits: { silentMs: 3000 },
    ...more,
  });

/** A program that writes down that it ran. */
const canary = async (home: string): Promise<{ readonly script: string; readonly ran: () => boolean }> => {
  const [script, file] = [join(home, 'canary.sh'), join(home, 'canary')];
  await writeFile(script, `#!/bin/sh\necho "$0 $*" >> '${file}'\ncat > /dev/null\nexit 1\n`);
  await chmod(script, 0o755);
  return { script, ran: () => existsSync(file) };
};

const detailOf = async (remotes: Remotes, url: string): Promise<string> => {
  const answer = await remotes.advertised(url);
  return answer.kind === 'silent' ? `${answer.why}: ${answer.detail}` : answer.kind;
};

describe('a URL smuggles nothing', () => {
  test('options and transports', async () => {
    const home = await makeFolder();
    const { script, ran } = await canary(home);
    const remotes = await opened(home, {
      hosts: ['forge.example'],
      env: settingsInEnv([
        ['protocol.allow', 'always'],
        ['protocol.ext.allow', 'always'],
      ]),
    });
    for (const url of [
      `ext::${script}`,
      `ext::sh -c ${script}`,
      `--upload-pack=${script}`,
      `-u${script}`,
      `ssh://-oProxyCommand=${script}/x`,
      `file://${home}\`${script}\``,
      `https://forge.example/$(${script})`,
    ]) {
      expect(await detailOf(remotes, url)).toMatch(/^refused: /);
      expect((await judgePin(remotes, url, repo.oids.tip)).kind).toBe('no-answer');
    }
    expect(ran()).toBe(false);
    for (const oid of ['HEAD', '--all', '', 'refs/heads/main', repo.oids.tip.toUpperCase(), `${repo.oids.tip} `, `${repo.oids.tip}\n`])
      expect(await remotes.reaching('https://forge.example/a', oid)).toMatchObject({ kind: 'silent', why: 'refused' });
  });
  test('nor does what the settings of the person make of it', async () => {
    const home = await makeFolder();
    const { script, ran } = await canary(home);
    const remotes = await opened(home, {
      env: settingsInEnv([
        ['url.ext::sh -c .insteadOf', 'https://forge.example/'],
        ['protocol.ext.allow', 'always'],
        ['protocol.allow', 'always'],
      ]),
    });
    expect(await detailOf(remotes, `https://forge.example/${script}`)).toMatch(/^refused: .*its transport is a program$/);
    expect(ran()).toBe(false);
  });
  test.runIf(HAS_HTTP)('protocols without the consent of the settings', async () => {
    const home = await makeFolder();
    const server = await serveGit({ root: repo.root, protocol: 'http' });
    const daemon = await serveGit({ root: repo.root, protocol: 'git' });
    const remotes = await opened(home);
    for (const base of [server.base, daemon.base, `file://${repo.root}/`, 'ssh://git.example.com/'])
      expect(await detailOf(remotes, `${base}act/ion.git`)).toMatch(
        /^refused: .*only https is used where the settings do not name the host$/,
      );
    expect(server.requests).toEqual([]);
    const named = await opened(home, { hosts: [`http://127.0.0.1:${server.port}`] });
    expect(await detailOf(named, `${server.base}act/ion.git`)).toBe('refs');
  });
});

describe.runIf(HAS_HTTP)('the repository we are in has no say', () => {
  test('its settings, its environment and the programs of its worktree', async () => {
    const home = await makeFolder();
    const server = await serveGit({ root: repo.root, protocol: 'http' });
    const evil = await serveGit({ root: await makeFolder(), protocol: 'http' });
    const { script, ran } = await canary(home);
    const env = isolatedEnv(home);
    await mkdir(join(home, 'here'));
    const here = openRepo(join(home, 'here'), env);
    await here.git('init', '--quiet');
    for (const [key, value] of [
      [`url.${evil.base}.insteadOf`, 'https://forge.example/'],
      ['core.sshCommand', script],
      ['core.askPass', script],
      ['credential.helper', script],
      ['core.hooksPath', home],
      ['http.proxy', evil.base],
      ['core.fsmonitor', script],
    ] as const)
      await here.git('config', key, value);
    await here.write('git', `#!/bin/sh\n'${script}'\n`, 0o755);
    const remotes = openRemotes({
      env: {
        ...env,
        ...server.insteadOf('https://forge.example/'),
        PATH: `${here.dir}:.:${process.env['PATH'] ?? ''}`,
        GIT_DIR: join(here.dir, '.git'),
        GIT_INDEX_FILE: join(here.dir, '.git/index'),
        GIT_WORK_TREE: here.dir,
        GIT_OBJECT_DIRECTORY: join(here.dir, '.git/objects'),
        GIT_PREFIX: 'x/',
        GIT_NAMESPACE: 'x',
        GIT_ASKPASS: script,
        SSH_ASKPASS: script,
        GIT_TRACE: '1',
        GIT_TRACE_CURL: '1',
        GIT_CURL_VERBOSE: '1',
        GIT_TERMINAL_PROMPT: '1',
        GIT_DEFAULT_HASH: 'sha256',
        LC_ALL: 'de_DE.UTF-8',
      },
      cwd: here.dir,
      signal: new AbortController().signal,
      now: () => new Date(),
      cacheFolder: join(home, 'cache'),
    });
    const url = 'https://forge.example/act/ion.git';
    expect((await judgePin(remotes, url, repo.oids.old)).kind).toBe('ok-reachable');
    expect((await judgePin(remotes, url, repo.oids.fork)).kind).toBe('off-repository');
    expect((await remotes.read(url, repo.oids.tagged, 'action.yml')).kind).toBe('file');
    await remotes.close();
    expect(evil.requests).toEqual([]);
    expect(ran()).toBe(false);
    expect(await here.git('count-objects')).toBe('0 objects, 0 kilobytes');
  });
});

describe.runIf(HAS_HTTP)('credentials', () => {
  const SECRET = `s3cret${'x'.repeat(20)}`;
  const guarded = (): Promise<GitServer> =>
    serveGit({
      root: repo.root,
      protocol: 'http',
      behave: ({ headers }) =>
        headers['authorization'] === `Basic ${Buffer.from(`person:${SECRET}`).toString('base64')}`
          ? undefined
          : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    });
  const helperOf = async (home: string): Promise<string> => {
    const script = join(home, 'helper.sh');
    await writeFile(script, `#!/bin/sh\n[ "$1" = get ] && printf 'username=person\\npassword=${SECRET}\\n'\nexit 0\n`);
    await chmod(script, 0o755);
    return script;
  };
  test("the person's own helper is asked for hosts that the settings name", async () => {
    const home = await makeFolder();
    const server = await guarded();
    const env = settingsInEnv([
      [`url.${server.base}.insteadOf`, 'https://forge.example/'],
      ['credential.helper', await helperOf(home)],
    ]);
    const remotes = await opened(home, { env });
    expect((await judgePin(remotes, 'https://forge.example/act/ion.git', repo.oids.old)).kind).toBe('ok-reachable');
  });
  test('nobody is asked, and what stands in a URL is never printed or kept', async () => {
    const home = await makeFolder();
    const server = await guarded();
    const base = server.base.replace('http://', `http://person:${SECRET}@`);
    const wrong = server.base.replace('http://', `http://person:${SECRET}wrong@`);
    for (const [to, kind] of [
      [base, 'ok-reachable'],
      [wrong, 'auth-or-missing'],
      [server.base, 'auth-or-missing'],
    ] as const) {
      const folder = join(home, kind);
      await mkdir(folder, { recursive: true });
      const remotes = await opened(folder, { env: settingsInEnv([[`url.${to}.insteadOf`, 'https://forge.example/']]) });
      const verdict = await judgePin(remotes, 'https://forge.example/act/ion.git', repo.oids.old);
      expect(verdict.kind).toBe(kind);
      expect(JSON.stringify(verdict)).not.toContain(SECRET);
      await remotes.close();
    }
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(5);
    const holding = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => readFileSync(path).includes(SECRET));
    expect(holding).toEqual([]);
  });
  test('a URL that has its own is not asked', async () => {
    const remotes = await opened(await makeFolder(), { hosts: ['forge.example'] });
    const said = await detailOf(remotes, `https://person:${SECRET}@forge.example/a`);
    expect(said).toMatch(/^refused: /);
    expect(said).not.toContain(SECRET);
  });
});

const pins = gitIs(2, 37);

describe('a host that nobody named', () => {
  test.for<readonly [name: string, url: string, addresses: readonly string[], said: RegExp]>([
    ['a private address', 'https://ci.stranger.example/a/b', ['10.0.0.7'], /^refused: .*its address is not a public one$/],
    ['loopback', 'https://stranger.example/a/b', ['127.0.0.1'], /^refused: /],
    ['a public address and a private one', 'https://stranger.example/a/b', ['1.1.1.1', '192.168.0.1'], /^refused: /],
    ["a cloud's metadata service", 'https://stranger.example/latest', ['169.254.169.254'], /^refused: /],
    ['loopback in IPv6', 'https://stranger.example/a/b', ['::1'], /^refused: /],
    ['loopback mapped into IPv6', 'https://stranger.example/a/b', ['::ffff:127.0.0.1'], /^refused: /],
    ['no address', 'https://stranger.example/a/b', [], /^refused: /],
    ['localhost', 'https://localhost/a/b', ['1.1.1.1'], /^refused: .*not a full name$/],
    ['an address for a name', 'https://127.0.0.1/a/b', ['1.1.1.1'], /^refused: /],
    ['an address in other words', 'https://0x7f.0x1/a/b', ['1.1.1.1'], /^refused: /],
    ['an address as one number', 'https://2130706433/a/b', ['1.1.1.1'], /^refused: /],
    ['an IPv6 address', 'https://[::1]/a/b', ['1.1.1.1'], /^refused: /],
  ])('%s', async ([, url, addresses, said]) => {
    const remotes = await opened(await makeFolder(), { lookup: () => Promise.resolve(addresses) });
    expect(await detailOf(remotes, url)).toMatch(pins ? said : /^refused: /);
  });
  test('a name that is not known', async () => {
    const remotes = await opened(await makeFolder(), { lookup: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await detailOf(remotes, 'https://stranger.example/a/b')).toMatch(pins ? /^no-answer: .*its host is not known$/ : /^refused: /);
  });
  test('a rule that rewrites every host chooses none', async () => {
    const home = await makeFolder();
    const { script, ran } = await canary(home);
    const remotes = await opened(home, { env: { ...settingsInEnv([['url.ssh://git@.insteadOf', 'https://']]), GIT_SSH_COMMAND: script } });
    expect(await detailOf(remotes, 'https://stranger.example/a/b')).toMatch(/^refused: /);
    expect(ran()).toBe(false);
    const own = await opened(home, {
      env: { ...settingsInEnv([['url.ssh://git@own.example/.insteadOf', 'https://own.example/']]), GIT_SSH_COMMAND: script },
    });
    expect(await detailOf(own, 'https://own.example/a/b')).not.toMatch(/^refused: /);
    expect(ran()).toBe(true);
  });
  test('behind a proxy', async () => {
    const lookup = (): Promise<readonly string[]> => Promise.resolve(['1.1.1.1']);
    const url = 'https://stranger.example/a/b';
    const byVariable = await opened(await makeFolder(), { lookup, env: { https_proxy: 'http://127.0.0.1:9' } });
    expect(await detailOf(byVariable, url)).toMatch(/^refused: .*behind a proxy/);
    const bySetting = await opened(await makeFolder(), { lookup, env: settingsInEnv([['http.proxy', 'http://127.0.0.1:9']]) });
    expect(await detailOf(bySetting, url)).toMatch(/^refused: .*behind a proxy/);
  });
});

const certificate = async (folder: string): Promise<{ readonly key: string; readonly cert: string; readonly path: string } | undefined> => {
  const [key, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=stranger.example', '-addext', 'subjectAltName=DNS:stranger.example'];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', path, ...subject], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(path, 'utf8'), path };
};

describe.runIf(HAS_HTTP && pins)('a host that nobody named, over TLS', () => {
  // The name is in no DNS: that it is reached at all shows that the address is the one which was looked at.
  test('is asked without anything that says who we are, at the address that was judged', async ({ skip }) => {
    const home = await makeFolder();
    const tls = await certificate(home);
    if (tls === undefined) return skip('there is no openssl');
    const server = await serveGit({ root: repo.root, protocol: 'http', tls });
    const { script, ran } = await canary(home);
    await writeFile(join(home, '.netrc'), 'default login person password hunter2hunter2\n');
    await writeFile(
      join(home, 'gitconfig'),
      `[http]\n\tsslCAInfo = ${tls.path}\n\textraHeader = X-Person: me\n\tcookieFile = ${home}/cookies\n[http "https://stranger.example:${server.port}/"]\n\textraHeader = Authorization: me\n[credential]\n\thelper = ${script}\n`,
    );
    const remotes = await opened(home, {
      lookup: () => Promise.resolve(['127.0.0.1']),
      isPublic: (address) => address === '127.0.0.1',
      env: { GIT_CONFIG_GLOBAL: join(home, 'gitconfig') },
    });
    const url = `https://stranger.example:${server.port}/act/ion.git`;
    expect((await judgePin(remotes, url, repo.oids.old)).kind).toBe('ok-reachable');
    expect((await judgePin(remotes, url, repo.oids.fork)).kind).toBe('off-repository');
    expect(server.requests.length).toBeGreaterThan(3);
    for (const { headers } of server.requests) {
      expect(headers['authorization']).toBeUndefined();
      expect(headers['x-person']).toBeUndefined();
    }
    expect(ran()).toBe(false);
    await remotes.close();
    // The same person, where the host is named: now their settings hold.
    const before = server.requests.length;
    const named = await opened(home, {
      hosts: [`stranger.example:${server.port}`],
      env: {
        GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
        ...settingsInEnv([['http.curloptResolve', `stranger.example:${server.port}:127.0.0.1`]]),
      },
      cacheFolder: undefined,
    } as More);
    expect((await judgePin(named, url, repo.oids.old)).kind).toBe('ok-reachable');
    expect(server.requests.slice(before).every(({ headers }) => headers['authorization'] === 'me')).toBe(true);
    await named.close();
  });
  test('sends us nowhere else, and asks for no name', async ({ skip }) => {
    const home = await makeFolder();
    const tls = await certificate(home);
    if (tls === undefined) return skip('there is no openssl');
    const inner = await serveGit({ root: repo.root, protocol: 'http' });
    const { script, ran } = await canary(home);
    await writeFile(join(home, '.netrc'), 'default login person password hunter2hunter2\n');
    const behaves = [
      { status: 302, headers: { location: `${inner.base}act/ion.git/info/refs?service=git-upload-pack` } },
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    ];
    const server = await serveGit({
      root: repo.root,
      protocol: 'http',
      tls,
      behave: ({ path }) => behaves[path.startsWith('/private') ? 1 : 0],
    });
    const remotes = await opened(home, {
      lookup: () => Promise.resolve(['127.0.0.1']),
      isPublic: () => true,
      env: settingsInEnv([
        ['http.sslCAInfo', tls.path],
        ['credential.helper', script],
        ['http.followRedirects', 'true'],
      ]),
    });
    expect(await detailOf(remotes, `https://stranger.example:${server.port}/act/ion.git`)).toMatch(/^no-answer: /);
    expect(await detailOf(remotes, `https://stranger.example:${server.port}/private/x.git`)).toMatch(/^auth-or-missing: /);
    expect(inner.requests).toEqual([]);
    expect(ran()).toBe(false);
    expect(server.requests.filter(({ headers }) => headers['authorization'] !== undefined)).toEqual([]);
    // What is kept away from strangers would have been sent: it is, where the host is named.
    const named = await opened(home, {
      hosts: [`stranger.example:${server.port}`],
      env: settingsInEnv([
        ['http.sslCAInfo', tls.path],
        ['http.curloptResolve', `stranger.example:${server.port}:127.0.0.1`],
      ]),
    });
    await detailOf(named, `https://stranger.example:${server.port}/private/x.git`);
    expect(server.requests.some(({ headers }) => headers['authorization'] !== undefined)).toBe(true);
  });
});
