import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makePlace, makeUpstream, workflow, type Place, type Upstream, type UpstreamRepo } from './upstream.ts';

const FILE = '.github/workflows/ci.yml';
const FABRICATED = 'deadbeef'.repeat(5);

let upstream: Upstream;
let tool: UpstreamRepo;
let v1 = '';
let between = '';
let v11 = '';
let v2 = '';
let object = '';
let foreign = '';
let aside = '';
let pull = '';
beforeAll(async () => {
  upstream = await makeUpstream();
  tool = await upstream.add('acme/tool');
  v1 = await tool.release({}, 'v1.0.0', 'v1');
  between = await tool.release({});
  v11 = await tool.release({}, '^v1.1.0', '^v1');
  v2 = await tool.release({}, 'v2.0.0', 'v2');
  object = await tool.work.git('rev-parse', 'v1.1.0');
  foreign = await (await upstream.add('acme/other')).release({}, 'v1.0.0');
  await tool.work.git('checkout', '--quiet', '-b', 'aside', v1);
  await tool.work.write('aside', '1');
  aside = await tool.work.commit('aside');
  await tool.work.write('aside', 'tip');
  await tool.work.commit('aside');
  await tool.work.git('push', '--quiet', 'origin', 'aside');
  await tool.work.write('aside', '2');
  pull = await tool.work.commit('evil');
  await tool.work.git('push', '--quiet', 'origin', `${pull}:refs/pull/7/head`);
  await tool.work.git('checkout', '--quiet', 'main');
});

interface Said {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly hint?: string;
  readonly line: number;
  readonly path?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}
interface Json {
  readonly findings: readonly Said[];
  readonly skipped: readonly { readonly reason: string }[];
}

const lines = ({ findings }: Json): readonly string[] =>
  findings.map(({ rule, severity, message, hint }) => `${severity} ${rule}: ${message}${hint === undefined ? '' : ` -> ${hint}`}`);

const judged = async (
  place: Place,
  words = 'workflow pins',
): Promise<{ readonly code: number; readonly said: readonly string[]; readonly json: Json }> => {
  const { code, out } = await place.kei(`${words} --format json`);
  const json = JSON.parse(out) as Json;
  return { code, said: lines(json), json };
};

const write = async (place: Place, ...uses: readonly string[]): Promise<void> => {
  await place.repo.write(FILE, workflow(...uses));
};
const content = (place: Place): Promise<string> => readFile(join(place.repo.dir, FILE), 'utf8');

describe('one pin', () => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(upstream);
  });

  // What stands there, what is said, what --fix writes.
  const cases = (): readonly (readonly [name: string, use: string, said: string, fixed?: string])[] => [
    ['a tag', `acme/tool@${v1} # v1.0.0`, ''],
    ['a tag without v', `acme/tool@${v1} # 1.0.0`, ''],
    ['an annotated tag', `acme/tool@${v11} # v1.1.0`, ''],
    ['no comment', `acme/tool@${between}`, ''],
    ['a branch in the comment', `acme/tool@${between} # main`, ''],
    ['a date', `acme/tool@${between} # 2026-08-01 pin`, ''],
    ['fabricated', `acme/tool@${FABRICATED} # v1.1.0`, `error workflow/missing: acme/tool has no commit deadbeefdead -> v1.1.0 is ${v11}`, `acme/tool@${v11} # v1.1.0`],
    ['fabricated, of a major version', `acme/tool@${FABRICATED} # v1`, `error workflow/missing: acme/tool has no commit deadbeefdead -> v1.1.0 is ${v11}`, `acme/tool@${v11} # v1.1.0`],
    ['fabricated, without a comment', `acme/tool@${FABRICATED}`, `error workflow/missing: acme/tool has no commit deadbeefdead -> its newest tag v2.0.0 is ${v2}`],
    ["another repository's", `acme/tool@${foreign} # v1.0.0`, `error workflow/missing: acme/tool has no commit ${foreign.slice(0, 12)} -> v1.0.0 is ${v1}`, `acme/tool@${v1} # v1.0.0`],
    ['of a pull request', `acme/tool@${pull} # v1.0.0`, `error workflow/off-repository: no branch or tag of acme/tool has ${pull.slice(0, 12)} (it is of pull request 7, which anybody may open) -> v1.0.0 is ${v1}`, `acme/tool@${v1} # v1.0.0`],
    ['a tag object', `acme/tool@${object}`, `error workflow/tag-object: ${object.slice(0, 12)} is not a commit of acme/tool but the object of a tag -> v1.1.0 is ${v11}`, `acme/tool@${v11} # v1.1.0`],
    ['only on a branch', `acme/tool@${aside} # aside`, `note workflow/branch-only: acme/tool has ${aside.slice(0, 12)} only in aside: no tag and not its default branch`],
    ['a lying comment', `acme/tool@${v1} # v2.0.0`, `error workflow/comment-mismatch: ${v1.slice(0, 12)} is not v2.0.0: it is v1.0.0 -> v2.0.0 is ${v2}`, `acme/tool@${v1} # v1.0.0`],
    ['a lying comment of what is no release', `acme/tool@${between} # v2.0.0`, `error workflow/comment-mismatch: ${between.slice(0, 12)} is not v2.0.0: it has no tag -> v2.0.0 is ${v2}`, `acme/tool@${v2} # v2.0.0`],
    ['a version that there is not', `acme/tool@${v1} # v9.9.9`, `error workflow/comment-unknown: acme/tool has no v9.9.9: it is v1.0.0`, `acme/tool@${v1} # v1.0.0`],
    ['a major version that moved on', `acme/tool@${v1} # v1`, `note workflow/comment-moved: v1 has moved on from ${v1.slice(0, 12)}, which is v1.0.0 -> v1 is ${v11} now`, `acme/tool@${v1} # v1.0.0`],
    ['another major version', `acme/tool@${v2} # v1`, `error workflow/comment-mismatch: ${v2.slice(0, 12)} is not v1: it is v2.0.0 -> v1 is ${v11}`, `acme/tool@${v2} # v2.0.0`],
    ['a major version', 'acme/tool@v1', `warning workflow/unpinned: v1 of acme/tool is a tag: it can change under you -> v1.1.0 is ${v11}`, `acme/tool@${v11} # v1.1.0`],
    ['a branch', 'acme/tool@main', `warning workflow/unpinned: main of acme/tool is a branch: it can change under you -> main is ${v2}`, `acme/tool@${v2} # main`],
    ['no such tag', 'acme/tool@v9', `error workflow/ref-missing: acme/tool has no tag or branch v9 -> v2.0.0 is ${v2}`],
    ['upper case', `acme/tool@${v1.toUpperCase()} # v1.0.0`, `warning workflow/upper-case-sha: ${v1.slice(0, 12).toUpperCase()}… is written in upper case, as git never does`, `acme/tool@${v1} # v1.0.0`],
    ['shortened', `acme/tool@${v1.slice(0, 8)} # v1.0.0`, `error workflow/short-sha: ${v1.slice(0, 8)} of acme/tool is a shortened commit, which no forge takes -> in full it is ${v1}`, `acme/tool@${v1} # v1.0.0`],
    ['no repository', `acme/none@${v1}`, 'error workflow/repository-missing: there is no repository acme/none -> nothing answers at https://github.com/acme/none: is the name right?'],
    ['allowed as the old script did', `acme/tool@${FABRICATED} # validate-workflow-shas: skip=vendored`, 'note workflow/missing: acme/tool has no commit deadbeefdead'],
    ['allowed for zizmor', 'acme/tool@v1 # zizmor: ignore[unpinned-uses]', 'note workflow/unpinned: v1 of acme/tool is a tag: it can change under you'],
    ['allowed for another audit of zizmor', 'acme/tool@v1 # zizmor: ignore[artipacked]', `warning workflow/unpinned: v1 of acme/tool is a tag: it can change under you -> v1.1.0 is ${v11}`, `acme/tool@${v11} # v1.1.0 # zizmor: ignore[artipacked]`],
    ['allowed for us', `acme/tool@${v1} # v2.0.0 kei:allow comment-mismatch they moved it`, `note workflow/comment-mismatch: ${v1.slice(0, 12)} is not v2.0.0: it is v1.0.0`],
    ['a name that looks like another', `act1ons/checkout@v1 # zizmor: ignore[unpinned-uses]`, 'warning workflow/name-lookalike: act1ons is not actions -> if actions/checkout is meant, write that'],
  ]; // prettier-ignore

  test('as it is told and mended', { timeout: 120_000 }, async () => {
    const all = cases();
    for (const [name, use, said, fixed = use] of all) {
      await write(place, use);
      const before = await judged(place);
      expect([name, before.said[0] ?? '']).toEqual([name, said]);
      expect([name, before.code]).toEqual([name, before.said.some((line) => line.startsWith('error')) ? 1 : 0]);
      await place.kei('workflow pins --fix');
      expect([name, await content(place)]).toEqual([name, workflow(fixed)]);
      if (fixed !== use) expect([name, (await judged(place)).said]).not.toContainEqual(before.said[0]);
    }
  });
});

test('a fabricated pin, a lying comment, a moved major, a tag object: told, mended, and clean the second time', async () => {
  const place = await makePlace(upstream);
  await write(
    place,
    `acme/tool@${FABRICATED} # v1.1.0`,
    `acme/tool@${v1} # v2.0.0`,
    `acme/tool@${v1} # v1`,
    `'acme/tool@${object}'`,
    'acme/tool@v2',
  );
  await place.repo.commit();
  const { code, out } = await place.kei('workflow pins --fail-on note');
  expect(code).toBe(1);
  expect(out).toContain(`do    v1.1.0 is ${v11}\n`);
  const diff = await place.kei('workflow pins --diff');
  expect(diff.code).toBe(1);
  const before = await content(place);
  const fixed = await place.kei('workflow pins --fix --fail-on note');
  expect([fixed.code, fixed.err]).toEqual([0, '']);
  const after = workflow(
    `acme/tool@${v11} # v1.1.0`,
    `acme/tool@${v1} # v1.0.0`,
    `acme/tool@${v1} # v1.0.0`,
    `'acme/tool@${v11}' # v1.1.0`,
    `acme/tool@${v2} # v2.0.0`,
  );
  expect(await content(place)).toBe(after);
  expect((await place.kei('workflow pins --fail-on note')).code).toBe(0);
  expect((await place.kei('workflow pins --diff')).out).toBe('');
  await place.repo.write(FILE, before);
  await place.repo.gitWith({ stdin: diff.out }, 'apply');
  expect(await content(place)).toBe(after);
});

test('the text has a line for each thing that is referred to', async () => {
  const place = await makePlace(upstream);
  await write(place, `acme/tool@${v1} # v1.0.0`, `acme/tool@${v1} # v1.0.0`, `acme/tool@${between}`);
  const { code, out } = await place.kei('workflow pins');
  const said = out
    .replace(/\d+ ms|\d\.\d s/, 'N ms')
    .replaceAll(v1.slice(0, 12), '<v1>')
    .replaceAll(between.slice(0, 12), '<between>');
  const rows = [`acme/tool@<v1>    2×  v1.0.0`, `acme/tool@<between>          in main, v1, v1.1.0, …`];
  expect(code).toBe(0);
  for (const row of rows) expect(said.replaceAll(/ {2,}/g, ' ')).toContain(row.replaceAll(/ {2,}/g, ' '));
  expect(said).toMatch(/\nnothing found in 1 file and 3 pins \(\d+ bytes, N ms\)\n$/);
});
