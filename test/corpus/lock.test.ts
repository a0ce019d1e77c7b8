import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeEntries } from '../../src/lock/coverage.ts';
import { LOCK_RULES } from '../../src/lock/lock.ts';
import { readLock } from '../../src/lock/read.ts';

// KEI_CORPUS: a folder with workflows/lock/*.lock, and index.jsonl, which says of each what is to be said of it.
const corpus = process.env['KEI_CORPUS'];
const folder = join(corpus ?? '', 'workflows', 'lock');

interface Case {
  readonly file: string;
  readonly expected: { readonly valid: boolean; readonly why?: string; readonly workflows?: number; readonly dependencies?: number };
}

const cases = (): readonly Case[] =>
  corpus === undefined
    ? []
    : readFileSync(join(folder, 'index.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Case);

/** What must be among the errors, by what the index says is wrong. */
const REASONS: readonly (readonly [said: RegExp, error: RegExp])[] = [
  [/duplicate keys/, /^workflow\/lock-broken key "\w+" stands twice/],
  [/missing dependency entries for (\S+)/, /^workflow\/lock-missing-entry \S+\/deed-ecosystem@/],
  [/must be a mapping/, /^workflow\/lock-broken dependencies is no map/],
  [/ignore a broken lock silently/, /the host ignores a broken lock without a word$/],
];

describe.skipIf(corpus === undefined)('locks of Actions', () => {
  test('every file is in the index', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.lock'));
    expect(
      cases()
        .map(({ file }) => file)
        .sort(),
    ).toEqual(files.sort());
    expect(files).toHaveLength(4);
  });

  test.for(cases())('$file', ({ file, expected }) => {
    const { lock, faults } = readLock(readFileSync(join(folder, file)));
    const all = lock === undefined ? faults : [...faults, ...judgeEntries(lock)];
    const errors = all.filter(({ rule }) => LOCK_RULES[rule] === 'error').map(({ rule, message }) => `${rule} ${message}`);
    expect(errors.length === 0).toBe(expected.valid);
    if (expected.workflows !== undefined) expect(lock?.workflows).toHaveLength(expected.workflows);
    if (expected.dependencies !== undefined) expect(lock?.entries).toHaveLength(expected.dependencies);
    const reasons = REASONS.filter(([said]) => said.test(expected.why ?? ''));
    expect(reasons.length > 0).toBe(!expected.valid);
    for (const [, error] of reasons) expect(errors.filter((one) => error.test(one))).not.toEqual([]);
    // What is valid is said nothing of but that something is not used.
    if (expected.valid) expect(all.map(({ rule }) => rule).filter((rule) => rule !== 'workflow/lock-orphan')).toEqual([]);
  });
});
