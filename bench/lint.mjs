// @ts-check
// What `workflow lint` finds of another linter's own test data, which is fetched by hand and never part of this project:
//   node bench/lint.mjs FOLDER [NAME…] [--lines]
// FOLDER holds err/ and examples/ (X.yaml with X.out: lines `test.yaml:LINE:COLUMN: message [kind]`) and ok/. NAME: only files whose name has it.
// --lines: also each line that is said to be bad and of which nothing is said here.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const BIN = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'bin.cjs');
/** What other programs say of scripts is not ours to find. */
const FOREIGN = /\[(?:shellcheck|pyflakes)\\?\]/;
/** Opinions on what is no mistake: not counted as alarms on good files. */
const OPINIONS = new Set(['note']);

const { values, positionals } = parseArgs({ options: { lines: { type: 'boolean' } }, allowPositionals: true });
const [folder, ...names] = positionals;
if (folder === undefined) throw new Error('which folder?');

/**
 * @typedef {{ readonly rule: string, readonly severity: string, readonly message: string, readonly path: string, readonly line: number, readonly column: number }} Finding
 * @param {string} part
 * @returns {Promise<Map<string, Finding[]>>} findings by file name
 */
async function lint(part) {
  const files = (await readdir(join(folder, part))).filter(
    (name) => /\.ya?ml$/.test(name) && (names.length === 0 || names.some((one) => name.includes(one))),
  );
  const root = await mkdtemp(join(tmpdir(), 'kei-lint-'));
  try {
    const workflows = join(root, '.github', 'workflows');
    await mkdir(workflows, { recursive: true });
    await Promise.all(files.map((name) => copyFile(join(folder, part, name), join(workflows, name))));
    const args = [BIN, 'workflow', 'lint', '--format', 'json', root];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 28 }).catch((error) => error);
    const found = new Map(files.map((name) => [name, /** @type {Finding[]} */ ([])]));
    for (const finding of JSON.parse(stdout).findings) found.get(finding.path.replace(/^.*\//, ''))?.push(finding);
    return found;
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Lines that are said to be bad. @param {string} path @returns {Promise<{ line: number, text: string }[]>} */
async function expected(path) {
  const text = await readFile(path, 'utf8');
  return text.split('\n').flatMap((one) => {
    const [, line, said] = /^\/?.*?test\\?\.yaml:(\d+):(.*)$/.exec(one) ?? [];
    return line === undefined || said === undefined ? [] : [{ line: Number(line), text: said }];
  });
}

/** @param {readonly Finding[]} findings */
const told = (findings) =>
  [
    ...new Set(
      findings.map(
        ({ rule, line, column, severity }) =>
          `${rule.replace('workflow/', '')}@${line}:${column}${severity === 'error' ? '' : `(${severity})`}`,
      ),
    ),
  ].join(' ');

let bad = 0;
let hit = 0;
let exact = 0;
for (const part of ['err', 'examples']) {
  for (const [name, findings] of await lint(part)) {
    const out = join(folder, part, name.replace(/\.ya?ml$/, '.out'));
    const lines = existsSync(out) ? await expected(out) : [];
    const ours = lines.filter(({ text }) => !FOREIGN.test(text));
    if (lines.length > 0 && ours.length === 0) continue;
    bad++;
    const isFound = findings.some(({ severity }) => !OPINIONS.has(severity));
    if (isFound) hit++;
    const missing = ours.filter(({ line }) => !findings.some((finding) => finding.line === line));
    if (isFound && missing.length === 0) exact++;
    console.log(`${isFound ? (missing.length === 0 ? 'whole ' : 'found ') : 'MISSED'} ${part}/${name}  ${told(findings)}`);
    if (!isFound || values.lines === true) for (const { line, text } of missing) console.log(`         ${line}:${text.slice(0, 200)}`);
  }
}
let alarms = 0;
for (const [name, findings] of await lint('ok')) {
  const wrong = findings.filter(({ severity }) => !OPINIONS.has(severity));
  if (wrong.length === 0) continue;
  alarms++;
  console.log(`ALARM  ok/${name}  ${wrong.map(({ rule, line, message }) => `${rule}@${line} ${message}`).join(' | ')}`);
}
console.log(`found ${hit} of ${bad} bad files, every line of ${exact}; alarms on ${alarms} good files`);
