import { choice, defineCommand, text } from '../command.ts';
import type { Ignore } from '../config/ignores.ts';
import { IGNORES_FILE } from '../config/keys.ts';
import { UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { doors } from '../git/doors.ts';
import { reaches, SEVERITIES, type Finding } from '../report/finding.ts';
import { count } from '../report/quantity.ts';
import { makeFolder, readIfThere, writeWhole } from '../sys/files.ts';
import { ignoresFolder, recordedWords, recordIgnores } from './baseline.ts';
import { scanTarget } from './check.ts';
import { settledOptions } from './gate.ts';

const entriesOf = (findings: readonly Finding[], reason: string, until: string | undefined): readonly Ignore[] =>
  [...new Map(findings.map(({ fingerprint, rule }) => [fingerprint, rule]))].map(([fingerprint, rule]) => ({
    kind: 'baseline',
    rule,
    fingerprint,
    reason,
    ...(until === undefined ? {} : { until }),
  }));

export const command = defineCommand({
  args: {},
  options: {
    reason: text('WHY', 'why they may stay; default: they were there already'),
    until: text('DATE', 'the last day on which they may stay, like 2027-06-30'),
    from: choice(SEVERITIES, 'findings of this severity and above', { default: 'warning' }),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    `Records every finding of the worktree in ${IGNORES_FILE}, so that only new ones stop anybody. A finding is known by what it is, not by where it stands: moving lines or files brings none back.\n\n` +
    'It is a debt, not a cure: what was ever pushed should be revoked.',
  examples: [{ command: 'kei-git leak baseline --until 2027-06-30', does: 'gives what is there a term' }],
  run: async ({ options }, context) => {
    const reason = options.reason?.trim() ?? 'there when the baseline was made';
    if (reason === '') throw new UsageError('leak baseline: --reason is empty', { hint: 'leave it out, or say why they may stay' });
    if (options.until !== undefined && options.until < context.now().toISOString().slice(0, 10))
      throw new UsageError('leak baseline: --until is in the past', { hint: 'name a day to come, like 2027-06-30' });
    const repository = await doors.findRepository(doors.here(context));
    const folder = ignoresFolder('leak baseline', repository, context.cwd);
    const opened = await openGate(
      repository === undefined ? { paths: [] } : { paths: [], all: true },
      'check',
      {},
      { ...context, cwd: folder },
      doors,
    );
    try {
      const [{ context: inside }] = opened.views;
      const outcome = await scanTarget(opened.target, settledOptions(inside), inside);
      const found = outcome.findings.filter(({ severity, extra }) => reaches(severity, options.from) && extra?.['allowed'] === undefined);
      const added = recordIgnores(folder, entriesOf(found, reason, options.until), { readIfThere, makeFolder, writeWhole });
      const left = outcome.skipped.length === 0 ? '' : `${count(outcome.skipped.length, 'file')} could not be looked at\n`;
      return { kind: 'answer', text: recordedWords(added) + left, value: { file: IGNORES_FILE, added, skipped: outcome.skipped } };
    } finally {
      await opened.close();
    }
  },
});
