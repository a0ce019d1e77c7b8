import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUses } from '../../src/uses/read.ts';
import type { Use } from '../../src/uses/use.ts';
import { workflows } from './workflow.ts';

const RUNS = process.env['KEI_LONG'] === '1' ? 10_000 : 1_000;
const PATH = '.github/workflows/x.yml';

/** Counted from the bytes, in another way than the reader does. */
const spotOf = (bytes: Buffer, start: number): readonly [line: number, column: number] => {
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, start)).split('\n');
  return [before.length, (before.at(-1) ?? '').length + 1];
};

/** What holds for each file, whatever it is. */
const hold = (bytes: Buffer, path = PATH): readonly Use[] => {
  const { uses, problems } = readUses(bytes, path);
  const lines = bytes.toString().split('\n').length;
  const taken = new Set<number>();
  for (const use of uses) {
    expect(use.start).toBeLessThanOrEqual(use.end);
    expect(use.end).toBeLessThanOrEqual(bytes.length);
    expect(use.line).toBeLessThanOrEqual(lines);
    if (use.anchor === undefined) expect([use.line, use.column]).toEqual(spotOf(bytes, use.start));
    if (use.comment !== undefined) {
      expect(bytes[use.comment.start]).toBe(0x23);
      if (use.comment.version !== undefined)
        expect(bytes.subarray(use.comment.versionStart, use.comment.versionEnd).toString()).toBe(use.comment.version);
    }
    if (!use.verbatim) continue;
    expect(bytes.subarray(use.start, use.end).toString()).toBe(use.raw);
    expect(taken.has(use.start)).toBe(false);
    taken.add(use.start);
  }
  for (const { line, column } of problems) {
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThan(0);
  }
  return uses;
};

const edited = (bytes: Buffer, start: number, end: number, text: string): Buffer =>
  Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]);

test('every reference of a workflow is found, however it is written, and nothing else', { timeout: 600_000 }, () => {
  let found = 0;
  fc.assert(
    fc.property(workflows, ({ text, raws }) => {
      const uses = hold(Buffer.from(text));
      expect(uses.map(({ raw }) => raw)).toEqual(raws);
      expect(readUses(Buffer.from(text), PATH).problems).toEqual([]);
      found += uses.length;
    }),
    { numRuns: RUNS },
  );
  expect(found).toBeGreaterThan(2 * RUNS);
});

test('a value that is written over, and a comment that is put behind it, change that reference and no other', { timeout: 600_000 }, () => {
  const counted = { values: 0, comments: 0 };
  fc.assert(
    fc.property(workflows, fc.nat(), ({ text }, pick) => {
      const bytes = Buffer.from(text);
      const uses = hold(bytes);
      const index = pick % uses.length;
      const use = uses[index];
      if (use?.verbatim !== true) return;
      counted.values++;
      const others = (list: readonly Use[]): readonly (string | undefined)[] => list.flatMap(({ raw }, at) => (at === index ? [] : [raw]));
      const over = hold(edited(bytes, use.start, use.end, 'new/name@v9'));
      expect(over[index]?.raw).toBe('new/name@v9');
      expect(others(over)).toEqual(others(uses));
      if (use.commentAt === undefined) return;
      counted.comments++;
      const behind = hold(edited(bytes, use.commentAt, use.commentAt, ' # v9'));
      expect(behind[index]?.comment?.version).toBe('v9');
      expect(behind.map(({ raw }) => raw)).toEqual(uses.map(({ raw }) => raw));
    }),
    { numRuns: RUNS },
  );
  expect(counted.values).toBeGreaterThan(RUNS / 3);
  expect(counted.comments).toBeGreaterThan(RUNS / 20);
});

const PIECES = [
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    ': ',
    '- ',
    '? ',
    '# ',
    ' #',
    '&a ',
    '*a',
    '*a ',
    '!!str ',
    '!<',
    '|',
    '>-',
    '|2',
    '%YAML 1.2',
    '---',
    '...',
  ],
  ...[
    '"',
    "'",
    '\\',
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '\n  ',
    '\n    ',
    '<<: *a',
    'uses: ',
    'uses: o/r@v1',
    'steps:',
    'jobs:',
    'parallel:',
  ],
  ...[
    'container: ',
    'image: x',
    '\u0000',
    '\u001f',
    '\u0018',
    '\u0002',
    '\ufeff',
    '\ud800',
    '\u{1f600}',
    'é',
    '\u2028',
    '\u0085',
    '~',
    '1',
  ],
];

/** A workflow with pieces put in, taken out and exchanged. */
const damaged = fc
  .tuple(workflows, fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 6 }))
  .map(([{ text }, changes]) =>
    changes.reduce((now, [at, length, piece]) => {
      const from = at % (now.length + 1);
      return now.slice(0, from) + piece + now.slice(from + length);
    }, text),
  );

test('damaged files, files of pieces and of bytes: read, with places that are in the file', { timeout: 600_000 }, () => {
  let uses = 0;
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((some) => some.join(''));
  const bytes = fc.oneof(
    { weight: 6, arbitrary: damaged.map((text) => Buffer.from(text)) },
    { weight: 3, arbitrary: pieces.map((text) => Buffer.from(`jobs:\n  a:\n    steps:\n    - ${text}`)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(workflows, fc.nat(), fc.uint8Array({ maxLength: 4 }))
        .map(([{ text }, at, raw]) =>
          Buffer.concat([Buffer.from(text).subarray(0, at % text.length), raw, Buffer.from(text).subarray(at % text.length)]),
        ),
    },
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom(PATH, PATH, 'action.yml', '.pre-commit-config.yaml', '.github/dependabot.yml'), (file, path) => {
      uses += hold(file, path).length;
    }),
    { numRuns: RUNS },
  );
  expect(uses).toBeGreaterThan(RUNS / 3);
});
