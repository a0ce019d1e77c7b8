import { expect, test } from 'vitest';
import { marker, judge, rewritten, saidOf } from './numbers.ts';

// Where other tools that keep generated text in documents went wrong, each by its name.

const A = (value: string): string => marker('a', value);
const NOW = { a: '24' };

test('cog, markdown-magic: a fenced example is not rewritten', () => {
  expect(rewritten(`${A('7')}\n\n\`\`\`html\n${A('7')}\n\`\`\`\n`, NOW)).toBe(`${A('24')}\n\n\`\`\`html\n${A('7')}\n\`\`\`\n`);
});

test('markdown-magic: a stale number is not a clean check', () => {
  expect(saidOf(judge(A('7'), NOW))).toEqual(['1:17 stale: a is 24, not 7']);
});

test('markdown-magic: an unknown name is an error', () => {
  expect(saidOf(judge(marker('b', '7'), NOW))).toEqual(['1:17 broken: no counter "b"']);
});

test('markdown-magic: an unclosed marker is an error with a place', () => {
  expect(saidOf(judge('a\n\nb <!-- count:a -->7\n', NOW))).toEqual(['3:3 broken: count:a is not closed']);
});

test('markdown-magic, doctoc: line endings stay, mixed ones too', () => {
  const text = (value: string): string => `\ufeffa\r\n${A(value)}\r\nb\nc\r${A(value)}\r\n\r\nd`;
  expect(rewritten(text('7'), NOW)).toBe(text('24'));
});

test('no newline is put at the end of a file', () => {
  expect(rewritten(A('7'), NOW)).toBe(A('24'));
});

// https://github.com/basecamp/basecamp-sdk/pull/590, https://github.com/github/spec-kit-copilot/pull/25, https://github.com/NVIDIA/aicr/pull/2329
test.for([
  ['a fence of other characters closes nothing', '~~~\n', '\n```\n', '\n~~~\n'],
  ['a shorter fence closes nothing', '````\n', '\n```\n', '\n````\n'],
  ['a fence with an info string closes nothing', '```\n', '\n``` js\n', '\n```\n'],
  ['a fence that is indented by four closes nothing', '```\n', '\n    ```\n', '\n```\n'],
] as const)('fences: %s', ([, open, inner, close]) => {
  const text = (value: string): string => `${open}${A('7')}${inner}${A('7')}${close}${A(value)}`;
  expect(rewritten(text('7'), NOW)).toBe(text('24'));
});

test('fences: text behind an odd number of them is live where CommonMark says so', () => {
  const text = (value: string): string => `- \`\`\`\n  ${A('7')}\n\n${A(value)}\n`;
  expect(rewritten(text('7'), NOW)).toBe(text('24'));
});

// https://github.com/Blackwellboy/model-serving-minefield/issues/13
test('captured output in a fence of a list in a quote stays', () => {
  const text = `> - $ tool\n>\n>   ~~~ text\n>   ${A('7')}\n>   ~~~\n`;
  expect(rewritten(text, NOW)).toBeUndefined();
});

// https://github.com/pjt222/agent-almanac/pull/336
test('a dated record within a page stays', () => {
  const text = (value: string): string => `<!-- count:frozen -->\n2026-02-01: ${A('7')}\n<!-- /count:frozen -->\n\nNow ${A(value)}\n`;
  expect(rewritten(text('7'), NOW)).toBe(text('24'));
});

// https://github.com/nedbat/cog/issues/94
test('cog: a number edited by hand is stale like any other, and no checksum is left behind', () => {
  expect(saidOf(judge(A('23'), NOW))).toEqual(['1:17 stale: a is 24, not 23']);
  expect(rewritten(A('23'), NOW)).toBe(A('24'));
});

// https://github.com/cogni-work/insight-wave/issues/1675
test('what is written is what the source says, also where the old number is among its digits', () => {
  expect(rewritten(`${A('2')} ${A('240')} ${A('4')}`, NOW)).toBe(`${A('24')} ${A('24')} ${A('24')}`);
});

// https://github.com/Pratiyush/llm-wiki/issues/688
test('a badge does not drift from its number', () => {
  const badge = (value: string): string => marker('a', `![${value} pages](https://img.shields.io/badge/pages-${value}-blue)`);
  expect(rewritten(badge('7'), NOW)).toBe(badge('24'));
});

test('an example in a code span stays', () => {
  expect(rewritten(`\`${A('7')}\` and \`\` ${A('7')} \` \`\``, NOW)).toBeUndefined();
});

test('indented code stays', () => {
  expect(rewritten(`x\n\n    ${A('7')}\n\n\t${A('7')}\n`, NOW)).toBeUndefined();
});

test('what is commented out stays', () => {
  expect(rewritten(`<!--\nold: 7 count:a\n-->\n\nx <!-- y\n count:a z -->`, NOW)).toBeUndefined();
});

test('the target of a link, and a definition, stay', () => {
  const inside = '<!-- count:a -->7';
  expect(rewritten(`[x](y "${inside}")\n\n[x]: y "${inside}"\n`, NOW)).toBeUndefined();
});

test('front matter stays', () => {
  const text = (value: string): string => `---\ntitle: ${A('7')}\n---\n${A(value)}\n`;
  expect(rewritten(text('7'), NOW)).toBe(text('24'));
});
