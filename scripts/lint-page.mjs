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
    `## ${id}`,
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

const INTRO = `# Rules of workflow lint: expressions and security

Written from \`test/fixtures/lint/\` by \`node scripts/docs.mjs\`; do not edit. The tests run each example. \`kei-git workflow lint --list\` shows all rules.

An error is what the forge refuses, what is always empty or always true, or what anybody can exploit as it stands. What needs somebody's help to go wrong is a warning; what is a matter of taste or of
the repository's settings is a note, and fails nothing. A rule may be milder than its severity says where what stands around makes it so.`;

/** docs/workflow-lint.md. @param {readonly LintRule[]} rules */
export async function lintPage(rules) {
  const rows = rules.map(({ id, severity, summary }) => `| [\`workflow/${id}\`](#${id}) | ${severity} | ${summary} |`);
  const sections = await Promise.all(rules.map(section));
  return `${[INTRO, '', '| rule | severity | finds |', '| --- | --- | --- |', ...rows, '', ...sections.flat()].join('\n').trimEnd()}\n`;
}
