// @ts-check
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { findCycle } from './cycle.mjs';

/** Programs and the public API, as far as the tree has them. `bin` is the one that must exist. */
const ENTRIES = ['bin', 'index', 'worker'];
const TARGET = 'node20.19';

/**
 * The program as split CommonJS: bare ESM starts in 1.17 × `node -e 0`, CommonJS in 1.0 ×, and esbuild splits ESM only.
 * So ESM chunks are made first and each is then turned into CommonJS, where `import()` is a lazy `require`.
 * Everything but Node's own modules is bundled.
 * @param {string} root the package's folder
 * @param {string} out where the .cjs files go; older ones there are removed
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function bundle(root, out) {
  const version = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version;
  const entries = ENTRIES.map((name) => join(root, 'src', `${name}.ts`)).filter((path) => existsSync(path));
  if (!entries.some((path) => basename(path) === 'bin.ts')) throw new Error(`${join(root, 'src', 'bin.ts')} is missing`);
  const esm = await build({
    absWorkingDir: root,
    entryPoints: entries,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    outdir: out,
    outExtension: { '.js': '.cjs' }, // so that the paths between chunks are right already
    chunkNames: '[name]-[hash]',
    define: { __KEI_VERSION__: JSON.stringify(version), __KEI_DIST__: '__dirname' },
    legalComments: 'none', // dist/THIRD-PARTY.txt has them
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  refuse(esm.warnings);
  refuseCycles(esm.metafile);
  const chunks = await Promise.all(esm.outputFiles.map(async (file) => ({ name: basename(file.path), code: await toCommonJs(file) })));
  await publish(out, chunks);
  return esm.metafile;
}

/** @param {import('esbuild').OutputFile} file */
async function toCommonJs(file) {
  const { code, warnings } = await transform(file.text, {
    sourcefile: basename(file.path),
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    minifySyntax: true, // names stay: a stack trace in a bug report must be readable
    legalComments: 'none',
    logLevel: 'silent',
  });
  refuse(warnings); // among them: import.meta is empty in CommonJS
  const strict = `"use strict";${code.replace(/^#!.*\n/, '')}`; // as the modules it came from were
  return basename(file.path) === 'bin.cjs' ? `#!/usr/bin/env node\n${strict}` : strict;
}

/** @param {readonly import('esbuild').Message[]} warnings */
function refuse(warnings) {
  if (warnings.length === 0) return;
  const lines = warnings.map(({ text, location }) => `${location?.file ?? '?'}:${location?.line ?? 0}: ${text}`);
  throw new Error(`esbuild warns, and a warning here is a defect in dist:\n${lines.join('\n')}`);
}

/**
 * In a cycle of CommonJS modules one of them sees the other half loaded.
 * @param {import('esbuild').Metafile} metafile
 */
function refuseCycles(metafile) {
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [
      path,
      output.imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map((one) => one.path),
    ]),
  );
  const cycle = findCycle(imports);
  if (cycle !== undefined) throw new Error(`the bundle has a cycle: ${cycle.map((path) => basename(path)).join(' -> ')}`);
}

/**
 * A program that runs meanwhile finds its chunks: new files come first, entries replace the old by rename, old chunks go last.
 * @param {string} out
 * @param {readonly { name: string, code: string }[]} chunks
 */
async function publish(out, chunks) {
  await mkdir(out, { recursive: true });
  const isEntry = (/** @type {{ name: string }} */ { name }) => ENTRIES.includes(basename(name, '.cjs'));
  for (const chunk of [...chunks.filter((one) => !isEntry(one)), ...chunks.filter(isEntry)]) {
    const path = join(out, chunk.name);
    const fresh = `${path}.${process.pid}.tmp`;
    await writeFile(fresh, chunk.code);
    if (chunk.name === 'bin.cjs') await chmod(fresh, 0o755);
    await rename(fresh, path);
  }
  const names = new Set(chunks.map(({ name }) => name));
  const old = (await readdir(out)).filter((name) => name.endsWith('.cjs') && !names.has(name));
  await Promise.all(old.map((name) => rm(join(out, name), { force: true })));
}
