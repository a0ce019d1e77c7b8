import { choice, defineCommand, flag, type Answer, type Context } from '../command.ts';
import { Exit, FileError, UsageError } from '../errors.ts';
import { directorySnapshot } from '../git/directory.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { printable } from '../report/printable.ts';
import { makeFolder, readIfThere, writeWhole } from '../sys/files.ts';
import { builtinPolicy, CONFIG_FILE, policyState } from './load.ts';
import { emptyLayer } from './layer.ts';
import { mergeConfig } from './merge.ts';
import { namedCommands, showArgv } from './named-commands.ts';
import { trustFile } from './personal.ts';
import { weakenings, type Weakening } from './policy.ts';
import { openSide, type Side } from './side.ts';
import { addTrust, isTrusted, revokeTrust, writeTrust, type TrustRecord } from './trust.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere };
const SHOWN = 30;

/** What the repository says that your own settings, or the defaults, do not. */
const whatTheyMayDo = ({ policy, personal }: Side): readonly Weakening[] => {
  const before = { ...policyState(builtinPolicy()), layer: personal?.floor ?? emptyLayer(CONFIG_FILE) };
  // A key that the repository does not set stays as your own settings have it.
  const { config } = mergeConfig({ floor: personal?.floor, repository: policy.layer, trusted: true });
  return weakenings(before, { ...policyState(policy), layer: { ...policy.layer, config } });
};

const showPlace = ({ file, position }: Pick<Weakening, 'file' | 'position'>): string =>
  printable(file) + (position === undefined ? '' : `:${position.line}`);

const describe = (side: Side, loosened: readonly Weakening[]): string => {
  const files = side.policy.files.map(({ path }) => `  ${printable(path)}\n`).toSorted();
  const lines = loosened.slice(0, SHOWN).map((one) => `  ${showPlace(one)}: ${one.sentence}\n`);
  const more = loosened.length > SHOWN ? `  and ${loosened.length - SHOWN} more\n` : '';
  const runs = namedCommands(side.policy.layer).map((one) => `  ${showPlace(one)}: ${one.what}: ${showArgv(one.argv)}\n`);
  return [
    `${printable(side.where)} says in these files what its guards do:\n${files.join('')}`,
    loosened.length === 0 ? 'They loosen nothing.\n' : `Trusted, they loosen:\n${lines.join('')}${more}`,
    `${runs.length === 0 ? 'They name no command that would run.\n' : `Trusted, these commands run:\n${runs.join('')}`}Each change to them asks again; a command that stays as it is goes on to run.\n`,
  ].join('\n');
};

/** The first line of standard input. */
const readLine = async ({ stdin }: Context): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of stdin) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes('\n') || text.length > 1000) break;
  }
  return (text.split('\n', 1)[0] ?? '').trim();
};

const agrees = async (context: Context, question: string): Promise<boolean> => {
  if (!context.stderr.isTTY)
    throw new UsageError('there is no terminal to ask on', { hint: 'read what it may do, then: kei-git trust --yes' });
  context.stderr.write(`${question}\nTrust it? [y/N] `);
  return /^y(?:es)?$/i.test(await readLine(context));
};

const valueOf = ({ policy, identity }: Side, trusted: boolean, loosened: readonly Weakening[]): unknown => ({
  repository: identity,
  policy: policy.hash,
  trusted,
  files: policy.files.map(({ path }) => path).toSorted(),
  runs: namedCommands(policy.layer).map(({ what, argv, file, position }) => ({ what, argv, file, ...position })),
  loosens: loosened.map(({ key, file, position, sentence }) => ({ key, file, ...position, sentence })),
});

const record = (folder: string, records: readonly TrustRecord[]): void => {
  makeFolder(folder, 0o700);
  writeWhole(trustFile(folder), writeTrust(records), { mode: 0o600 });
};

/** @throws {FileError} where there is nobody who could trust: in CI, or without a home */
const folderOf = ({ folder }: Side, { ci }: Context): string => {
  if (folder !== undefined) return folder;
  throw new FileError(ci ? 'in CI there is nobody who could trust a repository' : 'there is no home folder to record trust in', {
    hint: ci ? 'policy is taken from the merge base there' : 'set XDG_CONFIG_HOME or HOME',
  });
};

const said = (text: string, value: unknown, exitCode: Answer['exitCode'] = Exit.clean): Answer => ({
  kind: 'answer',
  text,
  value,
  exitCode,
});

const revoke = (side: Side, context: Context): Answer => {
  const records = side.personal?.trust ?? [];
  const kept = revokeTrust(records, side.identity);
  if (kept.length < records.length) record(folderOf(side, context), kept);
  const text = kept.length < records.length ? 'no longer trusted' : 'it was not trusted';
  return said(`${printable(side.where)}: ${text}\n`, valueOf(side, false, []));
};

const trust = async (side: Side, isAgreed: boolean, context: Context): Promise<Answer> => {
  const records = side.personal?.trust ?? [];
  const loosened = whatTheyMayDo(side);
  const name = printable(side.where);
  if (side.policy.files.length === 0)
    return said(`${name} says nothing about its guards: there is nothing to trust\n`, valueOf(side, false, []));
  if (isTrusted(records, side.identity, side.policy)) return said(`${name} is trusted already\n`, valueOf(side, true, loosened));
  const folder = folderOf(side, context);
  const summary = describe(side, loosened);
  if (!isAgreed && !(await agrees(context, summary))) return said(`${name}: not trusted\n`, valueOf(side, false, loosened), Exit.found);
  const { hash: policy, commands } = side.policy;
  const named = commands === undefined ? {} : { commands };
  record(folder, addTrust(records, { repository: side.identity, policy, ...named, at: context.now().toISOString() }));
  return said(`${isAgreed ? `${summary}\n` : ''}${name}: trusted\n`, valueOf(side, true, loosened));
};

export const command = defineCommand({
  args: {},
  options: {
    yes: flag('trust it without a question', { short: 'y' }),
    check: flag('only say whether it is trusted: exit 0 or 1'),
    revoke: flag('trust it no longer'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Shows what kei.toml, leak-matrix/*.toml, .kei/ignores.toml, .betterleaks.toml, .gitleaks.toml and .gitleaksignore of this repository, and the files that they name, would loosen, and records their hash as trusted. ' +
    'Until then they can make your own settings stricter, not looser, and no command that they name runs. A change to one of the files ends the trust; commands go on to run until they change themselves.',
  examples: [
    { command: 'kei-git trust', does: 'shows what the repository may do and asks' },
    { command: 'kei-git trust --revoke', does: 'takes the trust back' },
  ],
  run: async ({ options: { yes, check, revoke: revoked } }, context) => {
    if ([yes, check, revoked].filter(Boolean).length > 1)
      throw new UsageError('trust: --yes, --check and --revoke exclude each other', { hint: 'give one of them' });
    const side = await openSide(context, DOORS);
    if (revoked) return revoke(side, context);
    if (!check) return trust(side, yes, context);
    const trusted = isTrusted(side.personal?.trust ?? [], side.identity, side.policy);
    return said(
      `${printable(side.where)} is ${trusted ? '' : 'not '}trusted\n`,
      valueOf(side, trusted, []),
      trusted ? Exit.clean : Exit.found,
    );
  },
});
