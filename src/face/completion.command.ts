import { defineCommand, one } from '../command.ts';
import { completions } from './completion.ts';
import { loadAll, type Table } from './loaded.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The table comes as an argument: this file is one of its rows. */
export const completionOf = (table: Table) =>
  defineCommand({
    args: { shell: one('the shell', { values: SHELLS }) },
    options: {},
    details: 'The script holds all names, so completing starts no program but git for names of branches and tags.',
    examples: [
      { command: 'source <(kei-git completion bash)', does: 'in ~/.bashrc' },
      { command: 'source <(kei-git completion zsh)', does: 'in ~/.zshrc, after compinit' },
      { command: 'kei-git completion fish >~/.config/fish/completions/kei-git.fish', does: 'once' },
    ],
    run: async ({ args }) => {
      const all = completions(await loadAll(table));
      const script = {
        bash: async () => (await import('./completion-bash.ts')).bashCompletion(all),
        zsh: async () => (await import('./completion-zsh.ts')).zshCompletion(all),
        fish: async () => (await import('./completion-fish.ts')).fishCompletion(all),
      };
      const shell = SHELLS.find((name) => name === args.shell) ?? 'bash';
      const text = await script[shell]();
      return { kind: 'answer', text, value: { shell, script: text } };
    },
  });
