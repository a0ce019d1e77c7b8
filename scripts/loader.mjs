// @ts-check

/**
 * @typedef {(exports: object, require: (name: string) => unknown, module: { exports: object }, dirname: string) => void} Part
 * @typedef {Readonly<Record<string, Part | string>>} Parts by name; a text is the name of the file in which a part stands
 */

/**
 * Runs one part of a program. The build writes this function into each program of dist/, so it may use nothing from outside.
 * @param {readonly (() => Parts)[]} places where parts are looked for, in this order; each is opened when a part was in none before it
 * @param {string} entry
 * @param {(name: string) => unknown} nodeRequire for Node's own modules
 * @param {string} dirname
 * @param {(file: string) => Parts} [openKept] a file that parts are said to stand in; what it has not is looked for in the places that follow
 * @returns {unknown} what the part exports
 */
export function load(places, entry, nodeRequire, dirname, openKept = () => ({})) {
  /** @type {Map<string, { exports: object }>} */
  const made = new Map();
  /** @type {Parts[]} */
  const opened = [];
  /** @type {Map<string, Parts>} */
  const kept = new Map();
  /** @param {string} file */
  const ofFile = (file) => {
    const parts = kept.get(file) ?? openKept(file);
    kept.set(file, parts);
    return parts;
  };
  /** @param {string} name */
  const find = (name) => {
    for (let i = 0; i < places.length; i++) {
      const said = (opened[i] ??= places[i]?.() ?? {})[name];
      const part = typeof said === 'string' ? ofFile(said)[name] : said;
      if (typeof part === 'function') return part;
    }
    throw new Error(`${name} is missing: install kei-git again`);
  };
  /** @param {string} name @returns {unknown} */
  const get = (name) => {
    if (!name.startsWith('./')) return nodeRequire(name);
    const known = made.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    made.set(name, module);
    find(name)(module.exports, get, module, dirname);
    return module.exports;
  };
  return get(entry);
}

/**
 * The parts in a file. Stands in dist/bin.cjs, dist/hook.cjs and dist/worker.cjs as well. If there is code beside it that V8 kept, the same V8 uses it.
 * @param {string} path what it evaluates to are the parts; ASCII
 * @param {boolean} kept it may be missing: then it has none
 * @param {typeof import('node:fs')} fs
 * @param {typeof import('node:vm')} vm
 * @returns {Parts}
 */
export function openParts(path, kept, fs, vm) {
  /** @param {string} file @param {'utf8' | null} encoding */
  const ifThere = (file, encoding) => {
    try {
      return fs.readFileSync(file, encoding);
    } catch {
      return undefined; // the same stands elsewhere, or is compiled now
    }
  };
  const source = kept ? ifThere(path, 'utf8') : fs.readFileSync(path, 'utf8');
  if (source === undefined) return {};
  const cachedData = ifThere(`${path}.v8`, null);
  return new vm.Script(String(source), { filename: path, ...(Buffer.isBuffer(cachedData) ? { cachedData } : {}) }).runInThisContext();
}
