// A hook with fixers as a program by itself; test/hook/fixing.ts makes it one.
//   fixer.mjs keeper GITDIR    what waits for the end of git
//   fixer.mjs settle           what each kei-git does first
//   fixer.mjs KIND COMMAND…    runs the command in a view, the staged files come last; twice: in one of each kind
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { stagedChanges } from '../../src/git/changes.ts';
import { keepFixes } from '../../src/git/fix-keeper.ts';
import { settleJournal } from '../../src/git/fix-settle.ts';
import { decodePath } from '../../src/git/paths.ts';
import { findRepository } from '../../src/git/repository.ts';
import { here } from '../../src/git/run.ts';
import { openView } from '../../src/git/view.ts';
import { fileURLToPath } from 'node:url';
import { KeiError } from '../../src/errors.ts';

const stage = (name: string): void => {
  if (process.env['FIXER_STAGES'] !== undefined) appendFileSync(process.env['FIXER_STAGES'], `${name}\n`);
};

const fix = async (kind: 'staged' | 'index', [program = '', ...args]: readonly string[]): Promise<number> => {
  const place = here({ cwd: process.cwd(), env: process.env });
  const repository = await findRepository(place);
  if (repository?.root === undefined) throw new Error('no worktree');
  const { root, gitDir } = repository;
  for (const note of (await settleJournal(place, gitDir)).notes) console.error(note);
  const paths = (await stagedChanges(place)).flatMap(({ path, status }) => (status === 'deleted' ? [] : [path]));
  const keeper = process.env['FIXER_KEEPER'] === 'none' ? {} : { keeper: [process.execPath, fileURLToPath(import.meta.url), 'keeper'] };
  stage('view');
  const view = await openView(kind, { place, root, gitDir, ...keeper }, paths);
  try {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
    stage('command');
    const names = paths.map(decodePath).filter((path) => typeof path === 'string');
    const { status, stderr } = spawnSync(program, [...args, ...names], { cwd: view.folder, env, encoding: 'utf8' });
    if (status !== 0) {
      console.error(`the command ended with ${status}: ${stderr}`);
      return 1;
    }
    stage('take');
    const { fixed, left, strays, patch } = await view.takeFixes(paths);
    stage('taken');
    for (const path of fixed) console.error(`fixed ${path}`);
    for (const { path, reason } of left) console.error(`left ${path}: ${reason}`);
    for (const path of strays) console.error(`stray ${path}`);
    if (patch !== undefined) console.error(`patch ${patch}`);
    return left.length === 0 ? 0 : 1;
  } finally {
    await view.close();
  }
};

const main = async ([what = '', ...rest]: readonly string[]): Promise<number> => {
  const place = here({ cwd: process.cwd(), env: process.env });
  if (what === 'keeper') {
    stage(`keeper ${process.pid}`);
    await keepFixes(place, rest[0] ?? '');
  } else if (what === 'settle') {
    const { gitDir = '' } = (await findRepository(place)) ?? {};
    const { kind, notes } = await settleJournal(place, gitDir);
    console.log([kind, ...notes].join('\n'));
  } else if (what === 'twice') return (await fix('staged', rest)) || (await fix('index', rest));
  else return await fix(what === 'index' ? 'index' : 'staged', rest);
  return 0;
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof KeiError ? `kei-git: ${error.message}` : error);
  process.exitCode = 3;
}
