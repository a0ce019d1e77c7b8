import { choice, defineCommand, flag, maybe, text } from '../command.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { SEVERITIES } from '../report/finding.ts';
import { FORMATS } from '../report/format.ts';
import { isFolder, readIfThere } from '../sys/files.ts';
import { verifyLock } from './lock.ts';
import { gateChoice, lockBytes, lockPlace } from './lock-place.ts';
import { readUsing } from './using.ts';

export const command = defineCommand({
  args: { path: maybe('a lock, or the folder of a repository; default: the lock of this one', { completes: 'file' }) },
  options: {
    offline: flag('ask nobody: what was heard before answers, and its age is told'),
    'strict-network': flag('exit with 3 where a repository gives no answer'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
    'fail-on': choice(SEVERITIES, 'the mildest finding that makes it fail (default: what [check] says, else error)'),
  },
  details:
    'Judges .github/workflows/actions.lock: whether the host can read it, whether it has what the workflows use and what that uses, and whether each commit is one of its repository. ' +
    'A lock that the host cannot read is an error: it would be ignored without a word.',
  examples: [
    { command: 'kei-git workflow lock verify', does: 'judges the lock of this repository, and asks for its commits' },
    { command: 'kei-git workflow lock verify --offline', does: 'asks nobody' },
  ],
  run: async ({ args, options }, context) => {
    const repository = await findRepository(here(context), context.env);
    const place = lockPlace(args.path, { cwd: context.cwd, root: repository?.root, isFolder });
    const bytes = lockBytes(place, readIfThere);
    const given = options['fail-on'] === undefined ? {} : { 'check.fail-on': options['fail-on'] };
    const opened = await openGate(gateChoice(place, repository?.root), context.ci ? 'ci' : 'check', given, context, doors);
    try {
      const using = place.root === undefined ? undefined : await readUsing(opened.target.after, context.signal);
      const report = await runGate(opened, {
        failOn: ({ check }) => check['fail-on'],
        look: (inside) => {
          const { offline, 'strict-network': strict } = inside.policy.config.workflow.pins;
          const asked = { isOffline: options.offline || offline, strictNetwork: options['strict-network'] || strict };
          return verifyLock({ path: place.shown, bytes, using }, asked, inside);
        },
      });
      const strict = options['strict-network'] || opened.views.some(({ policy }) => policy.config.workflow.pins['strict-network']);
      return { ...report, strict, target: { ...report.target, kind: 'lock', description: place.shown } };
    } finally {
      await opened.close();
    }
  },
});
