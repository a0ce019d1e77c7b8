import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli.ts';
import { diagnose, allProblems } from '../../src/hook/diagnosis.ts';
import { lockedVersion } from '../../src/hook/locked.ts';
import type { SeenHookFile, SeenHooks, SeenWorktree } from '../../src/hook/seen.ts';
import { ownFile } from '../../src/hook/own-file.ts';
import { guardBlock, type Started } from '../../src/hook/shim.ts';
import { captured } from '../captured.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';

const WINDOWS = process.platform === 'win32';

/** A hook file as install makes it. */
const fileOf = (event: string, started: Started): Buffer =>
  ownFile({ event, block: guardBlock(event, started), behind: undefined, madeFolder: false });

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
interface Patient {
  readonly repo: TestRepo;
  readonly data: string;
  run(args: readonly string[], more?: Readonly<Record<string, string>>, cwd?: string): Promise<Said>;
}

const patient = async (): Promise<Patient> => {
  const repo = await makeRepo();
  await repo.write('README.md', 'hello\n');
  await repo.commit();
  const env = { ...repo.env, XDG_DATA_HOME: join(repo.env['HOME'] ?? '', 'data') };
  return {
    repo,
    data: join(env.XDG_DATA_HOME, 'kei-git'),
    run: async (args, more = {}, cwd = repo.dir) => {
      const context = captured(cwd, { env: { ...env, ...more } });
      const code = await main(args, context);
      return { code, out: context.out(), err: context.err() };
    },
  };
};
const installed = async (): Promise<Patient> => {
  const one = await patient();
  expect(await one.run(['install'])).toMatchObject({ code: 0, err: '' });
  return one;
};
const copyOf = ({ data }: Patient): string => join(data, readdirSync(data).find((name) => /^\d/.test(name)) ?? '');
const wrong = ({ out }: Said): readonly string[] => out.match(/(?<=^ +WRONG: ).*$/gm) ?? [];

describe.skipIf(WINDOWS)('doctor', () => {
  test('before and after an install', async () => {
    const one = await patient();
    const before = await one.run(['doctor']);
    expect(before).toMatchObject({ code: 1, err: '' });
    expect(wrong(before)).toEqual(['the guard is not there']);
    expect(before.out).toContain('  pre-commit        nothing\n');
    expect(before.out).toMatch(/\n {4}kei-git install\n/);
    await one.run(['install']);
    const after = await one.run(['doctor']);
    const copy = copyOf(one);
    expect(after).toEqual({
      code: 0,
      err: '',
      out: `${one.repo.dir}
  pre-commit        .git/hooks/pre-commit: the guard
  pre-merge-commit  .git/hooks/pre-merge-commit: the guard
  commit-msg        .git/hooks/commit-msg: the guard
  pre-push          .git/hooks/pre-push: the guard
  post-checkout     .git/hooks/post-checkout: the guard
  post-merge        .git/hooks/post-merge: the guard
  post-rewrite      .git/hooks/post-rewrite: the guard
  the guard is ${process.execPath} ${copy}/hook.cjs
Nothing is wrong.
`,
    });
    const json = JSON.parse((await one.run(['doctor', '--format', 'json'])).out) as unknown;
    expect(json).toMatchObject({ ok: true, worktrees: [{ path: one.repo.dir, problems: [] }], problems: [] });
  });

  test('--fix does what install would, and nothing where nothing is wrong', async () => {
    const one = await patient();
    const fixed = await one.run(['doctor', '--fix']);
    expect(fixed.code).toBe(0);
    expect(fixed.out).toMatch(/^pre-commit +\.git\/hooks\/pre-commit +the guard is put there\n[^]*\nNothing is wrong\.\n$/);
    const hook = readFileSync(join(one.repo.dir, '.git/hooks/pre-commit'));
    const again = await one.run(['doctor', '--fix']);
    expect(again.out.startsWith(`${one.repo.dir}\n  pre-commit`)).toBe(true);
    expect(readFileSync(join(one.repo.dir, '.git/hooks/pre-commit')).equals(hook)).toBe(true);
  });

  test('what another tool has is named, also behind the guard', async () => {
    const one = await patient();
    await one.repo.write('.git/hooks/pre-commit', '#!/bin/sh\ncall_lefthook run pre-commit\n', 0o755);
    expect((await one.run(['doctor'])).out).toContain("pre-commit        .git/hooks/pre-commit: lefthook's hook, no guard\n");
    await one.run(['install']);
    expect((await one.run(['doctor'])).out).toContain("pre-commit        .git/hooks/pre-commit: the guard, then lefthook's hook\n");
  });

  const faults: Readonly<
    Record<string, { readonly make: (one: Patient) => Promise<void> | void; readonly says: RegExp; readonly stays?: boolean }>
  > = {
    'the copy is gone': {
      make: (one) => rmSync(copyOf(one), { recursive: true }),
      says: /hook\.cjs is gone: the guard cannot start, and stops what it guards$/,
    },
    'the copy is damaged': {
      make: (one) => {
        chmodSync(join(copyOf(one), 'hook.cjs'), 0o600);
        appendFileSync(join(copyOf(one), 'hook.cjs'), '\n');
      },
      says: /^the copy that .* belongs to is damaged$/,
    },
    'a hook is not executable': {
      make: (one) => chmodSync(join(one.repo.dir, '.git/hooks/pre-push'), 0o644),
      says: /^the guard is not there \(pre-push\)$/,
    },
    'a hook is gone': {
      make: (one) => rmSync(join(one.repo.dir, '.git/hooks/commit-msg')),
      says: /^the guard is not there \(commit-msg\)$/,
    },
    "a hook is another tool's again": {
      make: (one) => writeFileSync(join(one.repo.dir, '.git/hooks/pre-commit'), '#!/bin/sh\n# File generated by pre-commit: x\n'),
      says: /^the guard is not there \(pre-commit\)$/,
    },
    'a hook is a link that leads nowhere': {
      make: (one) => {
        rmSync(join(one.repo.dir, '.git/hooks/pre-commit'));
        symlinkSync('nowhere', join(one.repo.dir, '.git/hooks/pre-commit'));
      },
      says: /^the guard is not there \(pre-commit\)$/,
    },
    'husky, not installed': {
      make: async (one) => void (await one.repo.git('config', 'core.hooksPath', '.husky/_')),
      says: /^core\.hooksPath = \.husky\/_ \(local, \.git\/config\) leads git to \.husky\/_: husky is not installed in this worktree, and the guard is not there$/,
    },
    'a folder of the repository': {
      make: async (one) => {
        await one.repo.write('.githooks/pre-commit', '#!/bin/sh\n', 0o755);
        await one.repo.git('config', 'core.hooksPath', '.githooks');
      },
      says: /^core\.hooksPath = \.githooks \(local, \.git\/config\) leads git to \.githooks, and the guard is not there$/,
    },
    'somebody changed the block': {
      make: (one) => {
        const hook = join(one.repo.dir, '.git/hooks/pre-commit');
        writeFileSync(hook, readFileSync(hook, 'utf8').replace('exit "$kei_code"', 'exit 0'));
      },
      says: /^somebody changed kei-git's block in \.git\/hooks\/pre-commit \(pre-commit\)$/,
      stays: true,
    },
    'a newer version is asked for': {
      make: (one) => one.repo.write('package-lock.json', JSON.stringify({ packages: { 'node_modules/kei-git': { version: '99.0.0' } } })),
      says: /^the guard is kei-git \d+\.\d+\.\d+, and package-lock\.json says 99\.0\.0$/,
      stays: true,
    },
  };
  test.for(Object.entries(faults))('%s', async ([, { make, says, stays = false }]) => {
    const one = await installed();
    await make(one);
    const said = await one.run(['doctor']);
    expect(said).toMatchObject({ code: 1, err: '' });
    expect(wrong(said)).toEqual([expect.stringMatching(says)]);
    expect(said.out).toMatch(/1 thing is wrong\. What install can mend: kei-git doctor --fix\n$/);
    const fixed = await one.run(['doctor', '--fix']);
    expect(fixed.code === 0).toBe(!stays);
    expect((await one.run(['doctor'])).code).toBe(stays ? 1 : 0);
  });

  test('node is gone', async () => {
    const one = await installed();
    const hooks = join(one.repo.dir, '.git/hooks');
    for (const event of readdirSync(hooks).filter((name) => !name.endsWith('.sample')))
      writeFileSync(join(hooks, event), fileOf(event, { node: '/nowhere/node', hook: join(copyOf(one), 'hook.cjs') }));
    expect(wrong(await one.run(['doctor']))).toEqual(['/nowhere/node is gone: the guard cannot start, and stops what it guards']);
    const broken = join(await makeFolder(), 'node');
    writeFileSync(broken, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    for (const event of readdirSync(hooks).filter((name) => !name.endsWith('.sample')))
      writeFileSync(join(hooks, event), fileOf(event, { node: broken, hook: join(copyOf(one), 'hook.cjs') }));
    expect(wrong(await one.run(['doctor']))).toEqual([
      `${broken} cannot run ${join(copyOf(one), 'hook.cjs')} with an empty environment, as a program with windows starts it`,
    ]);
  });

  test('a program that a branch can replace', async () => {
    const one = await installed();
    const hook = join(one.repo.dir, 'node_modules/kei-git/dist/hook.cjs');
    await one.repo.write('node_modules/kei-git/dist/hook.cjs', readFileSync(join(copyOf(one), 'hook.cjs')));
    await one.repo.write('.git/hooks/pre-commit', fileOf('pre-commit', { node: process.execPath, hook }), 0o755);
    expect(wrong(await one.run(['doctor']))).toEqual([
      `${process.execPath} or node_modules/kei-git/dist/hook.cjs lies in the worktree ${one.repo.dir}, where a branch can replace it`,
    ]);
  });

  test('each worktree by itself, and one that is as another in a line', async () => {
    const one = await installed();
    const [linked, other] = ['linked', 'other'].map((name) => join(one.repo.dir, '..', name)) as [string, string];
    await one.repo.git('worktree', 'add', '--quiet', '--detach', linked);
    await one.repo.git('worktree', 'add', '--quiet', '--detach', other);
    expect((await one.run(['doctor'])).out).toContain(`\n${linked}: as ${one.repo.dir}\n${other}: as ${one.repo.dir}\nNothing is wrong.\n`);
    await one.repo.git('config', 'extensions.worktreeConfig', 'true');
    await one.repo.gitWith({ cwd: linked }, 'config', '--worktree', 'core.hooksPath', 'mine');
    const said = await one.run(['doctor'], {}, linked);
    expect(said.code).toBe(1);
    expect(wrong(said)).toEqual([
      expect.stringMatching(
        /^core\.hooksPath = mine \(worktree, .*config\.worktree\) leads git to mine, which is not there, and the guard/,
      ),
    ]);
    expect((await one.run(['doctor', '--fix'], {}, linked)).code).toBe(0);
  });

  test('husky is missing in one worktree: the guard runs there, and it is said', async () => {
    const one = await patient();
    await one.repo.git('config', 'core.hooksPath', '.husky/_');
    await one.repo.write('.husky/_/pre-commit', '#!/bin/sh\n', 0o755);
    const linked = join(one.repo.dir, '../linked');
    await one.repo.git('worktree', 'add', '--quiet', '--detach', linked);
    await one.run(['install']);
    const { code, out } = await one.run(['doctor']);
    expect(code).toBe(0);
    expect(out).toContain('  pre-commit        .git/kei-git-hooks/pre-commit: the guard, then .husky/_/pre-commit\n');
    expect(out).toContain(
      `  other hooks would come from ${linked}/.husky/_, which is not there: husky is not installed in this worktree\n`,
    );
  });

  test('the environment leads git away', async () => {
    const one = await installed();
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/dev/null' };
    const said = await one.run(['doctor'], env);
    expect([said.code, wrong(said)]).toEqual([1, ["GIT_CONFIG_KEY_0 leads git away from the repository's hooks in this shell"]]);
    expect(said.out).toContain('    unset GIT_CONFIG_KEY_0\n');
  });

  test('what a killed commit has left is settled, and said', async () => {
    const one = await installed();
    mkdirSync(join(one.repo.dir, '.git/kei'), { recursive: true });
    writeFileSync(join(one.repo.dir, '.git/kei/fix-notes'), 'a.js was changed after it had been fixed\n');
    expect((await one.run(['doctor'])).out).toContain('  a.js was changed after it had been fixed\n');
    expect((await one.run(['doctor'])).out).not.toContain('a.js');
  });

  test('outside a repository', async () => {
    const one = await patient();
    const { code, err } = await one.run(['doctor'], {}, await makeFolder());
    expect(code).toBe(3);
    expect(err).toMatch(/^kei-git: .*not in a git repository/);
  });
});

describe('hooks of the configuration', () => {
  const nothing: SeenHookFile = {
    event: 'pre-commit',
    path: '/r/.git/hooks/pre-commit',
    kind: 'absent',
    runs: false,
    tool: undefined,
    bytes: undefined,
  };
  const program = { node: '/node', hook: '/copy/hook.cjs' };
  const ours: SeenHookFile = {
    ...nothing,
    path: '/r/.git/kei-git-hooks/pre-commit',
    kind: 'file',
    runs: true,
    tool: 'kei-git',
    bytes: fileOf('pre-commit', program),
  };
  const folder = { path: '/r/.git/hooks', kind: 'folder' } as const;
  const hook = {
    name: 'kei-git-pre-commit',
    scope: 'local',
    file: '/r/.git/kei-git-hooks/gitconfig',
    events: ['pre-commit'],
    command: 'x',
    ours: true,
  };
  const worktree: SeenWorktree = {
    path: '/r',
    gitDir: '/r/.git',
    folder,
    beneath: folder,
    settings: { hooksPaths: [] },
    files: [nothing],
    configHooks: [hook],
    configFiles: [ours],
    behind: {},
    locked: undefined,
    settled: [],
  };
  const seen = (git: string, runsConfigHooks: boolean, one: SeenWorktree = worktree): SeenHooks => ({
    git,
    runsConfigHooks,
    worktrees: [one],
    unreadable: [],
    events: ['pre-commit'],
    environment: [],
    version: '1.2.3',
    program: () => ({ node: 'runs', copy: 'whole', version: '1.2.3', inside: undefined }),
  });

  test('run from git 2.54 on', () => {
    const found = diagnose(seen('2.54', true));
    expect(allProblems(found)).toEqual([]);
    expect(found.worktrees[0]?.rows).toEqual([
      { event: 'pre-commit', runs: 'hook "kei-git-pre-commit" of the configuration: the guard', guard: program },
    ]);
    expect(allProblems(diagnose(seen('2.53', false))).map(({ words }) => words)).toEqual([
      'git 2.53 runs no hooks of its configuration, where the guard is',
    ]);
  });

  test('others beside it are named', () => {
    const other = { ...hook, name: 'theirs', ours: false };
    const file: SeenHookFile = { ...ours, path: '/r/.git/hooks/pre-commit', tool: 'plain', bytes: Buffer.from('#!/bin/sh\n') };
    const found = diagnose(seen('2.54', true, { ...worktree, configHooks: [hook, other], files: [file] }));
    expect(found.worktrees[0]?.rows[0]?.runs).toBe(
      'hook "kei-git-pre-commit" of the configuration: the guard, then hook "theirs" of the configuration, then /r/.git/hooks/pre-commit: no guard',
    );
    expect(allProblems(found)).toEqual([]);
  });

  test.for([
    ['1.2.3', '1.2.3', 0],
    ['1.2.4', '1.2.3', 1],
    ['1.10.0', '1.9.9', 1],
    ['1.2.2', '1.2.3', 0],
    ['2.0.0-rc.1', '1.2.3', 1],
  ] as const)('the lock says %s, the guard is %s', ([locked, version, count]) => {
    const asked = seen('2.54', true, { ...worktree, locked: { file: 'package-lock.json', version: locked } });
    const found = diagnose({ ...asked, version, program: () => ({ node: 'runs', copy: 'whole', version, inside: undefined }) });
    expect(allProblems(found)).toHaveLength(count);
    expect(found.worktrees[0]?.notes).toEqual(locked === '1.2.2' ? ['package-lock.json says kei-git 1.2.2; the guard is 1.2.3'] : []);
  });
});

test.for([
  [
    'package-lock.json',
    '{"packages":{"node_modules/kei-git":{"version":"1.2.3"},"node_modules/x/node_modules/kei-git":{"version":"9.9.9"}}}',
    '1.2.3',
  ],
  ['package-lock.json', '{"dependencies":{"kei-git":{"version":"1.2.3"}}}', '1.2.3'],
  ['package-lock.json', '<<<<<<< HEAD\n{"packages":{}}', undefined],
  ['npm-shrinkwrap.json', '{"packages":{"node_modules/kei-git":{"version":"1.2.3"}}}', '1.2.3'],
  ['pnpm-lock.yaml', 'packages:\n\n  kei-git@1.2.3:\n    resolution: {}\n', '1.2.3'],
  ['pnpm-lock.yaml', 'packages:\n  /kei-git/1.2.3:\n    dev: true\n', '1.2.3'],
  ['pnpm-lock.yaml', "packages:\n  '/kei-git@1.2.3(node@20)':\n", '1.2.3'],
  ['pnpm-lock.yaml', 'packages:\n  kei-git-extra@9.9.9:\n', undefined],
  ['yarn.lock', 'a@1:\n  version "0.0.1"\n\nkei-git@^1.0.0:\n  version "1.2.3"\n  resolved "x"\n', '1.2.3'],
  ['yarn.lock', '"kei-git@npm:^1.0.0":\n  version: 1.2.3\n  resolution: "kei-git@npm:1.2.3"\n', '1.2.3'],
  ['yarn.lock', '"kei-git-extra@npm:^1.0.0":\n  version: 9.9.9\n', undefined],
  ['bun.lock', '{\n  "packages": {\n    "kei-git": ["kei-git@1.2.3", "", {}],\n  }\n}\n', '1.2.3'],
  ['package.json', '{"devDependencies":{"kei-git":"1.2.3"}}', '1.2.3'],
  ['package.json', '{"dependencies":{"kei-git":"^1.2.3"}}', undefined],
  ['package.json', '[]', undefined],
] as const)('%s: %s', ([file, text, version]) => {
  const found = lockedVersion((name) => (name === file ? text : undefined));
  expect(found).toEqual(version === undefined ? undefined : { file, version });
});
