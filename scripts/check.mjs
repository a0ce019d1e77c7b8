// @ts-check
// npm run check: everything a machine can judge without running the tests. Two steps at a time; one line for each that is well.
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { node, npm, ROOT } from './run.mjs';
import { checkSubjects } from './subjects.mjs';

const PACKED_LIMIT = 2_000_000; // budget B11
const DEPENDENCY_LIMIT = 6; // likewise

/**
 * @typedef {object} Verdict
 * @property {number} code 0: well
 * @property {string} output shown when it is not
 * @property {string} [note] shown when it is
 * @property {boolean} [skipped] it could not be judged; said loudly
 */
/** @typedef {{ name: string, run: () => Promise<Verdict> }} Step */

/**
 * A tool of node_modules.
 * @param {string} name
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Step}
 */
const tool = (name, script, args) => ({ name, run: () => node(script, args) });

/** @type {(note: string) => Verdict} */
const absent = (note) => ({ code: 0, output: '', note, skipped: true });

/** @type {() => Promise<Verdict>} */
async function architecture() {
  const script = 'dependency-cruiser/bin/dependency-cruise.mjs';
  const { output, code } = await node(script, ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src']);
  if (!output.startsWith('{')) return { code: code || 1, output };
  const { modules, summary } = JSON.parse(output);
  const own = modules.filter((/** @type {{ source: string }} */ { source }) => source.startsWith('src/')).length;
  if (own === 0) return { code: 1, output: 'it cruised 0 modules: it cannot read TypeScript with the installed compiler' };
  const lines = summary.violations.map((/** @type {any} */ { rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  return { code: lines.length === 0 ? 0 : 1, output: lines.join('\n'), note: `${own} modules` };
}

/** @type {() => Promise<Verdict>} */
async function packageSize() {
  const { code, output } = await npm(['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error']);
  const json = output.slice(output.search(/^[[{]/m));
  if (code !== 0) return { code, output };
  const parsed = JSON.parse(json);
  const [{ size, entryCount, files }] = Array.isArray(parsed) ? parsed : Object.values(parsed);
  const { dependencies = {} } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const count = Object.keys(dependencies).length;
  const needed = ['dist/bin.cjs', 'dist/THIRD-PARTY.txt', 'LICENSE', 'README.md'];
  const missing = needed.filter((path) => !files.some((/** @type {{ path: string }} */ file) => file.path === path));
  const note = `${(size / 1000).toFixed(0)} kB in ${entryCount} files, ${count} dependencies`;
  const complaints = [
    ...missing.map((path) => `the package has no ${path}`),
    ...(size > PACKED_LIMIT ? [`packed it has ${size} bytes, at most ${PACKED_LIMIT}`] : []),
    ...(count > DEPENDENCY_LIMIT ? [`it has ${count} dependencies, at most ${DEPENDENCY_LIMIT}`] : []),
  ];
  return { code: complaints.length === 0 ? 0 : 1, output: complaints.join('\n'), note };
}

/** What a script writes from a source must be what it would write now. @type {(script: string) => Step} */
const fresh = (script) => ({
  name: `fresh: ${script}`,
  run: async () => {
    const path = join(ROOT, 'scripts', script);
    return existsSync(path) ? node(path, ['--check']) : absent(`there is no scripts/${script}`);
  },
});

/** @type {() => Promise<Verdict>} */
const ourselves = async () =>
  existsSync(join(ROOT, 'src', 'gate', 'check.command.ts'))
    ? node(join(ROOT, 'dist', 'bin.cjs'), ['check', '--all'])
    : absent('there is no `kei-git check` yet');

/** @type {readonly Step[]} */
const STEPS = [
  tool('tsc', 'typescript/bin/tsc', ['--noEmit', '-p', '.']),
  tool('tsc scripts and bench', 'typescript/bin/tsc', ['--noEmit', '-p', 'scripts']),
  tool('oxlint', 'oxlint/bin/oxlint', ['--type-aware']),
  tool('oxfmt', 'oxfmt/bin/oxfmt', ['--check', '.']),
  tool('knip', 'knip/bin/knip.js', ['--no-progress']),
  { name: 'dependency-cruiser', run: architecture },
  tool('publint', 'publint/src/cli.js', ['run', '.', '--strict']),
  { name: 'package', run: packageSize },
  fresh('wasm.mjs'),
  fresh('hooks.mjs'),
  fresh('action.mjs'),
  fresh('schema.mjs'),
  fresh('docs.mjs'),
  { name: 'kei-git check', run: ourselves },
  tool('kei-git counts', join(ROOT, 'dist', 'bin.cjs'), ['counts', '--check']),
  { name: 'commit subjects', run: checkSubjects },
];

/** @param {Step} step */
async function judge({ name, run }) {
  const start = performance.now();
  const verdict = await run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const note = verdict.note === undefined ? '' : `, ${verdict.note}`;
  if (verdict.skipped === true) console.log(`NOT CHECKED ${name}${note}`);
  else if (verdict.code === 0) console.log(`ok ${name} (${seconds} s${note})`);
  else console.log(`FAILED ${name} (${seconds} s)\n${verdict.output.trimEnd()}\n`);
  return verdict.code === 0;
}

/** @param {readonly Step[]} steps */
async function judgeAll(steps) {
  const queue = [...steps];
  let failed = 0;
  const worker = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) if (!(await judge(step))) failed += 1;
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

// The package steps look at dist/.
const built = await judge({ name: 'build', run: () => node(join(ROOT, 'scripts', 'build.mjs'), []) });
const failed = built ? await judgeAll(STEPS) : 1;
if (failed > 0) {
  console.log(`${failed} of ${STEPS.length + 1} failed`);
  process.exitCode = 1;
}
