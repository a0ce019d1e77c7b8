import { expect, test } from 'vitest';
import { readUses } from '../../src/uses/read.ts';
import { LIMITS, parseTree } from '../../src/uses/tree.ts';
import { runProgram } from '../program.ts';
import { isolatedEnv, makeFolder } from '../repo.ts';
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTILE } from './hostile.ts';

const PATH = '.github/workflows/x.yml';

const told = (text: string | Uint8Array): readonly string[] =>
  parseTree(Buffer.from(text)).problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);

test('the limits: up to them a file is read, beyond them it is not, and is read no further', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(told(nested(LIMITS.depth - 2))).toEqual([]);
  expect(told(nested(LIMITS.depth + 1))).toEqual([`1:${LIMITS.depth}: not read: nested more than ${LIMITS.depth} deep`]);

  const items = (count: number): string => `[${'a,'.repeat(count)}]`; // three pieces each
  expect(told(items(LIMITS.tokens / 3 - 10))).toEqual([]);
  expect(told(items(2 * LIMITS.tokens))).toEqual([
    `1:${(2 * LIMITS.tokens) / 3}: not read: more than ${LIMITS.tokens} words, marks and lines`,
  ]);

  const bomb = (levels: number): string =>
    Array.from(
      { length: levels },
      (_, n) =>
        `a${n}: &a${n} [${Array(10)
          .fill(n === 0 ? 'x' : `*a${n - 1}`)
          .join()}]\n`,
    ).join('');
  expect(told(bomb(4))).toEqual([]);
  expect(told(bomb(6))).toEqual([`6:9: not read: aliases stand for more than ${LIMITS.expanded} values`]);
  expect(parseTree(Buffer.from(bomb(6))).root).toBeUndefined();

  expect(told(Buffer.alloc(LIMITS.bytes, '#'))).toEqual([]);
  expect(told(Buffer.alloc(LIMITS.bytes + 1, '#'))).toEqual(['1:1: not read: larger than 10 MB']);
});

test('what is not UTF-8', () => {
  for (const text of [Buffer.from('\ufeffa: b', 'utf16le'), Buffer.from('a: b', 'utf16le'), Buffer.from([0xfe, 0xff, 0, 0x61])])
    expect(told(text)).toEqual(['1:1: not read: the file is not UTF-8']);
});

test('problems are counted where there are too many', () => {
  const problems = told('- *x\n'.repeat(250));
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)).toBe('101:3: 150 problems more');
});

test('stack traces are as they were', () => {
  const { stackTraceLimit } = Error;
  told('[,,,');
  told('['.repeat(1000));
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

const isLong = process.env['KEI_LONG'] === '1';
const size = isLong ? 1_000_000 : 200_000; // some within the limits, some beyond

test.for(Object.entries(HOSTILE))('hostile: %s', ([, make]) => {
  const { problems } = readUses(Buffer.from(make(size)), PATH);
  expect(problems.length).toBeLessThanOrEqual(101);
  for (const { line, column, message } of problems) {
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
    expect(message.length).toBeLessThan(200);
  }
});

test('large hostile files, one after the other in a heap of 160 MB', async () => {
  const folder = await makeFolder();
  mkdirSync(join(folder, '.github/workflows'), { recursive: true });
  const bytes = isLong ? LIMITS.bytes : 2_000_000;
  for (const [index, make] of Object.values(HOSTILE).entries())
    writeFileSync(join(folder, `.github/workflows/${index}.yml`), make(bytes - 100).slice(0, bytes));
  const env = { ...isolatedEnv(folder), NODE_OPTIONS: '--max-old-space-size=160' };
  const { code, out, err } = await runProgram(['workflow', 'uses', '--format', 'json'], { cwd: folder, env });
  expect(code).toBe(1);
  expect(err).not.toContain('bug');
  const { problems } = JSON.parse(out) as { readonly problems: readonly { readonly path: string; readonly message: string }[] };
  const refused = new Set(problems.filter(({ message }) => message.startsWith('not ')).map(({ path }) => path));
  expect(refused.size).toBeGreaterThan(Object.keys(HOSTILE).length / 2);
});
