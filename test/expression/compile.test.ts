import { expect, test } from 'vitest';
import { compileExpression, ExpressionError, expressionNotes, type ExpressionInput } from '../../src/expression/compile.ts';

const input = (more: Partial<ExpressionInput> = {}): ExpressionInput => ({
  secret: 'Ab3dEf6hIj',
  match: 'key = Ab3dEf6hIj',
  line: 'export key = Ab3dEf6hIj # stripe',
  path: 'src/a.bb',
  ...more,
});

const run = (source: string, more: Partial<ExpressionInput> = {}): boolean => compileExpression(source)(input(more));

test.for([
  ['true', true],
  ['false || true', true],
  ['true && !false', true],
  ['not false and true', true],
  ['false or nil == nil', true],
  ['1 + 2 * 3 == 7', true],
  ['-1 < 0 && 7 % 4 == 3 && 7 / 2 == 3.5 && 5 - 2 - 1 == 2', true],
  ['!false == true', true], // (!false) == true
  ['"a" < "b" && "b" >= "b" && "a" != "b"', true],
  [`'it''s'`, undefined],
  ['"a\\tb\\u0041\\x42\\"" == "a\\tbAB\\""', true],
  ['`a\\d` == "a\\\\d"', true],
  ['finding["secret"] == "Ab3dEf6hIj"', true],
  ['finding.secret == "Ab3dEf6hIj" && finding?.secret == finding["secret"]', true],
  ['attributes["path"] endsWith ".bb"', true],
  ['(attributes["git.sha"] ?? "none") == "none"', true],
  ['get(attributes, "path", "") == "src/a.bb" && get(attributes, "x", "d") == "d"', true],
  ['entropy(finding["secret"]) <= 3.4 && filter.entropy("aaaa") == 0', true],
  ['matchesAny(finding["secret"], [`^x`, `\\d`])', true],
  ['filter.matchesAny(finding["secret"], ["(?i)^ab"]) && !matchesAny("", ["."])', true],
  ['containsAny(finding["line"], ["STRIPE"])', true],
  ['finding["line"] contains "stripe" && !(finding["line"] contains "STRIPE")', true],
  ['"abc" startsWith "ab" && hasPrefix("abc", "ab") && hasSuffix("abc", "bc")', true],
  ['finding["secret"] matches `^[A-Z]` && not ("a" matches "b")', true],
  ['"a" not in ["b", "c"] && "b" in ["b"] && "path" in attributes', true],
  ['len(finding["secret"]) == 10 && len([1, 2]) == 2', true],
  ['lower("AB") == "ab" && upper("ab") == "AB" && trim(" a ") == "a"', true],
  ['min(3, 1, 2) == 1 && max([1, 5]) == 5', true],
  ['"abcdef"[1:3] == "bc" && "abc"[:2] == "ab" && "abc"[2:] == "c" && "abc"[-1:] == "c" && "abc"[5:9] == ""', true],
  ['"abc"[0] == "a" && [1, 2][1] == 2', true],
  ['findMatch("xx-12-yy", `\\d+`) == "12" && findMatch("a", `\\d`) == ""', true],
  ['let a = 2; let b = a * 2; b == 4', true],
  ['true ? (let a = 1; a == 1) : false', true],
  ['1 > 2 ? true : false', false],
  ['// a comment\ntrue # another\n/* and\none */', true],
  ['failsTokenEfficiency(finding["secret"])', false],
  // The text around a match, cut at its line, as provider filters ask for it.
  [
    'finding["fragment_raw"][max(finding["match_start_idx"] - 7, finding["match_line_start_idx"]):finding["match_start_idx"]] == "export "',
    true,
  ],
  [
    'finding["fragment_raw"][finding["match_end_idx"]:min(finding["match_end_idx"] + 99, finding["match_line_end_idx"])] == " # stripe"',
    true,
  ],
] as const)('%s', ([source, wanted]) => {
  if (wanted === undefined) expect(() => run(source)).toThrow(ExpressionError);
  else expect(run(source)).toBe(wanted);
});

test.for([
  'finding["secret"] > 3',
  '"a" && true',
  'len(3) == 1',
  '!finding["nothing"]',
  '"a" + 1 == "a1"',
  '1',
  '"true"',
  'matchesAny("a", [3])',
])('what has no answer drops nothing: %s', (source) => {
  expect(run(source)).toBe(false);
});

test.for([
  ['entropy(finding["secret"]) <= ', 30, 'ends too early'],
  ['a == 1', 0, 'no a is known'],
  ['entropi("a") < 1', 0, 'no function entropi is known'],
  ['len("a", "b") == 1', 0, 'len takes 1 argument'],
  ['matchesAny("a", ["ok", "(a"])', 23, 'regular expression: missing ) at character 3'],
  ['"a" matches "[b"', 12, 'regular expression: missing ] at character 1'],
  ['(true', 5, 'ends where ) should stand'],
  ['"open', 0, 'text without an end'],
  ['"\\q"', 1, 'unknown escape'],
  ['true ~ false', 5, 'unexpected character'],
  ['true false', 5, 'unexpected false'],
  ['let 1 = 2; true', 4, 'a name should stand here'],
  ['filter.x', 8, '( should stand here'],
  [`${'('.repeat(300)}1${')'.repeat(300)}`, undefined, 'nested too deep'],
] as const)('%s is refused at its place', ([source, at, message]) => {
  let error: unknown;
  try {
    compileExpression(source);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ExpressionError);
  expect(error).toMatchObject({ message, ...(at === undefined ? {} : { at }) });
});

test('what works otherwise than one may think is told', () => {
  expect(expressionNotes('failsTokenEfficiency("a") || finding["verified"] == true')).toEqual([
    { at: 0, message: 'failsTokenEfficiency needs a table that kei-git does not carry: it is false here' },
    { at: 37, message: 'finding has no verified here: it reads as nothing' },
  ]);
  expect(expressionNotes('entropy(finding["secret"]) < 2')).toEqual([]);
});

test('an expression that could run away runs on the linear engine', () => {
  const begun = performance.now();
  expect(run('matchesAny(finding["secret"], ["^(a+)+$"])', { secret: `${'a'.repeat(40)}!` })).toBe(false);
  expect(performance.now() - begun).toBeLessThan(2000);
});
