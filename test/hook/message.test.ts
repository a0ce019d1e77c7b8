import { expect, test } from 'vitest';
import { aboveScissors, decodeAs, decodeMessage, inMessage, isAllowedSubject, strippedRows, subjectOf } from '../../src/hook/message.ts';

const CUT = '------------------------ >8 ------------------------';
const EDITED = { edited: true, cleanup: undefined, comment: undefined, verbose: false };

test.for([
  { name: 'plain', bytes: Buffer.from('fix: a\n'), text: 'fix: a\n' },
  { name: 'empty', bytes: Buffer.alloc(0), text: '' },
  { name: 'UTF-8 with its mark', bytes: Buffer.from('\ufefffix\n'), text: 'fix\n' },
  { name: 'UTF-16, low byte first, with its mark', bytes: Buffer.from('\ufefffix: ü\n', 'utf16le'), text: 'fix: ü\n' },
  { name: 'UTF-16, high byte first', bytes: Buffer.from('fix: b\n', 'utf16le').swap16(), text: 'fix: b\n' },
  { name: 'UTF-16 without a mark', bytes: Buffer.from('fix: b\n', 'utf16le'), text: 'fix: b\n' },
  { name: 'Latin-1', bytes: Buffer.from('Grüße\n', 'latin1'), text: undefined },
])('decodeMessage: $name', ({ bytes, text }) => {
  expect(decodeMessage(bytes)).toBe(text);
});

test('decodeAs: an encoding that nobody knows is Latin-1', () => {
  expect(decodeAs(Buffer.from([0xe9, 0x41]), undefined)).toBe('éA');
  expect(decodeAs(Buffer.from([0xe9, 0x41]), 'x-nobody-knows')).toBe('éA');
  expect(decodeAs(Buffer.from([0x82, 0xa0]), 'Shift_JIS')).toBe('あ');
});

test.for([
  { name: 'none', text: 'a\nb\n', kept: 'a\nb\n' },
  { name: 'one', text: `a\n# ${CUT}\ndiff\n`, kept: 'a' },
  { name: 'another comment character', text: `a\n; ${CUT}\ndiff\n`, kept: 'a' },
  { name: 'quoted in a line', text: `a\nsee # ${CUT}\ndiff\n`, kept: `a\nsee # ${CUT}\ndiff\n` },
  { name: 'which git does not take for one', text: `a\n# ${CUT}\r\ndiff\n`, kept: `a\n# ${CUT}\r\ndiff\n` },
])('aboveScissors: $name', ({ text, kept }) => {
  expect(aboveScissors(text)).toBe(kept);
});

const stripped = (text: string, more: Partial<Parameters<typeof strippedRows>[1]>): readonly number[] => {
  const is = strippedRows(text, { ...EDITED, ...more });
  return text.split('\n').flatMap((_, row) => (is(row) ? [row] : []));
};

test.for([
  { name: 'an editor', more: {}, rows: [1] },
  { name: 'no editor', more: { edited: false }, rows: [] },
  { name: 'no editor, cleanup strip', more: { edited: false, cleanup: 'strip' }, rows: [1] },
  { name: 'whitespace', more: { cleanup: 'whitespace' }, rows: [] },
  { name: 'verbatim', more: { cleanup: 'verbatim' }, rows: [] },
  { name: 'scissors leaves comments', more: { cleanup: 'scissors' }, rows: [] },
  { name: 'default', more: { cleanup: 'default' }, rows: [1] },
  { name: 'another character', more: { comment: ';' }, rows: [2] },
  { name: 'more than one character', more: { comment: '//' }, rows: [3] },
  { name: 'auto that nobody tells', more: { comment: 'auto' }, rows: [1] },
])('strippedRows: $name', ({ more, rows }) => {
  expect(stripped('a\n# b\n; c\n// d\ne', more)).toEqual(rows);
});

test('strippedRows: below the scissors, where git cuts', () => {
  const text = `a\n# ${CUT}\nx\ny`;
  expect(stripped(text, {})).toEqual([1, 2, 3]);
  expect(stripped(text, { edited: false })).toEqual([]);
  expect(stripped(text, { edited: false, cleanup: 'scissors' })).toEqual([]);
  expect(stripped(text, { edited: false, verbose: true })).toEqual([1, 2, 3]);
  expect(stripped(`a\n; Please enter the message\n; ${CUT}\ny`, { comment: 'auto' })).toEqual([1, 2, 3]);
});

test('inMessage: a finding that goes on in a line that stays is one', () => {
  const at = (line: number, endLine = line) => ({ rule: 'r', severity: 'error', message: '', fingerprint: '', line, endLine }) as const;
  const found = [at(1), at(2), at(2, 3), { rule: 'r', severity: 'error', message: '', fingerprint: '' } as const];
  expect(inMessage(found, (row) => row === 1)).toEqual([found[0], found[2], found[3]]);
});

test.for([
  { subject: 'feat: a', allowed: true },
  { subject: 'feat!: a', allowed: true },
  { subject: 'fix(parser): a', allowed: true },
  { subject: 'fix(the parser, too)!: a', allowed: true },
  { subject: 'feat:a', allowed: true },
  { subject: 'feat:', allowed: false },
  { subject: 'feat a', allowed: false },
  { subject: 'Feat: a', allowed: false },
  { subject: 'feature: a', allowed: false },
  { subject: 'chore: a', allowed: false },
  { subject: 'fix(): a', allowed: false },
  { subject: "Merge branch 'b'", allowed: true },
  { subject: 'Revert "feat: a"', allowed: true },
  { subject: 'fixup! feat: a', allowed: true },
  { subject: 'squash! x', allowed: true },
  { subject: 'amend! x', allowed: true },
  { subject: '# This is a combination of 2 commits.', allowed: true },
])('isAllowedSubject: $subject', ({ subject, allowed }) => {
  expect(isAllowedSubject(subject, ['feat', 'fix'])).toBe(allowed);
});

test('subjectOf: the first line that stays', () => {
  expect(subjectOf('\n# help\n  feat: a \n', (row) => row === 1)).toEqual({ text: 'feat: a', row: 2 });
  expect(subjectOf('\n# help\n', (row) => row === 1)).toBeUndefined();
});
