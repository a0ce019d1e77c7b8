import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli.ts';
import { loadAll } from '../../src/face/loaded.ts';
import { reference } from '../../src/face/reference.ts';
import { loaded } from './commands.ts';

test('a command as Markdown', () => {
  const text = reference(loaded);
  expect(text).toContain(
    `## kei-git check

Run every check.

\`\`\`
kei-git check [PATH…] [options]
\`\`\`

| argument | meaning |
| --- | --- |
| \`PATH\` | what to check |

| option | meaning |
| --- | --- |
| \`-f, --format text|json|sarif\` | it's the format: [x] (default text) |
| \`--staged\` | the index |
| \`--base REF\` | since |
| \`--reason TEXT\` | why |

`.replaceAll('text|json|sarif', String.raw`text\|json\|sarif`),
  );
  expect(text).not.toContain('internal');
  expect(text).toContain('- [`kei-git leak lint`](#kei-git-leak-lint): judge rule files \\| &lt;all>');
  expect(text).toContain('| 130 | interrupted |');
  expect(text).toContain('| `NO_COLOR` |');
  expect(text.endsWith('\n') && !text.endsWith('\n\n')).toBe(true);
});

test('the table of the program gives the same bytes each time, and every row is in it', async () => {
  const text = reference(await loadAll(COMMANDS));
  expect(reference(await loadAll(COMMANDS))).toBe(text);
  for (const [name, { hidden }] of COMMANDS) if (hidden !== true) expect(text).toContain(`## kei-git ${name}\n`);
});
