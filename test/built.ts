import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const newest = (folder: string, ending: string): number =>
  Math.max(
    0,
    ...readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => statSync(join(ROOT, folder, name)).mtimeMs),
  );
const ageOf = (file: string): number => (existsSync(join(ROOT, file)) ? statSync(join(ROOT, file)).mtimeMs : 0);

const run = (...args: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  // test/build.test.ts fails then; tests that need no program still tell something.
  if (!existsSync(join(ROOT, 'dist/bin.cjs'))) throw new Error(`${args.join(' ')} failed`);
  process.stderr.write(`${args.join(' ')} failed: tests that start the program run an older one\n`);
};

/** Tests read the built-in rules of dist/ and start its program: both are made again when their sources are newer. */
export function setup(): void {
  const sources = newest('src', '.ts');
  if (['bin', 'hook', 'worker'].some((name) => ageOf(`dist/${name}.cjs`) < sources)) run('scripts/build.mjs', '--no-types');
  else if (ageOf('dist/rules.bin') < Math.max(newest('leak-matrix', '.toml'), newest('src/leak', '.ts')))
    run('scripts/rules.mjs', '--out', 'dist');
}
