import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestRepo } from '../repo.ts';
import { makeFolder, openRepo } from '../repo.ts';
import { seen, start } from './beside.ts';

// What people have where kei-git is installed: for each, how it comes there, and which hooks then run.

const ROOT = join(import.meta.dirname, '../..');
const PEERS = process.env['KEI_PEERS'];
const peer = (name: string): string | undefined => {
  const path = PEERS === undefined ? undefined : join(PEERS, 'node_modules/.bin', name);
  return path !== undefined && existsSync(path) ? path : undefined;
};
const onPath = (name: string): string | undefined => {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
};

/** Programs that may not be here. */
export const LEFTHOOK = peer('lefthook');
export const PREK = peer('prek');
export const PRE_COMMIT = onPath('pre-commit');
const PYTHON = onPath('python3');

const must = async (repo: TestRepo, program: string, args: readonly string[]): Promise<void> => {
  const { code, out, err } = await start(repo, program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${out}${err}`);
};

/** What `npm install` starts in a repository with husky, as `prepare`. */
export const husky = async (repo: TestRepo): Promise<void> => {
  await must(repo, process.execPath, [join(ROOT, 'node_modules/husky/bin.js')]);
};
export const lefthook = (repo: TestRepo): Promise<void> => must(repo, LEFTHOOK ?? 'lefthook', ['install']);
export const prek = (repo: TestRepo): Promise<void> => must(repo, PREK ?? 'prek', ['install', '--quiet']);
export const preCommit = (repo: TestRepo): Promise<void> => must(repo, PRE_COMMIT ?? 'pre-commit', ['install']);

const HUSKY_HOOK = `${seen('husky')}\n`;
const LEFTHOOK_CONFIG = `pre-commit:\n  commands:\n    one:\n      run: '${seen('lefthook').replaceAll("'", "''")}'\n`;
const preCommitConfig = (name: string): string =>
  [
    'repos:',
    '- repo: local',
    '  hooks:',
    '  - id: one',
    '    name: one',
    '    language: system',
    `    entry: sh -c '${seen(name)}'`,
    '    always_run: true',
    '    pass_filenames: false',
    '',
  ].join('\n');

/** The configuration that a hook manager reads, committed as it would be. */
export const CONFIGS = {
  husky: (repo: TestRepo) => repo.write('.husky/pre-commit', HUSKY_HOOK),
  lefthook: (repo: TestRepo) => repo.write('lefthook.yml', LEFTHOOK_CONFIG),
  prek: (repo: TestRepo) => repo.write('.pre-commit-config.yaml', preCommitConfig('prek')),
  'pre-commit': (repo: TestRepo) => repo.write('.pre-commit-config.yaml', preCommitConfig('pre-commit')),
} as const;

export interface Made {
  /** Where a commit is made, if elsewhere than in the repository's own worktree. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}
export interface Setting {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly missing?: string | undefined;
  make(repo: TestRepo): Promise<Made>;
  /** Whose hooks run at a commit. */
  readonly runs: readonly string[];
  /** Where the guard is put, for the page. */
  readonly guard: string;
}

const script = (repo: TestRepo, text: string, mode = 0o755, folder = '.git/hooks'): Promise<void> =>
  repo.write(`${folder}/pre-commit`, text, mode);
const IN_FILE = 'first in that file';
const IN_OWN = 'in a file of its own';
const ASIDE = 'in its place; it is kept as `pre-commit.before-kei-git` and started after';
const CHAIN = 'in `kei-git-hooks`, which goes on to it';
const MARK =
  'import subprocess\nd = subprocess.check_output(["git", "rev-parse", "--git-common-dir"], text=True).strip()\nopen(d + "/seen", "a").write("python\\n")\n';
const NODE_MARK =
  "const d = require('child_process').execFileSync('git', ['rev-parse', '--git-common-dir'], { encoding: 'utf8' }).trim();\nrequire('fs').appendFileSync(d + '/seen', 'node\\n');\n";

const plain = (name: string, text: string, runs: readonly string[], guard: string, more: Partial<Setting> = {}): Setting => ({
  name,
  runs,
  guard,
  make: async (repo) => {
    await script(repo, text);
    return {};
  },
  ...more,
});

/** A worktree beside the repository. */
export const addWorktree = async (repo: TestRepo): Promise<string> => {
  const path = join(await makeFolder(), 'linked');
  await repo.git('-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--quiet', '--detach', path);
  return path;
};

const hooksPath = (name: string, set: (repo: TestRepo) => Promise<Made>): Setting => ({ name, make: set, runs: ['theirs'], guard: CHAIN });

export const SETTINGS: readonly Setting[] = [
  { name: 'nothing', make: () => Promise.resolve({}), runs: [], guard: IN_OWN },
  {
    name: 'husky 9',
    make: async (repo) => {
      await CONFIGS.husky(repo);
      await husky(repo);
      return {};
    },
    runs: ['husky'],
    guard: CHAIN,
  },
  {
    name: 'lefthook 2.2',
    missing: LEFTHOOK === undefined ? 'lefthook is not in $KEI_PEERS' : undefined,
    make: async (repo) => {
      await CONFIGS.lefthook(repo);
      await lefthook(repo);
      return {};
    },
    runs: ['lefthook'],
    guard: IN_FILE,
  },
  {
    name: 'prek 0.5',
    missing: PREK === undefined ? 'prek is not in $KEI_PEERS' : undefined,
    make: async (repo) => {
      await CONFIGS.prek(repo);
      await prek(repo);
      return {};
    },
    runs: ['prek'],
    guard: IN_FILE,
  },
  {
    name: 'pre-commit',
    missing: PRE_COMMIT === undefined ? 'pre-commit is not installed' : undefined,
    make: async (repo) => {
      await CONFIGS['pre-commit'](repo);
      await repo.git('add', '.pre-commit-config.yaml');
      await preCommit(repo);
      return {};
    },
    runs: ['pre-commit'],
    guard: IN_FILE,
  },
  {
    name: 'prek 0.5 over an older script',
    missing: PREK === undefined ? 'prek is not in $KEI_PEERS' : undefined,
    make: async (repo) => {
      await script(repo, `#!/bin/sh\n${seen('theirs')}\n`);
      await CONFIGS.prek(repo);
      await prek(repo);
      return {};
    },
    runs: ['prek', 'theirs'],
    guard: IN_FILE,
  },
  {
    name: 'pre-commit over an older script',
    missing: PRE_COMMIT === undefined ? 'pre-commit is not installed' : undefined,
    make: async (repo) => {
      await script(repo, `#!/bin/sh\n${seen('theirs')}\n`);
      await CONFIGS['pre-commit'](repo);
      await repo.git('add', '.pre-commit-config.yaml');
      await preCommit(repo);
      return {};
    },
    runs: ['pre-commit', 'theirs'],
    guard: IN_FILE,
  },
  plain('a script of sh', `#!/bin/sh\n${seen('theirs')}\nexit 0\n`, ['theirs'], IN_FILE),
  plain('one of bash, by `env -S`', `#!/usr/bin/env -S bash -eu\n${seen('theirs')}\nexec true\n`, ['theirs'], IN_FILE),
  plain('one without `#!`', `${seen('theirs')}\n`, ['theirs'], IN_FILE),
  plain('one without a last newline', `#!/bin/sh\n${seen('theirs')}`, ['theirs'], IN_FILE),
  plain('one with CRLF behind its first line', `#!/bin/sh\n${seen('theirs')} #\r\nexit 0 #\r\n`, ['theirs'], IN_FILE),
  plain('one with a byte order mark', `\u{feff}#!/bin/sh\n${seen('theirs')}\nexit 0\n`, ['theirs'], ASIDE),
  plain('a script of Python', `#!/usr/bin/env python3\n${MARK}`, ['python'], ASIDE, {
    missing: PYTHON === undefined ? 'python3 is not installed' : undefined,
  }),
  plain('a script of Node', `#!${process.execPath}\n${NODE_MARK}`, ['node'], ASIDE),
  {
    name: 'a symbolic link into the worktree',
    make: async (repo) => {
      await repo.write('scripts/hook.sh', `#!/bin/sh\n${seen('theirs')}\n`, 0o755);
      await symlink('../../scripts/hook.sh', join(repo.dir, '.git/hooks/pre-commit'));
      return {};
    },
    runs: ['theirs'],
    guard: ASIDE,
  },
  {
    name: 'a script that may not be executed',
    make: async (repo) => {
      await script(repo, `#!/bin/sh\n${seen('theirs')}\n`, 0o644);
      return {};
    },
    runs: [],
    guard: 'in its place; it is kept and, as before, not started',
  },
  hooksPath('core.hooksPath, relative', async (repo) => {
    await script(repo, `#!/bin/sh\n${seen('theirs')}\n`, 0o755, '.githooks');
    await repo.git('config', 'core.hooksPath', '.githooks');
    return {};
  }),
  hooksPath('core.hooksPath, absolute', async (repo) => {
    await script(repo, `#!/bin/sh\n${seen('theirs')}\n`, 0o755, 'my hooks');
    await repo.git('config', 'core.hooksPath', join(repo.dir, 'my hooks'));
    return {};
  }),
  hooksPath("core.hooksPath in the person's own settings", async (repo) => {
    const home = repo.env['HOME'] ?? '';
    await script(repo, `#!/bin/sh\n${seen('theirs')}\n`, 0o755, '../home/hooks');
    await writeFile(join(home, '.gitconfig'), '[core]\n\thooksPath = ~/hooks\n');
    return { env: { GIT_CONFIG_GLOBAL: join(home, '.gitconfig') } };
  }),
  hooksPath('core.hooksPath of one worktree', async (repo) => {
    const linked = await addWorktree(repo);
    await repo.git('config', 'extensions.worktreeConfig', 'true');
    await repo.gitWith({ cwd: linked }, 'config', '--worktree', 'core.hooksPath', 'own');
    await script(openRepo(linked, repo.env), `#!/bin/sh\n${seen('theirs')}\n`, 0o755, 'own');
    return { cwd: linked };
  }),
  {
    name: 'a worktree beside one with husky, which has no `.husky/_`',
    make: async (repo) => {
      await CONFIGS.husky(repo);
      await husky(repo);
      return { cwd: await addWorktree(repo) };
    },
    runs: [],
    guard: CHAIN,
  },
  {
    name: 'a worktree beside one with a script',
    make: async (repo) => {
      await script(repo, `#!/bin/sh\n${seen('theirs')}\n`);
      return { cwd: await addWorktree(repo) };
    },
    runs: ['theirs'],
    guard: IN_FILE,
  },
  {
    name: 'husky 9 over a script in .git/hooks',
    make: async (repo) => {
      await script(repo, `#!/bin/sh\n${seen('theirs')}\n`);
      await CONFIGS.husky(repo);
      await husky(repo);
      return {};
    },
    runs: ['husky'],
    guard: CHAIN,
  },
];
