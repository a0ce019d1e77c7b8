import { expect, test } from 'vitest';
import { convertKingfisher } from '../../src/imports/kingfisher.ts';
import { parseYaml } from '../../src/imports/yaml-document.ts';

const read = (text: string): ReturnType<typeof parseYaml> => parseYaml(text, 'k.yml');

test('values and where they stand', () => {
  const top = read('a: 1\nb: [x, "y"]\nc: |\n  one\n  two\nd:\ne: {f: true}\n');
  const fields = top.fields ?? new Map();
  expect([...fields.keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
  const value = (key: string): ReturnType<typeof parseYaml> => fields.get(key)?.value ?? top;
  expect(value('a')).toMatchObject({ scalar: 1, at: { line: 1, column: 4 }, items: undefined, fields: undefined });
  expect(value('b').items?.map(({ scalar, at }) => [scalar, at.line, at.column])).toEqual([
    ['x', 2, 5],
    ['y', 2, 8],
  ]);
  expect(value('c').scalar).toBe('one\ntwo\n');
  expect(value('d').scalar).toBe(null);
  expect(value('e').fields?.get('f')?.value.scalar).toBe(true);
});

test.for([
  ['a: [', /^k\.yml:\d+:\d+: not YAML: /],
  ['a: "\\q"', /^k\.yml:1:\d+: not YAML: /],
  ['a: 1\n---\nb: 2\n', /^k\.yml:2:1: not YAML: /],
  ['a: *none\n', /^k\.yml:1:\d+: not YAML: /],
  ['['.repeat(100_000), /^k\.yml: nested more than 200 deep$/],
  ['{a: '.repeat(100_000), /^k\.yml: nested more than 200 deep$/],
  ['- '.repeat(100_000), /^k\.yml: nested more than 200 deep$/],
  ['? '.repeat(100_000), /^k\.yml: nested more than 200 deep$/],
] as const)('%.20s is refused', ([text, message]) => {
  expect(() => read(text).fields).toThrow(message);
});

test('an error says nothing of what stands there', () => {
  const secret = ['glpat', 'x8Kd02mLq9Zr5TyUw3Vb'].join('-');
  for (const text of [
    `a: "${secret}\n`,
    `- [${secret}\n`,
    `${secret}: &a *a\n  b\n`,
    `a: *${secret}\n`,
    `%${secret}\n---\na: !${secret} b\n`,
  ]) {
    try {
      read(text);
    } catch (error) {
      expect(String(error)).not.toContain('x8Kd02mLq9');
      continue;
    }
  }
});

test('aliases stand for what they name; a bomb of them is never unfolded', () => {
  expect(read('a: &x [1]\nb: *x\n').fields?.get('b')?.value.items?.[0]?.scalar).toBe(1);
  const lines = ['a0: &a0 [x, x]'];
  for (let i = 1; i < 60; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}*a${i - 1}]`);
  const bomb = `${lines.join('\n')}\nrules:\n  - id: a\n    pattern: abc\n    examples: *a59\n`;
  const made = convertKingfisher(Buffer.from(bomb), 'k.yml', { isClean: () => true });
  expect(made.rules).toBe(1);
  const many = `x: &x 1\ny: [${'*x, '.repeat(200)}1]\n`;
  expect(() => read(many).fields?.get('y')?.value.items).toThrow(/^k\.yml:2:\d+: more than 100 aliases$/);
});

test('an alias of itself does not go round', () => {
  const top = read('a: &a [*a]\n');
  expect(top.fields?.get('a')?.value.items?.[0]?.items?.[0]?.items).toBeDefined();
});
