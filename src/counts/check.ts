import type { Check, CheckContext, Event, Outcome, Target } from '../check.ts';
import type { Config } from '../config/schema.ts';
import type { Finding } from '../report/finding.ts';
import { judgeMarkers } from './judge.ts';
import { judgeFile, readMarked, wantedCounts, type MarkedFile } from './look.ts';
import { markerFiles } from './marker-files.ts';
import { countWorld } from './open-world.ts';
import { ownSettings } from './own-settings.ts';
import { computeCounts } from './sources.ts';
import { toldOf } from './told.ts';
import { touchedCounts } from './touched.ts';

/** A message has no numbers of ours, and what an agent proposes is judged once it is to be committed. */
const EVENTS: ReadonlySet<Event> = new Set<Event>(['check', 'pre-commit', 'pre-push', 'ci']);
const HOOKS: ReadonlySet<Event> = new Set<Event>(['pre-commit', 'pre-push']);

const NOTHING: Outcome = { findings: [], skipped: [], files: 0, bytes: 0 };

/** The file with the markers of these counters only. */
const narrowed = (file: MarkedFile, touched: ReadonlySet<string>): MarkedFile => ({
  ...file,
  read: { markers: file.read.markers.filter(({ name }) => touched.has(name)), problems: [] },
});

/** The commit that mends a number of history changes it again, so that it never stops one. */
const milder = (finding: Finding, counts: Config['counts']): Finding => {
  const counter = finding.extra?.['counter'];
  const isHistory = typeof counter === 'string' && Object.hasOwn(counts, counter) && counts[counter]?.git !== undefined;
  return isHistory && finding.rule === 'counts/stale' ? { ...finding, severity: 'warning' } : finding;
};

/** Numbers of files that changed, and everywhere those of counters whose sources did. */
const judgeTarget = async ({ after, changes, paths, event }: Target, context: CheckContext): Promise<Outcome> => {
  const { counts, markers, document } = await ownSettings(after, context);
  const touched = touchedCounts(counts, changes);
  const changed = changes && new Set(changes.map(({ path }) => path));
  const entries = markerFiles(await after.list(paths), markers).filter(({ path }) => touched.size > 0 || changed?.has(path) !== false);
  if (entries.length === 0) return NOTHING;
  const isWhole = ({ path }: { readonly path: string }): boolean => changed?.has(path) !== false || changed.has('kei.toml');
  const reading = await readMarked(entries, after, context);
  const files = reading.files.map((file) => (isWhole(file) ? file : narrowed(file, touched)));
  const world = countWorld(after, context, HOOKS.has(event));
  const counted = await computeCounts(counts, world, wantedCounts(files, counts));
  const set = { formats: counts, counted };
  const judged = files.flatMap((file) =>
    isWhole(file) ? judgeFile(file, set).judgement.findings : judgeMarkers(file.path, file.read, set).findings,
  );
  const told = toldOf(counted, document);
  return {
    findings: [...told.findings, ...judged.map((finding) => milder(finding, counts))],
    skipped: [...reading.skipped, ...told.skipped],
    files: entries.length,
    bytes: reading.bytes,
  };
};

export const check: Check = {
  id: 'counts',
  summary: 'numbers in prose that are not what their sources say',
  // Of history that is looked at blob by blob there is no tree to count in.
  applies: ({ event, after, changes }) =>
    EVENTS.has(event) && (after.kind !== 'commit' || after.commit !== undefined) && (changes === undefined || changes.length > 0),
  builtinRules: () => Promise.resolve([]),
  run: judgeTarget,
};
