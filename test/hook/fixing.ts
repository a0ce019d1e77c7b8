import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeFolder, type TestRepo } from '../repo.ts';

let built: Promise<string> | undefined;

/** test/hook/fixer.ts as one file, outside of every repository. */
const fixerProgram = (): Promise<string> =>
  (built ??= (async () => {
    const out = join(await makeFolder(), 'fixer.mjs');
    const entry = join(dirname(fileURLToPath(import.meta.url)), 'fixer.ts');
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile: out, logLevel: 'silent' });
    return out;
  })());

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A fixer for the tests: puts text lines into capitals that begin with `fix`, and says which files it was given. */
export const UPPER = `const fs = require('node:fs');
for (const file of process.argv.slice(1)) {
  const text = fs.readFileSync(file, 'latin1');
  const fixed = text.replace(/^fix.*/gm, (line) => line.toUpperCase());
  if (fixed !== text) fs.writeFileSync(file, fixed, 'latin1');
}`;

export const nodeCommand = (script: string): readonly string[] => [process.execPath, '-e', script, '--'];

/** Makes the fixer the repository's pre-commit hook. @param more lines of sh behind it */
export const installFixer = async (
  repo: TestRepo,
  command: readonly string[] = nodeCommand(UPPER),
  { kind = 'staged', more = '' }: { readonly kind?: 'staged' | 'index' | 'twice'; readonly more?: string } = {},
): Promise<void> => {
  const hooks = resolve(repo.dir, await repo.git('rev-parse', '--git-path', 'hooks'));
  await mkdir(hooks, { recursive: true });
  const words = [process.execPath, await fixerProgram(), kind, ...command].map(quoted).join(' ');
  await writeFile(join(hooks, 'pre-commit'), `#!/bin/sh\n${words} || exit $?\n${more}\n`);
  await chmod(join(hooks, 'pre-commit'), 0o755);
};

export interface Said {
  readonly code: number | null;
  readonly err: string;
}

/** Runs git in the repository, whatever comes of it. */
export const tryGit = (repo: Pick<TestRepo, 'dir' | 'env'>, args: readonly string[], env: Readonly<Record<string, string>> = {}): Said => {
  const { status, stderr } = spawnSync('git', args, { cwd: repo.dir, env: { ...repo.env, ...env }, encoding: 'utf8' });
  return { code: status, err: stderr };
};

/** What each kei-git does first: how it was settled, and what it says. */
export const settle = async (repo: Pick<TestRepo, 'dir' | 'env'>): Promise<string> => {
  const { stdout, stderr } = spawnSync(process.execPath, [await fixerProgram(), 'settle'], {
    cwd: repo.dir,
    env: { ...repo.env },
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`.trim();
};

export const textOf = (repo: Pick<TestRepo, 'dir'>, path: string): string => readFileSync(join(repo.dir, path), 'latin1');

const PATIENCE_MS = 20_000;

/** Waits until nothing of the fixers is left in the git directory. */
export const settled = async (repo: TestRepo): Promise<void> => {
  const kei = join(await repo.git('rev-parse', '--absolute-git-dir'), 'kei');
  const isLeft = (): boolean => existsSync(kei) && readdirSync(kei).some((name) => /^(fix-|view-|head-)/.test(name));
  for (const end = Date.now() + PATIENCE_MS; isLeft();) {
    if (Date.now() > end) throw new Error(`left in ${kei}: ${readdirSync(kei).join(' ')}`);
    await wait(20);
  }
};
