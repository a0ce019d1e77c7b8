// @ts-check
// Writes src/hook/texts.ts from hooks/*.sh. With --check: compares instead of writing, exit 1 when it is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

const folder = join(ROOT, 'hooks');
const target = join(ROOT, 'src', 'hook', 'texts.ts');

/** @param {string} line */
const quoted = (line) => `'${line.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

const rows = readdirSync(folder)
  .filter((name) => name.endsWith('.sh'))
  .sort()
  .map((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').replace(/\n$/, '').split('\n');
    return `export const ${name.replace(/\.sh$/, '').replaceAll('-', '_').toUpperCase()} = [\n${lines.map((line) => `  ${quoted(line)},\n`).join('')}];\n`;
  });
const text = `// Written by scripts/hooks.mjs from hooks/.\n// oxfmt-ignore\n${rows.join('// oxfmt-ignore\n')}`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('src/hook/texts.ts is stale: run node scripts/hooks.mjs\n');
  process.exitCode = 1;
}
