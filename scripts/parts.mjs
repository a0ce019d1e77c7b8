// @ts-check
// Modules as parts of one program: functions that run when something of them is first used. What is rewritten here is CommonJS as esbuild writes it.

/** @typedef {{ readonly name: string, readonly code: string }} Part */

const HELPERS = /var __\w+ = [^]*?;\n(?=[^\s})])/gy;
/** Where the helpers that esbuild puts before a module end. @param {string} code */
const helpersEnd = (code) => [...code.matchAll(HELPERS)].reduce((end, [helper]) => end + helper.length, 0);

/**
 * The helpers of parts, once each, and each part's code without them. @template {Part} P @param {readonly P[]} parts
 */
export function withoutHelpers(parts) {
  /** @type {Map<string, string>} */
  const helpers = new Map();
  for (const { code } of parts) for (const [helper] of code.matchAll(HELPERS)) helpers.set(/^var (\w+)/.exec(helper)?.[1] ?? '', helper);
  return { helpers, bare: parts.map((part) => ({ ...part, code: part.code.slice(helpersEnd(part.code)) })) };
}

/**
 * An expression: an object of the parts as functions, by name. esbuild's helpers, which each of them has, stand before them once.
 * @param {readonly Part[]} parts
 */
export function partsOf(parts) {
  /** @type {Set<string>} */
  const helpers = new Set();
  const rows = parts.map(({ name, code }) => {
    const end = helpersEnd(code);
    for (const [helper] of code.matchAll(HELPERS)) helpers.add(helper);
    return `${JSON.stringify(`./${name}`)}(exports, require, module, __dirname) {\n${code.slice(end)}\n}`;
  });
  return `(() => {\n"use strict";\n${[...helpers].join('')}return {\n${rows.join(',\n')}\n};\n})()`;
}

const IMPORT = /^var (import_\w+) = (.*\brequire\("[^"]+"\).*);\n/gm;

const EXPORTS = /^var (\w+) = \{\};\n__export\(\1, \{\n([^]*?)\n\}\);\nmodule\.exports = __toCommonJS\(\1\);\n/m;

/**
 * Exports as values of one object, which stands at the end: nothing asks for them before, since there are no cycles, and none of them changes (import/no-mutable-exports). What
 * comes from another module stays a getter, so that the other one waits.
 * @param {string} code
 */
function plainExports(code) {
  const found = EXPORTS.exec(code);
  if (found === null) return code;
  const rows = (found[2] ?? '').split(',\n').map((row) => {
    const [, key, value = ''] = /^\s*(\S+): \(\) => (.*)$/.exec(row) ?? [];
    if (key === undefined) throw new Error(`esbuild writes exports in another way: ${row}`);
    return value.startsWith('import_') ? `get ${key}() { return ${value}; }` : `${key}: ${value}`;
  });
  return `${code.replace(found[0], '')}\nmodule.exports = { ${rows.join(', ')} };\n`;
}

/** Lets a CommonJS module require others when it first uses something of them. @param {string} code as esbuild writes it */
export function lazily(code) {
  /** @type {Map<string, string>} */
  const imports = new Map();
  const rest = plainExports(code)
    .replace(/^require\("[^"]+"\);\n/gm, '')
    .replace(IMPORT, (_, name, value) => (imports.set(name, value), ''))
    // Parts are for each other only, and have no default exports: what they export needs no second object.
    .replace(/__toESM\((require\("\.\/[^"]+"\))\)/g, '$1');
  if (imports.size === 0) return rest;
  /** @type {Set<string>} */
  const used = new Set();
  const asked = rest.replace(new RegExp(`\\b(${[...imports.keys()].join('|')})\\b`, 'g'), (name) => (used.add(name), `(${name}())`));
  const declared = [...used].map((name) => `let ${name}_made;\nconst ${name} = () => ${name}_made ??= ${imports.get(name)};\n`);
  const end = helpersEnd(asked);
  return asked.slice(0, end) + declared.join('') + asked.slice(end);
}

/**
 * Those that can come to be asked for. @template {Part} P @param {readonly P[]} parts @param {readonly string[]} entries
 */
export function reachable(parts, entries) {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const names = new Set(entries);
  for (const name of names) {
    for (const [, other = ''] of byName.get(name)?.code.matchAll(/\brequire\("\.\/([^"]+)"\)/g) ?? []) names.add(other);
  }
  return parts.filter(({ name }) => names.has(name));
}
