// @ts-check
// Writes src/lint/popular-actions.ts: names of inputs and outputs of actions that many workflows use, and what runs them, by major version.
//   node scripts/popular-actions.mjs FOLDER   FOLDER holds clones with tags: FOLDER/OWNER+NAME/repo, FOLDER/OWNER+NAME.git or FOLDER/OWNER+NAME
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './run.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder of clones?');

/** Actions of which a list is kept: those that the workflows of large public repositories use most. */
const ACTIONS = [
  'actions/cache',
  'actions/checkout',
  'actions/download-artifact',
  'actions/github-script',
  'actions/setup-go',
  'actions/setup-java',
  'actions/setup-node',
  'actions/setup-python',
  'actions/stale',
  'actions/upload-artifact',
  'docker/build-push-action',
  'docker/login-action',
  'pypa/gh-action-pypi-publish',
  'reviewdog/action-actionlint',
  'rhysd/action-setup-vim',
  'softprops/action-gh-release',
];

/** @param {string} name */
const cloneOf = (name) => {
  const base = join(folder, name.replace('/', '+'));
  return [join(base, 'repo'), `${base}.git`, base].find(
    (path) => existsSync(path) && readdirSync(path).some((one) => one === 'HEAD' || one === '.git'),
  );
};

/** @param {string} clone @param {readonly string[]} args */
const git = (clone, args) => {
  try {
    return execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
};

/** The newest release of each major version. @param {string} clone */
function majors(clone) {
  /** @type {Map<number, { tag: string, parts: number[] }>} */
  const newest = new Map();
  for (const tag of (git(clone, ['tag', '--list']) ?? '').split('\n')) {
    const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(tag);
    if (match === null) continue;
    const parts = match.slice(1).map((part) => Number(part ?? -1));
    const [major = 0] = parts;
    const before = newest.get(major)?.parts ?? [];
    if (newest.has(major) && (parts[1] ?? -1) * 1e6 + (parts[2] ?? -1) <= (before[1] ?? -1) * 1e6 + (before[2] ?? -1)) continue;
    newest.set(major, { tag, parts });
  }
  return [...newest].sort(([a], [b]) => a - b);
}

/** `name!` is required, `name~` is deprecated. @param {Record<string, { required?: unknown, default?: unknown, deprecationMessage?: unknown } | null> | undefined} inputs */
const inputNames = (inputs) =>
  Object.entries(inputs ?? {}).map(([name, one]) => {
    const isRequired = String(one?.required) === 'true' && one?.default === undefined;
    return `${name}${one?.deprecationMessage === undefined ? '' : '~'}${isRequired ? '!' : ''}`;
  });

const lines = ACTIONS.flatMap((name) => {
  const clone = cloneOf(name);
  if (clone === undefined) throw new Error(`no clone of ${name} in ${folder}`);
  return majors(clone).flatMap(([major, { tag }]) => {
    const text = git(clone, ['show', `${tag}:action.yml`]) ?? git(clone, ['show', `${tag}:action.yaml`]);
    if (text === undefined) return [];
    const { inputs, outputs, runs } = parse(text);
    return [[name, major, runs?.using ?? 'docker', ...inputNames(inputs), '>', ...Object.keys(outputs ?? {})].join(' ')];
  });
});

writeFileSync(
  join(ROOT, 'src', 'lint', 'popular-actions.ts'),
  `// Written by scripts/popular-actions.mjs from the tags of these repositories.
// A line: action, major version, what runs it, inputs (! required, ~ deprecated), >, outputs.
export const POPULAR_ACTIONS = \`
${lines.join('\n')}
\`;
`,
);
