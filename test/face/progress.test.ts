import { expect, test } from 'vitest';
import { progressOn } from '../../src/face/progress.ts';

const terminal = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, output: { isTTY, columns: 20, write: (text: string | Uint8Array) => void written.push(String(text)) } };
};

test('nothing for a second, then one line that is rewritten, and cleared', () => {
  const { written, output } = terminal(true);
  let now = 0;
  const progress = progressOn(output, () => now);
  progress.start('scanning \u001b[2J a long label of things', 9);
  progress.advance();
  now = 999;
  progress.advance();
  expect(written).toEqual([]);
  now = 1000;
  progress.advance();
  now = 1050;
  progress.advance();
  now = 1100;
  progress.advance(2);
  progress.stop();
  progress.stop();
  progress.advance();
  expect(written).toEqual(['\r\u001b[Kscanning \\x1b[2 3/9', '\r\u001b[Kscanning \\x1b[2 6/9', '\r\u001b[K']);
});

test('nothing at all where there is no terminal', () => {
  const { written, output } = terminal(false);
  let now = 0;
  const progress = progressOn(output, () => now);
  progress.start('scanning');
  now = 5000;
  progress.advance();
  progress.stop();
  expect(written).toEqual([]);
});
