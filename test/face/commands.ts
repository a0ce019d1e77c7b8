import { choice, defineCommand, flag, list, one, rest, text } from '../../src/command.ts';
import type { LoadedCommand } from '../../src/face/loaded.ts';

const run = async () => ({ kind: 'answer', text: '', value: undefined }) as const;
const format = choice(['text', 'json', 'sarif'], "it's the format: [x]", { short: 'f', default: 'text' });

/** Commands with an option and an argument of each kind. */
export const loaded: readonly LoadedCommand[] = [
  {
    name: 'check',
    summary: 'run every check',
    command: defineCommand({
      args: { paths: rest('what to check', { completes: 'file' }) },
      options: {
        format,
        staged: flag('the index'),
        base: text('REF', 'since', { completes: 'ref' }),
        reason: text('TEXT', 'why'),
        internal: flag('no', { hidden: true }),
      },
      run,
    }),
  },
  {
    name: 'leak scan',
    summary: "look for what isn't to be seen",
    command: defineCommand({
      args: { paths: rest('what to scan', { completes: 'directory' }) },
      options: { rules: list('FILE', 'rule files', { completes: 'file' }), root: text('DIR', 'where', { completes: 'directory' }), format },
      run,
    }),
  },
  {
    name: 'leak lint',
    summary: 'judge rule files | <all>',
    command: defineCommand({ args: { file: one('the file', { completes: 'file' }) }, options: {}, run }),
  },
  {
    name: 'completion',
    summary: 'print a script',
    command: defineCommand({ args: { shell: one('the shell', { values: ['bash', 'zsh', 'fish'] }) }, options: {}, run }),
  },
];
