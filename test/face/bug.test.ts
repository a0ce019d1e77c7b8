import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bugReport } from '../../src/face/bug.ts';

const caught = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};
const SECRET = 'hunter2hunter2hunter2';

test('kind and place of a bug are shown', () => {
  const text = bugReport(caught(() => (undefined as unknown as { findings: string }).findings));
  expect(text).toMatch(
    /^kei-git: this is a bug, please report it\nTypeError: Cannot read properties of undefined \(reading 'findings'\)\n {4}at .+bug\.test\.ts:\d+:\d+/,
  );
});

test.for([
  ['JSON.parse', () => JSON.parse(SECRET) as unknown],
  ['a regular expression', () => new RegExp(`${SECRET}(`)],
  ['a property that is content', () => (undefined as unknown as Record<string, string>)[SECRET]],
  [
    'a message over lines that looks like a frame',
    () => {
      throw new Error(`x\n    at ${SECRET}`);
    },
  ],
  [
    'a name',
    () => {
      throw Object.assign(new Error('x'), { name: `${SECRET} ${SECRET}` });
    },
  ],
  [
    'a cause',
    () => {
      throw new Error('x', { cause: new Error(SECRET) });
    },
  ],
  [
    'a string',
    () => {
      throw SECRET;
    },
  ],
] as const)('%s: what was read is not in the report', ([, run]) => {
  expect(bugReport(caught(run))).not.toContain(SECRET);
});

test('a system error says what was asked of the system', () => {
  expect(bugReport(caught(() => readFileSync('/no/such\u001b[2J/file')))).toContain(String.raw`Error: ENOENT open /no/such\x1b[2J/file`);
});

test('causes that go in a circle end', () => {
  const error = new Error('x');
  error.cause = error;
  expect(bugReport(error).split('caused by')).toHaveLength(5);
});
