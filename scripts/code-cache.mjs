// @ts-check
// Runs the usual scans and hooks once, moves the parts they needed into files by themselves and lets V8 keep what it compiled of them: a start then reads a fifth
// of the program and compiles nothing. Another version of V8 takes no notice of what was kept.
//   node scripts/code-cache.mjs PROGRAM ENTRIES, the file of all parts and what bundle() says of where programs begin, as JSON
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import vm from 'node:vm';
import { FIRST, firstFile } from './bundle.mjs';
import { load } from './loader.mjs';

/** @typedef {import('./loader.mjs').Parts} Parts */

const [, , given = '', said = '{}'] = process.argv;
const program = resolve(given);
/** @type {Readonly<Record<string, import('./bundle.mjs').Entry>>} */
const entries = JSON.parse(said);
const place = mkdtempSync(join(tmpdir(), 'kei-code-'));
const { exit, argv, env } = process;
const cwd = process.cwd();

const folder = join(place, 'folder');
const scan = ['leak', 'scan', '--jobs', '1', '--format', 'json'];
/** @typedef {{ readonly folder: string, readonly lines: readonly (readonly string[])[], readonly begin?: string, readonly code?: number }} Runs begin: default `bin` */
/** @type {Readonly<Record<string, Runs>>} */
const FIRST_RUNS = {
  folder: { folder, lines: [[...scan, '--no-cache', folder]] },
  repository: { folder: join(place, 'repository'), lines: [['check'], [...scan, '--all'], [...scan, '--all']] },
  hook: {
    folder: join(place, 'hook'),
    begin: 'hook',
    lines: [['pre-commit'], ['commit-msg', '.git/COMMIT_EDITMSG'], ['post-checkout', 'HEAD', 'HEAD', '1']],
  },
  found: { folder: join(place, 'found'), lines: [[...scan, '--no-cache', join(place, 'found')]], code: 1 },
};

/** Nothing of the person's. */
const clean = { PATH: env['PATH'], HOME: place, GIT_CONFIG_NOSYSTEM: '1' };
/** What git tells the hooks of `git commit -m`. */
const OF_GIT = { GIT_INDEX_FILE: '.git/index', GIT_EDITOR: ':', GIT_PREFIX: '' };

/** Runs the command lines, each to its end. @param {Runs} runs @param {Parts} first where parts are looked for @param {Parts} all where they are else */
const runAll = async ({ folder: where, lines, begin = 'bin', code = 0 }, first, all) => {
  const entry = entries[begin]?.part ?? '';
  process.chdir(where);
  for (const line of lines) {
    const end = new Promise((ended) => {
      // The program has nothing more to do then.
      process.exit = /** @type {typeof exit} */ (/** @type {unknown} */ (ended));
      process.once('beforeExit', () => setImmediate(ended, 0)); // likewise: nobody asked for that event
    });
    process.argv = [process.execPath, program, ...line];
    process.env = { ...clean, ...(begin === 'hook' ? OF_GIT : {}) };
    load([() => first, () => all], entry, createRequire(import.meta.url), dirname(program), () => all);
    const got = await end;
    process.removeAllListeners('beforeExit');
    if (got !== code) throw new Error(`kei-git ${line.join(' ')} ended with ${String(got)}`);
  }
};

/** The parts that runs need. @param {Runs} runs @param {Parts} all */
const needed = async (runs, all) => {
  /** @type {Set<string>} */
  const names = new Set();
  await runAll(runs, new Proxy(all, { get: (parts, name) => (names.add(String(name)), parts[String(name)]) }), all);
  for (const name of entries[runs.begin ?? 'bin']?.own ?? []) names.delete(name);
  return names;
};

/**
 * The name of the file in which each part stands. What several need stands in the first, unless a scan of a folder has no use for it and both a run in a
 * repository and a hook have. @param {ReadonlyMap<string, ReadonlySet<string>>} needs
 */
const filesOf = (needs) => {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const part of new Set([...needs.values()].flatMap((parts) => [...parts]))) {
    const by = FIRST.filter((name) => needs.get(name)?.has(part) === true);
    const inRepositories = !by.includes('folder') && by.includes('repository') && by.includes('hook');
    files.set(part, (by.length === 1 ? by[0] : inRepositories ? 'repository' : FIRST[0]) ?? '');
  }
  return files;
};

/** @param {string} path @param {string | Uint8Array} content */
const publish = (path, content) => {
  const fresh = `${path}.${process.pid}.tmp`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
};

/** Writes parts with what V8 compiles of them. @param {string} file @param {string} source @param {Runs} runs @param {Parts} all */
const keep = async (file, source, runs, all) => {
  const script = new vm.Script(source, { filename: file });
  await runAll(runs, script.runInThisContext(), all);
  publish(`${file}.v8`, script.createCachedData());
  publish(file, source);
};

/** @param {string} name */
const runsOf = (name) => FIRST_RUNS[name] ?? { folder, lines: [] };

/** A folder with what looks like a key to the rules and is none. In this file nobody finds it. */
const makeFound = () => {
  const { folder: where } = runsOf('found');
  const bytes = createHash('sha256').update('kei-git').digest().subarray(0, 16);
  const key = `AKIA${Array.from(bytes, (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`;
  mkdirSync(where);
  writeFileSync(join(where, 'a.js'), `export const answer = 42;\nconst accessKey = '${key}';\n`);
};

const git = (/** @type {string} */ where, /** @type {string[]} */ ...args) =>
  spawnSync('git', args, { cwd: where, env: process.env, stdio: 'ignore' }).status === 0;

/** A repository with two files, one of them staged; false where there is no git. */
const makeRepository = () => {
  const { folder: where } = runsOf('repository');
  mkdirSync(where);
  writeFileSync(join(where, 'a.js'), "console.log('hello');\n");
  return git(where, 'init', '--quiet') && git(where, 'add', 'a.js');
};

/** A repository in which a second commit is about to be made; false where there is no git. */
const makeCommit = () => {
  const { folder: where } = runsOf('hook');
  mkdirSync(join(where, 'deep'), { recursive: true });
  for (const name of ['a.js', 'deep/c.js']) writeFileSync(join(where, name), "console.log('hello');\n");
  const made =
    git(where, 'init', '--quiet') &&
    git(where, 'add', '.') &&
    git(where, '-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'a');
  for (const name of ['a.js', 'b.js', 'deep/c.js']) writeFileSync(join(where, name), 'export const answer = 42;\n');
  writeFileSync(join(where, '.git', 'COMMIT_EDITMSG'), 'b\n');
  return made && git(where, 'add', '.');
};

try {
  process.env = clean;
  const text = readFileSync(program, 'utf8');
  const all = /** @type {Parts} */ (new vm.Script(text, { filename: program }).runInThisContext());
  const head = text.slice(0, text.indexOf('return{"./') + 'return{'.length);
  const partsText = (/** @type {readonly string[]} */ rows) => `${head}${rows.join(',\n')}}})();\n`;
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.js'), "export const answer = 42;\nconsole.log('hello');\n");
  makeFound();
  const made = makeRepository() && makeCommit() ? FIRST : FIRST.filter((name) => !['repository', 'hook'].includes(name));
  /** @type {Map<string, ReadonlySet<string>>} */
  const needs = new Map();
  for (const name of made) needs.set(name, await needed(runsOf(name), all));
  const files = [...filesOf(needs)];
  for (const name of made) {
    const rows = files.flatMap(([part, other]) => {
      if (other === name) return [String(all[part])];
      return name === FIRST[0] ? [`${JSON.stringify(part)}:${JSON.stringify(basename(firstFile(program, other)))}`] : [];
    });
    await keep(firstFile(program, name), partsText(rows), runsOf(name), all);
  }
  const kept = new Set(files.map(([part]) => part));
  const others = Object.entries(all).flatMap(([part, code]) => (kept.has(part) ? [] : [String(code)]));
  const rest = partsText(others);
  // Where the functions of the others are, not their code: V8 then need not read through all of them at each start.
  publish(`${program}.v8`, new vm.Script(rest, { filename: program }).createCachedData());
  publish(program, rest);
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
