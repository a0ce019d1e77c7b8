// @ts-check
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { findCycle } from './cycle.mjs';
import { load, openParts } from './loader.mjs';
import { lazily, partsOf, reachable } from './parts.mjs';

const TARGET = 'node20.19';
/** What starts by itself: its parts are shared. `bin` is the one that must exist. */
const PROGRAMS = ['bin', 'hook', 'worker', 'index'];
/** The program that others require. */
const LIBRARY = 'index';

/**
 * The program as CommonJS: bare ESM starts in 1.17 × `node -e 0`, CommonJS in 1.0 ×. Each module is a part by itself, all parts stand in one file as
 * functions, and an import runs its module when something of it is first used: a start pays for what it uses, opens one file, and V8 keeps the compiled
 * code of that file (scripts/code-cache.mjs). So no module may count on being run before it is used. Everything but Node's own modules is bundled.
 * @param {string} root the package's folder
 * @param {string} out where the .cjs files go; older ones there are removed
 * @returns {Promise<{ readonly metafile: import('esbuild').Metafile, readonly program: string, readonly entries: ReadonlyMap<string, Entry> }>} program: the file of the parts
 */
export async function bundle(root, out) {
  const existing = (/** @type {readonly string[]} */ names) => names.filter((name) => existsSync(join(root, 'src', `${name}.ts`)));
  const programs = existing(PROGRAMS);
  if (!programs.includes('bin')) throw new Error(`${join(root, 'src', 'bin.ts')} is missing`);
  const { parts, split, whole, entries } = await partsFrom(root, programs);
  const text = await squeezed(partsOf(parts));
  const program = `program-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.cjs`;
  const files = [{ name: program, code: text }];
  /** @type {Map<string, Entry>} */
  const begins = new Map();
  for (const [name, entry] of entries) {
    const own = name in OWN ? needed(split.metafile, entry) : new Set();
    const started = await entryText(entry, partsOf(parts.filter((part) => own.has(part.name))), OWN[name] ?? 'false', program);
    const code = name === LIBRARY ? exported(started, exportsOf(split.metafile, entry)) : started;
    files.push({ name: `${name}.cjs`, code: name === 'bin' ? `#!/usr/bin/env node\n${code}` : code });
    begins.set(name, { part: `./${entry}`, own: OWN[name] === 'true' ? [...own].map((part) => `./${part}`) : [] });
  }
  await publish(out, files);
  return { metafile: whole.metafile, program: join(out, program), entries: begins };
}

/** @param {import('esbuild').Metafile} metafile @param {string} name a part's */
const exportsOf = ({ outputs }, name) => Object.entries(outputs).find(([path]) => basename(path) === name)?.[1].exports ?? [];

/** The program as a module. Node learns the names that ES modules may import from the text; the line for that does nothing. @param {string} code @param {readonly string[]} names */
const exported = (code, names) =>
  `${code.trimEnd().replace(/\bload\((?=[^]*$)(?![^]*\bload\()/, 'module.exports=load(')}\n0&&(module.exports={${names.join(',')}});\n`;

/** Where a program begins. @typedef {{ readonly part: string, readonly own: readonly string[] }} Entry own: parts that it never looks for elsewhere */

/**
 * The programs whose file holds what they import at once, and when it is used: what stands there is compiled anew at each start, what stands in files
 * with V8's code is kept. For `--version`, and for an event of git that nobody asked for, it is the shorter way.
 * @type {Readonly<Record<string, string>>}
 */
const OWN = { bin: 'process.argv[2] === "--version"', hook: 'true' };

/** What esbuild is told beside what every program needs. @typedef {Pick<import('esbuild').BuildOptions, 'define' | 'plugins'>} More */

/**
 * Every module of programs as a part.
 * @param {string} root the package's folder
 * @param {readonly string[]} programs names of files of src/
 * @param {More} [more]
 */
export async function partsFrom(root, programs, { define = {}, plugins = [] } = {}) {
  const version = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version;
  /** @param {readonly string[]} paths below `root` @param {boolean} splitting */
  const modules = async (paths, splitting) => {
    const built = await build({
      absWorkingDir: root,
      entryPoints: paths.map((path) => join(root, path)),
      bundle: true,
      splitting,
      format: 'esm',
      platform: 'node',
      target: TARGET,
      outdir: join(root, 'dist'), // nothing is written
      outExtension: { '.js': '.cjs' },
      entryNames: splitting ? '[name]-[hash]' : '[name]',
      chunkNames: '[name]-[hash]',
      define: { __KEI_VERSION__: JSON.stringify(version), __KEI_DIST__: '__dirname', ...define },
      plugins: [withoutDescriptions, ...plugins],
      alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') }, // the same in ESM, of which only what is used comes along
      legalComments: 'none', // dist/THIRD-PARTY.txt has them
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    refuse(built.warnings);
    return built;
  };
  const paths = (/** @type {readonly string[]} */ names) => names.map((name) => `src/${name}.ts`);
  const whole = await modules(paths(programs), false);
  // Where every module is an entry, no two share a chunk.
  const split = await modules(
    Object.keys(whole.metafile.inputs).filter((path) => path.startsWith('src/')),
    true,
  );
  refuseCycles(split.metafile);
  const all = await Promise.all(
    split.outputFiles.map(async ({ path, text }) => {
      const foreign = isForeign(split.metafile, basename(path));
      return {
        name: basename(path),
        code: lazily(await toCommonJs(path, text, foreign ? { minifyIdentifiers: true } : {})),
        foreign,
      };
    }),
  );
  const entries = new Map(programs.map((name) => [name, partOf(split.metafile, `src/${name}.ts`)]));
  return { parts: reachable(all, [...entries.values()]), entries, split, whole };
}

/**
 * The schemas of workflow-parser describe each key for editors, which is most of them.
 * @type {import('esbuild').Plugin}
 */
const withoutDescriptions = {
  name: 'without-descriptions',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@actions[\\/]workflow-parser[\\/]dist[\\/][^\\/]+\.min\.json$/ }, async ({ path }) => {
      const schema = JSON.parse(await readFile(path, 'utf8'));
      for (const definition of Object.values(schema.definitions)) {
        undescribe(definition);
        for (const property of Object.values(definition.mapping?.properties ?? {})) undescribe(property);
      }
      return { contents: JSON.stringify(schema), loader: 'json' };
    });
  },
};

/** A property may itself be called `description`, so only what a definition and a property say of themselves goes. @param {unknown} one */
function undescribe(one) {
  if (typeof one === 'object' && one !== null && 'description' in one && typeof one.description === 'string') delete one.description;
}

/** The part in which a module of ours is an entry. @param {import('esbuild').Metafile} metafile @param {string} input */
const partOf = ({ outputs }, input) => basename(Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === input)?.[0] ?? input);

const FOREIGN = 0.9; // of a part's bytes

/** Whether a part is a library: nobody reads its names in a stack trace. @param {import('esbuild').Metafile} metafile @param {string} name */
function isForeign({ outputs }, name) {
  const inputs = Object.entries(Object.entries(outputs).find(([path]) => basename(path) === name)?.[1].inputs ?? {});
  const bytes = (/** @type {typeof inputs} */ some) => some.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return bytes(inputs.filter(([path]) => path.startsWith('node_modules/'))) > FOREIGN * bytes(inputs);
}

/**
 * What scripts/code-cache.mjs puts into files by themselves: the parts that a scan of a folder needs, and what one in a repository, the hooks of a commit
 * and a scan that finds something need beside them. The first file says what stands in the others.
 */
export const FIRST = ['folder', 'repository', 'hook', 'found'];
/** @param {string} program the file of all parts @param {string} name one of FIRST */
export const firstFile = (program, name) => program.replace(/\.cjs$/, `.${name}.cjs`);

/**
 * A part and what it imports at once. @param {import('esbuild').Metafile} metafile @param {string} name
 */
function needed(metafile, name) {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const names = new Set([name]);
  for (const one of names) {
    for (const { path, kind, external } of outputs.get(one)?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) names.add(basename(path));
    }
  }
  return names;
}

/**
 * @param {string} entry the part to run
 * @param {string} own parts that need not be looked for
 * @param {string} when they are looked at, an expression
 * @param {string} program the file of all parts
 */
async function entryText(entry, own, when, program) {
  const open = (/** @type {string} */ name, /** @type {boolean} */ kept) =>
    `openParts(require("node:path").join(__dirname, ${name}), ${kept}, require("node:fs"), require("node:vm"))`;
  const first = JSON.stringify(firstFile(program, FIRST[0] ?? ''));
  const others = `() => ${open(first, true)}, () => ${open(JSON.stringify(program), false)}`;
  const places = `[...(${when} ? [() => (${own})] : []), ${others}]`;
  return squeezed(
    `"use strict";\n${openParts.toString()}\n${load.toString()}\nload(${places}, ${JSON.stringify(`./${entry}`)}, require, __dirname, (file) => ${open('file', true)});`,
  );
}

/** @param {string} path @param {string} text @param {import('esbuild').TransformOptions} [more] */
async function toCommonJs(path, text, more = {}) {
  const { code, warnings } = await transform(text.replace(/^#!.*\n/, ''), {
    sourcefile: basename(path),
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    supported: { 'dynamic-import': false },
    ...more,
    legalComments: 'none',
    logLevel: 'silent',
  });
  refuse(warnings); // among them: import.meta is empty in CommonJS
  return code;
}

/** Names stay: a stack trace in a bug report must be readable. */
const SQUEEZE = { minifyWhitespace: true, minifySyntax: true };

/** @param {string} text */
export async function squeezed(text) {
  const { code, warnings } = await transform(text, {
    platform: 'node',
    target: TARGET,
    ...SQUEEZE,
    legalComments: 'none',
    logLevel: 'silent',
  });
  refuse(warnings);
  return ascii(code);
}

/** What esbuild leaves beyond ASCII stands in regular expressions, which know the same escapes. @param {string} code */
const ascii = (code) => code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

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
 * A program that runs meanwhile has read its parts whole. New files come first, entries replace the old by rename, what is no longer used goes last.
 * @param {string} out
 * @param {readonly { name: string, code: string }[]} files entries last
 */
async function publish(out, files) {
  await mkdir(out, { recursive: true });
  for (const { name, code } of files) {
    const path = join(out, name);
    const fresh = `${path}.${process.pid}.tmp`;
    await writeFile(fresh, code);
    if (name === 'bin.cjs') await chmod(fresh, 0o755);
    await rename(fresh, path);
  }
  const names = new Set(
    files.flatMap(({ name }) => [name, ...FIRST.flatMap((first) => [firstFile(name, first), `${firstFile(name, first)}.v8`])]),
  );
  const old = (await readdir(out)).filter((name) => /\.cjs(?:\.v8)?$/.test(name) && !names.has(name));
  await Promise.all(old.map((name) => rm(join(out, name), { force: true })));
}
