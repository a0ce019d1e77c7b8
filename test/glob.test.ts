import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globTest } from '../src/glob.ts';

describe('globTest', () => {
  test.for([
    ['*.md', 'a.md', true],
    ['*.md', 'docs/deep/a.md', true],
    ['*.md', 'a.mdx', false],
    ['docs/*.md', 'docs/a.md', true],
    ['docs/*.md', 'docs/deep/a.md', false],
    ['docs/*.md', 'x/docs/a.md', false],
    ['docs/**/*.md', 'docs/a.md', true],
    ['docs/**/*.md', 'docs/deep/er/a.md', true],
    ['docs/**', 'docs/deep/a', true],
    ['docs/', 'docs/deep/a', true],
    ['docs/', 'x/docs/a', false],
    ['/a', 'a', true],
    ['/a', 'x/a', false],
    ['./a/b', 'a/b', true],
    ['**/a', 'a', true],
    ['**/a', 'x/y/a', true],
    ['a?', 'a/', false],
    ['a**', 'a/b', true],
    ['[a]+(b).c', 'x/[a]+(b).c', true],
    ['', 'a', false],
  ] as const)('%s of %s: %s', ([glob, path, is]) => {
    expect(globTest(glob)(path)).toBe(is);
  });

  /** The same by an expression, which backtracks. */
  const byExpression = (glob: string): RegExp => {
    const anchored = glob.replace(/^\.?\//, '');
    const below = anchored.endsWith('/') ? `${anchored}**` : anchored;
    const inFolder = below.replace(/\/\*\*$/, '').includes('/') || glob.startsWith('/') || below.endsWith('/**');
    const parts: Readonly<Record<string, string>> = { '**/': '(?:[^/]*/)*', '**': '.*', '*': '[^/]*', '?': '[^/]' };
    const source = below.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => parts[part] ?? part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${inFolder ? '' : '(?:.*/)?'}${source.join('')}$`, 's');
  };

  test('is what an expression would be', () => {
    const globs = fc.array(fc.constantFrom('a', 'b', '/', '*', '**', '**/', '?', '.', './', 'é', '[', '+'), { maxLength: 7 });
    const paths = fc.array(fc.constantFrom('a', 'b', '/', '.', 'é', '\n', '[', '+'), { maxLength: 9 });
    fc.assert(
      fc.property(globs, paths, (parts, pieces) => {
        const [glob, path] = [parts.join(''), pieces.join('')];
        expect([glob, path, globTest(glob)(path)]).toEqual([glob, path, byExpression(glob).test(path)]);
      }),
      { numRuns: 5000 },
    );
  });

  test('takes no time to find out that nothing matches, whatever the glob', () => {
    const path = 'a/'.repeat(2000) + 'a'.repeat(2000);
    for (const glob of ['**/'.repeat(20) + 'b', `${'*a'.repeat(30)}*b*`, `x/${'**'.repeat(30)}b`, `**/${'*a**'.repeat(20)}b*c`])
      expect(globTest(glob)(path)).toBe(false);
  });
});
