// @ts-check
// Compiles leak-matrix/*.toml: rules.json (every category) and rules.bin (category secret, compiled) into the folder that --out names.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = process.argv.indexOf('--out');
const out = at < 0 ? join(root, 'dist') : (process.argv[at + 1] ?? '');
mkdirSync(out, { recursive: true });
const program = join(mkdtempSync(join(tmpdir(), 'kei-rules-')), 'rules.mjs');
await build({
  stdin: {
    contents:
      "export { parseRuleFile } from './src/rules/parse.ts'; export { combineRules } from './src/rules/combine.ts'; export { makePack } from './src/engine/make-pack.ts'; export { writePack } from './src/engine/pack.ts'; export { THOROUGH } from './src/regex/automaton.ts';",
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: program,
  logLevel: 'error',
});
const { parseRuleFile, combineRules, makePack, writePack, THOROUGH } = await import(pathToFileURL(program).href);
const folder = join(root, 'leak-matrix');
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.toml'))
  .sort()
  .map((name) => {
    const file = parseRuleFile(readFileSync(join(folder, name)), `leak-matrix/${name}`, { origin: 'built-in', now: new Date() });
    return { file, imports: [], mayLoosen: true };
  });
const { set, problems } = combineRules({ useBuiltin: false, sources });
const errors = problems.filter((/** @type {{ severity: string }} */ problem) => problem.severity === 'error');
for (const problem of errors) process.stderr.write(`${problem.file}:${problem.line}:${problem.column}: ${problem.message}\n`);
if (errors.length > 0) throw new Error(`${errors.length} errors in the built-in rules`);
// Tests stay in leak-matrix/: no scan asks for them.
writeFileSync(
  join(out, 'rules.json'),
  JSON.stringify({ ...set, rules: set.rules.map((/** @type {object} */ rule) => ({ ...rule, tests: [] })) }),
);
const secret = { ...set, rules: set.rules.filter((/** @type {{ category: string }} */ rule) => rule.category === 'secret') };
const { pack, image } = makePack(secret, THOROUGH);
writeFileSync(join(out, 'rules.bin'), writePack(pack, image));
