// @ts-check
// Adds up vitest's JSON reports into one line.   node scripts/tally.mjs FILE…
import { readFile } from 'node:fs/promises';

/** @typedef {{ status: string, assertionResults: readonly { status: string }[] }} TestFile */
/** @typedef {{ success?: boolean, testResults?: readonly TestFile[] }} Run */

/**
 * @param {Run} run
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function count({ success, testResults = [] }) {
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const of = (/** @type {readonly string[]} */ wanted) => statuses.filter((status) => wanted.includes(status)).length;
  // A file that could not be loaded has no tests to count, and neither has a run that was cut off: each is one failure.
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  const failed = of(['failed']) + unloaded.length;
  return {
    passed: of(['passed']),
    failed: failed === 0 && success !== true ? 1 : failed,
    skipped: of(['pending', 'skipped', 'todo', 'disabled']),
  };
}

const files = process.argv.slice(2);
const counts = await Promise.all(files.map(async (file) => count(JSON.parse(await readFile(file, 'utf8')))));
const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => counts.reduce((total, one) => total + one[key], 0);
const skipped = sum('skipped');
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
