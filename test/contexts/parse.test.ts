import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpression } from '../../src/contexts/parse.ts';
import { findTemplates } from '../../src/contexts/templates.ts';
import type { Expression } from '../../src/contexts/tree.ts';

/** Fully bracketed, so that precedence is seen. */
const shown = (tree: Expression): string => {
  switch (tree.kind) {
    case 'literal':
      return JSON.stringify(tree.value);
    case 'context':
      return tree.name;
    case 'property':
      return `${shown(tree.of)}.${tree.name}`;
    case 'index':
      return `${shown(tree.of)}[${shown(tree.index)}]`;
    case 'every':
      return `${shown(tree.of)}.*`;
    case 'not':
      return `!${shown(tree.of)}`;
    case 'operation':
      return `(${shown(tree.left)} ${tree.operator} ${shown(tree.right)})`;
    case 'call':
      return `${tree.name}(${tree.args.map(shown).join(', ')})`;
  }
};

const parsed = (source: string): string => {
  const result = parseExpression(source);
  return result.kind === 'tree' ? shown(result.tree) : `${result.problem.at}-${result.problem.end} ${result.problem.message}`;
};

test.for([
  ['github.event.issue.title', 'github.event.issue.title'],
  ['GitHub.Event_Name', 'github.event_name'],
  ['a || b && c == d < 1', '(a || (b && (c == (d < 1))))'],
  ['a == b == c', '((a == b) == c)'],
  ['!a && !(b || c)', '(!a && !(b || c))'],
  ["'it''s ''quoted'''", "\"it's 'quoted'\""],
  ['-1.5e3 == 0xff', '(-1500 == 255)'],
  ['.5 < +2', '(0.5 < 2)'],
  ['null || true', '(null || true)'],
  ["github['event'].commits[0].id", 'github["event"].commits[0].id'],
  ['github.event.*.labels[*].name', 'github.event.*.labels.*.name'],
  ["toJSON(fromJSON('{}')['a-b'].c-d_e)", 'tojson(fromjson("{}")["a-b"].c-d_e)'],
  ['steps.a.true', 'steps.a.true'],
  ['  \n always ( ) \n ', 'always()'],
  ['matrix.node-version', 'matrix.node-version'],
] as const)('%s is %s', ([source, wanted]) => {
  expect(parsed(source)).toBe(wanted);
});

test.for([
  ['', '0-0 expression without anything in it'],
  ['"text"', '0-1 a text stands in single quotes, not in "'],
  ["a == 'b", '5-6 text without its closing quote'],
  ['a = b', '2-3 unexpected ='],
  ['a & b', '2-3 unexpected &'],
  ['a + b', '2-3 unexpected "+"'],
  ['a - b', '2-3 unexpected "-"'],
  ['a.', '2-2 a name or * behind the point expected, not the end'],
  ['a.1', '2-3 unexpected "1"'],
  ['f(a', '3-3 ) or , expected, not the end'],
  ['f(a,)', '4-5 a value expected, not )'],
  ['(a', '2-2 ) expected, not the end'],
  ['a.1', '2-3 unexpected "1"'],
  ['a b', '2-3 an operator or the end expected, not b'],
  ["a 'b'", '2-5 an operator or the end expected, not a text'],
  ['1.2.3', '0-5 1.2.3 is not a number'],
  ['a ==', '4-4 a value expected, not the end'],
  ['ünicode', '0-1 unexpected "ü"'],
  ['!'.repeat(60), '50-51 expression of more than 50 levels'],
  ['('.repeat(9999), '50-51 expression of more than 50 levels'],
  [`a${'.b'.repeat(60)}`, '0-105 path of more than 50 names'],
  [' '.repeat(30_000), '0-30000 expression of more than 21000 characters'],
] as const)('refused, case %#', ([source, wanted]) => {
  expect(parsed(source)).toBe(wanted);
});

test('a text is not shown in a problem: it may be a secret', () => {
  expect(parsed("a 'hunter2'")).not.toContain('hunter2');
});

test('any text is read or refused at a place within it', () => {
  const piece = fc.constantFrom(...'a.b [ ] ( ) * , ! == != < <= > >= && || \' " 1 -1 0x . - format true null ${{ }} é \n'.split(' '));
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
      const source = pieces.join('');
      const result = parseExpression(source);
      if (result.kind === 'tree') return;
      expect(result.problem.at).toBeGreaterThanOrEqual(0);
      expect(result.problem.end).toBeLessThanOrEqual(source.length);
      expect(result.problem.at).toBeLessThanOrEqual(result.problem.end);
    }),
    { numRuns: process.env['KEI_LONG'] === '1' ? 100_000 : 1000 },
  );
});

test('templates end at braces that stand in no text', () => {
  const text = "a ${{ '}}' }} b ${{c}} ${{ d";
  const { templates, unclosed } = findTemplates(text);
  expect(templates.map(({ source, start, end }) => [source, text.slice(start, end)])).toEqual([
    [" '}}' ", "${{ '}}' }}"],
    ['c', '${{c}}'],
  ]);
  expect(unclosed).toBe(text.lastIndexOf('${{'));
});
