// @ts-check
// Writes what the documentation takes from the program: docs/reference.md (the commands), docs/rules.md (the built-in rules),
// and between markers of docs/leak.md, docs/workflow.md and docs/workflow-lint.md the settings, the checksums, the
// last benchmark, and rules of workflow lint.
//   node scripts/docs.mjs [--check] [--docs DIR]   --check: exit 1 when a page is not up to date
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { lintSections } from './lint-page.mjs';
import { ROOT } from './run.mjs';

/**
 * What `npm run bench leak` writes to bench/results.json, as far as it is shown.
 * @typedef {object} Bench
 * @property {string} command
 * @property {string} date
 * @property {{ cpu: string, cores: number, node: string, load: number }} machine
 * @property {readonly { name: string, versions: readonly string[], files: number, bytes: number }[]} inputs
 * @property {readonly { id: string, what: string, bound: string, budget: number, unit: string, measured?: number, met?: boolean }[]} budgets
 * @property {readonly { tree: string, program: string, version: string, cpuSeconds: number, megabytesPerCpuSecond: number, peakMiB?: number }[]} figures
 */
/** @typedef {{ id: string, description: string, category: string, confidence: number, skipReport: boolean, source?: { kind: string, url: string } }} Rule */
/** @typedef {{ name: string, title: string, rules: readonly Rule[] }} Source */

const { values } = parseArgs({ options: { check: { type: 'boolean' }, docs: { type: 'string' } } });
const docs = resolve(values.docs ?? join(ROOT, 'docs'));

const PROGRAM = `
  export { reference } from './src/face/reference.ts';
  export { loadAll } from './src/face/loaded.ts';
  export { COMMANDS } from './src/cli.ts';
  export { parseRuleFile } from './src/rules/parse.ts';
  export { CATEGORIES } from './src/config/categories.ts';
  export { CHECKSUMS } from './src/values/checksums.ts';
  export { AUDIT } from './src/audit/rules.ts';
`;

/** Node 20 cannot run TypeScript, so what is asked is bundled first. */
async function loadProgram() {
  const folder = await mkdtemp(join(tmpdir(), 'kei-docs-'));
  try {
    const outfile = join(folder, 'program.mjs');
    await build({
      stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      alias: { yaml: join(ROOT, 'node_modules/yaml/browser/dist/index.js') }, // the other one requires Node's own modules, which ESM cannot
      outfile,
      logLevel: 'silent',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const cell = (/** @type {string} */ text) =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
const table = (head, rows) => [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`);

/** @param {Rule} rule */
const ruleRow = ({ id, description, confidence, source, skipReport }) => {
  const link = source === undefined ? '' : `[${source.kind}](${source.url.replaceAll('(', '%28').replaceAll(')', '%29')})`;
  return [`\`${id}\``, description + (skipReport ? ' (only as a neighbour of other rules)' : ''), String(confidence), link];
};

/** docs/rules.md: never an expression, which scanners of this repository would take for what it looks for. @param {readonly Source[]} sources @param {readonly string[]} categories */
function rulesPage(sources, categories) {
  const lines = [
    '# Built-in rules',
    '',
    'Written from `leak-matrix/*.toml` by `node scripts/docs.mjs`; do not edit. What the columns mean: [leak.md](leak.md#rules). Only category `secret` is on by default.',
    '',
  ];
  for (const category of categories) {
    const parts = sources
      .map((source) => ({ ...source, rules: source.rules.filter((rule) => rule.category === category) }))
      .filter(({ rules }) => rules.length > 0);
    if (parts.length === 0) continue;
    const count = parts.reduce((sum, { rules }) => sum + rules.length, 0);
    lines.push(`## ${category}: ${count} ${count === 1 ? 'rule' : 'rules'}`, '');
    for (const { name, title, rules } of parts) {
      const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      lines.push(
        `### ${title}`,
        '',
        `\`leak-matrix/${name}\``,
        '',
        ...table(['id', 'finds', 'confidence', 'format known from'], sorted.map(ruleRow)),
        '',
      );
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** @param {{ parseRuleFile: Function }} program @returns {Promise<Source[]>} */
async function ruleSources({ parseRuleFile }) {
  const folder = join(ROOT, 'leak-matrix');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.toml')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      const { set } = parseRuleFile(text, name, { origin: 'built-in' });
      const title = /^title = "([^"\\]+)"$/m.exec(text)?.[1] ?? name;
      return { name, title, rules: set.rules.map((/** @type {{ rule: Rule }} */ { rule }) => rule) };
    }),
  );
}

/** @returns {Promise<readonly string[]>} */
async function speed() {
  const text = await readFile(join(ROOT, 'bench', 'results.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return ['`bench/results.json` is not there yet: nothing is claimed.'];
  /** @type {Bench} */
  const { command, date, machine, inputs, budgets, figures } = JSON.parse(text);
  const trees = inputs.map(({ name, files, bytes }) => `${name}: ${Math.round(bytes / 1e6)} MB in ${files} files`).join('; ');
  const where = `${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, load ${machine.load} at the start`;
  return [
    `Made by \`${command} leak\` on ${date} in one run on ${where}. ${trees}; versions in the file.`,
    '',
    ...table(
      ['tree', 'program', 'CPU seconds', 'MB per CPU second', 'peak MiB'],
      figures.map((one) => [
        one.tree,
        `${one.program} ${one.version}`,
        one.cpuSeconds.toFixed(2),
        String(Number(one.megabytesPerCpuSecond.toPrecision(3))),
        one.peakMiB === undefined ? '' : one.peakMiB.toFixed(0),
      ]),
    ),
    '',
    ...budgetRows(budgets),
  ];
}

/**
 * What `npm run bench hooks` writes there.
 * @typedef {Pick<Bench, 'command' | 'date' | 'machine' | 'budgets'> & { commits: readonly { program: string, version: string, cpuSeconds: number, wallSeconds: number, execs?: number }[] }} HookBench
 */
const milliseconds = (/** @type {number} */ seconds) => String(Math.round(seconds * 1000));

/** @returns {Promise<readonly string[]>} */
async function commits() {
  /** @type {{ hooks?: HookBench }} */
  const { hooks } = JSON.parse(await readFile(join(ROOT, 'bench', 'results.json'), 'utf8'));
  if (hooks === undefined) return ['`npm run bench hooks` has not been run yet: nothing is claimed.'];
  const { command, date, machine, budgets } = hooks;
  return [
    `Made by \`${command}\` on ${date} in one run on ${machine.cores} cores of ${machine.cpu}, Node ${machine.node}, load ${machine.load} at the start.`,
    '',
    ...table(
      ['`git commit` of one file with', 'version', 'CPU ms', 'wall ms', 'programs started'],
      hooks.commits.map((one) => [
        one.program,
        one.version,
        milliseconds(one.cpuSeconds),
        milliseconds(one.wallSeconds),
        one.execs === undefined ? '' : String(one.execs),
      ]),
    ),
    '',
    ...budgetRows(budgets),
  ];
}

const budgetRows = (/** @type {Bench['budgets']} */ budgets) =>
  table(
    ['budget', 'what', 'wanted', 'measured', ''],
    budgets.map((one) => [
      one.id,
      one.what,
      `${one.bound} ${one.budget} ${one.unit}`,
      one.measured === undefined ? 'not measured' : String(Number(one.measured.toPrecision(3))),
      one.met === undefined ? '' : one.met ? 'met' : 'not met yet',
    ]),
  );

/** @typedef {{ properties?: Readonly<Record<string, JsonSchema>>, items?: JsonSchema, additionalProperties?: JsonSchema, description?: string, default?: unknown }} JsonSchema */

/** @param {string} table as TOML heads it @param {string} name @param {JsonSchema} schema @returns {string[][]} */
const settingRows = (table, name, { properties = {}, additionalProperties }) => {
  if (additionalProperties?.properties !== undefined) return settingRows(`[${name}.NAME]`, `${name}.NAME`, additionalProperties);
  const all = Object.entries(properties);
  const isTable = (/** @type {JsonSchema} */ { properties: inner, items }) => inner !== undefined || items?.properties !== undefined;
  return [
    ...all.flatMap(([key, inner]) =>
      isTable(inner)
        ? []
        : [
            [
              `\`${table}\` \`${key}\``,
              inner.default === undefined ? '' : `\`${JSON.stringify(inner.default)}\``,
              (inner.description ?? '').replaceAll('|', '\\|'),
            ],
          ],
    ),
    ...all.flatMap(([key, inner]) => {
      const path = `${name}.${key}`;
      return inner.items?.properties === undefined ? settingRows(`[${path}]`, path, inner) : settingRows(`[[${path}]]`, path, inner.items);
    }),
  ];
};

/** The keys of tables of kei.toml, from the schema that editors use. @param {readonly string[]} wanted */
async function settings(...wanted) {
  const { properties } = JSON.parse(await readFile(join(docs, 'kei.schema.json'), 'utf8'));
  const tables = Object.entries(properties).filter(([name]) => wanted.includes(name));
  return table(
    ['key', 'default', 'meaning'],
    tables.flatMap(([name, schema]) => settingRows(`[${name}]`, name, schema)),
  );
}

/** The tables that a page is about. @type {Readonly<Record<string, readonly string[]>>} */
const SETTINGS = { 'hooks.md': ['hook'], 'counts.md': ['counts', 'markers'] };

/** @param {string} page @returns {Promise<readonly [name: string, text: string]>} */
const withSettings = async (page) => [
  page,
  between(await readFile(join(docs, page), 'utf8'), 'settings', await settings(...(SETTINGS[page] ?? []))),
];

/** @param {Record<string, { summary: string, source: string, complete?: Function }>} all */
const checksums = (all) =>
  table(
    ['name', 'what must hold', 'in tests'],
    Object.entries(all).map(([name, { summary, source, complete }]) => [
      `\`${name}\``,
      `${summary} ([source](${source.replaceAll('(', '%28').replaceAll(')', '%29')}))`,
      complete === undefined ? '' : `\`{{check:${name}}}\``,
    ]),
  );

/**
 * Puts lines between `<!-- NAME: … -->` and `<!-- /NAME -->`.
 * @param {string} page
 * @param {string} name
 * @param {readonly string[]} lines
 */
function between(page, name, lines) {
  const begin = `<!-- ${name}: written by scripts/docs.mjs -->`;
  const end = `<!-- /${name} -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`a page has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${page.slice(to)}`;
}

try {
  const program = await loadProgram();
  let leak = await readFile(join(docs, 'leak.md'), 'utf8');
  leak = between(leak, 'settings', await settings('leak', 'check', 'policy'));
  leak = between(leak, 'checksums', checksums(program.CHECKSUMS));
  leak = between(leak, 'speed', await speed());
  const pages = new Map([
    ['reference.md', program.reference(await program.loadAll(program.COMMANDS))],
    ['rules.md', rulesPage(await ruleSources(program), program.CATEGORIES)],
    ['leak.md', leak],
    ['workflow-lint.md', between(await readFile(join(docs, 'workflow-lint.md'), 'utf8'), 'rules', await lintSections(program.AUDIT))],
    ['workflow.md', between(await readFile(join(docs, 'workflow.md'), 'utf8'), 'settings', await settings('workflow'))],
    ...(await Promise.all(['hooks.md', 'counts.md'].filter((name) => existsSync(join(docs, name))).map(withSettings))),
  ]);
  const ofHooks = pages.get('hooks.md');
  if (ofHooks?.includes('<!-- commits:') === true) pages.set('hooks.md', between(ofHooks, 'commits', await commits()));
  for (const [name, text] of pages) {
    const file = join(docs, name);
    const old = await readFile(file, 'utf8').catch(() => '');
    if (old === text) continue;
    if (values.check !== true) await writeFile(file, text);
    else {
      console.error(`docs/${name} is not up to date: node scripts/docs.mjs`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
