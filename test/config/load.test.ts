import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '../../src/check.ts';
import type { Place } from '../../src/command.ts';
import { parseLayer } from '../../src/config/layer.ts';
import { builtinPolicy, policyState, readRepositoryPolicy, refusalFindings, resolvePolicy } from '../../src/config/load.ts';
import type { PersonalSettings } from '../../src/config/personal.ts';
import { weakenings } from '../../src/config/policy.ts';
import { resolveCommit } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { commitSnapshot, indexSnapshot } from '../../src/git/snapshot.ts';
import { worktreeSnapshot } from '../../src/git/worktree.ts';
import { captured } from '../captured.ts';

let root = '';
let place: Place;
beforeEach(() => {
  root = join(realpathSync.native(mkdtempSync(join(tmpdir(), 'kei-policy-'))), 'repo'); // a test writes beside it
  mkdirSync(root);
  git('init', '-q');
  place = here(captured(root));
});
afterEach(() => rmSync(dirname(root), { recursive: true, force: true }));

const git = (...args: readonly string[]): void => {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, env: { ...captured(root).env }, stdio: 'pipe' });
};
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = async (snapshot: Snapshot) => {
  try {
    return await readRepositoryPolicy(snapshot);
  } finally {
    await snapshot.close?.();
  }
};

const RULES = '[[rules]]\nid = "acme"\nregex = "a"\n';
const IGNORE = `[[ignore]]\nfingerprint = "kei1:${'a'.repeat(26)}"\nreason = "x"\n`;

test('each side has its own policy: commit, index, worktree', async () => {
  write('kei.toml', '[leak]\nfail-on = "note"\n');
  git('add', '.');
  git('commit', '-qm', 'x');
  write('kei.toml', '[leak]\nfail-on = "error"\n');
  write('.kei/ignores.toml', IGNORE);
  git('add', '.');
  write('kei.toml', '[leak]\nbroken');
  const head = await read(commitSnapshot(place, await resolveCommit(place, 'HEAD')));
  const index = await read(indexSnapshot(place));
  expect(head.layer.config.leak['fail-on']).toBe('note');
  expect(index.layer.config.leak['fail-on']).toBe('error');
  expect(index.hash).not.toBe(head.hash);
  // A broken file on disk does not stop a hook: what is staged parses.
  await expect(read(await worktreeSnapshot(place))).rejects.toThrow('kei.toml:2:1: incomplete key-value: cannot find end of key');
  expect(weakenings(policyState(head), policyState(index)).map(({ key }) => key)).toEqual([
    'leak.fail-on',
    expect.stringMatching(/^ignore:/),
  ]);
});

test('the hash is the same on every side, with CRLF on disk too', async () => {
  git('config', 'core.autocrlf', 'true');
  write('kei.toml', '[leak]\r\nrules = ["etc/a%41 é.toml", "leak-matrix/b.toml"]\r\n');
  write('etc/a%41 é.toml', RULES);
  write('leak-matrix/b.toml', RULES);
  write('leak-matrix/c%42.toml', RULES);
  write('.gitleaks.toml', RULES);
  git('add', '.');
  git('commit', '-qm', 'x');
  const sides = [await worktreeSnapshot(place), indexSnapshot(place), commitSnapshot(place, await resolveCommit(place, 'HEAD'))];
  const policies = await Promise.all(sides.map(read));
  expect(new Set(policies.map(({ hash }) => hash)).size).toBe(1);
  for (const { ruleFiles, files } of policies) {
    expect(ruleFiles.map(({ path }) => path)).toEqual(['etc/a%41 é.toml', 'leak-matrix/b.toml']);
    expect(files.map(({ path }) => path).toSorted()).toEqual([
      '.gitleaks.toml',
      'etc/a%41 é.toml',
      'kei.toml',
      'leak-matrix/b.toml',
      'leak-matrix/c%42.toml',
    ]);
  }
});

test.skipIf(process.platform === 'win32')('links are no rule files', async () => {
  write('leak-matrix/a.toml', RULES);
  symlinkSync('/etc/hostname', join(root, 'leak-matrix/b.toml'));
  git('add', '.');
  for (const side of [indexSnapshot(place), await worktreeSnapshot(place)]) {
    expect((await read(side)).ruleFiles.map(({ path }) => path)).toEqual(['leak-matrix/a.toml']);
  }
});

test.for(['/etc/hostname', '../x.toml', 'a/../../x.toml', 'C:\\x.toml', '..\\x.toml', '\\\\host\\x'])(
  'no rule file from outside: %s',
  async (path) => {
    write('kei.toml', `leak.rules = ['${path}']`);
    writeFileSync(join(dirname(root), 'x.toml'), '');
    try {
      await expect(read(await worktreeSnapshot(place))).rejects.toThrow('kei.toml:1:15: no file "');
    } finally {
      rmSync(join(dirname(root), 'x.toml'));
    }
  },
);

test('ignores and rule files of a repository without trust do not loosen a floor', async () => {
  write('.kei/ignores.toml', IGNORE);
  write('leak-matrix/a.toml', RULES);
  const repository = await read(await worktreeSnapshot(place));
  const nobody: PersonalSettings = { floor: undefined, ruleFiles: [], trust: [] };
  const person: PersonalSettings = { ...nobody, floor: parseLayer('', 'config.toml') };
  const trusting: PersonalSettings = { ...person, trust: [{ repository: '/r', policy: repository.hash, at: '' }] };
  const outcome = (personal: PersonalSettings | undefined) => {
    const { trusted, ignores, ruleFiles, refused } = resolvePolicy({ repository, identity: '/r', personal });
    return [trusted, ignores.length, ruleFiles.map(({ mayLoosen }) => mayLoosen), refused.length];
  };
  expect(outcome(undefined)).toEqual([false, 1, [true], 0]);
  expect(outcome(nobody)).toEqual([false, 1, [true], 0]);
  expect(outcome(person)).toEqual([false, 0, [false], 1]);
  expect(outcome(trusting)).toEqual([true, 1, [true], 0]);
  expect(refusalFindings(resolvePolicy({ repository, identity: '/r', personal: person }).refused)).toMatchObject([
    {
      rule: 'policy/refused',
      severity: 'note',
      path: '.kei/ignores.toml',
      line: 1,
      hint: 'if these settings are yours or reviewed: kei-git trust',
    },
  ]);
});

test('an unborn HEAD, an empty repository, and the fallback say the same', async () => {
  const { hash, layer } = await read(indexSnapshot(place));
  expect([hash, layer.config]).toEqual([builtinPolicy().hash, builtinPolicy().layer.config]);
});
