import { expect, test } from 'vitest';
import { asScalar, asText, at, scalarsIn } from '../../src/lint/nodes.ts';
import { spanWithin } from '../../src/lint/spans.ts';
import { readTree } from '../../src/lint/tree.ts';

const tree = (text: string) => readTree(Buffer.from(text));

test.for([
  { name: 'plain', text: 'a: one two\n', part: 'two' },
  { name: 'single quotes', text: "a: 'one two'\n", part: 'two' },
  { name: 'double quotes with an escape before', text: 'a: "one\\ttwo"\n', part: 'two' },
  { name: 'a literal block', text: 'b: 1\na: |\n    one\n      two\n', part: 'two' },
  { name: 'a literal block with CRLF', text: 'b: 1\r\na: |\r\n    one\r\n    two\r\n', part: 'two' },
  { name: 'a literal block with an indicator and a comment', text: 'a: |2- # why\n   one\n  two\n', part: 'two' },
  { name: 'a folded block', text: 'a: >-\n  one\n  two\n', part: 'two' },
  { name: 'the second of two in a folded block', text: 'a: >-\n  two\n  two\n', part: 'two', from: 4 },
  { name: 'behind characters of two units', text: 'a: "😀 two"\n', part: 'two' },
  { name: 'behind a byte order mark', text: '\uFEFFa: one two\n', part: 'two' },
  { name: 'an alias', text: 'b: &b one two\na: *b\n', part: 'two' },
])('a part of a value is found in the text: $name', ({ text, part, from }) => {
  const { root, text: whole } = tree(text);
  const scalar = asText(at(root, 'a'));
  if (scalar === undefined) throw new Error('no value');
  const start = from ?? scalar.text.indexOf(part);
  expect(scalar.text.slice(start)).toMatch(new RegExp(`^${part}`));
  const span = spanWithin(whole, scalar, start, start + part.length);
  expect(whole.slice(span.start, span.end)).toBe(part);
  expect(span.start).toBe(from === undefined ? whole.lastIndexOf(part, text.includes('&b') ? 12 : undefined) : whole.lastIndexOf(part));
});

test('keys, lists and aliases are walked with the keys that lead to them', () => {
  const { root } = tree('a: [1, {b: x}]\nc: &c {d: y}\ne: *c\n');
  expect([...scalarsIn(root)].map(([{ text }, path]) => [text, path.join('.')])).toEqual([
    ['1', 'a.0'],
    ['x', 'a.1.b'],
    ['y', 'c.d'],
    ['y', 'e.d'],
  ]);
  expect(asScalar(at(root, 'c', 'd'))).toBe(asScalar(at(root, 'e', 'd')));
});

test.for([
  { name: 'a tab', text: 'a:\n\t- b\n', says: /^not YAML/ },
  { name: 'an alias of nothing', text: 'a: *b\n', says: /no anchor "b"/ },
  { name: 'an alias of what it stands in', text: 'a: &a\n  b: *a\n', says: /stands in what it repeats/ },
  { name: 'aliases of aliases of aliases', text: bomb(), says: /aliases stand for more than/ },
  { name: 'depth', text: `a: ${'['.repeat(5000)}`, says: /nested more than/ },
  { name: 'two keys', text: 'a: 1\na: 2\n', says: /"a" stands twice/ },
  { name: 'two documents', text: 'a: 1\n---\nb: 2\n', says: /more than one document/ },
])('$name is a problem', ({ text, says }) => {
  const { problems } = tree(text);
  expect(problems.map(({ message }) => message).join('\n')).toMatch(says);
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 10; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  return `${lines.join('\n')}\n`;
}

test('an anchor that no alias refers to stands where it is written', () => {
  const { unusedAnchors, text } = tree('a: &used x\nb: *used\nc: &other y\n');
  expect(unusedAnchors.map(({ message, start, end }) => [message, text.slice(start, end)])).toEqual([['other', '&other']]);
});
