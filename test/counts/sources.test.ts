import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/check.ts';
import { parseConfig } from '../../src/config/layer.ts';
import type { Counted } from '../../src/counts/counted.ts';
import { computeCounts } from '../../src/counts/sources.ts';
import type { CountWorld } from '../../src/counts/world.ts';
import { memorySnapshot } from '../../src/git/memory.ts';

const worldOf = (snapshot: Snapshot, more: Partial<CountWorld> = {}): CountWorld => ({
  snapshot,
  history: undefined,
  run: { reason: 'commands do not run here' },
  isHook: false,
  signal: new AbortController().signal,
  ...more,
});

type Files = Readonly<Record<string, string | Uint8Array>>;

const countIn = async (settings: string, files: Files): Promise<Counted | undefined> => {
  const bytes = Object.entries(files).map(([path, content]): [string, Uint8Array] => [path, Buffer.from(content)]);
  const { counts } = parseConfig(`[counts.it]\n${settings}\n`, 'kei.toml');
  return (await computeCounts(counts, worldOf(memorySnapshot(new Map(bytes))))).get('it');
};

const said = (counted: Counted | undefined): string => {
  if (counted === undefined) return 'nothing';
  if (counted.kind === 'value') return `${counted.value} = ${counted.derivation}`;
  const at = counted.kind === 'broken' ? ` ${counted.key}` : '';
  return `${counted.kind}${at}: ${counted.reason}${counted.hint === undefined ? '' : ` -> ${counted.hint}`}`;
};

const CODE: Files = {
  'src/a.ts': 'export const a = 1;\nconst b = 2;\nexport const c = 3;\n',
  'src/b/b.ts': 'export const d = 1;\r\nexport type E = 1;\r\n',
  'src/b/b.test.ts': 'export const d = 1;\n',
  'docs/one.md': '# One\n\n\ntext',
  'docs/deep/two.md': '# Two\n',
  'README.md': 'v1.2.3\n',
  'logo.png': Uint8Array.from([0x89, 0x50, 0, 10, 10, 10]),
};

describe('computeCounts', () => {
  test.for<[settings: string, said: string]>([
    ['glob = "docs/*.md"', '1 = files that match docs/*.md'],
    ['glob = "docs/**/*.md"', '2 = files that match docs/**/*.md'],
    ['glob = "*.md"', '3 = files that match *.md'],
    ['glob = ["*.md", "*.png"]', '4 = files that match *.md and *.png'],
    ['glob = ["a", "b", "c", "*.md"]', '3 = files that match a, b and 2 more'],
    ['glob = "*.ts"\nexclude = "*.test.ts"', '2 = files that match *.ts'],
    ['glob = "*.rs"', 'broken glob: no file matches *.rs -> zero = true where none is right'],
    ['glob = "*.{ts,md}"', 'broken glob: no file matches *.{ts,md} -> braces are not read in globs: write an array'],
    ['glob = "*.rs"\nzero = true', '0 = files that match *.rs'],
    ['regex = "^export "\nfiles = "src/**"', '5 = matches in src/**'],
    ['regex = "1;$"\nfiles = ["src/**"]', '4 = matches in src/**'],
    ['regex = "o"\nfiles = "docs/**"', '1 = matches in docs/**'],
    ['regex = "(?i)O"\nfiles = "docs/**"', '2 = matches in docs/**'],
    ['regex = "x*"\nfiles = "README.md"', '7 = matches in README.md'],
    [
      'regex = "import"\nfiles = "src/**"',
      'broken regex: matches nothing in 3 files (src/**) -> it is matched line by line; zero = true where none is right',
    ],
    ['regex = "import"\nfiles = "src/**"\nzero = true', '0 = matches in src/**'],
    ['regex = "P"\nfiles = "*.png"\nzero = true', '0 = matches in *.png'],
    ['regex = "a"\nfiles = "*.rs"', 'broken files: no file matches *.rs -> zero = true where none is right'],
    ['regex = "(a"\nfiles = "src/**"', 'broken regex: not an expression of RE2: missing ) at character 3'],
    [
      String.raw`regex = '(a)\1'` + '\nfiles = "src/**"',
      'broken regex: not an expression of RE2: RE2 has no back references at character 6',
    ],
    [String.raw`regex = '^v(\d+\.\d+\.\d+)'` + '\nfiles = "README.md"\ncapture = 1', '1.2.3 = captured in README.md'],
    [String.raw`regex = '^v(?P<version>[\d.]+)'` + '\nfiles = "README.md"\ncapture = "version"', '1.2.3 = captured in README.md'],
    [
      String.raw`regex = '^v(?P<version>[\d.]+)'` + '\nfiles = "README.md"\ncapture = "versoin"',
      'broken capture: the expression has no group of that name',
    ],
    ['regex = "v"\nfiles = "README.md"\ncapture = 1', 'broken capture: the expression has 0 groups'],
    ['regex = "^v.*$"\nfiles = "README.md"\ncapture = 0', 'v1.2.3 = captured in README.md'],
    [
      'regex = "^export (const|type)"\nfiles = "src/**"\ncapture = 1',
      'broken regex: what it captures is not the same in src/a.ts:1 and src/b/b.ts:2',
    ],
    ['regex = "^export (const) c"\nfiles = "src/**"\ncapture = 1', 'const = captured in src/**'],
    ['regex = "^import (.)"\nfiles = "src/**"\ncapture = 1\nzero = true', 'broken regex: captures nothing in 3 files (src/**)'],
    ['lines = "docs/**"', '5 = lines of docs/**'],
    ['lines = "docs/**"\nblank = false', '3 = lines that are not blank of docs/**'],
    ['lines = "src/b/b.ts"', '2 = lines of src/b/b.ts'],
    ['lines = "*.png"', 'broken lines: no lines in *.png -> zero = true where none is right'],
    ['lines = "*.rs"', 'broken lines: no file matches *.rs -> zero = true where none is right'],
  ])('%s', async ([settings, expected]) => {
    expect(said(await countIn(settings, CODE))).toBe(expected);
  });
});

const DATA: Files = {
  'package.json':
    '{ // settings\n "version": "1.2.3", "big": 12345678901234567890, "float": 1.10, "deep": {"a.b": [1, {"c": true}]}, "none": null, "long": ' +
    `"${'x'.repeat(101)}", "html": "--> <b>", "empty": [], "scripts": {"a": "", "b": "", "a": ""}, "q\\u0022": 7, /* last */ }\n`,
  'Cargo.toml':
    '[package]\nversion = "0.3.0"\nedition = 2021\nbig = 1_000_000\npi = 1.10\nhex = 0xff\nday = 2024-05-06\n[[bin]]\nname = "a"\n[[bin]]\nname = "b"\n',
  'ci.yml':
    'jobs: &jobs\n  test: {steps: [1, 2, 3]}\n  lint:\n    version: 1.10\n    n: 0x1F\n    on: true\nmore: *jobs\nlist:\n  - name: a\n  - name: b\n',
};

describe('values of files', () => {
  test.for<[settings: string, said: string]>([
    ['json = "package.json"\npath = "version"', '1.2.3 = version in package.json'],
    ['json = "package.json"\npath = "big"', '12345678901234567890 = big in package.json'],
    ['json = "package.json"\npath = "float"', '1.10 = float in package.json'],
    [`json = "package.json"\npath = 'deep."a.b"[1].c'`, 'true = deep."a.b"[1].c in package.json'],
    [`json = "package.json"\npath = 'deep["a.b"]'\nof = "length"`, '2 = items of deep."a.b" in package.json'],
    ['json = "package.json"\npath = "scripts"\nof = "keys"', '2 = keys of scripts in package.json'],
    [String.raw`json = "package.json"` + `\npath = '"q\\""'`, '7 = "q\\"" in package.json'],
    ['json = "package.json"\nof = "keys"', '10 = keys of package.json'],
    ['json = "package.json"\npath = "scripts"', 'broken path: package.json: scripts is a table -> of = "keys"'],
    ['json = "package.json"\npath = "scripts"\nof = "length"', 'broken of: package.json: scripts is a table -> of = "keys"'],
    ['json = "package.json"\npath = "version"\nof = "keys"', 'broken of: package.json: version is a single value -> leave out of'],
    ['json = "package.json"\npath = "none"', 'broken path: package.json: none is null'],
    [
      'json = "package.json"\npath = "empty"\nof = "length"',
      'broken path: nothing in empty in package.json -> zero = true where none is right',
    ],
    ['json = "package.json"\npath = "empty"\nof = "length"\nzero = true', '0 = items of empty in package.json'],
    ['json = "package.json"\npath = "versoin"', 'broken path: package.json: the file has no key "versoin" -> did you mean "version"?'],
    ['json = "package.json"\npath = "__proto__"', 'broken path: package.json: the file has no key "__proto__"'],
    ['json = "package.json"\npath = "version.major"', 'broken path: package.json: version is a single value, no table'],
    ['json = "package.json"\npath = "scripts[0]"', 'broken path: package.json: scripts is a table, no list'],
    ['json = "package.json"\npath = "empty[0]"', 'broken path: package.json: empty has 0 items, so none at [0]'],
    ['json = "package.json"\npath = "a..b"', 'broken path: is no path: "a..b" -> keys and indexes, like packages[0].version or a."b.c"'],
    [
      'json = "package.json"\npath = "long"',
      'broken : the value is not one line of at most 100 letters, digits and marks (long in package.json)',
    ],
    [
      'json = "package.json"\npath = "html"',
      'broken : the value is not one line of at most 100 letters, digits and marks (html in package.json)',
    ],
    ['json = "packages.json"\npath = "a"', 'broken json: no file "packages.json" -> did you mean "package.json"?'],
    ['json = "Cargo.toml"', 'broken json: Cargo.toml:1:2: not JSON: no value'],
    ['toml = "Cargo.toml"\npath = "package.version"', '0.3.0 = package.version in Cargo.toml'],
    ['toml = "./Cargo.toml"\npath = "package.edition"', '2021 = package.edition in ./Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "package.big"', '1000000 = package.big in Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "package.pi"', '1.10 = package.pi in Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "package.hex"', '255 = package.hex in Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "package.day"', '2024-05-06 = package.day in Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "bin"\nof = "length"', '2 = items of bin in Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "bin[1].name"', 'b = bin[1].name in Cargo.toml'],
    ['toml = "Cargo.toml"\npath = "package.edtion"', 'broken path: Cargo.toml: package has no key "edtion" -> did you mean "edition"?'],
    ['toml = "ci.yml"', 'broken toml: ci.yml:1:5: illegal character in key'],
    ['yaml = "ci.yml"\npath = "jobs"\nof = "keys"', '2 = keys of jobs in ci.yml'],
    ['yaml = "ci.yml"\npath = "jobs.test.steps"\nof = "length"', '3 = items of jobs.test.steps in ci.yml'],
    ['yaml = "ci.yml"\npath = "more.lint.version"', '1.10 = more.lint.version in ci.yml'],
    ['yaml = "ci.yml"\npath = "jobs.lint.n"', '31 = jobs.lint.n in ci.yml'],
    ['yaml = "ci.yml"\npath = "jobs.lint.on"', 'true = jobs.lint.on in ci.yml'],
    ['yaml = "ci.yml"\npath = "list[1].name"', 'b = list[1].name in ci.yml'],
    ['yaml = "ci.yml"\npath = "list[2].name"', 'broken path: ci.yml: list has 2 items, so none at [2]'],
    ['yaml = "package.json"\npath = "version"', 'broken yaml: package.json:2:290: key "a" stands twice in one map'],
  ])('%s', async ([settings, expected]) => {
    expect(said(await countIn(settings, DATA))).toBe(expected);
  });
});

describe('hostile files and expressions', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
    .split('')
    .map((name, i) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefg'[i] ?? ''}`).join(', ')}]\n`)
    .join('')}`;
  test.for<[what: string, settings: string, file: string, said: RegExp]>([
    ['aliases of aliases', 'yaml = "f"\npath = "a"\nof = "length"', bomb, /^broken yaml: .*aliases stand for more than/],
    ['an alias of what it stands in', 'yaml = "f"\npath = "a"\nof = "length"', 'a: &a [*a]\n', /^broken yaml: .*stands in what it repeats/],
    ['deep YAML', 'yaml = "f"', '['.repeat(100_000), /^broken yaml: .*nested more than/],
    ['deep JSON', 'json = "f"', '['.repeat(1_000_000), /^broken json: .*nested more than 10000 deep/],
    ['deep TOML', 'toml = "f"', `a = ${'['.repeat(100_000)}`, /^broken toml: /],
    ['a JSON list of a million lists', 'json = "f"\nof = "length"', `[${'[],'.repeat(1_000_000)}0]`, /^1000001 = /],
    ['a JSON string of quotes and backslashes', 'json = "f"\npath = "n"', `{"a": "${String.raw`\\\"`.repeat(300_000)}", "n": 7}`, /^7 = /],
    ['no JSON at all', 'json = "f"', '\0\0\0', /^broken json: f:1:1: not JSON: no value$/],
    ['JSON that is cut', 'json = "f"\npath = "a"', '{"a": 1, "b": "x', /^broken json: f:1:15: not JSON: a string without its end$/],
    ['a number that is none', 'json = "f"\npath = "a"', '{"a": 01}', /^broken json: f:1:8: not JSON: no "," or "}"$/],
    ['a key of Object', 'toml = "f"\npath = "constructor"', 'a = 1', /^broken path: f: the file has no key "constructor"$/],
    ['an expression that backtracks', 'regex = "(a+)+$"\nfiles = "f"\nzero = true', `${'a'.repeat(200_000)}b\n`, /^0 = matches in f$/],
    [
      'one that hands characters over',
      String.raw`regex = '.*.*.*x'` + '\nfiles = "f"\nzero = true',
      'a'.repeat(200_000),
      /^0 = matches in f$/,
    ],
    [
      'too much work for a line',
      'regex = "a+?"\nfiles = "f"',
      'a'.repeat(200_000),
      /^broken regex: f:1 is too long a line for this expression/,
    ],
    ['many matches in a long line', 'regex = "a"\nfiles = "f"', 'a'.repeat(200_000), /^200000 = matches in f$/],
    [
      'an expression of a million states',
      'regex = "(?:a{1000}){1000}"\nfiles = "f"',
      'a',
      /^broken regex: the expression is too long once/,
    ],
    ['a secret in a file that is not what it should be', 'toml = "f"', 'key = hunter2hunter2hunter2', /^broken toml: (?!.*hunter2)/],
  ])('%s', async ([, settings, file, expected]) => {
    expect(said(await countIn(settings, { f: file }))).toMatch(expected);
  });
});
