import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS, main } from '../src/cli.ts';
import { parseInput } from '../src/face/parse.ts';
import { readUses } from '../src/uses/read.ts';
import { captured } from './captured.ts';
import { GITHUB_RULE, githubToken } from './leak/tokens.ts';
import { makeFolder, makeRepo, openRepo, type TestRepo } from './repo.ts';

const ROOT = join(import.meta.dirname, '..');
const page = await readFile(join(ROOT, 'docs', 'hooks-recipes.md'), 'utf8');
const ids = parse(await readFile(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as readonly {
  readonly id: string;
  readonly entry: string;
}[]; // ours

/** The block that follows the name of a file, under a heading. */
const recipe = (heading: string, file: string): string => {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`) + 1).split('\n## ')[0] ?? '';
  const text = section.slice(section.indexOf(`\`${file}\``)).match(/^```\w+\n([^]*?)^```$/m)?.[1];
  if (text === undefined) throw new Error(`docs/hooks-recipes.md has no ${file} under ${heading}`);
  return text;
};

test('every command line of kei-git in a recipe is one that is understood', async () => {
  const lines = [...page.matchAll(/^(?:[^`\n|]*)kei-git ((?:check|leak|workflow)\b[^'\n|`]*)/gm)].map(([, words = '']) => words.trim());
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) {
    const words = line.replaceAll(/"\$[1@]"|\{\d\}/g, 'x').split(' ');
    const name = [3, 2, 1].map((length) => words.slice(0, length).join(' ')).find((one) => COMMANDS.has(one)) ?? '';
    const entry = COMMANDS.get(name);
    if (entry === undefined) throw new Error(`no such command: ${line}`);
    const { command } = await entry.load();
    expect(() => parseInput(name, command, words.slice(name.split(' ').length))).not.toThrow();
  }
});

test('the hooks of pre-commit are named with what they run', () => {
  const rows = [...page.matchAll(/^\| `(kei-git-[a-z-]+)` \| `(kei-git [a-z -]+)`/gm)].map(([, id, entry]) => ({ id, entry }));
  expect(rows).toEqual(ids.map(({ id, entry }) => ({ id, entry })));
  const { repos } = parse(recipe('pre-commit', '.pre-commit-config.yaml')) as { repos: readonly { hooks: readonly { id: string }[] }[] };
  expect(ids.map(({ id }) => id)).toContain(repos[0]?.hooks[0]?.id);
});

test('lefthook: the hooks that git has, each with a command of ours', () => {
  const hooks = parse(recipe('lefthook', 'lefthook.yml')) as Record<string, { jobs: readonly { run: string; use_stdin?: boolean }[] }>;
  expect(Object.keys(hooks)).toEqual(['pre-commit', 'commit-msg', 'pre-push']);
  for (const { jobs } of Object.values(hooks))
    expect(jobs.map(({ run }) => run)).toEqual([expect.stringMatching(/^npx --no-install kei-git /)]);
  expect(hooks['pre-push']?.jobs[0]?.use_stdin).toBe(true);
});

const isInstalled = existsSync(join(ROOT, 'node_modules', '.bin', 'kei-git'));
if (!isInstalled) console.warn('THE RECIPES FOR HUSKY AND LINT-STAGED ARE NOT TESTED HERE: npm ci did not link kei-git');

describe.skipIf(process.platform === 'win32' || !isInstalled)('recipes in a repository with npm', { timeout: 120_000 }, () => {
  const token = githubToken('recipes');
  let repo: TestRepo;
  const git = (...args: readonly string[]): { readonly status: number | null; readonly output: string } => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: repo.dir, env: repo.env, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const expectStopped = ({ status, output }: ReturnType<typeof git>): void => {
    expect(output).toContain(GITHUB_RULE);
    expect(output).not.toContain(token);
    expect(status).toBe(1);
  };

  beforeEach(async () => {
    const made = await makeRepo();
    repo = openRepo(made.dir, { ...made.env, npm_config_cache: join(await makeFolder(), 'npm') });
    await symlink(join(ROOT, 'node_modules'), join(repo.dir, 'node_modules'));
    await repo.write('.gitignore', 'node_modules\n');
    await repo.write('package.json', '{ "private": true, "type": "module" }\n');
    await repo.commit('first');
  });

  const install = (): void => {
    execFileSync(process.execPath, [join(ROOT, 'node_modules', 'husky', 'bin.js')], { cwd: repo.dir, env: repo.env });
  };

  test('husky: what is staged, the message and what is pushed', async () => {
    install();
    for (const name of ['pre-commit', 'commit-msg', 'pre-push']) await repo.write(`.husky/${name}`, recipe('husky', `.husky/${name}`));
    await repo.write('a.ts', `const token = '${token}';\n`);
    await repo.git('add', '--all');
    expectStopped(git('commit', '-m', 'a'));
    await repo.write('a.ts', 'export {};\n');
    await repo.git('add', '--all');
    expectStopped(git('commit', '-m', `a\n\n${token}`));
    expect(git('commit', '-m', 'a').status).toBe(0);
    const other = join(await makeFolder(), 'other.git');
    await repo.git('init', '--quiet', '--bare', other);
    await repo.git('remote', 'add', 'origin', `file://${other}`);
    expect(git('push', 'origin', 'main').status).toBe(0);
    await repo.write('a.ts', `const token = '${token}';\n`);
    await repo.commit('past the hook');
    await repo.git('rm', '--quiet', 'a.ts');
    await repo.commit('gone again');
    expectStopped(git('push', 'origin', 'main'));
  });

  test('lint-staged: also what is staged of a file that was changed since', async () => {
    install();
    await repo.write('.husky/pre-commit', 'npx --no-install lint-staged\n');
    await repo.write('lint-staged.config.mjs', recipe('lint-staged', 'lint-staged.config.mjs'));
    await repo.git('add', '--all');
    expect(git('commit', '-m', 'settings').status).toBe(0);
    await repo.write('a.ts', `const token = '${token}';\n`);
    await repo.git('add', 'a.ts');
    await repo.write('a.ts', 'export {};\n');
    expectStopped(git('commit', '-m', 'a'));
    await repo.git('add', 'a.ts');
    expect(git('commit', '-m', 'a').status).toBe(0);
  });

  test('git alone', async () => {
    await mkdir(join(repo.dir, '.git', 'hooks'), { recursive: true });
    await repo.write('.git/hooks/pre-commit', recipe('git alone', '.git/hooks/pre-commit'), 0o755);
    await repo.write('a.ts', `const token = '${token}';\n`);
    await repo.git('add', 'a.ts');
    expectStopped(git('commit', '-m', 'a'));
  });
});

describe('the reusable workflow', () => {
  const path = '.github/workflows/kei-git.yml';
  interface Called {
    readonly on: { readonly workflow_call: { readonly inputs: object; readonly outputs: object } };
    readonly jobs: { readonly check: { readonly outputs: object; readonly steps: readonly { readonly with: object }[] } };
  }
  interface Action {
    readonly inputs: Readonly<Record<string, object>>;
    readonly outputs: Readonly<Record<string, object>>;
  }
  const INPUTS = ['checks', 'paths', 'fail-on', 'format', 'sarif-file', 'rules', 'strict-network', 'working-directory', 'comment'];

  test('hands on its inputs, runs the Action of its own commit, and pins what else it uses', async () => {
    const bytes = await readFile(join(ROOT, path));
    const { on, jobs } = parse(bytes.toString()) as Called;
    expect(Object.keys(on.workflow_call.inputs)).toEqual(INPUTS);
    expect(Object.keys(jobs.check.steps.at(-1)?.with ?? {})).toEqual([...INPUTS, 'token']);
    expect(Object.keys(on.workflow_call.outputs)).toEqual(Object.keys(jobs.check.outputs));
    const { uses, problems } = readUses(bytes, path);
    expect(problems).toEqual([]);
    expect(uses.map(({ kind, raw }) => [kind, raw.replace(/@[0-9a-f]{40}$/, '@SHA')])).toEqual([
      ['action', 'actions/checkout@SHA'],
      ['self', '$/'],
    ]);
    const pins = async (file: string): Promise<readonly string[]> =>
      readUses(await readFile(join(ROOT, file)), file).uses.flatMap(({ raw }) => (raw.startsWith('actions/checkout@') ? [raw] : []));
    expect(new Set(await pins('.github/workflows/ci.yml'))).toEqual(new Set(await pins(path)));
  });

  const isWithAction = existsSync(join(ROOT, 'action.yml'));
  test.skipIf(!isWithAction)('knows every input and only outputs that the Action has', async () => {
    const { inputs, outputs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8')) as Action;
    expect(Object.keys(inputs).toSorted()).toEqual([...INPUTS, 'token'].toSorted());
    const { jobs } = parse(await readFile(join(ROOT, path), 'utf8')) as Called;
    expect(Object.keys(jobs.check.outputs).filter((name) => !(name in outputs))).toEqual([]);
  });

  test.skipIf(!isWithAction)('workflow lint has nothing against it', async () => {
    const context = captured(ROOT);
    expect(await main(['workflow', 'lint', path], context)).toBe(0);
    expect(context.out()).toMatch(/^nothing found in 1 file /);
  });
});
