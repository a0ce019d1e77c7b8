import { expect, test } from 'vitest';
import { combineRules } from '../../src/rules/combine.ts';
import { inMemory, type ImageSource } from '../../src/engine/image.ts';
import { makePack } from '../../src/engine/make-pack.ts';
import { readPack, writePack, type Pack } from '../../src/engine/pack.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { parseRuleFile } from '../../src/rules/parse.ts';

const FILE = `schema = "leak-matrix/1"
[[allowlists]]
regexes = ['^ok']
[[rules]]
id = "near"
description = "near é"
regex = '''near-[0-9]{6}'''
skipReport = true
[[rules]]
id = "own"
description = "own"
regex = '''own-[0-9]{6}'''
[[rules.allowlists]]
paths = ['^a/']
[[rules.allowlists]]
paths = ['^b/']
[[rules]]
id = "asks"
description = "asks"
regex = '''asks-[0-9]{6}'''
filter = 'finding["secret"] == "x" || attributes["path"] == "y"'
[[rules.required]]
id = "near"
[[rules.required]]
id = "far"
not = true
[[rules]]
id = "paths"
description = "paths"
path = '\\.pem$'
[[rules]]
id = "last"
description = "last"
regex = '''last-[0-9]{6}'''
[[rules.allowlists]]
regexes = ['000']
`;

const setOf = (text: string): RuleSet => {
  const { set } = combineRules({
    useBuiltin: false,
    sources: [{ file: parseRuleFile(text, 'rules.toml', { origin: 'rules.toml' }), imports: [], mayLoosen: true }],
  });
  return set;
};

const packOf = (set: RuleSet): Buffer => {
  const { pack, image } = makePack(set);
  return writePack(pack, image);
};

const opened = (source: ImageSource): Pack => {
  const pack = readPack(source);
  if (pack === undefined) throw new Error('it is no pack');
  return pack;
};

test('what was written is read: all rules, and each by itself', () => {
  const set = setOf(FILE);
  const { book, rules } = opened(inMemory(packOf(set)));
  expect(rules()).toEqual(set);
  expect(Array.from({ length: set.rules.length }, (_, i) => book().rule(i))).toEqual(set.rules);
  expect([book().rule(-1), book().rule(set.rules.length)]).toEqual([undefined, undefined]);
});

test('what concerns all rules is known without reading them', () => {
  const set = setOf(FILE);
  const { rule: _, ...contents } = opened(inMemory(packOf(set))).book();
  const { rules: ids, ...rest } = set;
  expect(ids.map(({ id }) => id)).toEqual(['near', 'own', 'asks', 'paths', 'last']);
  expect(contents).toEqual({
    ...rest,
    count: 5,
    aboutPaths: [3],
    ownLists: [
      [1, 2],
      [4, 1],
    ],
    neighbours: [['near', 0]],
    termRules: [],
    asksPath: true,
  });
});

test('a rule is read alone, and once', () => {
  const bytes = packOf(setOf(FILE));
  let read: Buffer[] = [];
  const counting: ImageSource = {
    length: bytes.length,
    read: (into, at) => {
      into.set(bytes.subarray(at, at + into.length));
      read.push(Buffer.from(into));
    },
  };
  const book = opened(counting).book();
  expect(Buffer.concat(read).includes('"regex":')).toBe(false);
  read = [];
  expect([book.rule(1)?.id, book.rule(1)?.id]).toEqual(['own', 'own']);
  expect(read.map((part) => part.toString())).toEqual([JSON.stringify(book.rule(1))]);
});

test.for([
  { name: 'empty', change: () => Buffer.alloc(0) },
  { name: 'cut', change: (bytes: Buffer) => bytes.subarray(0, -1) },
  { name: 'longer', change: (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)]) },
  { name: 'of another engine', change: (bytes: Buffer) => Buffer.concat([Buffer.from('keiR\u0003'), bytes.subarray(5)]) },
])('no pack: $name', ({ change }) => {
  expect(readPack(inMemory(change(packOf(setOf(FILE)))))).toBeUndefined();
});
