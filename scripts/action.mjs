// @ts-check
// Makes dist/action.mjs, what runners of GitHub, Forgejo and Gitea start: one file with everything it needs, committed.
//   node scripts/action.mjs [--check] [--out FILE] [--draft]
// --draft: at once, for tests: with the rules of dist/, and hardly compressed.
// --check: the file is what it would be now. Compressed parts are compared as they are unpacked: compressors differ between versions of Node, and for
// the same reason a file that is fresh stays as it is, and a part that is fresh keeps its bytes.
import { readFile, rename, writeFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { actionHead } from './action-head.mjs';
import { isPackedOf, packAll, unpackAll } from './packed.mjs';
import { ROOT, runNode } from './run.mjs';

const LIMIT = 2_500_000; // of the whole file
const { values } = parseArgs({ options: { check: { type: 'boolean' }, out: { type: 'string' }, draft: { type: 'boolean' } } });
const file = resolve(values.out ?? join(ROOT, 'dist', 'action.mjs'));

/** The built-in rules, compiled. @returns {Promise<Map<string, Buffer>>} */
async function rules() {
  if (values.draft === true) return readRules(join(ROOT, 'dist'));
  const folder = await mkdtemp(join(tmpdir(), 'kei-action-'));
  try {
    await runNode(join(ROOT, 'scripts', 'rules.mjs'), ['--out', folder]);
    return await readRules(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @returns {Promise<Map<string, Buffer>>} */
const readRules = async (folder) =>
  new Map(
    await Promise.all(['rules.json', 'rules.bin'].map(async (name) => /** @type {const} */ ([name, await readFile(join(folder, name))]))),
  );

/** What there is, and what would be now. */
async function compare() {
  const text = await readFile(file, 'latin1').catch(() => '');
  const now = unpackAll(text);
  // Where it cannot be of ours there is nothing to compare.
  if (now === undefined && values.check === true) return { text, isFresh: false };
  const [{ head, libraries, seldom }, compiled] = await Promise.all([actionHead(ROOT), rules()]);
  const groups = [...[...libraries].map((library) => new Map([library])), ...(seldom.size === 0 ? [] : [seldom]), compiled];
  const make = () => packAll(head, groups, { known: now?.groups ?? new Map(), hard: values.draft !== true });
  return { text, isFresh: isPackedOf(text, head, groups), make };
}

/** @param {number} length */
const refuseLong = (length) => {
  if (length <= LIMIT || values.draft === true) return;
  console.error(`${file} has ${length} bytes, at most ${LIMIT}`);
  process.exitCode = 1;
};

const { text, isFresh, make } = await compare();
if (isFresh) refuseLong(text.length);
else if (make === undefined || values.check === true) {
  console.error(`dist/action.mjs is ${text === '' ? 'missing' : 'not up to date'}: node scripts/action.mjs`);
  process.exitCode = 1;
} else {
  const whole = make();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}.tmp`, whole, 'latin1');
  await rename(`${file}.${process.pid}.tmp`, file);
  refuseLong(whole.length);
}
