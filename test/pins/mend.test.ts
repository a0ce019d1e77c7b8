import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits, fitting } from '../../src/pins/diff.ts';
import { mend } from '../../src/pins/mend.ts';
import { pinsOf } from '../../src/pins/pin.ts';
import { readUses } from '../../src/uses/read.ts';

const FORGES = { forge: 'https://github.com', forgejo: '', gitea: '', owner: undefined };
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const TAG = 'v9.9.9';

interface Step {
  /** With what stands there, and with what is to stand there. */
  readonly before: string;
  readonly after: string;
  /** White space before the comment of a reference. */
  readonly gap?: string;
}

/** Comments as they are and as they become. */
const COMMENTS: readonly (readonly [before: string, after: string])[] = [
  ['', `# ${TAG}`],
  ['# v1.0.0', `# ${TAG}`],
  ['#v1', `#${TAG}`],
  ['# tag=v1.0', `# tag=${TAG}`],
  ['# ratchet:acme/tool@v1', `# ratchet:acme/tool@${TAG}`],
  ['# zizmor: ignore[artipacked]', `# ${TAG} # zizmor: ignore[artipacked]`],
  ['# v1.0.0 # zizmor: ignore[artipacked]', `# ${TAG} # zizmor: ignore[artipacked]`],
  ['# why we do that: ü 😀', `# ${TAG} # why we do that: ü 😀`],
  ['# 2026-08-01 pin', `# ${TAG} # 2026-08-01 pin`],
];

/** Ways to write a value on a line of its own, behind which a comment may stand. */
const WITH_ROOM: readonly ((value: string) => string)[] = [
  (value) => `- uses: ${value}`,
  (value) => `- uses: '${value}'`,
  (value) => `- "uses": "${value}"`,
  (value) => `- uses : ${value}`,
  (value) => `- uses:\t${value}`,
  (value) => `- name: ü 😀\n        uses: ${value}`,
  (value) => `- uses:\n          ${value}`,
  (value) => `- uses: !!str ${value}`,
  (value) => `- uses: ${value}   `,
  (value) => `- { uses: ${value}, with: { a: "b # c" } }`,
  (value) => `- {"uses": "${value}"}`,
];
const same = (text: string, gap?: string): Step => ({ before: text, after: text, ...(gap === undefined ? {} : { gap }) });

/** Bytes that are not the value, and text that is no reference. */
const UNTOUCHED: readonly Step[] = [
  same('- uses: >-\n          acme/tool@v1'),
  same('- uses: "acme/tool\\u0040v1" # v1', ' '),
  same('- run: "uses: acme/tool@v1 # v1"'),
  same('- run: |\n          uses: acme/tool@v1 # v1.0.0'),
  same('# - uses: acme/tool@v1 # v1'),
  same('- uses: ./local'),
  same('- uses: docker://alpine:3 # v1', ' '),
  same('-   name: odd   spacing'),
];

const value = (ref: string): string => `acme/tool/sub@${ref}`;
const refs = fc.constantFrom('v1', 'main', 'ABCDEF0123'.repeat(4), 'feature/ü');

const roomy = fc
  .tuple(fc.constantFrom(...WITH_ROOM), refs, fc.constantFrom(...COMMENTS))
  .map(([write, ref, [old, now]]) => (gap: string, newGap: string): Step => {
    const text = write(value(ref));
    const trail = /[ \t]*$/.exec(text)?.[0] ?? '';
    const bare = write(value(COMMIT)).trimEnd();
    return {
      before: old === '' ? text : `${text.trimEnd()}${gap}${old}`,
      after: old === '' ? `${bare}${newGap}${now}${trail}` : `${bare}${gap}${now}`,
      ...(old === '' ? {} : { gap }),
    };
  });
const untouched = fc.constantFrom(...UNTOUCHED).map((step) => (): Step => step);
const anchored = refs.map((ref) => (): Step => ({
  before: `- uses: &pin ${value(ref)} # v1\n      - uses: *pin`,
  after: `- uses: &pin ${value(COMMIT)} # ${TAG}\n      - uses: *pin`,
  gap: ' ',
}));

const file = (steps: readonly string[], end: string, mark: string): string =>
  (mark + `on: push\njobs:\n  a:\n    name: "ü: # 1"\n    steps:\n${steps.map((step) => `      ${step}\n`).join('')}`).replaceAll(
    '\n',
    end,
  );

test('a fix changes the reference and its comment, and no other byte', () => {
  let fixes = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(roomy, roomy, untouched), { maxLength: 12 }),
      fc.option(anchored),
      fc.constantFrom(' ', '  ', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\ufeff'),
      (makers, anchor, gap, end, mark) => {
        const all = [...makers, ...(anchor === null ? [] : [anchor])];
        // What is new stands behind the white space that most comments have; without any, behind one space.
        const gaps = all.flatMap((make) => make(gap, gap).gap ?? []);
        const isOurs = gaps.filter((one) => one === gap).length;
        const newGap = gaps.length === 0 ? ' ' : 2 * isOurs === gaps.length ? gaps[0] : 2 * isOurs > gaps.length ? gap : ' ';
        const steps = all.map((make) => make(gap, newGap ?? ' '));
        const bytes = Buffer.from(
          file(
            steps.map(({ before }) => before),
            end,
            mark,
          ),
        );
        const { uses } = readUses(bytes, '.github/workflows/a.yml');
        const source = { path: '.github/workflows/a.yml', bytes, uses };
        const edits = pinsOf(uses, source.path, FORGES).map((pin) => mend(pin, { commit: COMMIT, tag: TAG }, source)?.edits ?? []);
        fixes += edits.filter(({ length }) => length > 0).length;
        expect(applyEdits(bytes, fitting(edits).edits).toString()).toBe(
          file(
            steps.map(({ after }) => after),
            end,
            mark,
          ),
        );
      },
    ),
    { numRuns: 500 },
  );
  expect(fixes).toBeGreaterThan(500);
});
