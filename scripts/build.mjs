// @ts-check
// Makes dist/: the program, its types, the licences of what it contains, and whatever scripts/rules.mjs compiles.
//   node scripts/build.mjs [--root DIR] [--out DIR] [--no-types]
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';
import { runNode } from './run.mjs';
import { thirdParty } from './third-party.mjs';

const { values } = parseArgs({ options: { root: { type: 'string' }, out: { type: 'string' }, 'no-types': { type: 'boolean' } } });
const root = resolve(values.root ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const out = resolve(values.out ?? join(root, 'dist'));

/** Declarations are only written here; `npm run check` is where types are judged. */
async function types() {
  if (values['no-types'] === true || !existsSync(join(root, 'src', 'index.ts'))) return;
  const dir = join(out, 'types');
  await rm(dir, { recursive: true, force: true });
  await runNode('typescript/bin/tsc', ['-p', join(root, 'tsconfig.build.json'), '--outDir', dir]);
  await prune(dir);
  // dist/index.cjs is CommonJS in a package of type module: without this TypeScript takes its types for those of an ES module.
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'package.json'), '{ "type": "commonjs" }\n');
}

/** What declarations of the library lead to. tsc writes those of everything that the sources lead to. @param {string} dir */
async function prune(dir) {
  const reached = new Set([join(dir, 'index.d.ts')]);
  for (const file of reached)
    for (const [, path = ''] of (await readFile(file, 'utf8')).matchAll(/(?:from|import\() ?'(\.[^']+)'/g))
      reached.add(join(dirname(file), path.replace(/\.ts$/, '.d.ts')));
  const names = await readdir(dir, { recursive: true });
  await Promise.all(names.filter((name) => name.endsWith('.d.ts') && !reached.has(join(dir, name))).map((name) => rm(join(dir, name))));
}

async function program() {
  const { metafile, program: parts, entries } = await bundle(root, out);
  await writeFile(join(out, 'THIRD-PARTY.txt'), await thirdParty(root, metafile));
  const rules = join(root, 'scripts', 'rules.mjs');
  if (!existsSync(rules)) return;
  await runNode(rules, ['--out', out]);
  await runNode(join(root, 'scripts', 'code-cache.mjs'), [parts, JSON.stringify(Object.fromEntries(entries))]);
}

try {
  await Promise.all([types(), program()]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
