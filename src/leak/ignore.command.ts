import { join } from 'node:path';
import { defineCommand, one, text } from '../command.ts';
import { addIgnore, parseIgnores, type Ignore } from '../config/ignores.ts';
import { IGNORES_FILE } from '../config/keys.ts';
import { UsageError } from '../errors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { printable } from '../report/printable.ts';
import { makeFolder, readIfThere, writeWhole } from '../sys/files.ts';

const FINGERPRINT = /^kei1c?:[a-z2-7]{26}$/;
const RULE = /^(?:leak\/)?([A-Za-z0-9][A-Za-z0-9._-]*)$/;

interface Asked {
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly path: string | undefined;
}

const entryOf = (what: string, { reason, until, path }: Asked, today: string): Omit<Ignore, 'kind'> => {
  if (reason === undefined || reason.trim() === '')
    throw new UsageError('leak ignore: --reason is missing', { hint: 'say why it may stay, for the person who reads this later' });
  if (until !== undefined && until < today)
    throw new UsageError('leak ignore: --until is in the past', { hint: 'name the last day on which it may stay, like 2027-06-30' });
  const common = { reason: reason.trim(), ...(until === undefined ? {} : { until }) };
  if (FINGERPRINT.test(what)) return { fingerprint: what, ...(path === undefined ? {} : { path }), ...common };
  const rule = RULE.exec(what)?.[1];
  if (rule === undefined || what.startsWith('kei1'))
    throw new UsageError('leak ignore: that is no fingerprint', { hint: 'reports show it: kei1: or kei1c: and 26 letters and digits' });
  if (path === undefined)
    throw new UsageError('leak ignore: a rule is ignored in some files only: --path is missing', {
      hint: `kei-git leak ignore ${rule} --path 'docs/**' --reason "…"`,
    });
  return { rule: `leak/${rule}`, match: path, ...common };
};

export const command = defineCommand({
  args: { what: one('fingerprint of a finding, or with --path the id of a rule') },
  options: {
    reason: text('WHY', 'why it may stay; must be given'),
    until: text('DATE', 'the last day on which it may stay, like 2027-06-30'),
    path: text('PATH', 'for a fingerprint: only in this file; for a rule: the files, as a glob', { completes: 'file' }),
  },
  details: `Writes an exception into ${IGNORES_FILE}, which is committed with the rest. Nothing of the secret is written.`,
  examples: [
    { command: 'kei-git leak ignore kei1:… --reason "revoked in March"', does: 'lets one finding stay, wherever it stands' },
    {
      command: "kei-git leak ignore jwt --path 'docs/**' --reason examples --until 2027-06-30",
      does: 'lets a rule pass in some files for a while',
    },
  ],
  run: async ({ args, options }, context) => {
    const entry = entryOf(
      args.what,
      { reason: options.reason, until: options.until, path: options.path },
      context.now().toISOString().slice(0, 10),
    );
    const repository = await findRepository(here(context));
    if (repository !== undefined && repository.root === undefined)
      throw new UsageError('leak ignore: a bare repository has no files to write into', { hint: 'run it in a clone' });
    const folder = repository?.root ?? context.cwd;
    const file = join(folder, IGNORES_FILE);
    const bytes = readIfThere(file) ?? Buffer.alloc(0);
    parseIgnores(bytes); // also refuses bytes that would not survive being read as text
    const before = bytes.toString();
    const after = addIgnore(before, entry);
    const value = { file: IGNORES_FILE, changed: after !== before, entry };
    if (after === before) return { kind: 'answer', text: `${IGNORES_FILE}: it stands there already\n`, value };
    makeFolder(join(folder, '.kei'));
    writeWhole(file, after);
    const name = printable(entry.fingerprint ?? `${entry.rule ?? ''} in ${entry.match ?? ''}`);
    return {
      kind: 'answer',
      text: `${IGNORES_FILE}: ${name} is ignored${entry.until === undefined ? '' : ` until ${entry.until}`}\ncommit the file, so that it holds for everybody\n`,
      value,
    };
  },
});
