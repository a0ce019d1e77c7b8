import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS, main } from '../src/cli.ts';
import { choice, defineCommand, rest, text, type Command, type CommandEntry } from '../src/command.ts';
import { ConfigError, GitError, InterruptedError } from '../src/errors.ts';
import { SEVERITIES, type Report } from '../src/report/finding.ts';
import { FORMATS } from '../src/report/format.ts';
import { renderJson } from '../src/report/json.ts';
import { VERSION } from '../src/version.ts';
import { captured } from './captured.ts';
import { finding, report, skip } from './report/sample.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kei-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const never = (): never => {
  throw new Error('no command may be loaded');
};
const row = (command: Command): CommandEntry => ({ summary: 'a test', load: async () => ({ command }) });
const reporting = (of: Report): CommandEntry =>
  row(
    defineCommand({
      args: { paths: rest('paths') },
      options: {
        format: choice(FORMATS, 'how', { default: 'text' }),
        output: text('FILE', 'where'),
        'fail-on': choice(SEVERITIES, 'when', { default: 'error' }),
      },
      run: async () => of,
    }) as Command,
  );
const throwing = (error: unknown): CommandEntry =>
  row({
    args: {},
    options: {},
    run: async () => {
      throw error;
    },
  });
const answering = (code?: 1): CommandEntry =>
  row({
    args: {},
    options: { format: choice(['text', 'json'], 'how') },
    run: async () => ({ kind: 'answer', text: 'hello\n', value: { b: 1 }, ...(code === undefined ? {} : { exitCode: code }) }),
  });

const one = (entry: CommandEntry): ReadonlyMap<string, CommandEntry> => new Map([['check', entry]]);
const lazy: ReadonlyMap<string, CommandEntry> = new Map([
  ['check', { summary: 'run every check', load: never }],
  ['leak scan', { summary: 'look', load: never }],
  ['leak', { summary: 'not the group', load: never }],
  ['report merge', { summary: 'join', load: never }],
  ['report split', { summary: 'part', load: never }],
]);

describe('finding the command', () => {
  test.for([
    [['--help'], 0, /^kei-git keeps[\s\S]+ {2}report merge {2}join\n/],
    [['-h'], 0, /^kei-git keeps/],
    [['help'], 0, /^kei-git keeps/],
    [['help', '--help'], 0, /^kei-git keeps/],
    [[], 2, /^kei-git keeps/],
    [['report'], 2, /^usage: kei-git report COMMAND[\s\S]+report split/],
    [['report', '--help'], 0, /^usage: kei-git report COMMAND/],
    [['help', 'report'], 0, /^usage: kei-git report COMMAND/],
    [['--version'], 0, /^\d+\.\d+\.\d+\S*\n$/],
  ] as const)('%j loads no command', async ([argv, code, out]) => {
    const context = captured(dir);
    expect(await main(argv, context, lazy)).toBe(code);
    expect(context.out()).toMatch(out);
    expect(context.err()).toBe('');
  });

  test.for([
    [['chekc'], 'kei-git: unknown command "chekc"\n  hint: did you mean kei-git check?\n'],
    [['help', 'chekc'], 'kei-git: unknown command "chekc"\n  hint: did you mean kei-git check?\n'],
    [['scan'], 'kei-git: unknown command "scan"\n  hint: did you mean kei-git leak scan?\n'],
    [['repot', 'merge'], 'kei-git: unknown command "repot"\n  hint: did you mean kei-git report merge?\n'],
    [['reprot'], 'kei-git: unknown command "reprot"\n  hint: did you mean kei-git report?\n'],
    [['report', 'marge'], 'kei-git: unknown command "report marge"\n  hint: did you mean kei-git report merge?\n'],
    [['report', 'xyzzy'], 'kei-git: unknown command "report xyzzy"\n  hint: kei-git help report lists the commands\n'],
    [['xyzzy\u001b[2J'], 'kei-git: unknown command "xyzzy\\x1b[2J"\n  hint: kei-git --help lists the commands\n'],
    [
      ['--format', 'json', 'check'],
      'kei-git: unknown option "--format"\n  hint: options stand after the command: kei-git COMMAND --option\n',
    ],
    [['__proto__'], 'kei-git: unknown command "__proto__"\n  hint: kei-git --help lists the commands\n'],
    [[''], 'kei-git: unknown command ""\n  hint: kei-git --help lists the commands\n'],
  ] as const)('%j is refused', async ([argv, err]) => {
    const context = captured(dir);
    expect(await main(argv, context, lazy)).toBe(2);
    expect(context.err()).toBe(err);
    expect(context.out()).toBe('');
  });

  test('the longest name wins, and --help anywhere before -- is help of that command', async () => {
    const table = new Map([
      ['leak', throwing(new Error('the short one'))],
      ['leak scan', reporting(report())],
    ]);
    for (const argv of [
      ['leak', 'scan', 'x', '--help'],
      ['leak', 'scan', '-h', '--nonsense'],
      ['help', 'leak', 'scan'],
    ]) {
      const context = captured(dir);
      expect(await main(argv, context, table)).toBe(0);
      expect(context.out()).toMatch(/^usage: kei-git leak scan \[PATH…\] \[options\]\n/);
    }
    const context = captured(dir);
    expect(await main(['leak', 'scan', '--', '--help'], context, table)).toBe(0);
    expect(context.out()).toBe('nothing found in 128 files (1.2 MB, 340 ms)\n');
  });
});

describe('results', () => {
  test.for([
    ['clean', report(), [], false, 0],
    ['an error', report({ findings: [finding()] }), [], false, 1],
    ['a warning', report({ findings: [finding({ severity: 'warning' })] }), [], false, 0],
    ['a warning with --fail-on note', report({ findings: [finding({ severity: 'warning' })] }), ['--fail-on', 'note'], false, 1],
    ['a failure', report({ skipped: [skip('denied', 'a', 'failed')] }), [], false, 0],
    ['a failure and a finding in CI', report({ findings: [finding()], skipped: [skip('denied', 'a', 'failed')] }), [], true, 3],
  ] as const)('%s: exit code in every format, report printed', async ([, of, options, ci, code]) => {
    for (const format of FORMATS) {
      const context = captured(dir, { ci });
      expect(await main(['check', '--format', format, ...options], context, one(reporting(of)))).toBe(code);
      expect(context.out()).not.toBe('');
      expect(context.err()).toBe('');
    }
  });

  test('--output writes the file and nothing to standard output', async () => {
    const of = report({ findings: [finding()] });
    const context = captured(dir, { isTTY: true });
    expect(await main(['check', '--format', 'json', '--output', 'out.json'], context, one(reporting(of)))).toBe(1);
    expect([context.out(), context.err()]).toEqual(['', '']);
    expect(readFileSync(join(dir, 'out.json'), 'utf8')).toBe(renderJson(of, { name: 'kei-git', version: VERSION }));
    expect(readdirSync(dir)).toEqual(['out.json']);
  });

  test('text in a file has no colour, whatever the terminal is', async () => {
    const context = captured(dir, { isTTY: true });
    expect(await main(['check', '--output', 'out.txt'], context, one(reporting(report({ findings: [finding()] }))))).toBe(1);
    expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toMatch(/^src\/a\.ts:3:5 {2}error {2}example token \[leak\/example-token\]\n/);
  });

  test('a report that cannot be written is printed, and the run failed', async () => {
    const context = captured(dir);
    expect(await main(['check', '--output', 'no/such/folder.txt'], context, one(reporting(report())))).toBe(3);
    expect(context.out()).toBe('nothing found in 128 files (1.2 MB, 340 ms)\n');
    expect(context.err()).toMatch(/^kei-git: cannot write .+folder\.txt: there is no such file or folder\n/);
  });

  test('a device is not replaced by a file', async () => {
    const context = captured(dir);
    expect(await main(['check', '--output', '/dev/kei-git-test'], context, one(reporting(report())))).toBe(2);
    expect(context.out()).toContain('nothing found');
    expect(context.err()).toBe('kei-git: --output: /dev/kei-git-test is no file\n  hint: leave --output out and redirect\n');
  });

  test('--output - is standard output', async () => {
    const context = captured(dir);
    expect(await main(['check', '--output', '-'], context, one(reporting(report())))).toBe(0);
    expect(context.out()).toContain('nothing found');
  });

  test.for([
    [{ isTTY: true }, true],
    [{ isTTY: false }, false],
    [{ isTTY: true, env: { NO_COLOR: '1' } }, false],
    [{ isTTY: true, env: { NO_COLOR: '' } }, true],
    [{ isTTY: true, env: { TERM: 'dumb' } }, false],
    [{ isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    [{ isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    [{ isTTY: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
  ] as const)('colour with %j: %s', async ([overrides, coloured]) => {
    const context = captured(dir, overrides);
    await main(['check'], context, one(reporting(report({ findings: [finding()] }))));
    expect(context.out().includes('\u001b[')).toBe(coloured);
  });

  test('an answer is its text, or its value as JSON, with its exit code', async () => {
    const asText = captured(dir);
    expect(await main(['check'], asText, one(answering()))).toBe(0);
    expect(asText.out()).toBe('hello\n');
    const asJson = captured(dir);
    expect(await main(['check', '--format', 'json'], asJson, one(answering(1)))).toBe(1);
    expect(JSON.parse(asJson.out())).toEqual({ b: 1 });
  });
});

describe('errors', () => {
  const SECRET = 'hunter2hunter2hunter2';
  test.for([
    [
      new ConfigError('kei.toml:1:2: unknown key "a"\u001b[2J', { hint: 'did you mean "b"?\nor "c"?' }),
      2,
      'kei-git: kei.toml:1:2: unknown key "a"\\x1b[2J\n  hint: did you mean "b"?\n  hint: or "c"?\n',
    ],
    [new GitError('not a repository'), 3, 'kei-git: not a repository\n'],
    [new InterruptedError('interrupted'), 130, 'kei-git: interrupted\n'],
  ] as const)('%s', async ([error, code, err]) => {
    const context = captured(dir);
    expect(await main(['check'], context, one(throwing(error)))).toBe(code);
    expect([context.out(), context.err()]).toEqual(['', err]);
  });

  test('a bug is 3, with its place and without what was read', async () => {
    const context = captured(dir);
    expect(await main(['check'], context, one(throwing(new SyntaxError(`bad ${SECRET}`))))).toBe(3);
    expect(context.err()).toMatch(
      /^kei-git: this is a bug, please report it\nSyntaxError \(its message is left out: it may quote what was read\)\n {4}at .+cli\.test\.ts/,
    );
    expect(context.err()).not.toContain(SECRET);
  });

  test('a wrong option is 2 and nothing runs', async () => {
    const context = captured(dir);
    expect(await main(['check', '--formt', 'json'], context, one(throwing(new Error('it ran'))))).toBe(2);
    expect(context.err()).toMatch(/^kei-git: check: unknown option "--formt"\n/);
  });

  test('an interrupted run is 130 whatever came of it, and its report is printed', async () => {
    const controller = new AbortController();
    controller.abort();
    const context = captured(dir, { signal: controller.signal });
    expect(await main(['check'], context, one(reporting(report({ findings: [finding()] }))))).toBe(130);
    expect(context.out()).toContain('1 error in');
    expect(await main(['check'], context, one(throwing(new ConfigError('x'))))).toBe(130);
    expect(context.err()).toBe('kei-git: interrupted\n');
  });
});

describe('report merge', () => {
  const shard = (n: number) => ({ event: 'check', kind: 'history', description: `history, shard ${n}/2` });
  const write = (name: string, of: Report): void => writeFileSync(join(dir, name), renderJson(of, { name: 'kei-git', version: '1' }));

  test('joins files and standard input', async () => {
    write('1.json', report({ target: shard(1), findings: [finding()] }));
    const stdin = renderJson(report({ target: shard(2), findings: [finding(), finding({ path: 'b' })] }), {
      name: 'kei-git',
      version: '1',
    });
    const context = captured(dir, { stdin });
    expect(await main(['report', 'merge', '1.json', '-', '--format', 'json'], context)).toBe(1);
    const merged = JSON.parse(context.out()) as { readonly findings: readonly unknown[]; readonly stats: unknown };
    expect(merged.findings).toHaveLength(2);
    expect(merged.stats).toEqual({ files: 256, bytes: 2_516_582, elapsedMs: 680 });
  });

  test('a missing shard fails in CI', async () => {
    write('1.json', report({ target: shard(1) }));
    const context = captured(dir, { ci: true });
    expect(await main(['report', 'merge', '1.json'], context)).toBe(3);
    expect(context.out()).toContain('not looked at: shard 2/2 is not among the merged reports\n');
  });

  test.for([
    [['report', 'merge'], 'kei-git: report merge: FILE is missing\n'],
    [['report', 'merge', 'gone.json'], 'kei-git: report merge: gone.json does not exist\n'],
    [['report', 'merge', 'broken.json'], 'kei-git: broken.json: not valid JSON\n'],
    [['report', 'merge', 'binary.json'], 'kei-git: binary.json: not UTF-8\n'],
  ] as const)('%j is refused', async ([argv, message]) => {
    writeFileSync(join(dir, 'broken.json'), 'hunter2');
    writeFileSync(join(dir, 'binary.json'), Buffer.from([0xff, 0xfe, 0]));
    const context = captured(dir);
    expect(await main(argv, context)).toBe(2);
    expect(context.err().startsWith(message)).toBe(true);
    expect(context.err()).not.toContain('hunter2');
  });
});

test('every row of the table loads and has help', async () => {
  for (const name of COMMANDS.keys()) {
    const context = captured(dir);
    expect(await main([...name.split(' '), '--help'], context)).toBe(0);
    expect(context.out()).toContain(`usage: kei-git ${name}`);
  }
});

test.for(['bash', 'zsh', 'fish'])('completion %s prints a script that names every command', async (shell) => {
  const context = captured(dir);
  expect(await main(['completion', shell], context)).toBe(0);
  for (const [name, { hidden }] of COMMANDS) if (hidden !== true) expect(context.out()).toContain(name);
});
