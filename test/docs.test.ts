import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli.ts';
import { CATEGORIES } from '../src/config/categories.ts';
import { KEYS, type KeyName } from '../src/config/keys.ts';
import { splitKey } from '../src/config/layer.ts';
import { CHECKS } from '../src/gate/table.ts';
import { newKeyText } from '../src/values/key.ts';
import { CHECKSUMS } from '../src/values/checksums.ts';
import { makeFolder, makeRepo, type TestRepo } from './repo.ts';
import { serveGit } from './servers.ts';
import { runSession, sessionsOf, withOutputs } from './sessions.ts';
import { makeUpstream } from './workflow/upstream.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
/** Pages that show the program at work. */
const SESSION_PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && readFileSync(join(ROOT, 'docs', name), 'utf8').includes('```console run='))
    .map((name) => `docs/${name}`),
];
// KEI_DOCS=write: put what the program prints now into the pages, to be read before it is committed.
const WRITES = process.env['KEI_DOCS'] === 'write';

/** What tokens hang on: the same in each run. */
const KEY = newKeyText((count) => Uint8Array.from({ length: count }, (_, at) => (at * 37 + 11) % 248));

/** Times differ from run to run. */
const steady = (text: string): string => text.replaceAll(/\d[\d.,]* (?:ms|s)(?=[,)])/g, 'N ms');

/** `kei-git` and `npx` as a session finds them, made from the sources of now. */
const makePrograms = async (): Promise<{ readonly bin: string; readonly pack: string }> => {
  const base = await makeFolder();
  const pack = join(base, 'package');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--no-types', '--out', join(pack, 'dist')]);
  await cp(join(ROOT, 'leak-matrix'), join(pack, 'leak-matrix'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(pack, 'package.json'));
  const bin = join(base, 'bin');
  await mkdir(bin);
  const program = `exec "${process.execPath}" "${join(pack, 'dist', 'bin.cjs')}" "$@"`;
  for (const [name, script] of [
    ['kei-git', program],
    ['npx', `shift\n${program}`],
  ] as const) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return { bin, pack };
};

/** What https://github.com/ is in sessions of that name: a few repositories whose commits are the same in each run. */
const UPSTREAM = 'pins';
const serveUpstream = async (): Promise<Readonly<Record<string, string>>> => {
  const upstream = await makeUpstream();
  const tool = await upstream.add('acme/setup-tool');
  for (const tags of [['v1.0.0'], [], ['v1.1.0', 'v1'], ['v2.0.0', 'v2']]) await tool.release({}, ...tags);
  await (await upstream.add('acme/cache')).release({}, 'v4.2.0', 'v4');
  return (await serveGit({ root: upstream.root, protocol: 'file' })).insteadOf('https://github.com/');
};

describe.skipIf(process.platform === 'win32')('sessions print what the pages show', () => {
  let programs: Awaited<ReturnType<typeof makePrograms>>;
  let upstream: Readonly<Record<string, string>>;
  beforeAll(async () => {
    programs = await makePrograms();
    upstream = await serveUpstream();
  });

  const place = async (): Promise<TestRepo> => {
    const repo = await makeRepo();
    await mkdir(join(repo.dir, 'node_modules'));
    await symlink(programs.pack, join(repo.dir, 'node_modules', 'kei-git'));
    await repo.write('.git/info/exclude', 'node_modules\n');
    return repo;
  };

  test.for(SESSION_PAGES)('%s', { timeout: 300_000 }, async (path) => {
    const page = await read(path);
    const sessions = sessionsOf(page);
    expect(sessions.length).toBeGreaterThan(0);
    const repos = new Map<string, TestRepo>();
    const outputs: string[][] = [];
    for (const session of sessions) {
      const repo = (session.name === undefined ? undefined : repos.get(session.name)) ?? (await place());
      if (session.name !== undefined) repos.set(session.name, repo);
      const env = {
        ...repo.env,
        GIT_AUTHOR_DATE: '1700000000 +0000',
        GIT_COMMITTER_DATE: '1700000000 +0000',
        ...(session.name === UPSTREAM ? upstream : {}),
        ...(session.name === 'keyless' ? {} : { KEI_LEAK_KEY: KEY }),
        PATH: `${programs.bin}${delimiter}${repo.env['PATH'] ?? ''}`,
      };
      const shown = await runSession(session, repo.dir, env);
      const written = WRITES ? shown : session.steps.map(({ output }) => output);
      expect(shown.map(steady), `${path}:${session.line}`).toEqual(written.map(steady));
      outputs.push(shown);
    }
    if (WRITES) await writeFile(join(ROOT, path), withOutputs(page, outputs));
  });
});

describe('nothing is left out', () => {
  test('every command has its section in the reference and is named in a page that a person wrote', async () => {
    const reference = await read('docs/reference.md');
    const written = (await readdir(join(ROOT, 'docs'))).filter(
      (name) => name.endsWith('.md') && !['reference.md', 'rules.md'].includes(name),
    );
    const pages = (await Promise.all(['README.md', ...written.map((name) => `docs/${name}`)].map(read))).join('\n');
    const names = [...COMMANDS].filter(([, { hidden }]) => hidden !== true).map(([name]) => name);
    expect(names.filter((name) => !reference.includes(`\n## kei-git ${name}\n`))).toEqual([]);
    expect(names.filter((name) => !pages.includes(`kei-git ${name}`))).toEqual([]);
  });

  test('every check, category, setting and checksum is named', async () => {
    const leak = await read('docs/leak.md');
    const readme = await read('README.md');
    expect([...CHECKS.keys()].filter((id) => !readme.includes(`\`${id}\``))).toEqual([]);
    expect(CATEGORIES.filter((name) => !leak.includes(`\`${name}\``))).toEqual([]);
    expect(Object.keys(CHECKSUMS).filter((name) => !leak.includes(`\`${name}\``))).toEqual([]);
    const places = ['leak', 'workflow', 'hooks', 'counts'].map((name) => read(`docs/${name}.md`));
    const pagesOfSettings = (await Promise.all(places)).join('\n');
    // Of a table whose keys are the person's own, and of an array of tables, what stands in them is named.
    const isShown = (key: KeyName): boolean => {
      const [table, name] = splitKey(key);
      return [`\`[${table}]\` \`${name}\``, `\`[[${key}]]\` \``, `\`[${key}.NAME]\` \``].some((text) => pagesOfSettings.includes(text));
    };
    expect(KEYS.filter((key) => !isShown(key))).toEqual([]);
  });

  test('every page of docs is linked from the README, and no link leads nowhere', async () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
    ];
    const readme = await read('README.md');
    expect(pages.slice(1).filter((path) => !readme.includes(`](${path}`))).toEqual([]);
    const slug = (head: string): string =>
      head
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
    const broken: string[] = [];
    for (const path of pages) {
      for (const [, link = ''] of (await read(path)).replaceAll(/```[^]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const [file = '', anchor] = link.split('#');
        const at = file === '' ? path : path.startsWith('docs/') && !file.startsWith('../') ? `docs/${file}` : file.replace('../', '');
        const text = await read(at).catch(() => undefined);
        const heads = [...(text ?? '').matchAll(/^#+ (.*)$/gm)].map(([, head = '']) => slug(head));
        if (text === undefined || (anchor !== undefined && !heads.includes(anchor))) broken.push(`${path}: ${link}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('the first screen of the README is a sentence, a session and the two commands', async () => {
    const lines = (await read('README.md')).split('\n');
    const first = lines.slice(0, 32).join('\n');
    expect(first).toMatch(/^# kei-git\n\n[^\n]+\.\n\n```console run/);
    expect(first).toContain('npm ci && npx kei-git check');
    expect(first).toContain('npm ci && npm test');
  });
});

test('a session that prints something else is noticed', async () => {
  const [session] = sessionsOf('text\n\n```console run\n$ printf "a\\n"\na\n$ cat <<EOF\n> b\n> EOF\nc\n$ false\n$ echo $?\n1\n```\n');
  const shown = session === undefined ? [] : await runSession(session, await makeFolder(), { PATH: process.env['PATH'] ?? '' });
  expect(shown).toEqual(['a', 'b', '', '1']);
  expect(session?.steps.map(({ output }) => output)).toEqual(['a', 'c', '', '1']);
});

describe('generated pages', { timeout: 120_000 }, () => {
  const check = async (...args: readonly string[]): Promise<string> => {
    try {
      await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'docs.mjs'), '--check', ...args]);
      return '';
    } catch (error) {
      return (error as { stderr: string }).stderr; // execFile's own
    }
  };

  test('are up to date', async () => {
    expect(await check()).toBe('');
  });

  test('that are stale are named, and stay as they are', async () => {
    const docs = join(await makeFolder(), 'docs');
    await cp(join(ROOT, 'docs'), docs, { recursive: true });
    const leak = await read('docs/leak.md');
    await writeFile(join(docs, 'leak.md'), leak.replace('| `github` |', '| `gitbub` |'));
    await rm(join(docs, 'rules.md'));
    expect(await check('--docs', docs)).toBe(
      'docs/rules.md is not up to date: node scripts/docs.mjs\ndocs/leak.md is not up to date: node scripts/docs.mjs\n',
    );
    expect(await readFile(join(docs, 'leak.md'), 'utf8')).toContain('gitbub');
  });
});
