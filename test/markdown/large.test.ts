import { expect, test } from 'vitest';
import { commentsOf } from '../../src/markdown/comments.ts';

// Whatever took more than linear time in one of these would not end before the test's own limit.
const BYTES = process.env['KEI_LONG'] === '1' ? 20 * 2 ** 20 : 2 ** 17;

const MARK = '<!-- m -->';
const repeated = (text: string, bytes = BYTES): string => text.repeat(Math.ceil(bytes / text.length));
const growing = (of: (length: number) => string): string => {
  const parts: string[] = [];
  for (let length = 1, bytes = 0; bytes < BYTES; length++) {
    const part = of(length);
    parts.push(part);
    bytes += part.length;
  }
  return parts.join('');
};

test.for([
  ['paragraphs', repeated('Some words, `code` and [a link](https://example.com "title").\n\n')],
  ['one paragraph', repeated('words\n')],
  ['one line', repeated('words ')],
  ['backticks in runs of every length', growing((length) => `${'`'.repeat(length)} `)],
  ['backticks that are not closed', repeated('` `` ')],
  ['nested quotes', `${repeated('>')}\na`],
  ['nested quotes, line by line', growing((length) => `${'> '.repeat(length)}a\n`)],
  ['nested quotes and lazy lines', `${repeated('> ', BYTES / 2)}a\n${repeated('b\n', BYTES / 2)}`],
  ['nested lists', `${repeated('- ')}a`],
  ['nested lists, line by line', growing((length) => `${'  '.repeat(length)}- a\n`)],
  ['nested lists and blank lines', `${repeated('- ', BYTES / 2)}a\n${repeated('\n', BYTES / 2)}b`],
  ['nested lists and a fence with blank lines', `${repeated('- ', BYTES / 2)}\`\`\`\n${repeated('\n', BYTES / 2)}b`],
  ['nested lists in quotes', `${repeated('> - ')}a`],
  ['opening brackets', repeated('[')],
  ['closing brackets', repeated(']')],
  ['brackets of links', `${repeated('[', BYTES / 2)}${repeated('](b', BYTES / 2)}`],
  ['links without an end', repeated('[a](b')],
  ['links in links', `${repeated('[', BYTES / 2)}a${repeated('](b)', BYTES / 2)}`],
  ['links with a title that has no end', repeated('[a](b "')],
  ['links with other titles', repeated(`[a](b "c 'd" [e](f 'g" (h`)],
  ['destinations in angles', repeated('[a](<b')],
  ['references', repeated('[a][b]')],
  ['long labels', repeated(`[${'a'.repeat(900)}`)],
  ['definitions', repeated('[a]: b\n')],
  ['definitions whose titles have no end', repeated('[a]: b "c\n')],
  ['definitions and underlines', repeated('[a]: b\n===\n')],
  ['tags', repeated('<a b="c">')],
  ['tags without an end', repeated('<a b="')],
  ['attributes without an end', `<a ${repeated('b ')}`],
  ['quotes that change places', repeated(`<a b="<a b='" c="<a d='`)],
  ['comments without an end', repeated('a <!--')],
  ['declarations without an end', repeated('a <!X <? <![CDATA[ ')],
  ['a block of HTML', `<div>\n${repeated('<a b="c">d</a>\n')}`],
  ['a block of HTML without ends', `<div>${repeated(`<a b='<a b="`)}`],
  ['verbatim elements without an end', `<div>${repeated('<title>')}`],
  ['thematic breaks that are none', repeated(`${'* '.repeat(400)}a\n`)],
  ['lone carriage returns', repeated('a\r\r')],
  ['an address of mail without an end', repeated('<aaaaaaaaaaaa@')],
  ['escapes', repeated('\\`\\[')],
])('%s take linear time', ([, text]) => {
  for (const source of [`${text}\n\nx ${MARK}\n`, `x ${MARK} ${text}`, `x ${text}${MARK}`])
    expect(Array.isArray(commentsOf(source, MARK))).toBe(true);
});
