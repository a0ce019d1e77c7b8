// @ts-check
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

/** Each folder is a rule's: page.md, and bad, good and fixed examples, which the tests run. */
const FOLDER = join(ROOT, 'test', 'fixtures', 'lint');

/** @typedef {{ id: string, severity: string, summary: string }} LintRule */

/** @param {string} text */
const fence = (text) => ['```yaml', text.trimEnd(), '```', ''];

/** @param {LintRule} rule */
async function section({ id, severity, summary }) {
  const folder = join(FOLDER, id);
  const files = await readdir(folder);
  const example = async (/** @type {string} */ which) => {
    const name = files.find((file) => file.startsWith(`${which}.`));
    return name === undefined ? undefined : readFile(join(folder, name), 'utf8');
  };
  const [page, bad, good, fixed] = [await example('page'), await example('bad'), await example('good'), await example('fixed')];
  if (page === undefined || bad === undefined || good === undefined) throw new Error(`${folder} has no page.md, bad.yml or good.yml`);
  return [
    `### ${id}`,
    '',
    `${severity}: ${summary}`,
    '',
    page.trimEnd(),
    '',
    'Found:',
    '',
    ...fence(bad),
    'Not found:',
    '',
    ...fence(good),
    ...(fixed === undefined ? [] : ['`--fix` makes of the first:', '', ...fence(fixed)]),
  ];
}

/** Lines of docs/workflow-lint.md. @param {readonly LintRule[]} rules */
export async function lintSections(rules) {
  const rows = rules.map(({ id, severity, summary }) => `| [\`workflow/${id}\`](#${id}) | ${severity} | ${summary} |`);
  const sections = (await Promise.all(rules.map(section))).flat();
  return ['| rule | severity | finds |', '| --- | --- | --- |', ...rows, '', ...sections.slice(0, -1)];
}
