import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableJson } from '../../src/report/printable.ts';

// Any code points, lone surrogates too; the unit `binary` of fc.string takes a second to build.
const anyText = fc.array(fc.nat({ max: 0x10_ffff }), { maxLength: 60 }).map((codes) => String.fromCodePoint(...codes));

test.for([
  ['plain é 漢 😀', 'plain é 漢 😀'],
  ['a\nb\r\tc', String.raw`a\nb\r\tc`],
  ['\u001b[2J\u0007\u007f\u009b', String.raw`\x1b[2J\x07\x7f\x9b`],
  ['a\u202eb\u2066\u2028', String.raw`a\u{202e}b\u{2066}\u{2028}`],
  ['\ufeff\u200b\u{e0041}', String.raw`\u{feff}\u{200b}\u{e0041}`],
  ['\ud800x', String.raw`\u{d800}x`],
  ['##[add-mask]a ##vso[task] ## fine', String.raw`#\x23[add-mask]a #\x23vso[task] ## fine`],
])('printable: %j', ([text = '', shown]) => {
  expect(printable(text)).toBe(shown);
});

test('nothing that drives a terminal is left of any text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
    }),
  );
});

test('printableJson leaves the value what it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const json = printableJson(JSON.stringify(text));
      expect(JSON.parse(json)).toBe(text);
      expect(json).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});
