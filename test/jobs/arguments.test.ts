import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine, fileArgument } from '../../src/jobs/arguments.ts';

const GIVEN = { args: ['origin', 'ssh://host/x'], message: '/repo/.git/COMMIT_EDITMSG' };
const FILES = { files: ['*'], passFiles: true };

test.for([
  { name: 'files come last', run: ['lint', '--fix'], before: ['--fix'], after: [] },
  { name: 'or where they stand', run: ['lint', '{files}', '--', 'x'], before: [], after: ['--', 'x'] },
  { name: 'the message, inside a word too', run: ['cl', '--edit={message}'], before: [`--edit=${GIVEN.message}`], after: [] },
  { name: 'what git gives', run: ['git-lfs', 'pre-push', '{args}'], before: ['pre-push', ...GIVEN.args], after: [], likeHook: true },
  { name: 'no shell reads anything', run: ['a', '$HOME', '*.ts', '; rm'], before: ['$HOME', '*.ts', '; rm'], after: [] },
])('commandLine: $name', ({ run, before, after, likeHook = false }) => {
  expect(commandLine({ run, ...FILES }, GIVEN)).toEqual({ program: run[0], before, after, likeHook });
});

test('without files nothing stands for them', () => {
  const run = ['a', '{files}', 'b'];
  for (const takes of [
    { files: undefined, passFiles: true },
    { files: ['*'], passFiles: false },
  ])
    expect(commandLine({ run, ...takes }, GIVEN)).toEqual({ program: 'a', before: ['b'], after: [], likeHook: false });
});

test('a message with a word in braces is not read again', () => {
  const given = { args: ['{files}', '{message}'], message: '/x/{files}{args}' };
  expect(commandLine({ run: ['a', '{args}', 'b{message}'], ...FILES }, given).before).toEqual([
    '{files}',
    '{message}',
    'b/x/{files}{args}',
  ]);
});

test.for([
  ['a.ts', 'a.ts'],
  ['src/-x', 'src/-x'],
  ['-rf', './-rf'],
  ['--help', './--help'],
  ['@args', './@args'],
  ['+10', './+10'],
  [':(top)x', './:(top)x'],
  ['!x', './!x'],
  ['~/x', './~/x'],
  ['#x', './#x'],
  [' x', './ x'],
  ['\nx', './\nx'],
  ['.hidden', '.hidden'],
  ['_x', '_x'],
  ['ärger', 'ärger'],
  ['100%25', '100%'],
  ['%25x', './%x'],
] as const)('fileArgument: %j', ([path, argument]) => {
  expect(fileArgument(path)).toBe(argument);
});

test('an argument always names its file and never begins like an option', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\0]/.test(text) && !text.startsWith('/'));
  fc.assert(
    fc.property(name, (path) => {
      const argument = fileArgument(path.replaceAll('%', '%25'));
      expect(posix.resolve('/r', argument)).toBe(posix.resolve('/r', path));
      expect(argument).not.toMatch(/^[-@+:!~#=&|<>(]/);
    }),
  );
});
