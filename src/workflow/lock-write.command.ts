import { choice, defineCommand, flag, maybe } from '../command.ts';
import { FileError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { doors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { shown } from '../lock/fault.ts';
import type { Move } from '../lock/relock.ts';
import { compareFindings, SEVERITIES } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { isFolder, readIfThere } from '../sys/files.ts';
import { replaceFile } from '../sys/replace.ts';
import { gateChoice, lockBytes, lockPlace } from './lock-place.ts';
import { rewriteLock } from './lock-rewrite.ts';
import { readUsing } from './using.ts';

const lineOf = ({ entry, from, to }: Move): string =>
  printable(`${shown(entry.key)}: ${from.slice(0, 12)} -> ${to.oid.slice(0, 12)} (${to.ref})`);

export const command = defineCommand({
  args: { path: maybe('a lock, or the folder of a repository; default: the lock of this one', { completes: 'file' }) },
  options: {
    'strict-network': flag('exit with 3 where a repository gives no answer'),
    format: choice(FORMATS, 'how the report of what is left is written', { default: 'text' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [check] says, else error)'),
  },
  details:
    'Brings the commits of .github/workflows/actions.lock to what their tags and branches mean now, asked over git, and changes no other byte of it. ' +
    'An entry whose action uses something else at its new commit stays as it is: new entries, owner_id and repo_id can only come from the tool of the host, gh actions-lock. ' +
    'What is left for it is reported. A lock that is broken is not written.',
  examples: [{ command: 'kei-git workflow lock write', does: 'brings the commits up to date' }],
  run: async ({ args, options }, context) => {
    const repository = await findRepository(here(context), context.env);
    const place = lockPlace(args.path, { cwd: context.cwd, root: repository?.root, isFolder });
    const bytes = lockBytes(place, readIfThere);
    const given = options['fail-on'] === undefined ? {} : { 'check.fail-on': options['fail-on'] };
    const opened = await openGate(gateChoice(place, repository?.root), 'check', given, context, doors);
    try {
      const [{ context: inside, policy }] = opened.views;
      const using = place.root === undefined ? undefined : await readUsing(opened.target.after, context.signal);
      const strict = options['strict-network'] || policy.config.workflow.pins['strict-network'];
      const { bytes: fresh, moves, left, findings, unanswered } = await rewriteLock({ path: place.shown, bytes, using }, strict, inside);
      if (fresh !== undefined && moves.length > 0) {
        const isWritten = replaceFile(place.file, place.shown, (now) => (Buffer.compare(now, bytes) === 0 ? fresh : undefined));
        if (!isWritten)
          throw new FileError(`${printable(place.shown)} was changed meanwhile: nothing was written`, { hint: 'run it again' });
      }
      const said = fresh === undefined || left.length > 0 ? 'nothing was written\n' : 'every commit is what its ref means\n';
      return {
        kind: 'answer',
        text: moves.length > 0 ? moves.map((move) => `${lineOf(move)}\n`).join('') : said,
        value: {},
        beside: {
          kind: 'report',
          target: { event: 'check', kind: 'lock', description: place.shown },
          findings: findings.toSorted(compareFindings),
          skipped: [...(using?.skipped ?? []), ...unanswered],
          stats: { files: 1, bytes: bytes.length },
          failOn: policy.config.check['fail-on'],
          strict,
        },
      };
    } finally {
      await opened.close();
    }
  },
});
