import { expect, test } from 'vitest';
import { choice, defineCommand, flag, list, number, one, rest, text, type CommandEntry } from '../../src/command.ts';
import { commandHelp, groupHelp, programHelp } from '../../src/face/help.ts';

const ignore = defineCommand({
  args: { fingerprint: one('what to ignore'), paths: rest('only there', { completes: 'file' }) },
  options: {
    reason: text('TEXT', 'why it is no leak; stands in .kei/ignores.toml, where the next one who reads it wants to understand it', {
      short: 'm',
    }),
    'fail-on': choice(['note', 'warning', 'error'], 'exit with 1 from this severity on', { default: 'error' }),
    format: choice(['text', 'json', 'sarif', 'junit', 'github'], 'how to print', { default: 'text' }),
    rules: list('FILE', 'rule files'),
    'max-file-size': number('BYTES', 'larger files are left out', { min: 0, max: 1e12, default: 50 * 1024 ** 2, bytes: true }),
    'dry-run': flag('show only'),
    internal: flag('not for people', { hidden: true }),
  },
  details: 'First paragraph.\n\nSecond one.',
  examples: [{ command: 'kei-git leak ignore kei1:abc -m "test key"', does: 'ignores one finding' }],
  run: async () => ({ kind: 'answer', text: '', value: undefined }),
});

const load = (): never => {
  throw new Error('help must not load a command');
};
const table: ReadonlyMap<string, CommandEntry> = new Map([
  ['check', { summary: 'run every check', load }],
  ['leak scan', { summary: 'look for secrets in files, commits and messages, and say where they are and what to do about them', load }],
  ['leak ignore', { summary: 'ignore a finding', load }],
  ['secret', { summary: 'internal', load, hidden: true }],
]);

test('help of the program, from the table alone', () => {
  expect(programHelp(table, 70)).toBe(`kei-git keeps a repository safe and accountable while people and
coding agents work on it together.

usage: kei-git COMMAND [options]

commands
  check        run every check
  leak scan    look for secrets in files, commits and messages, and
               say where they are and what to do about them
  leak ignore  ignore a finding

more
  help COMMAND  what a command takes, with examples; also COMMAND
                --help
  --version     the version of kei-git

exit codes
  0    looked, found nothing at or above the threshold
  1    looked, found something
  2    asked wrongly: command line, configuration
  3    could not look: git, disk, a bug
  130  interrupted
`);
});

test('help of a group', () => {
  expect(groupHelp(table, 'leak', 200)).toBe(`usage: kei-git leak COMMAND [options]

commands
  leak scan    look for secrets in files, commits and messages, and say where they are and what to
               do about them
  leak ignore  ignore a finding

kei-git help leak COMMAND says what it takes.
`);
});

test('help of a command, from its declaration', () => {
  expect(commandHelp('leak ignore', 'ignore a finding', ignore, 80)).toBe(`usage: kei-git leak ignore FINGERPRINT [PATH…] [options]

ignore a finding

First paragraph.

Second one.

arguments
  FINGERPRINT  what to ignore
  PATH         only there

options
  -m, --reason TEXT               why it is no leak; stands in
                                  .kei/ignores.toml, where the next one who
                                  reads it wants to understand it
      --fail-on note|warning|error
                                  exit with 1 from this severity on (default
                                  error)
      --format FORMAT             how to print (one of text, json, sarif, junit,
                                  github; default text)
      --rules FILE                rule files (may be repeated)
      --max-file-size BYTES       larger files are left out (default 50M)
      --dry-run                   show only
  -h, --help                      this text

examples
  kei-git leak ignore kei1:abc -m "test key"
      ignores one finding
`);
});

test.for([20, 40, 80, 120])('no line is wider than %d columns, but for what cannot be broken', (columns) => {
  const widest = (help: string): number => Math.max(...help.split('\n').map((line) => line.length));
  expect(widest(programHelp(table, columns))).toBeLessThanOrEqual(Math.max(columns, 54));
  expect(widest(commandHelp('leak ignore', 'x', ignore, columns))).toBeLessThanOrEqual(Math.max(columns, 60));
});
