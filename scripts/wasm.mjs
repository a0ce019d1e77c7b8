// @ts-check
// Compiles wasm/assembly/filter.ts and writes src/engine/filter-wasm.ts, terms.ts likewise, and src/git/objects-wasm.ts of objects.ts. With --check: compares instead of writing, exit 1 when one is stale.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dir = mkdtempSync(join(tmpdir(), 'kei-wasm-'));

/** @param {string} name of the module @param {string} room that uses it */
const make = (name, room) => {
  const file = join(dir, `${name}.wasm`);
  const asc = join('node_modules', 'assemblyscript', 'bin', 'asc.js');
  const args = [asc, `wasm/assembly/${name}.ts`, '--config', 'wasm/asconfig.json', '--target', 'release', '--outFile', file];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const lines =
    readFileSync(file)
      .toString('base64')
      .match(/.{1,132}/g) ?? [];
  const text = `// Written by scripts/wasm.mjs from wasm/assembly/${name}.ts.\nexport const ${name.toUpperCase()}_WASM =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`;
  const target = `src/${room}/${name}-wasm.ts`;
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${target} is stale: run node scripts/wasm.mjs\n`);
    process.exitCode = 1;
  }
};

try {
  for (const name of ['filter', 'terms']) make(name, 'engine');
  make('objects', 'git');
} finally {
  rmSync(dir, { recursive: true, force: true });
}
