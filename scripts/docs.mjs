// @ts-check
// Writes what the documentation takes from the program: docs/reference.md (the commands), docs/rules.md (the built-in rules) and the table of
// docs/leak.md (the last benchmark).
//   node scripts/docs.mjs [--check]   --check: exit 1 when one is not up to date
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ROOT } from './run.mjs';

/**
 * What `npm run bench leak` writes to bench/results.json, as far as it is shown: cells are text.
 * @typedef {object} Bench
 * @property {{ made: string, machine: string, inputs: readonly string[], tables: readonly { title: string, head: readonly string[], rows: readonly (readonly string[])[] }[] }} [leak]
 */
/** @typedef {{ id: string, description: string, category: string, confidence: number, skipReport: boolean, source?: { kind: string, url: string } }} Rule */
/** @typedef {{ name: string, title: string, rules: readonly Rule[] }} Source */

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });

const PROGRAM = `
  export { reference } from './src/face/reference.ts';
  export { loadAll } from './src/face/loaded.ts';
  export { COMMANDS } from './src/cli.ts';
  export { parseRuleFile } from './src/leak/rules.ts';
  export { CATEGORIES } from './src/leak/rule.ts';
`;

/** Node 20 cannot run TypeScript, so what is asked is bundled first. */
async function loadProgram() {
  const folder = await mkdtemp(join(tmpdir(), 'kei-docs-'));
  try {
    const outfile = join(folder, 'program.mjs');
    await build({ stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const cell = (/** @type {string} */ text) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
const table = (head, rows) => [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`);

/** @param {Rule} rule */
const ruleRow = ({ id, description, confidence, source, skipReport }) => {
  const link = source === undefined ? '' : `[${source.kind}](${source.url.replaceAll('(', '%28').replaceAll(')', '%29')})`;
  return [`\`${id}\``, description + (skipReport ? ' (only as a neighbour of other rules)' : ''), String(confidence), link];
};

/** docs/rules.md: never an expression, which scanners of this repository would take for what it looks for. @param {readonly Source[]} sources @param {readonly string[]} categories */
function rulesPage(sources, categories) {
  const lines = ['# Built-in rules', '', 'Written from `leak-matrix/*.toml` by `node scripts/docs.mjs`; do not edit. What the columns mean: [leak.md](leak.md#rules). Only category `secret` is on by default.', ''];
  for (const category of categories) {
    const parts = sources.map((source) => ({ ...source, rules: source.rules.filter((rule) => rule.category === category) })).filter(({ rules }) => rules.length > 0);
    if (parts.length === 0) continue;
    const count = parts.reduce((sum, { rules }) => sum + rules.length, 0);
    lines.push(`## ${category}: ${count} ${count === 1 ? 'rule' : 'rules'}`, '');
    for (const { name, title, rules } of parts) {
      const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      lines.push(`### ${title}`, '', `\`leak-matrix/${name}\``, '', ...table(['id', 'finds', 'confidence', 'format known from'], sorted.map(ruleRow)), '');
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

const [BEGIN, END] = ['<!-- speed: written by scripts/docs.mjs from bench/results.json -->', '<!-- /speed -->'];

/** @returns {Promise<readonly string[]>} */
async function speed() {
  const text = await readFile(join(ROOT, 'bench', 'results.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return ['`bench/results.json` is not there yet: nothing is claimed.'];
  /** @type {Bench} */
  const { leak } = JSON.parse(text);
  if (leak === undefined) return ['`bench/results.json` has no run of `npm run bench leak`: nothing is claimed.'];
  const head = [`Made by \`${leak.made}\` on ${leak.machine}, in one run, with ${leak.inputs.join(', ')}.`];
  return [...head, ...leak.tables.flatMap((one) => ['', `**${one.title}**`, '', ...table(one.head, one.rows)])];
}

/** @param {string} page */
async function withSpeed(page) {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/leak.md has no ${BEGIN} … ${END}`);
  return [before, BEGIN, '\n\n', (await speed()).join('\n'), '\n\n', END, after].join('');
}

try {
  const program = await loadProgram();
  const leak = join(ROOT, 'docs', 'leak.md');
  const pages = new Map([
    ['docs/reference.md', program.reference(await program.loadAll(program.COMMANDS))],
    ['docs/rules.md', rulesPage(await ruleSources(program), program.CATEGORIES)],
    ['docs/leak.md', await withSpeed(await readFile(leak, 'utf8'))],
  ]);
  for (const [path, text] of pages) {
    const file = join(ROOT, path);
    const old = await readFile(file, 'utf8').catch(() => '');
    if (old === text) continue;
    if (values.check !== true) await writeFile(file, text);
    else {
      console.error(`${path} is not up to date: node scripts/docs.mjs`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
