import { describe, expect, test } from 'vitest';
import { COUNT_LOCALES } from '../../src/config/count-forms.ts';
import { parseDecimal, showDecimal } from '../../src/counts/decimal.ts';
import { formatCount, readFormat, type FormatChoice } from '../../src/counts/format.ts';
import { numberWords } from '../../src/counts/number-words.ts';

const textOf = (value: string, choice: FormatChoice, total?: string): string => {
  const formatted = formatCount(value, choice, total);
  return formatted.kind === 'text' ? formatted.text : `refused: ${formatted.reason}`;
};

describe('formatCount', () => {
  test.for<[value: string, choice: FormatChoice, text: string, total?: string]>([
    ['24', {}, '24'],
    ['007', {}, '007'],
    ['1.10', {}, '1.10'],
    ['v1.2.3', {}, 'v1.2.3'],
    ['1e3', {}, '1000'],
    ['12345678901234567890', {}, '12345678901234567890'],
    ['v1.2.3', { format: 'thousands' }, 'refused: the value is no number, so it has no format thousands'],
    ['999', { format: 'thousands' }, '999'],
    ['1234', { format: 'thousands' }, '1,234'],
    ['-1234567.5', { format: 'thousands' }, '-1,234,567.5'],
    ['12345678901234567890', { format: 'thousands' }, '12,345,678,901,234,567,890'],
    ['1234567.5', { format: 'thousands', locale: 'de' }, '1.234.567,5'],
    ['1234567', { format: 'thousands', locale: 'de-CH' }, '1’234’567'],
    ['1234567', { format: 'thousands', locale: 'en-IN' }, '12,34,567'],
    ['123456789', { format: 'thousands', locale: 'en-IN' }, '12,34,56,789'],
    ['1234', { format: 'thousands', locale: 'fr' }, '1\u202f234'],
    ['1234', { format: 'thousands', locale: 'es' }, '1234'],
    ['12345', { format: 'thousands', locale: 'es' }, '12.345'],
    ['1299', { round: 100 }, '1200'],
    ['1299', { format: 'thousands', round: 100 }, '1,200'],
    ['-1', { round: 10 }, '-10'],
    ['12.345', { round: 0.1 }, '12.3'],
    ['12', { round: 0.1 }, '12.0'],
    ['24', { format: 'words' }, 'twenty-four'],
    ['24', { format: 'Words' }, 'Twenty-four'],
    ['24', { format: 'words', locale: 'de' }, 'vierundzwanzig'],
    ['24', { format: 'words', locale: 'fr' }, 'refused: no words for numbers in fr'],
    ['2.5', { format: 'words' }, 'refused: only whole numbers below a thousand million have words'],
    ['85.31', { format: 'percent' }, '85.31%'],
    ['85.31', { format: 'percent', round: 1 }, '85%'],
    ['99.97', { format: 'percent', round: 0.1 }, '99.9%'],
    ['100', { format: 'percent', round: 0.1 }, '100.0%'],
    ['2', { format: 'percent' }, '67%', '3'],
    ['2', { format: 'percent', round: 0.01, locale: 'de' }, '66,67\u00a0%', '3'],
    ['999', { format: 'percent' }, '99%', '1000'],
    ['1000', { format: 'percent' }, '100%', '1000'],
    ['1', { format: 'percent' }, '1%', '1000'],
    ['0', { format: 'percent' }, '0%', '1000'],
    ['1', { format: 'percent' }, 'refused: a percentage of nothing', '0'],
    ['1', { format: 'percent' }, 'refused: what it is a percentage of is no number', 'x'],
    ['999', { format: 'compact' }, '999'],
    ['1999', { format: 'compact' }, '1.9k'],
    ['1000', { format: 'compact' }, '1k'],
    ['34567', { format: 'compact' }, '34k'],
    ['5600000', { format: 'compact', locale: 'de' }, '5,6M'],
    ['12000000000', { format: 'compact' }, '12G'],
  ])('%s as %j is %s', ([value, choice, text, total]) => {
    expect(textOf(value, choice, total)).toBe(text);
  });

  test('thousands of every locale are the same digits', () => {
    for (const locale of COUNT_LOCALES) {
      const text = textOf('1234567', { format: 'thousands', locale });
      expect([locale, text.replaceAll(/\D/g, '')]).toEqual([locale, '1234567']);
      expect(text).not.toBe('1234567');
    }
  });
});

test('thousands in English are as Intl of this Node has them', () => {
  for (let n = 1n; n < 10n ** 30n; n = n * 7n + 3n) expect(textOf(String(n), { format: 'thousands' })).toBe(n.toLocaleString('en-US'));
});

/** Reads English words by another way than they are written: each word adds or multiplies. */
const values = new Map(Array.from({ length: 100 }, (_, n) => [numberWords(n, 'en'), n]));
const readEnglish = (words: string): number => {
  let total = 0;
  let part = 0;
  for (const word of words.split(' ')) {
    if (word === 'hundred') part *= 100;
    else if (word === 'thousand') [total, part] = [total + part * 1000, 0];
    else if (word === 'million') [total, part] = [total + part * 1_000_000, 0];
    else part += values.get(word) ?? Number.NaN;
  }
  return total + part;
};

const small = new Map(Array.from({ length: 100 }, (_, n) => [numberWords(n, 'de'), n]));
small.set('ein', 1).set('eine', 1).set('', 0);
const readGerman = (words: string): number => {
  const below = (text: string): number => {
    const [head, tail] = text.includes('hundert') ? text.split('hundert') : ['', text];
    return (head === '' ? 0 : (small.get(head ?? '') ?? Number.NaN) * 100) + (small.get(tail ?? '') ?? Number.NaN);
  };
  const million = /^(.*) Million(?:en)? ?(.*)$/.exec(words);
  if (million !== null) return below(million[1] ?? '') * 1_000_000 + (million[2] === '' ? 0 : readGerman(million[2] ?? ''));
  const [thousands, rest] = words.includes('tausend') ? words.split('tausend') : ['', words];
  return (thousands === '' ? 0 : below(thousands ?? '') * 1000) + (rest === '' ? 0 : below(rest ?? ''));
};

describe('numberWords', () => {
  test.for([
    [0, 'zero', 'null'],
    [1, 'one', 'eins'],
    [16, 'sixteen', 'sechzehn'],
    [21, 'twenty-one', 'einundzwanzig'],
    [30, 'thirty', 'dreißig'],
    [77, 'seventy-seven', 'siebenundsiebzig'],
    [100, 'one hundred', 'einhundert'],
    [101, 'one hundred one', 'einhunderteins'],
    [1001, 'one thousand one', 'eintausendeins'],
    [1234, 'one thousand two hundred thirty-four', 'eintausendzweihundertvierunddreißig'],
    [21_000, 'twenty-one thousand', 'einundzwanzigtausend'],
    [101_000, 'one hundred one thousand', 'einhunderteintausend'],
    [1_000_000, 'one million', 'eine Million'],
    [2_000_001, 'two million one', 'zwei Millionen eins'],
  ] as const)('%i', ([n, english, german]) => {
    expect([numberWords(n, 'en'), numberWords(n, 'de')]).toEqual([english, german]);
  });

  test('every number to a million reads back', () => {
    const wrong: number[] = [];
    for (let n = 0; n <= 1_000_000; n++) {
      if (readEnglish(numberWords(n, 'en')) !== n || readGerman(numberWords(n, 'de')) !== n) wrong.push(n);
    }
    expect(wrong).toEqual([]);
  });

  test('no two numbers to a million are the same words', () => {
    for (const language of ['en', 'de'] as const) {
      const all = new Set<string>();
      for (let n = 0; n <= 1_000_000; n++) all.add(numberWords(n, language));
      expect(all.size).toBe(1_000_001);
    }
  });
});

describe('readFormat', () => {
  test.for<[attributes: [string, string][], read: unknown]>([
    [[], {}],
    [[['words', '']], { format: 'words' }],
    [
      [
        ['format', 'thousands'],
        ['locale', 'de'],
        ['round', '0.1'],
        ['of-total', 'all'],
      ],
      { format: 'thousands', locale: 'de', round: 0.1, 'of-total': 'all' },
    ],
    [[['formt', 'words']], { kind: 'refused', index: 0, reason: 'unknown attribute "formt"', hint: 'did you mean format?' }],
    [[['word', '']], { kind: 'refused', index: 0, reason: 'unknown attribute "word"', hint: 'did you mean words?' }],
    [[['format', 'thousand']], { kind: 'refused', index: 0, reason: 'no format "thousand"', hint: 'did you mean thousands?' }],
    [[['locale', 'xx']], { kind: 'refused', index: 0, reason: 'no locale "xx"', hint: expect.stringContaining('one of en') as unknown }],
    [[['round', '0']], { kind: 'refused', index: 0, reason: 'round is no number greater than 0: "0"' }],
    [[['round', '1e9']], { kind: 'refused', index: 0, reason: 'round is no number greater than 0: "1e9"' }],
    [[['of-total', '']], { kind: 'refused', index: 0, reason: 'of-total names no counter' }],
    [
      [
        ['words', ''],
        ['format', 'plain'],
      ],
      { kind: 'refused', index: 1, reason: 'format stands twice' },
    ],
  ])('%j', ([attributes, read]) => {
    const given = attributes.map(([key, value]) => ({ key, value }));
    expect(readFormat(given)).toEqual(read);
  });
});

describe('parseDecimal', () => {
  test.for([
    ['12', '12'],
    ['+3.50', '3.50'],
    ['-0.5', '-0.5'],
    ['1.5e3', '1500'],
    ['15e-1', '1.5'],
    ['1e99', `1${'0'.repeat(99)}`],
    ['1e100', undefined],
    ['1e-101', undefined],
    ['1,000', undefined],
    ['', undefined],
    ['.5', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['9'.repeat(101), undefined],
  ])('%s', ([text = '', shown]) => {
    const value = parseDecimal(text);
    expect(value && showDecimal(value)).toBe(shown);
  });
});
