import { tests } from 'commonmark-spec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentsOf } from '../../src/markdown/comments.ts';
import { documents } from './documents.ts';
import { asReference, referenceComments } from './reference.ts';

const isLong = process.env['KEI_LONG'] === '1';
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString();

const ours = (source: string): readonly string[] =>
  commentsOf(latin1(source), '')
    .filter(({ isEnded }) => isEnded)
    .map(({ text }) => utf8(text));

const IS_MARK = /^ m\d+ $/;
const marks = (comments: readonly string[]): readonly string[] => comments.filter((text) => IS_MARK.test(text));

const numbered = (pieces: readonly string[]): string =>
  pieces.reduce((text, piece, i) => `${text}${i === 0 ? '' : `<!-- m${i} -->`}${piece}`, '');

const expectSame = (source: string): void => {
  const text = asReference(source);
  expect([text, marks(ours(text))]).toEqual([text, marks(referenceComments(text))]);
};

describe('comments are those of CommonMark', () => {
  test('the specification has its examples', () => expect(tests.length).toBe(652));

  test.for([...new Set(tests.map(({ section }) => section))])('examples of the specification, with comments put in: %s', (wanted) => {
    for (const { section, markdown: example } of tests) {
      if (section !== wanted) continue;
      const markdown = example.replaceAll('→', '\t');
      const step = isLong ? 1 : Math.max(1, Math.floor(markdown.length / 8));
      for (let at = 0; at <= markdown.length; at += step) expectSame(numbered([markdown.slice(0, at), markdown.slice(at)]));
      expectSame(numbered(markdown.split(/(?<=\n)/)));
    }
  });

  test.for([
    ['an item that begins with a blank line ends at the second one', '-\n\n    \0', 0],
    ['an item that has content goes on behind blank lines', '- a\n\n\n    \0', 1],
    ['links hold no links', '[[a](b) c](d "\0")', 1],
    ['images hold links', '![[a](b) c](d "\0")', 0],
    ['a title is none of the text', '[a](b "\0")', 0],
    ['a destination has no spaces', '[a](b \0)', 1],
    ['a definition is none of the text', '[a]: b "\0"', 0],
    ['a definition without a label is none', '[ ]: b "\0"', 1],
    ['a label of 999 characters is one', `[${'a'.repeat(999)}]: b "\0"`, 0],
    ['a longer label is none', `[${'a'.repeat(1001)}]: b "\0"`, 1],
    ['the reference of a link is none of the text', '[a][b \0]\n\n[b <!-- m1 -->]: c', 0],
    ['a fence of tildes is not closed by backticks', '~~~\n\0\n```\n\0\n~~~\n\0', 1],
    ['a fence is closed by as many or more', '````\n\0\n```\n\0\n`````\n\0', 1],
    ['a fence that is closed has no info string behind it', '```\n\0\n``` x\n\0\n```\n\0', 1],
    ['a fence is indented by up to three spaces', '   ```\n\0\n   ```\n\0\n    ```\n\0', 2],
    ['a fence in a list ends with its item', '- ```\n  \0\n\n\0', 1],
    ['a fence in a quote ends with it', '> ```\n> \0\n\0', 1],
    ['a fence of backticks has none in its info string', '``` a`b\n\0', 1],
    ['indented code is no paragraph going on', 'a\n    \0\n\n    \0', 1],
    ['a tab indents by four', '\t\0', 0],
    ['a code span goes over lines', '`a\nb \0` \0', 1],
    ['a code span ends with as many backticks', '``a ` \0 `` \0', 1],
    ['a backslash keeps a backtick from beginning one', '\\`a \0 ` \0 `', 1],
    ['comments do not nest', 'a <!-- \0 -->', 0],
    ['comments do not nest in a block of HTML either', '<!-- \0 -->', 0],
    ['an attribute is no comment', 'a <b c="\0">', 0],
    ['a raw element is verbatim', '<script>\n\0\n</script>\n\0', 1],
    ['a table of HTML is live', '<table>\n<tr><td>\0</td></tr>\n</table>', 1],
    ['a heading is live', '# a \0\n\nb \0\n===', 2],
    ['an escaped comment is text', 'a \\\0', 0],
  ] as const)('%s', ([, text, live]) => {
    const source = numbered(text.split('\0'));
    expectSame(source);
    expect(marks(ours(source))).toHaveLength(live);
  });

  test('in documents of half-finished things', () => {
    fc.assert(
      fc.property(documents(fc.constant('\0')), (text) => expectSame(numbered(text.split('\0')))),
      { numRuns: isLong ? 200_000 : 3_000 },
    );
  });

  test('in examples of the specification with half-finished things put in', () => {
    const mixed = fc.tuple(
      fc.constantFrom(...tests.map(({ markdown }) => markdown.replaceAll('→', '\t'))),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constant('\0'), documents(fc.constant('\0'), 3))), { minLength: 1, maxLength: 5 }),
    );
    fc.assert(
      fc.property(mixed, ([markdown, put]) => {
        const text = put.reduce((all, [at, bit]) => all.slice(0, at % (all.length + 1)) + bit + all.slice(at % (all.length + 1)), markdown);
        expectSame(numbered(text.split('\0')));
      }),
      { numRuns: isLong ? 200_000 : 3_000 },
    );
  });
});

test('comments have their places, in bytes, also within quotes and behind what is no UTF-8', () => {
  const bytes = Buffer.concat([Buffer.from('\ufeffä '), Buffer.from([0xff]), Buffer.from(' <!-- a -->\n\n> x <!-- b\n> c -->\n')]);
  const source = bytes.toString('latin1');
  expect(commentsOf(source, '').map(({ start, end, text }) => [source.slice(start, end), text])).toEqual([
    ['<!-- a -->', ' a '],
    ['<!-- b\n> c -->', ' b\nc '],
  ]);
});

test('a comment without an end is told where it begins', () => {
  expect(commentsOf('a <!-- b\n\nc\n', '')).toEqual([{ start: 2, end: 6, text: ' b\n', isEnded: false }]);
  expect(commentsOf('<!-- b\n\nc\n', '')).toEqual([{ start: 0, end: 4, text: ' b\n\nc\n', isEnded: false }]);
});

test('only blocks that hold what is looked for are read', () => {
  expect(commentsOf('<!-- a -->\n\nx <!-- b -->\n', 'b').map(({ text }) => text)).toEqual([' b ']);
});

describe('front matter', () => {
  const COMMENT = '<!-- a -->';
  test.for([
    { name: 'of YAML', text: `---\ntitle: ${COMMENT}\n---\n`, live: 0 },
    { name: 'that ends with dots', text: `---\ntitle: ${COMMENT}\n...\n${COMMENT}`, live: 1 },
    { name: 'of TOML', text: `+++\ntitle = "${COMMENT}"\n+++\n`, live: 0 },
    { name: 'behind a byte order mark, with CRLF', text: `\ufeff---\r\n# x\r\ntitle: ${COMMENT}\r\n---\r\n`, live: 0 },
    { name: 'without an end is none', text: `---\ntitle: ${COMMENT}\n`, live: 1 },
    { name: 'two thematic breaks are none', text: `---\n\nA day: ${COMMENT}\n\n---\n`, live: 1 },
    { name: 'not on the first line is none', text: `\n---\ntitle: ${COMMENT}\n---\n`, live: 1 },
  ])('$name', ({ text, live }) => {
    expect(commentsOf(latin1(text), '')).toHaveLength(live);
  });
});
