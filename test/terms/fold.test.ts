import { expect, test } from 'vitest';
import { caseFolded } from '../../src/terms/characters.ts';
import { ALL_FOLDS, foldCode, normalForm, termProblem } from '../../src/terms/fold.ts';

test.for([
  ['ProjectFalcon', 'csw', 'projectfalcon'],
  ['PROJECT_falcon', 'csw', 'projectfalcon'],
  ['project-falcon 2', 'csw', 'projectfalcon2'],
  ['Ｐｒｏｊｅｃｔ　Ｆ', 'csw', 'projectf'],
  ['Ｐｒｏｊｅｃｔ', 'cs', 'ｐｒｏｊｅｃｔ'],
  ['Project Falcon', 'sw', 'ProjectFalcon'],
  ['Project Falcon', 'cw', 'project falcon'],
  ['ΣΊΣΥΦΟΣ', 'csw', 'σίσυφοσ'],
  ['Straße', 'csw', 'straße'],
  ['STRAẞE', 'csw', 'straße'],
  ['K\u212aſ', 'csw', 'kks'],
  ['Cafe\u0301', 'csw', 'café'],
  ['ıI', 'csw', 'ıi'],
] as const)('%j under %s is %j', ([text, code, form]) => {
  expect(normalForm(text, code)).toBe(form);
});

test('case is folded as Unicode folds it one by one', () => {
  const wrong: string[] = [];
  for (let point = 0; point < 0x20000; point++) {
    if (point >= 0xd800 && point < 0xe000) continue;
    const folded = caseFolded(point);
    if (folded === point) continue;
    const hex = point.toString(16);
    if (!new RegExp(`^\\u{${hex}}$`, 'iu').test(String.fromCodePoint(folded))) wrong.push(hex);
    if (caseFolded(folded) !== folded) wrong.push(`${hex} twice`);
  }
  expect(wrong).toEqual([]);
});

test('letters of one case class have one form', () => {
  const pairs = ['Aa', 'Éé', 'Жж', 'Ωω', 'Սս', 'Ꭰꭰ', 'Ａａ', '𐐀𐐨', 'ǅǆ', 'Ⴀⴀ', 'Ḃḃ', 'ﬅﬆ'];
  const differ = pairs.filter((pair) => new Set(Array.from(pair, (char) => caseFolded(char.codePointAt(0) ?? 0))).size > 1);
  expect(differ).toEqual(['ﬅﬆ']); // these two come out alike only where one letter may become two
});

test.for([
  ['', 'empty'],
  [' -_. ', 'empty'],
  ['ab', 'short'],
  ['a.b', 'short'],
  ['鯨', 'short'],
  ['鯨計', undefined],
  ['abc', undefined],
  ['one two three four', undefined],
  ['one two three four five', 'words'],
  ['x'.repeat(65), 'long'],
  ['x'.repeat(64), undefined],
  ['AT&T Falcon', undefined],
  ['foo(bar)', 'between'],
  ['Dr. Falcon', 'between'],
  ['(Falcon)', undefined],
] as const)('%j as a term: %s', ([text, problem]) => {
  expect(termProblem(text)).toBe(problem);
});

test('folds are named in one order', () => {
  expect([foldCode(['width', 'case']), foldCode([]), ALL_FOLDS]).toEqual(['cw', '', 'csw']);
});
