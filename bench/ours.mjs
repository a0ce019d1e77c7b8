// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./measure.mjs').Run} Run */
/**
 * @typedef {object} Bench
 * @property {string} cache
 * @property {boolean} quick
 * @property {import('./measure.mjs').Meter} meter
 * @property {string} bin the program
 * @property {string} personal the folder of the person's settings and caches
 * @property {(text: string) => void} tell
 */
/**
 * @typedef {object} Line of the table of budgets
 * @property {string} id
 * @property {string} what
 * @property {'at most' | 'at least'} bound
 * @property {number} budget
 * @property {string} unit
 * @property {number} [measured] not there: it could not be measured
 * @property {string} [note]
 */
/**
 * @typedef {object} Figure
 * @property {string} program
 * @property {string} version
 * @property {string} tree
 * @property {number} megabytes
 * @property {Run} run
 * @property {string} [note]
 */

export const NOTHING = { name: 'node -e 0', command: [process.execPath, '-e', '0'] };

/** Ours with arguments; that it finds something is no failure. @param {Bench} bench @param {readonly string[]} args */
export const kei = ({ bin }, args) => ({ command: [process.execPath, bin, ...args], accept: [0, 1] });

/** @param {Map<string, Run>} runs @param {string} name */
export const of = (runs, name) => {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`nothing was measured of ${name}`);
  return run;
};

/** @param {number} part @param {number} whole */
export const ratio = (part, whole) => part / Math.max(whole, 0.001); // the clock's step

/** A folder with one small file. @param {Bench} bench */
export const tiny = ({ cache }) => {
  const folder = join(cache, 'tiny');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a.js'), "export const answer = 42;\nconsole.log('hello');\n");
  return folder;
};

/** @param {number} seconds */
export const milliseconds = (seconds) => `${(seconds * 1000).toFixed(0)} ms`;
