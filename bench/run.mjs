// @ts-check
// npm run bench [leak] [pins] [hooks] [-- --quick]: the budgets of DESIGN.md as ratios measured in one run, beside other scanners. A whole run takes
// a quarter of an hour and writes bench/results.json; --quick less than a minute and writes nothing. Inputs and peers are brought into
// $KEI_BENCH_DIR, or kei-git-bench in the folder for temporary files, and stay there.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, run } from '../scripts/run.mjs';
import { emptied } from './files.mjs';
import { cTree, javascriptTree } from './inputs.mjs';
import { keywordsOf } from './keywords.mjs';
import { besideSlowOnes, scanTree, scanWithTerms, secondScan } from './leak.mjs';
import { openMeter } from './measure.mjs';
import { hooks } from './hooks.mjs';
import { naive, ripgrep, slowPeers } from './peers.mjs';
import { pins } from './pins.mjs';
import { startUp, userRules } from './start.mjs';
import { budgetTable, commitTable, hookResults, inputList, resultsOf, speedTable } from './table.mjs';

/** @typedef {import('./ours.mjs').Line} Line */
/** @typedef {import('./ours.mjs').Figure} Figure */

const TOPICS = ['leak', 'pins', 'hooks'];

const RESULTS = join(ROOT, 'bench', 'results.json');

/** @param {string} text */
const tell = (text) => console.error(`bench: ${text}`);

/** @param {unknown} error */
const message = (error) => (error instanceof Error ? error.message : String(error));

/** Nothing of the caller's environment but where programs are: NODE_EXTRA_CA_CERTS alone doubles the start of Node. @param {string} home @param {string} cache */
const cleanEnvironment = (home, cache) => ({
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
  HOME: home,
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_STATE_HOME: join(home, 'state'),
  XDG_DATA_HOME: join(home, 'data'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CEILING_DIRECTORIES: cache,
  LC_ALL: 'C',
});

/** A copy: a build during the run must not change what is measured. @param {string} cache */
const copyProgram = (cache) => {
  const folder = emptied(join(cache, 'program'));
  for (const name of ['package.json', 'dist', 'leak-matrix']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  return { bin: join(folder, 'dist', 'bin.cjs'), rules: join(folder, 'dist', 'rules.json') };
};

/** What came of it, or why nothing did. @template T @param {string[]} missing @param {string} what @param {() => Promise<T>} make */
const attempt = async (missing, what, make) => {
  tell(what);
  try {
    return await make();
  } catch (error) {
    missing.push(`${what}: ${message(error)}`);
    tell(`failed: ${message(error)}`);
    return undefined;
  }
};

/** @param {string} cache @param {boolean} quick */
const prepare = (cache, quick) => {
  const program = copyProgram(cache);
  const personal = emptied(join(cache, 'home'));
  const environment = cleanEnvironment(personal, cache);
  /** @param {Readonly<Record<string, string>>} more */
  const meterWith = (more) => openMeter(join(cache, 'printed'), { ...environment, ...more });
  return { program, meterWith, environment, bench: { cache, quick, meter: meterWith({}), bin: program.bin, personal, tell } };
};

/** @param {ReturnType<typeof prepare>} prepared */
const benchPins = async ({ bench, meterWith }) => {
  /** @type {string[]} */
  const failed = [];
  const lines = (await attempt(failed, 'pins', () => pins(bench, meterWith))) ?? [];
  return { lines, failed };
};

/** @param {ReturnType<typeof prepare>} prepared @param {string} version ours */
const benchHooks = async ({ bench, environment }, version) => {
  /** @type {string[]} */
  const failed = [];
  const found = await attempt(failed, 'commits', () => hooks(bench, environment, version));
  return { lines: found?.lines ?? [], commits: found?.commits ?? [], missing: found?.missing ?? [], failed };
};

/** What was written last, as far as it is no other topic's. @returns {Record<string, unknown>} */
const lastResults = () => (existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {});

/** @param {object} results */
const keepResults = (results) => {
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log('\nwritten: bench/results.json');
};

/** @param {ReturnType<typeof prepare>} prepared */
const benchLeak = async ({ program, bench }) => {
  const { cache, quick } = bench;
  const keywords = join(cache, 'keywords.txt');
  writeFileSync(keywords, `${keywordsOf(JSON.parse(readFileSync(program.rules, 'utf8')).rules).join('\n')}\n`);
  /** @type {string[]} */
  const missing = []; // a peer or an input that cannot be had
  /** @type {string[]} */
  const failed = []; // a measurement of ours
  /** @type {Line[]} */
  const lines = [];
  /** @type {Figure[]} */
  const figures = [];

  const c = await attempt(missing, 'the C tree', () => cTree(cache, quick));
  const js = await attempt(missing, 'the JavaScript tree', () => javascriptTree(cache, quick));
  const trees = [...(c === undefined ? [] : [{ name: 'C', tree: c }]), ...(js === undefined ? [] : [{ name: 'JavaScript', tree: js }])];
  console.log(inputList(trees));
  const rg = await ripgrep(keywords);
  const slow = await slowPeers(cache);
  const absent = [...(typeof rg === 'string' ? [rg] : []), ...slow.missing];
  for (const text of absent) tell(text);
  missing.push(...absent);

  lines.push(...((await attempt(failed, 'start-up', () => startUp(bench))) ?? []));
  for (const { name, tree } of trees) {
    const scanned = await attempt(failed, `first scan, ${name}`, () =>
      scanTree(bench, name, tree, typeof rg === 'string' ? undefined : rg),
    );
    lines.push(...(scanned?.lines ?? []));
    figures.push(...(scanned?.figures ?? []));
    const peer = typeof rg === 'string' ? undefined : rg;
    lines.push(...((await attempt(failed, `10,000 terms, ${name}`, () => scanWithTerms(bench, name, tree, peer))) ?? []));
  }
  if (c !== undefined) lines.push(...((await attempt(failed, 'second scan', () => secondScan(bench, c))) ?? []));
  lines.push(...((await attempt(failed, "users' rules", () => userRules(bench))) ?? []));
  if (trees.length > 0) {
    const peers = [...slow.peers, naive(program.rules)];
    const beside = await attempt(failed, 'those that take minutes', () =>
      besideSlowOnes(
        bench,
        trees.map(({ tree }) => tree),
        peers,
      ),
    );
    lines.push(...(beside?.lines ?? []));
    figures.push(...(beside?.figures ?? []));
  }
  return { trees, lines, figures, missing, failed, complete: trees.length === 2 && failed.length === 0 };
};

const NOTHING = { trees: [], lines: [], figures: [], missing: [], failed: [], complete: false };

/** @param {string} cache @param {boolean} quick @param {readonly string[]} topics all where none is named */
const bench = async (cache, quick, topics) => {
  const load = loadavg()[0] ?? 0;
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    load,
  };
  if (load > 0.5) tell(`the machine is busy (load ${load.toFixed(1)}): ratios may be off, do not keep them`);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const prepared = prepare(cache, quick);
  /** @param {string} topic */
  const wants = (topic) => topics.length === 0 || topics.includes(topic);
  const leak = wants('leak') ? await benchLeak(prepared) : NOTHING;
  const ofPins = wants('pins') ? await benchPins(prepared) : { lines: [], failed: [] };
  const ofHooks = wants('hooks') ? await benchHooks(prepared, version) : undefined;
  const { trees, figures } = leak;
  const lines = [...leak.lines, ...ofPins.lines];
  const missing = [...leak.missing, ...(ofHooks?.missing ?? [])];
  const failed = [...leak.failed, ...ofPins.failed, ...(ofHooks?.failed ?? [])];
  const complete = leak.complete && failed.length === 0;
  if (figures.length > 0) console.log(`\n${speedTable(figures, version)}`);
  if (ofHooks !== undefined && ofHooks.commits.length > 0) console.log(`\n${commitTable(ofHooks.commits)}`);
  console.log(`\n${budgetTable([...lines, ...(ofHooks?.lines ?? [])])}`);
  if (missing.length > 0) console.log(`\nmissing\n${missing.map((text) => `  ${text}`).join('\n')}`);
  if (failed.length > 0) console.log(`\nfailed\n${failed.map((text) => `  ${text}`).join('\n')}`);
  if (quick) console.log('\nsmall inputs: bench/results.json is as it was');
  else if (!complete && (ofHooks === undefined || ofHooks.failed.length > 0))
    console.log('\nnot everything was measured: bench/results.json is as it was');
  else {
    // A topic that was not measured now keeps what was measured of it last.
    const { hooks: lastHooks, ...last } = lastResults();
    const rest = complete ? resultsOf({ version, machine, trees, lines, figures, missing: leak.missing }) : last;
    const commits = ofHooks === undefined || ofHooks.failed.length > 0 ? lastHooks : hookResults({ version, machine, ...ofHooks });
    keepResults({ ...rest, ...(commits === undefined ? {} : { hooks: commits }) });
  }
  if (failed.length > 0) process.exitCode = 1;
};

/** Why it cannot run here, if so. @param {readonly string[]} topics @param {string} cache */
const obstacle = async (topics, cache) => {
  const unknown = topics.find((topic) => !TOPICS.includes(topic));
  if (unknown !== undefined) return `there is no benchmark "${unknown}"; there is: ${TOPICS.join(', ')}`;
  if (!existsSync(join(ROOT, 'dist', 'bin.cjs'))) return 'dist/ is not built: npm run build';
  const shell = await run('bash', ['--version']).catch(() => ({ code: 1 }));
  if (shell.code !== 0) return 'bash is missing: its `time` measures';
  const inside = await run('git', ['-C', cache, 'rev-parse', '--git-dir']).catch(() => ({ code: 1 }));
  return inside.code === 0 ? `${cache} is inside a repository: set KEI_BENCH_DIR to a folder that is not` : undefined;
};

/** @type {(args: string[]) => { quick: boolean, topics: readonly string[], problem?: string }} */
const readArguments = (args) => {
  try {
    const { values, positionals } = parseArgs({ args, options: { quick: { type: 'boolean', default: false } }, allowPositionals: true });
    return { quick: values.quick, topics: positionals };
  } catch (error) {
    return { quick: false, topics: [], problem: message(error) };
  }
};

const asked = readArguments(process.argv.slice(2));
const cache = resolve(process.env['KEI_BENCH_DIR'] || join(tmpdir(), 'kei-git-bench'));
mkdirSync(cache, { recursive: true });
const problem = asked.problem ?? (await obstacle(asked.topics, cache));
if (problem === undefined) await bench(cache, asked.quick, asked.topics);
else {
  tell(problem);
  process.exitCode = 2;
}
