import { choice, defineCommand, flag } from '../command.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { directorySnapshot } from '../git/directory.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { readIfThere } from '../sys/files.ts';
import { isExpired } from './ignores.ts';
import { splitKey } from './layer.ts';
import { CONFIG_FILE, policyState, resolvePolicy, type Policy } from './load.ts';
import { explainConfig, showValue } from './merge.ts';
import type { Notice } from './notice.ts';
import type { KeyName } from './keys.ts';
import { openSide, type Side } from './side.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere };

const placeOf = ({ file, position }: Notice): string => printable(file) + (position === undefined ? '' : `:${position.line}`);

interface Setting {
  readonly key: KeyName;
  readonly value: unknown;
  readonly origins: readonly string[];
  readonly line: string;
}

/** `[leak] rules` unset means what was found, so that is what is shown. */
const settingsOf = (policy: Policy): readonly Setting[] =>
  explainConfig(policy).map(({ key, value, origins }) => {
    const isFound = key === 'leak.rules' && value === undefined;
    const shown = isFound ? policy.ruleFiles.filter(({ from }) => from === 'repository').map(({ path }) => path) : value;
    const from = isFound ? ['default: leak-matrix/*.toml'] : origins;
    const text = shown === undefined ? `# ${splitKey(key)[1]} is not set` : `${splitKey(key)[1]} = ${showValue(key, shown)}`;
    return { key, value: shown, origins: from, line: `${text}  # ${printable(from.join(' and '))}` };
  });

const showAll = (settings: readonly Setting[], { refused, ruleFiles }: Policy): string => {
  const names = new Set(settings.map(({ key }) => splitKey(key)[0]));
  const linesOf = (name: string): string => settings.flatMap(({ key, line }) => (splitKey(key)[0] === name ? [`${line}\n`] : [])).join('');
  // What stands in no table comes before the first one.
  const text = [...names]
    .toSorted((a, b) => Number(b === '') - Number(a === ''))
    .map((name) => (name === '' ? linesOf(name) : `[${name}]\n${linesOf(name)}`))
    .join('\n');
  const mine = ruleFiles.filter(({ from }) => from === 'floor').map(({ path }) => `\n# your own rule file: ${printable(path)}`);
  const notes = refused.map((notice) => `\n# ${placeOf(notice)}: ${notice.sentence}`);
  return text + (mine.length + notes.length > 0 ? `${mine.join('')}${notes.join('')}\n` : '');
};

const showFine = ({ policy }: Side, now: Date): string => {
  const has = policy.files.some(({ path }) => path === CONFIG_FILE);
  const expired = policy.ignores.filter((ignore) => isExpired(ignore, now)).length;
  const parts = [
    count(policy.layer.set.size, 'setting'),
    count(policy.ruleFiles.length, 'rule file'),
    count(policy.ignores.length, 'ignore'),
  ];
  return `${has ? CONFIG_FILE : `no ${CONFIG_FILE}, so defaults`}: ${parts.join(', ')}${expired > 0 ? ` (${expired} expired)` : ''}, all well-formed\n`;
};

export const command = defineCommand({
  args: {},
  options: {
    check: flag('only say whether kei.toml, the ignores and the rule files are well-formed'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Prints every setting with its value and where it comes from: the default, a line of kei.toml, or your own config.toml. The text is a valid kei.toml.\n\n' +
    'Your own settings hold in every repository. One that you have not trusted can make them stricter, not looser.',
  examples: [
    { command: 'kei-git config', does: 'shows the settings that hold here' },
    { command: 'kei-git config --check', does: 'fails with the place of the first mistake' },
  ],
  run: async ({ options }, context) => {
    const side = await openSide(context, DOORS);
    const policy = resolvePolicy({ repository: side.policy, identity: side.identity, personal: side.personal });
    if (options.check) {
      policyState(side.policy);
      const value = {
        ok: true,
        settings: side.policy.layer.set.size,
        ruleFiles: side.policy.ruleFiles.length,
        ignores: side.policy.ignores.length,
      };
      return { kind: 'answer', text: showFine(side, context.now()), value };
    }
    const settings = settingsOf(policy);
    const value = {
      settings: Object.fromEntries(settings.map(({ key, value: shown, origins }) => [key, { value: shown, from: origins }])),
      ruleFiles: policy.ruleFiles.map(({ path, from }) => ({ path, from })),
      ignores: policy.ignores.length,
      trusted: policy.trusted,
      refused: policy.refused.map(({ key, file, position, sentence }) => ({ key, file, ...position, sentence })),
    };
    return { kind: 'answer', text: showAll(settings, policy), value };
  },
});
