// @ts-check
// Runs the usual scans once, puts the parts they needed into files by themselves and lets V8 keep what it compiled of them: a start then reads a fifth
// of the program and compiles nothing. Another version of V8 takes no notice of what was kept.
//   node scripts/code-cache.mjs PROGRAM ENTRY, the file of all parts and the part that begins
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import vm from 'node:vm';
import { firstFile } from './bundle.mjs';
import { load } from './loader.mjs';

/** @typedef {import('./loader.mjs').Parts} Parts */

const [, , given = '', entry = ''] = process.argv;
const program = resolve(given);
const place = mkdtempSync(join(tmpdir(), 'kei-code-'));
const { exit, argv, env } = process;
const cwd = process.cwd();

const folder = join(place, 'folder');
const scan = ['leak', 'scan', '--jobs', '1', '--format', 'json'];
/** @type {Readonly<Record<string, { readonly folder: string, readonly lines: readonly (readonly string[])[] }>>} */
const FIRST_RUNS = {
  folder: { folder, lines: [[...scan, '--no-cache', folder]] },
  repository: { folder: join(place, 'repository'), lines: [['check'], [...scan, '--all'], [...scan, '--all']] },
};

/** Runs a command line with these parts, to the end. @param {Parts} parts @param {readonly string[]} line */
const run = async (parts, line) => {
  const end = new Promise((ended) => {
    // The program has nothing more to do then.
    process.exit = /** @type {typeof exit} */ (/** @type {unknown} */ (ended));
  });
  process.argv = [process.execPath, program, ...line];
  load([() => parts], entry, createRequire(import.meta.url), dirname(program));
  const code = await end;
  if (code !== 0) throw new Error(`kei-git ${line.join(' ')} ended with ${String(code)}`);
};

/** @param {Parts} parts @param {string} name of the runs */
const runAll = async (parts, name) => {
  const { folder: where, lines } = FIRST_RUNS[name] ?? { folder, lines: [] };
  process.chdir(where);
  for (const line of lines) await run(parts, line);
};

/** Writes the parts that some runs need, but for those that others have. @param {string} text of the program @param {string} name @param {ReadonlySet<string>} others */
const keep = async (text, name, others) => {
  const parts = /** @type {Parts} */ (new vm.Script(text, { filename: program }).runInThisContext());
  const head = text.slice(0, text.indexOf('return{"./') + 'return{'.length);
  /** @type {Set<string>} */
  const needed = new Set();
  await runAll(new Proxy(parts, { get: (all, part) => (needed.add(String(part)), all[String(part)]) }), name);
  const own = [...needed].filter((part) => !others.has(part));
  const source = `${head}${own.map((part) => parts[part]?.toString()).join(',\n')}}})();\n`;
  const file = firstFile(program, name);
  const script = new vm.Script(source, { filename: file });
  await runAll({ ...parts, ...script.runInThisContext() }, name);
  for (const [path, content] of [
    [`${file}.v8`, script.createCachedData()],
    [file, source],
  ]) {
    const fresh = `${String(path)}.${process.pid}.tmp`;
    writeFileSync(fresh, content);
    renameSync(fresh, String(path));
  }
  return new Set(own);
};

/** A repository with two files, one of them staged; false where there is no git. */
const makeRepository = () => {
  const { folder: where } = FIRST_RUNS['repository'] ?? { folder };
  mkdirSync(where);
  writeFileSync(join(where, 'a.js'), "console.log('hello');\n");
  const git = (/** @type {string[]} */ ...args) => spawnSync('git', args, { cwd: where, env: process.env, stdio: 'ignore' }).status === 0;
  return git('init', '--quiet') && git('add', 'a.js');
};

try {
  // Nothing of the person's.
  process.env = { PATH: env['PATH'], HOME: place, GIT_CONFIG_NOSYSTEM: '1' };
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.js'), "export const answer = 42;\nconsole.log('hello');\n");
  const text = readFileSync(program, 'utf8');
  const inFolder = await keep(text, 'folder', new Set());
  if (makeRepository()) await keep(text, 'repository', inFolder);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  process.argv = argv;
  process.env = env;
  process.chdir(cwd);
  rmSync(place, { recursive: true, force: true });
  exit(process.exitCode);
}
