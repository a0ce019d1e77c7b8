import fc from 'fast-check';
import { expect, test } from 'vitest';
import { syntax } from '../../src/lint/syntax.ts';
import { STRUCTURE } from '../../src/structure/rules.ts';
import { lintFiles, sectionsOf } from './pages.ts';

const RUNS = process.env['KEI_LONG'] === '1' ? 10_000 : 1_000;
const SLOW_MS = 5_000; // what a loaded machine may take for one file; a hang takes longer
const RULES = [syntax, ...STRUCTURE];
const SEEDS = sectionsOf('workflow-lint-structure.md').flatMap(({ bad, good }) => [...bad, ...good]);
const PIECES = [
  '',
  ' ',
  '\n',
  '\t',
  '\r\n',
  ':',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: ',
  '? ',
  '|',
  '>',
  '"',
  "'",
  '#',
  '---\n',
  '${{',
  '}}',
  '!!map ',
  'on:',
  'jobs:',
  'steps:',
  'uses: ./',
  'needs: ',
  'matrix:\n',
  'cron: ',
  'null',
  '0',
  '-1',
  '1e9',
  '~',
  '\u0000',
  '\ud800',
  '\u{1f600}',
  '\uFEFF',
  '__proto__: ',
  'constructor: ',
];

const changed = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 4 }),
  )
  .map(([[path, text], cuts]) => {
    let out = text;
    for (const [where, length, piece] of cuts) {
      const at = Math.floor(where * out.length);
      out = out.slice(0, at) + piece + out.slice(at + length);
    }
    return [path, out] as const;
  });

test(`${RUNS} changed workflows and actions: no crash, no hang, places in the file`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(changed, async ([path, text]) => {
      const begun = performance.now();
      const findings = await lintFiles(new Map([[path, text]]), RULES);
      expect(performance.now() - begun).toBeLessThan(SLOW_MS);
      const size = Buffer.byteLength(text);
      for (const { start = -1, end = -1, line = 0, column = 0, message } of findings) {
        expect(start >= 0 && end >= start && end <= size && line > 0 && column > 0).toBe(true);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: RUNS },
  );
});
