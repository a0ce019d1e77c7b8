import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choice, flag, list, maybe, maybeText, number, one, rest, text } from '../../src/command.ts';
import { UsageError } from '../../src/errors.ts';
import { parseInput } from '../../src/face/parse.ts';

const declaration = {
  args: { paths: rest('what to look at') },
  options: {
    staged: flag('the index', { short: 's' }),
    quiet: flag('less', { short: 'q' }),
    'no-cache': flag('do not read caches'),
    range: text('A..B', 'commits', { short: 'r' }),
    rules: list('FILE', 'rule files'),
    format: choice(['text', 'json', 'sarif'], 'how', { default: 'text', short: 'f' }),
    scope: choice(['write', 'push'], 'when'),
    jobs: number('N', 'threads', { min: 1, max: 64, short: 'j' }),
    'max-file-size': number('BYTES', 'larger files are left out', { min: 0, max: 2 ** 40, default: 50 * 1024 ** 2, bytes: true }),
  },
};
const nothing = {
  staged: false,
  quiet: false,
  'no-cache': false,
  range: undefined,
  rules: [],
  format: 'text',
  scope: undefined,
  jobs: undefined,
  'max-file-size': 50 * 1024 ** 2,
};

test.for([
  { argv: [], options: {}, paths: [] },
  { argv: ['a', '--staged', 'b'], options: { staged: true }, paths: ['a', 'b'] },
  { argv: ['--no-cache'], options: { 'no-cache': true }, paths: [] },
  { argv: ['--range', 'a..b'], options: { range: 'a..b' }, paths: [] },
  { argv: ['--range=a=b'], options: { range: 'a=b' }, paths: [] },
  { argv: ['--range=-1'], options: { range: '-1' }, paths: [] },
  { argv: ['-r', '-3..HEAD'], options: { range: '-3..HEAD' }, paths: [] },
  { argv: ['-sq', 'x'], options: { staged: true, quiet: true }, paths: ['x'] },
  { argv: ['-sqj4'], options: { staged: true, quiet: true, jobs: 4 }, paths: [] },
  { argv: ['-sj', '4'], options: { staged: true, jobs: 4 }, paths: [] },
  { argv: ['-fjson', '-j=8'], options: { format: 'json', jobs: 8 }, paths: [] },
  { argv: ['--rules', 'a', '--rules=b', 'c'], options: { rules: ['a', 'b'] }, paths: ['c'] },
  { argv: ['--', '--staged', '-x'], options: {}, paths: ['--staged', '-x'] },
  { argv: ['a', '--', '--'], options: {}, paths: ['a', '--'] },
  { argv: ['-'], options: {}, paths: ['-'] },
  { argv: ['--rules', '-'], options: { rules: ['-'] }, paths: [] },
  { argv: ['--scope', 'push', '--format', 'json', '--format', 'json'], options: { scope: 'push', format: 'json' }, paths: [] },
  { argv: ['--max-file-size', '10k'], options: { 'max-file-size': 10_240 }, paths: [] },
  { argv: ['--max-file-size=1.5M'], options: { 'max-file-size': 1_572_864 }, paths: [] },
  { argv: ['--max-file-size', '2GiB'], options: { 'max-file-size': 2 ** 31 }, paths: [] },
  { argv: ['--max-file-size', '0'], options: { 'max-file-size': 0 }, paths: [] },
])('$argv', ({ argv, options, paths }) => {
  expect(parseInput('check', declaration, argv)).toEqual({ args: { paths }, options: { ...nothing, ...options } });
});

const refusal = (argv: readonly string[], of: Parameters<typeof parseInput>[1] = declaration): readonly [string, string | undefined] => {
  try {
    parseInput('check', of, argv);
  } catch (error) {
    if (error instanceof UsageError) return [error.message, error.hint];
    throw error;
  }
  return ['no error', undefined];
};

test.for([
  [['--stagd'], 'check: unknown option "--stagd"', 'did you mean --staged?'],
  [['--max=3'], 'check: unknown option "--max"', 'did you mean --max-file-size?'],
  [['--cache'], 'check: unknown option "--cache"', 'kei-git check --help lists the options'],
  [['--hlep'], 'check: unknown option "--hlep"', 'did you mean --help?'],
  [['-x'], 'check: unknown option "-x"', 'kei-git check --help lists the options'],
  [['-sx'], 'check: unknown option "-x"', 'kei-git check --help lists the options'],
  [['--constructor'], 'check: unknown option "--constructor"', 'kei-git check --help lists the options'],
  [['--__proto__=1'], 'check: unknown option "--__proto__"', 'kei-git check --help lists the options'],
  [['--staged=yes'], 'check: --staged takes no value', '--staged'],
  [['--range'], 'check: --range needs a value', '--range A..B'],
  [['-r', '--staged'], 'check: --range needs a value', '--range A..B; a value that begins with a dash is written --range=-…'],
  [
    ['--format', '--', 'x'],
    'check: --format needs a value',
    '--format text|json|sarif; a value that begins with a dash is written --format=-…',
  ],
  [['--range='], 'check: --range has an empty value', 'is a variable unset?'],
  [['--rules', 'a', '--rules', ''], 'check: --rules has an empty value', 'is a variable unset?'],
  [['--jobs', ''], 'check: --jobs has an empty value', 'is a variable unset?'],
  [[''], 'check: an argument is empty', 'is a variable unset?'],
  [['--range', 'a', '--range', 'b'], 'check: --range is given twice with different values', 'give --range once'],
  [['--format', 'jsn'], `check: --format can't be "jsn"`, 'did you mean json? one of text, json, sarif'],
  [['--format', 'xml-of-the-old-kind-and-long'], `check: --format can't be "xml-of-the-old-kind-…"`, 'one of text, json, sarif'],
  [['--jobs', '0'], `check: --jobs can't be "0"`, 'a whole number from 1 to 64'],
  [['--jobs', '1.5'], `check: --jobs can't be "1.5"`, 'a whole number from 1 to 64'],
  [['--jobs', '2k'], `check: --jobs can't be "2k"`, 'a whole number from 1 to 64'],
  [['--jobs', '0x10'], `check: --jobs can't be "0x10"`, 'a whole number from 1 to 64'],
  [['--max-file-size', '-1'], `check: --max-file-size can't be "-1"`, 'a number of bytes such as 512k or 50M from 0 to 1024G'],
  [['--max-file-size', '50MM'], `check: --max-file-size can't be "50MM"`, 'a number of bytes such as 512k or 50M from 0 to 1024G'],
  [
    ['--max-file-size', '9999999999999999999'],
    `check: --max-file-size can't be "9999999999999999999"`,
    'a number of bytes such as 512k or 50M from 0 to 1024G',
  ],
  [['--a\u001b[2J\nb'], String.raw`check: unknown option "--a\x1b[2J\nb"`, 'kei-git check --help lists the options'],
] as const)('%j is refused', ([argv, message, hint]) => {
  expect(refusal(argv)).toEqual([message, hint]);
});

describe('arguments', () => {
  const named = { args: { fingerprint: one('which one'), action: maybe('what to do', { values: ['show', 'hide'] }) }, options: {} };
  test('are taken in order', () => {
    expect(parseInput('check', named, ['kei1:x'])).toEqual({ args: { fingerprint: 'kei1:x', action: undefined }, options: {} });
    expect(parseInput('check', named, ['kei1:x', 'hide']).args).toEqual({ fingerprint: 'kei1:x', action: 'hide' });
  });
  test.for([
    [[], 'check: FINGERPRINT is missing', 'which one; see kei-git check --help'],
    [['a', 'shw'], `check: ACTION can't be "shw"`, 'did you mean show? one of show, hide'],
    [['a', 'show', 'c'], 'check: unexpected argument "c"', 'kei-git check --help shows what it takes'],
  ] as const)('%j is refused', ([argv, message, hint]) => {
    expect(refusal(argv, named)).toEqual([message, hint]);
  });
});

test('50,000 paths, as a hook runner may give', () => {
  const paths = Array.from({ length: 50_000 }, (_, i) => `src/${i}.ts`);
  expect(parseInput('check', declaration, ['--', ...paths]).args).toEqual({ paths });
  expect(parseInput('check', declaration, paths).args).toEqual({ paths });
});

test('any words give an input or a UsageError of one line', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('--', '-', '-s', '--staged', '--range', '--range=', '-j', '9', '--format', 'json', '--rules=x', '-sq'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
      const [message, hint = ''] = refusal(argv);
      expect(message + hint).not.toMatch(/\p{Cc}/u);
    }),
    { numRuns: 500 },
  );
});

describe('options of other programs', () => {
  const theirs = {
    args: { paths: rest('what to look at') },
    options: {
      redact: maybeText('PERCENT', '100', 'take secrets out', { short: 'x' }),
      'log-opts': text('OPTIONS', 'for git log', { dashes: true }),
      verbose: flag('more', { short: 'v' }),
    },
  };
  const none = { redact: undefined, 'log-opts': undefined, verbose: false };

  test.for([
    { argv: ['--redact', '50'], options: { redact: '100' }, paths: ['50'] },
    { argv: ['--redact=50', '-v'], options: { redact: '50', verbose: true }, paths: [] },
    { argv: ['--redact', '--verbose'], options: { redact: '100', verbose: true }, paths: [] },
    { argv: ['-vx20', 'a'], options: { redact: '20', verbose: true }, paths: ['a'] },
    { argv: ['-xv'], options: { redact: 'v' }, paths: [] },
    { argv: ['--log-opts', '--all -n 3', 'a'], options: { 'log-opts': '--all -n 3' }, paths: ['a'] },
    { argv: ['--log-opts', '--'], options: { 'log-opts': '--' }, paths: [] },
    { argv: ['--log-opts=--all'], options: { 'log-opts': '--all' }, paths: [] },
  ])('$argv', ({ argv, options, paths }) => {
    expect(parseInput('leak scan git', theirs, argv)).toEqual({ args: { paths }, options: { ...none, ...options } });
  });

  test.for([
    [['--log-opts'], 'check: --log-opts needs a value', '--log-opts OPTIONS'],
    [['--redact='], 'check: --redact has an empty value', 'is a variable unset?'],
    [['--redact', '--redact=5'], 'check: --redact is given twice with different values', 'give --redact once'],
    [['--log-opts', ''], 'check: --log-opts has an empty value', 'is a variable unset?'],
  ] as const)('%j is refused', ([argv, message, hint]) => {
    expect(refusal(argv, theirs)).toEqual([message, hint]);
  });
});
