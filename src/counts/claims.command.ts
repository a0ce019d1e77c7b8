import { relative, resolve, sep } from 'node:path';
import type { CheckContext, Outcome, Snapshot } from '../check.ts';
import { choice, defineCommand, flag, rest, text } from '../command.ts';
import { UsageError } from '../errors.ts';
import { openGate } from '../gate/open.ts';
import { runGate } from '../gate/run.ts';
import { doors } from '../git/doors.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { permissionOf } from '../jobs/trusted.ts';
import { FORMATS } from '../report/format.ts';
import { count } from '../report/quantity.ts';
import { countAll } from './by-hand.ts';
import { claimedOf, claimFiles, lookForClaims } from './look-for-claims.ts';

/** Paths of the repository for what the command line names. @throws {UsageError} for what is not there */
const namedPaths = async (names: readonly string[], after: Snapshot, context: CheckContext): Promise<readonly string[]> => {
  if (names.length === 0) return [];
  const root = (await findRepository(here(context), context.env))?.root ?? context.cwd;
  const paths = new Set((await after.list()).map(({ path }) => path));
  return names.map((name) => {
    const path = relative(root, resolve(context.cwd, name)).split(sep).join('/').replaceAll('%', '%25');
    if (path === '') return '**';
    if (paths.has(path)) return `/${path.replaceAll('%25', '%')}`;
    if ([...paths].some((one) => one.startsWith(`${path}/`))) return `/${path.replaceAll('%25', '%')}/`;
    throw new UsageError(`no such file: ${name}`, { hint: 'a file that git tracks, or does not ignore' });
  });
};

const look = async (after: Snapshot, names: readonly string[], context: CheckContext): Promise<Outcome> => {
  const mayRun = permissionOf({ trusted: context.policy.mayRun, ci: context.ci, byHand: true, env: context.env }).kind === 'granted';
  const { counts, markers, counted, told } = await countAll(after, context, mayRun);
  const claimed = claimedOf(counts, counted);
  const files = claimFiles(await after.list(), markers, await namedPaths(names, after, context));
  const { findings, skipped, bytes } = await lookForClaims(files, claimed, counted, {
    snapshot: after,
    progress: context.progress,
    signal: context.signal,
  });
  const about =
    claimed.length === 0
      ? 'kei.toml has no counter of whole numbers to hold against them'
      : `${count(files.length, 'file')}, ${count(claimed.length, 'counter')}`;
  return {
    findings: [...told.findings, ...findings],
    skipped: [...skipped, ...told.skipped],
    files: files.length,
    bytes,
    overview: [about],
  };
};

export const command = defineCommand({
  args: { paths: rest('Markdown files and folders to look at', { completes: 'file' }) },
  options: {
    fail: flag('exit 1 where there is one'),
    format: choice(FORMATS, 'how the report is written', { default: 'text' }),
    output: text('FILE', 'write the report to a file', { completes: 'file' }),
  },
  details:
    'Looks for numbers beside the noun of a counter ("24 packages" where the counter packages is 27) that are in no marker and are not true. ' +
    'Left out is what is not plainly meant: code, quotations, records of what was, numbers of something narrower, and what is far off.',
  examples: [
    { command: 'kei-git counts claims', does: 'shows numbers in Markdown that could be markers, and are wrong' },
    { command: 'kei-git counts claims --fail README.md', does: 'fails where the README has one' },
  ],
  run: async ({ args, options }, context) => {
    const opened = await openGate({ paths: [], all: true }, context.ci ? 'ci' : 'check', {}, context, doors);
    try {
      const { after } = opened.target;
      const report = await runGate(opened, {
        failOn: () => (options.fail ? 'note' : 'error'),
        look: (inside) => look(after, args.paths, inside),
      });
      return report.findings.some(({ rule }) => rule === 'counts/broken') ? { ...report, unusable: true } : report;
    } finally {
      await opened.close();
    }
  },
});
