// @ts-check
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { partsFrom, squeezed } from './bundle.mjs';
import { load } from './loader.mjs';
import { openPacked } from './packed.mjs';
import { withoutHelpers } from './parts.mjs';
import { thirdParty } from './third-party.mjs';

// Parts of @actions/core that nobody here asks for: tokens of the job's identity, which bring an HTTP client of 415 kB along, and what the system is.
const UNUSED = /^\.\/(?:oidc-utils|platform)\.js$/;

/** @type {import('esbuild').Plugin} */
const withoutUnused = {
  name: 'without-unused',
  setup(build) {
    build.onResolve({ filter: UNUSED }, ({ importer, path }) =>
      /[\\/]@actions[\\/]core[\\/]/.test(importer) ? { path, namespace: 'unused', sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export class OidcClient {}' }));
  },
};

const LARGE = 15_000; // characters of a library that is packed
/** Rooms that are asked for only where settings name something for them. */
const SELDOM = /^src\/(?:archive|counts|lock|markdown)\//;
const MARK = '//@ ';

/**
 * The beginning of dist/action.mjs, and the large libraries that are packed behind it, by name. V8 would read all of our code at each start, for longer than
 * Node's own start takes. So each module stands in comments, in clear, and is compiled when something of it is first used.
 * @param {string} root the package's folder
 * @returns {Promise<{ readonly head: string, readonly libraries: ReadonlyMap<string, Buffer>, readonly seldom: ReadonlyMap<string, Buffer> }>} seldom: modules of ours that are packed too, as one
 */
export async function actionHead(root) {
  const define = { __KEI_PACKED__: '__kei_packed', __KEI_WORKER__: '"action.mjs"' };
  const { parts, entries, whole, split } = await partsFrom(root, ['action', 'worker'], { define, plugins: [withoutUnused] });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { helpers, bare } = withoutHelpers(parts);
  const made = await Promise.all(
    bare.map(async ({ name, foreign, code }) => ({
      name,
      text: await squeezed(code),
      place: placeOf(name, foreign && code.length > LARGE, split.metafile),
    })),
  );
  const clear = made
    .filter(({ place }) => place === 'clear')
    .map(({ name, text }) => ({ name: `./${name}`, lines: `${text.trimEnd().replace(/^/gm, '//')}\n` }));
  /** @param {string} wanted */
  const packed = (wanted) =>
    new Map(made.filter(({ place }) => place === wanted).map(({ name, text }) => [name, Buffer.from(text, 'latin1')]));
  const code = [
    'const require = createRequire(import.meta.url);',
    'const file = realpathSync(fileURLToPath(import.meta.url));',
    'const text = readFileSync(file, "latin1");',
    'const __kei_packed = openPacked(text, (bytes) => require("node:zlib").brotliDecompressSync(bytes));',
    ...helpers.values(),
    `const part = openParts(text, ${JSON.stringify(MARK)}, ${JSON.stringify(placesOf(clear))}, { ${[...helpers.keys(), '__kei_packed'].join(', ')} }, __kei_packed, require("node:vm"));`,
    `load([() => part], process.argv[2] === "worker" ? ${entryOf(entries, 'worker')} : ${entryOf(entries, 'action')}, require, dirname(file));`,
  ];
  const head = [
    `// kei-git ${version}: what the Action runs. scripts/action.mjs builds it from src/, and says whether it is what the sources say.`,
    '// Behind the code, compressed: the built-in rules, which are made of leak-matrix/, and large libraries.',
    'import { readFileSync, realpathSync } from "node:fs";',
    'import { createRequire } from "node:module";',
    'import { dirname } from "node:path";',
    'import { fileURLToPath } from "node:url";',
    openPacked.toString(),
    openParts.toString(),
    load.toString(),
    ...code,
    `/*\n${ascii(await thirdParty(root, whole.metafile)).replaceAll('*/', '* /')}*/`,
    '// Each module of src/, and the libraries that they need. What stands behind @ is its name.',
    '',
  ].join('\n');
  return {
    head: `${head}${clear.map(({ name, lines }) => `${MARK}${name}\n${lines}`).join('')}`,
    libraries: packed('library'),
    seldom: packed('seldom'),
  };
}

/** @param {string} name @param {boolean} isLarge @param {import('esbuild').Metafile} metafile @returns {'library' | 'seldom' | 'clear'} */
function placeOf(name, isLarge, { outputs }) {
  if (isLarge) return 'library';
  const inputs = Object.keys(Object.entries(outputs).find(([path]) => basename(path) === name)?.[1].inputs ?? {});
  return inputs.length > 0 && inputs.every((path) => SELDOM.test(path)) ? 'seldom' : 'clear';
}

/** Where parts begin and end, counted from the first mark. @param {readonly { readonly name: string, readonly lines: string }[]} clear */
function placesOf(clear) {
  let at = 0;
  return Object.fromEntries(
    clear.map(({ name, lines }) => {
      const begin = at + MARK.length + name.length + 1;
      at = begin + lines.length;
      return [name, [begin, at]];
    }),
  );
}

/**
 * Parts by their names, compiled when they are asked for. Stands in dist/action.mjs, so it may use nothing from outside.
 * @param {string} text of the whole file
 * @param {string} mark what the line before a part begins with
 * @param {Readonly<Record<string, readonly number[]>>} places begin and end, counted from the first mark
 * @param {Readonly<Record<string, unknown>>} helpers what parts have in common
 * @param {(name: string) => Buffer | undefined} unpack
 * @param {typeof import('node:vm')} vm
 * @returns {import('./loader.mjs').Parts}
 */
function openParts(text, mark, places, helpers, unpack, vm) {
  const names = ['exports', 'require', 'module', '__dirname', ...Object.keys(helpers)];
  const values = Object.values(helpers);
  const first = text.indexOf(`\n${mark}`) + 1;
  /** @param {string} name */
  const sourceOf = (name) => {
    const [begin = 0, end = 0] = places[name] ?? [];
    if (end === 0) return unpack(name.slice(2))?.toString('latin1');
    return text.slice(first + begin + 2, first + end).replaceAll('\n//', '\n');
  };
  /** @param {string} name @returns {import('./loader.mjs').Part | undefined} */
  const open = (name) => {
    const source = sourceOf(name);
    if (source === undefined) return undefined;
    const run = vm.compileFunction(`"use strict";${source}`, names, { filename: name });
    return (...given) => run(...given, ...values);
  };
  return new Proxy({}, { get: (_, name) => open(String(name)) });
}

/** @param {ReadonlyMap<string, string>} entries @param {string} name */
const entryOf = (entries, name) => JSON.stringify(`./${entries.get(name) ?? ''}`);

/** Names of authors in notices. @param {string} text */
const ascii = (text) => text.normalize('NFD').replace(/[^\n\x20-\x7e]/g, '');
