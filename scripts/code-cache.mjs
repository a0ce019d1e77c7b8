// @ts-check
// Runs the usual scan once, puts the parts it needed into a file by themselves and lets V8 keep what it compiled of them: a start then reads a fifth of
// the program and compiles nothing. Another version of V8 takes no notice of what was kept.
//   node scripts/code-cache.mjs PROGRAM ENTRY, the file of all parts and the part that begins
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import vm from 'node:vm';
import { usual } from './bundle.mjs';
import { load } from './loader.mjs';

const [, , given = '', entry = ''] = process.argv;
const program = resolve(given);
const folder = mkdtempSync(join(tmpdir(), 'kei-code-'));
writeFileSync(join(folder, 'a.js'), "export const answer = 42;\nconsole.log('hello');\n");
const { exit, argv } = process;
const cwd = process.cwd();
process.chdir(folder);

/** @typedef {import('./loader.mjs').Parts} Parts */

/** Scans the folder with these parts, to the end. @param {Parts} parts */
const scan = async (parts) => {
  const end = new Promise((ended) => {
    // The program has nothing more to do then.
    process.exit = /** @type {typeof exit} */ (/** @type {unknown} */ (ended));
  });
  process.argv = [process.execPath, program, 'leak', 'scan', '--no-cache', '--jobs', '1', '--format', 'json', folder];
  load([() => parts], entry, createRequire(import.meta.url), dirname(program));
  const code = await end;
  if (code !== 0) throw new Error(`the scan ended with ${String(code)}`);
};

/** Those that a scan asks for. @param {Parts} parts */
const needed = async (parts) => {
  /** @type {Set<string>} */
  const names = new Set();
  await scan(new Proxy(parts, { get: (all, name) => (names.add(String(name)), all[String(name)]) }));
  return names;
};

try {
  const text = readFileSync(program, 'latin1');
  const parts = /** @type {Parts} */ (new vm.Script(text, { filename: program }).runInThisContext());
  const head = text.slice(0, text.indexOf('return{"./') + 'return{'.length);
  const names = await needed(parts);
  const source = `${head}${[...names].map((name) => parts[name]?.toString()).join(',\n')}}})();\n`;
  const file = usual(program);
  const script = new vm.Script(source, { filename: file });
  await scan(script.runInThisContext());
  for (const [path, content] of [
    [`${file}.v8`, script.createCachedData()],
    [file, source],
  ]) {
    const fresh = `${path}.${process.pid}.tmp`;
    writeFileSync(fresh, content);
    renameSync(fresh, String(path));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  process.argv = argv;
  process.chdir(cwd);
  rmSync(folder, { recursive: true, force: true });
  exit(process.exitCode);
}
