import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowText } from '../../src/engine/window-text.ts';

/** One entry per UTF-16 unit and one for the end: the unit, and the byte its character begins with. */
const unitsOf = (bytes: Buffer, from: number, to: number): { text: string; offsets: number[] } => {
  let text = '';
  const offsets: number[] = [];
  for (let at = from; at < to;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= to && isUtf8(bytes.subarray(at, at + n)));
    const character = length === undefined ? '\ufffd' : bytes.toString('utf8', at, at + length);
    for (let i = 0; i < character.length; i++) offsets.push(at);
    text += character;
    at += length ?? 1;
  }
  return { text, offsets: [...offsets, to] };
};

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('é', '€', '\u{1f600}', 'ascii', '\ufffd').map((text) => Buffer.from(text)),
  fc.constantFrom('€', '\u{1f600}').map((text) => Buffer.from(text).subarray(0, -1)),
);

test('text is that of Go, whatever the bytes, and its units lead back to them', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(3), (pieces, before) => {
      const bytes = Buffer.concat([Buffer.alloc(before, 0x2e), ...pieces]);
      const window = windowText(bytes, before, bytes.length);
      const { text, offsets } = unitsOf(bytes, before, bytes.length);
      expect(window.text).toBe(text);
      for (const [unit, at] of offsets.entries()) {
        if (/^[\udc00-\udfff]/.test(text.slice(unit))) continue; // the second half of a character is no place of its own
        expect([unit, window.byteOf(unit)]).toEqual([unit, at]);
        expect([at, window.unitOf(at)]).toEqual([at, unit]);
      }
    }),
    { numRuns: 2000 },
  );
});
