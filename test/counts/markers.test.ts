import { describe, expect, test } from 'vitest';
import { readMarkers } from '../../src/counts/read.ts';
import { judge, marker, rewritten, saidOf } from './numbers.ts';

const A = (value: string, attributes?: string): string => marker('a', value, attributes);

describe('a number is rewritten', () => {
  test.for([
    { name: 'in a sentence', before: `x ${A('1')} y`, after: `x ${A('24')} y` },
    { name: 'several on a line', before: `${A('1')}${A('24')} ${A('2')}`, after: `${A('24')}${A('24')} ${A('24')}` },
    { name: 'that is not there yet', before: `x ${A('')}`, after: `x ${A('24')}` },
    { name: 'that is a word so far', before: `x ${A('TODO')}`, after: `x ${A('24')}` },
    { name: 'in emphasis', before: `x ${A('**7**')} ${A('_7_')}`, after: `x ${A('**24**')} ${A('_24_')}` },
    { name: 'in a code span', before: `x ${A('`7`')}`, after: `x ${A('`24`')}` },
    { name: 'with space around', before: `x ${A(' 7 ')}`, after: `x ${A(' 24 ')}` },
    { name: 'in words', before: `x ${A('seven', 'format=words')}`, after: `x ${A('twenty-four', 'format=words')}` },
    { name: 'in several words', before: A('one hundred and seven', 'words'), after: A('twenty-four', 'words') },
    { name: 'in a heading', before: `# x ${A('7')}`, after: `# x ${A('24')}` },
    { name: 'in a table', before: `| a |\n|---|\n| ${A('7')} |`, after: `| a |\n|---|\n| ${A('24')} |` },
    { name: 'in a block of HTML', before: `<p>\n${A('7')}\n</p>`, after: `<p>\n${A('24')}\n</p>` },
    { name: 'in a quote in a list', before: `- > x ${A('7')}\n`, after: `- > x ${A('24')}\n` },
    { name: 'in a link', before: `[${A('7')} x](y)`, after: `[${A('24')} x](y)` },
    {
      name: 'in comments over lines',
      before: 'x <!--\ncount:a\n-->7<!--\n/count:a -->',
      after: 'x <!--\ncount:a\n-->24<!--\n/count:a -->',
    },
    { name: 'behind what is no ASCII', before: `Ä€\u{1f600} ${A('7')} ü`, after: `Ä€\u{1f600} ${A('24')} ü` },
  ])('$name', ({ before, after }) => {
    expect(rewritten(before, { a: '24' })).toBe(after);
    expect(rewritten(after, { a: '24' })).toBeUndefined();
    expect(judge(after, { a: '24' }).judgement.findings).toEqual([]);
  });

  test('with its place in UTF-16 units, its bytes and its fix', () => {
    const { judgement } = judge(`\ufeffx\n\u{1f600}é ${A('7')}\n`, { a: '24' });
    expect(judgement.findings).toEqual([
      {
        rule: 'counts/stale',
        severity: 'error',
        message: 'a is 24, not 7',
        hint: 'kei-git counts',
        path: 'a.md',
        line: 2,
        column: 21,
        start: 28,
        end: 29,
        fingerprint: expect.stringMatching(/^kei1c:/),
        fix: { title: 'a is 24', edits: [{ start: 28, end: 29, text: '24' }] },
        extra: { counter: 'a', why: '24 = as the test says' },
      },
    ]);
  });
});

describe('a badge', () => {
  const badge = (text: string): string => `x ${A(text)}`;
  test.for([
    ['of shields.io', '![tests](https://img.shields.io/badge/tests-7-blue)', '![tests](https://img.shields.io/badge/tests-1%2C070-blue)'],
    [
      'with more in its message',
      '![t](https://img.shields.io/badge/t-7%20passing-4c1.svg)',
      '![t](https://img.shields.io/badge/t-1%2C070%20passing-4c1.svg)',
    ],
    [
      'with hyphens in its label',
      '![t](https://img.shields.io/badge/node--20-7-4c1)',
      '![t](https://img.shields.io/badge/node--20-1%2C070-4c1)',
    ],
    ['without a label', '![t](https://img.shields.io/badge/7-4c1)', '![t](https://img.shields.io/badge/1%2C070-4c1)'],
    [
      'in a link',
      '[![t](https://img.shields.io/badge/t-7-blue)](https://example.com/7)',
      '[![t](https://img.shields.io/badge/t-1%2C070-blue)](https://example.com/7)',
    ],
    [
      'that says the number in its text',
      '![7 tests](https://img.shields.io/badge/tests-7-blue "7")',
      '![1,070 tests](https://img.shields.io/badge/tests-1%2C070-blue "7")',
    ],
    [
      'with parameters',
      '![t](https://img.shields.io/static/v1?label=t7&message=7&color=4c1)',
      '![t](https://img.shields.io/static/v1?label=t7&message=1%2C070&color=4c1)',
    ],
    ['of badgen', '![t](https://badgen.net/badge/t2/7/green)', '![t](https://badgen.net/badge/t2/1%2C070/green)'],
    [
      'of HTML',
      '<img alt="7 tests" src="https://img.shields.io/badge/tests-7-blue">',
      '<img alt="1,070 tests" src="https://img.shields.io/badge/tests-1%2C070-blue">',
    ],
    ['of somebody else', '![t](https://example.com/b/7.svg)', '![t](https://example.com/b/1%2C070.svg)'],
  ] as const)('%s', ([, before, after]) => {
    const text = (inner: string): string => `x ${A(inner, 'thousands')}`;
    expect(rewritten(text(before), { a: '1070' })).toBe(text(after));
    expect(judge(text(after), { a: '1070' }).judgement.findings).toEqual([]);
  });

  test('percentages and hyphens are written as the address wants them', () => {
    expect(rewritten(badge('![c](https://img.shields.io/badge/c-7%25-blue)'), { a: '85%' })).toBe(
      badge('![c](https://img.shields.io/badge/c-85%25-blue)'),
    );
  });

  test.for([
    ['without a number', '![t](https://img.shields.io/badge/t-x-blue)', 'the address of the badge has no number'],
    ['with two numbers', '![t](https://img.shields.io/badge/t-7of8-blue)', 'the address of the badge has more than one number'],
  ] as const)('%s is broken', ([, text, message]) => {
    expect(saidOf(judge(badge(text), { a: '24' }))).toEqual([`1:3 broken: count:a: ${message}`]);
  });

  test('in words is broken, since nobody would find it again', () => {
    const { after, judgement } = judge(A('![t](https://img.shields.io/badge/t-7-blue)', 'words'), { a: '24' });
    expect([after, judgement.changes, judgement.findings.map(({ rule }) => rule)]).toEqual([undefined, [], ['counts/broken']]);
  });
});

describe('what is broken is told with its place, and the file stays', () => {
  test.for([
    ['unclosed', 'x <!-- count:a -->7 y', ['1:3 broken: count:a is not closed']],
    ['closed in another line', 'x <!-- count:a -->7\ny <!-- /count:a -->', ['1:3 broken: count:a is not closed']],
    ['closed in another paragraph', 'x <!-- count:a -->7\n\ny <!-- /count:a -->', ['1:3 broken: count:a is not closed']],
    ['closed twice', `x ${A('7')}<!-- /count:a -->`, ['1:37 broken: /count:a closes a second time', '1:19 stale: a is 24, not 7']],
    ['closed only', 'x <!-- /count:a -->', ['1:3 broken: /count:a closes nothing']],
    ['wrong name at the end', 'x <!-- count:a -->7<!-- /count:b -->', ['1:20 broken: count:a ends with /count:b']],
    ['nested', `x <!-- count:a -->${marker('b', '7')}<!-- /count:a -->`, ['1:19 broken: count:b begins within count:a']],
    ['nested in itself', `x <!-- count:a -->${A('7')}<!-- /count:a -->`, ['1:19 broken: count:a begins within count:a']],
    [
      'overlapping',
      'x <!-- count:a -->7<!-- count:b -->8<!-- /count:a -->9<!-- /count:b -->',
      ['1:20 broken: count:b begins within count:a'],
    ],
    ['unclosed before the next', `<!-- count:a -->7\n\n${A('24')}`, ['1:1 broken: count:a is not closed']],
    ['unknown', marker('c', '7'), ['1:17 broken: no counter "c"']],
    ['no name', 'x <!-- count: -->7', ['1:3 broken: not a marker: "count:"']],
    [
      'a name that is none',
      'x <!-- count:Pages -->7<!-- /count:Pages -->',
      ['1:3 broken: not a marker: "count:Pages"', '1:24 broken: not a marker: "/count:Pages"'],
    ],
    [
      'a space too many',
      'x <!-- count: a -->7<!-- /count:a -->',
      ['1:3 broken: not a marker: "count: a"', '1:21 broken: /count:a closes nothing'],
    ],
    ['an unknown attribute', A('7', 'colour=red'), ['1:28 broken: count:a: unknown attribute "colour"']],
    ['an unknown format', A('7', 'format=roman'), ['1:30 broken: count:a: no format "roman"']],
    [
      'attributes at the end',
      '<!-- count:a -->7<!-- /count:a words -->',
      ['1:1 broken: count:a is not closed', '1:18 broken: /count:a has attributes'],
    ],
    ['half of an opening comment', '<!-- count:a --7<!-- /count:a -->', ['1:1 broken: the comment has no end']],
    ['half of a comment in a sentence', 'x <!-- count:a', ['1:3 broken: the comment has no end']],
    ['half of a comment that swallows all', `<!-- count:a ->7\n\n${'y\n\n'.repeat(200)}`, ['1:1 broken: the comment has no end']],
    ['more than a number', A('7 pages'), ['1:17 broken: count:a holds more than a number: "7 pages"']],
    ['an element', A('<b>7</b>'), ['1:17 broken: count:a holds more than a number: "<b>7</b>"']],
    [
      'a merge conflict',
      `<<<<<<< HEAD\n${A('7')}\n=======\n${A('8')}\n>>>>>>> other\n\n${A('24')}`,
      [
        '2:1 broken: the marker stands in a merge conflict',
        '2:18 broken: the marker stands in a merge conflict',
        '4:1 broken: the marker stands in a merge conflict',
        '4:18 broken: the marker stands in a merge conflict',
      ],
    ],
    [
      'a conflict that is half resolved',
      `<<<<<<< HEAD\nx ${A('24')}\n`,
      ['2:3 broken: the marker stands in a merge conflict', '2:21 broken: the marker stands in a merge conflict'],
    ],
    ['a record without an end', `<!-- count:frozen -->\n${A('7')}`, ['1:1 broken: count:frozen is not closed']],
    [
      'a record in a record',
      '<!-- count:frozen -->\n<!-- count:frozen -->\n<!-- /count:frozen -->',
      ['2:1 broken: count:frozen begins within count:frozen'],
    ],
    ['a record within a number', `x <!-- count:a -->7<!-- count:frozen --><!-- /count:frozen -->`, ['1:3 broken: count:a is not closed']],
  ] as const)('%s', ([, text, said]) => {
    const file = judge(text, { a: '24', b: '3' });
    expect(saidOf(file)).toEqual(said);
    expect(file.after).toBeUndefined();
  });

  test('names beside the known ones are suggested, and a way out is said', () => {
    const hints = judge(`${marker('aple', '7')} <!-- count:apple -->7`, { apple: '24' }).judgement.findings.map(({ hint }) => hint);
    expect(hints).toEqual(['put /count:apple behind the number, on the same line', 'did you mean apple?']);
  });
});

describe('what stays', () => {
  test.for([
    ['a comment about something else', '<!-- counts of pages: 7 --> <!-- recount:a -->'],
    ['a record', `<!-- count:frozen -->\n${A('7')}\n\n<!-- count:a -->half\n<!-- /count:frozen -->\n`],
    ['a text without markers', 'count:a 7 /count:a'],
    ['an escaped marker', '\\<!-- count:a -->7\\<!-- /count:a -->'],
  ] as const)('%s', ([, text]) => {
    expect(readMarkers(Buffer.from(text), 'a.md')).toEqual({ markers: [], problems: [] });
  });
});

describe('comments of code', () => {
  test.for([
    ['a.toml', 'rules = 7 # count:a', 'rules = 24 # count:a'],
    ['a.yaml', "text: '7 rules' # count:a", "text: '24 rules' # count:a"],
    ['a.yml', '- 7  #count:a', '- 24  #count:a'],
    ['a.py', 'A, B = 1, 7  # count:a nth=2', 'A, B = 1, 24  # count:a nth=2'],
    ['a.ts', 'const rules = 7; // count:a', 'const rules = 24; // count:a'],
    ['a.ts', 'const a = /* count:a */7/* /count:a */, b = 8;', 'const a = /* count:a */24/* /count:a */, b = 8;'],
    ['a.css', 'a { width: /* count:a */ 7 /* /count:a */; }', 'a { width: /* count:a */ 24 /* /count:a */; }'],
    ['a.js', `const a = /* count:a words */'seven'/* /count:a */;`, `const a = /* count:a words */'twenty-four'/* /count:a */;`],
    ['a.sql', 'select 7; -- count:a', 'select 24; -- count:a'],
    ['a.lua', 'x = 7 -- count:a', 'x = 24 -- count:a'],
    ['a.tex', 'x 7 % count:a', 'x 24 % count:a'],
    ['Dockerfile', 'LABEL n=7 # count:a', 'LABEL n=24 # count:a'],
    ['src/Makefile', 'N = 7 # count:a', 'N = 24 # count:a'],
    [
      'a.html',
      '<p><!-- count:a -->7<!-- /count:a --></p><script>"<!-- count:a -->7"</script>',
      '<p><!-- count:a -->24<!-- /count:a --></p><script>"<!-- count:a -->7"</script>',
    ],
    ['a.svg', '<title/><text><!-- count:a -->7<!-- /count:a --></text>', '<title/><text><!-- count:a -->24<!-- /count:a --></text>'],
    [
      'a.toml',
      'a = 7 # count:a\r\n# count:frozen\r\nb = 7 # count:a\r\n# /count:frozen\r\n',
      'a = 24 # count:a\r\n# count:frozen\r\nb = 7 # count:a\r\n# /count:frozen\r\n',
    ],
  ] as const)('%s: %s', ([path, before, after]) => {
    expect(rewritten(before, { a: '24' }, path)).toBe(after);
    expect(judge(after, { a: '24' }, path).judgement.findings).toEqual([]);
  });

  test.for([
    ['a.toml', 'a = [7, 8] # count:a', '1:12 broken: count:a: which of the 2 numbers before it on the line?'],
    ['a.toml', 'a = 7 # count:a nth=2', '1:7 broken: count:a: there are no 2 numbers before it on the line'],
    ['a.toml', '# count:a', '1:1 broken: count:a: there is no number before it on the line'],
    ['a.toml', 'v2x = "x" # count:a', '1:11 broken: count:a: there is no number before it on the line'],
    ['a.toml', 'a = 7 # /count:a', '1:7 broken: /count:a closes nothing'],
    ['a.ts', 'const a = /* count:a */7;', '1:11 broken: count:a is not closed'],
    ['a.ts', 'const a = 7; // count:a b!', '1:14 broken: count:a: not an attribute: "b!"'],
  ] as const)('%s: %s is broken', ([path, text, said]) => {
    expect(saidOf(judge(text, { a: '24' }, path))).toEqual([said]);
  });

  test('a file whose comments nobody knows has none', () => {
    expect(readMarkers(Buffer.from('7 # count:a'), 'a.json')).toEqual({ markers: [], problems: [] });
  });
});
