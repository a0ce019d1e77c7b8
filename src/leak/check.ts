import { addedLines, type Change, type CheckContext, type Entry, type Outcome, type Target } from '../check.ts';
import { withIgnores } from '../config/exceptions.ts';
import { InterruptedError } from '../errors.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { openPrefilter, verdictKey } from '../engine/open.ts';
import { createLanded, letStay, withPlaces } from './exceptions.ts';
import { createFinisher, memberPath, type Finisher, type Whereabouts } from './finish.ts';
import { createMask } from './mask.ts';
import type { LeakOptions } from './options.ts';
import { openRunEngine } from './run-engine.ts';
import type { RunTerms } from './terms.ts';
import type { Pack } from '../engine/pack.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';
import { scanAll } from './shares.ts';
import { noteTree, openTrees, type Trees } from './trees.ts';
import { openVerdicts, type Verdicts } from './verdicts.ts';

/** One piece of content to look at, and what is to be said of it where. */
interface Item {
  readonly entry: Entry;
  readonly uses: readonly Change[];
}

const itemsOfChanges = (changes: readonly Change[]): Item[] => {
  const items = new Map<string, { entry: Entry; uses: Change[] }>();
  for (const change of changes) {
    if (change.status === 'deleted' || change.added?.length === 0) continue;
    const key = change.oid ?? `path:${change.path}`;
    const known = items.get(key);
    if (known !== undefined) known.uses.push(change);
    else
      items.set(key, {
        entry: { path: change.path, mode: change.mode ?? 0o100644, ...(change.oid === undefined ? {} : { oid: change.oid }) },
        uses: [change],
      });
  }
  return [...items.values()];
};

/**
 * A hit counts when a byte of it or of a neighbour that it required stands on an added line; decoded text, two-byte text and what an archive
 * holds count whole.
 */
const isAdded = (hit: Placed, added: Change['added']): boolean => {
  if (added === undefined || hit.decoded !== undefined || hit.member !== undefined) return true;
  const lines = [[hit.row, hit.endRow] as const, ...(hit.near ?? [])];
  return added.some(([from, to]) => lines.some(([first, last]) => first <= to && last >= from));
};

/** Names of an archive's parts, but for those in which something was found: that is reported with what rules say of the path. */
const withoutHits = (names: readonly string[], hits: readonly Placed[]): readonly string[] => {
  const found = new Set(hits.map(({ member }) => member));
  return names.length === 0 ? names : [...new Set(names)].filter((name) => !found.has(name));
};

interface Run {
  readonly pack: Pack;
  readonly scanner: Scanner;
  readonly finisher: Finisher;
  readonly verdicts: Verdicts | undefined;
  /** Not there where each file's path has a say. */
  readonly trees: Trees | undefined;
  readonly terms: RunTerms['set'];
  /** What of the rules themselves cannot be looked for. */
  readonly unlooked: readonly Skipped[];
}

/** To look at a message or a few staged files costs less than to open what is known of others. */
const FEW_FILES = 16;
const remembers = ({ event, after, changes }: Target): boolean =>
  event !== 'commit-msg' && (after.kind !== 'index' || changes === undefined || changes.length > FEW_FILES);

const open = async (target: Target, options: LeakOptions, context: CheckContext): Promise<Run> => {
  const { pack, scanner, terms: opened, termsIn } = await openRunEngine(options, target.event, context);
  const { set: terms, skipped: unlooked } = opened;
  // A set with a prefilter or a filter about paths is never the shipped one: reading its text costs little beside compiling it.
  const shipped = options.choice.files.length === 0;
  const finisher = lazyFinisher(
    () =>
      createFinisher(pack.book(), () => scanner.decider, target.event, {
        prefilter: shipped ? undefined : openPrefilter(pack.book()),
        inlineCounts: context.landed === undefined,
        termsIn,
      }),
    !shipped,
  );
  const format = context.objectFormat;
  const cacheable =
    options.useCache &&
    remembers(target) &&
    opened.name !== undefined &&
    context.clone !== undefined &&
    format !== undefined &&
    (shipped || !pack.book().asksPath);
  if (!cacheable || context.clone === undefined || format === undefined)
    return { pack, scanner, finisher, terms, unlooked, verdicts: undefined, trees: undefined };
  const key = verdictKey(pack, options.plan, format, opened.name);
  return {
    pack,
    scanner,
    finisher,
    terms,
    unlooked,
    verdicts: openVerdicts(context.clone, key, format === 'sha256' ? 64 : 40),
    trees: shipped ? openTrees(context.clone, key) : undefined,
  };
};

/** Rules about paths alone have to be asked for each file; without any, a file without hits asks for nothing. */
const lazyFinisher = (make: () => Finisher, always: boolean): Finisher => {
  let made: Finisher | undefined;
  const finisher = (): Finisher => (made ??= make());
  return {
    passes: (path) => always && finisher().passes(path),
    finish: (hits, where, counts) => (hits.length === 0 && !always ? [] : finisher().finish(hits, where, counts)),
  };
};

const scanMessages = (target: Target, { scanner, finisher }: Run): Finding[] =>
  (target.messages ?? []).flatMap(({ commit, text }) => {
    const bytes = Buffer.from(text);
    scanner.buffer(bytes.length).set(bytes);
    const hits: readonly Placed[] = scanner.scan(bytes.length, '');
    return finisher.finish(hits, { path: '', message: true, ...(commit === undefined ? {} : { commit }) });
  });

/** What `leak substitute` could mend: it stands in clear, and where it can be written. */
const fixable =
  ({ after }: Target) =>
  ({ path, commit, extra }: Finding): boolean =>
    extra?.['action'] === 'substitute' &&
    extra['decoded'] === undefined &&
    extra['allowed'] === undefined &&
    path !== undefined &&
    commit === undefined &&
    after.kind !== 'commit';

/** Looks at a target with the leak rules. Never throws for content: what cannot be looked at is in `skipped`. */
export const scanTarget = async (target: Target, options: LeakOptions, context: CheckContext): Promise<Outcome> => {
  const run = await open(target, options, context);
  const { verdicts, finisher } = run;
  const isAll = target.changes === undefined && (target.paths ?? []).length === 0;
  const witnessed = isAll && run.trees !== undefined ? await target.after.witnessed?.() : undefined;
  const tree = witnessed === undefined ? undefined : run.trees?.get(witnessed.name);
  const notes = witnessed === undefined || tree !== undefined ? undefined : noteTree(witnessed);
  const listed =
    target.changes === undefined
      ? (tree === undefined || witnessed === undefined ? await target.after.list(target.paths) : witnessed.rest).map((entry): Item => ({
          entry,
          uses: [],
        }))
      : itemsOfChanges(target.changes);
  const findings: Finding[] = scanMessages(target, run);
  const skipped: Skipped[] = [...run.unlooked, ...(tree?.skipped ?? (target.changes === undefined ? (target.after.unlisted ?? []) : []))];
  let bytes = (target.messages ?? []).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  let files = tree?.files ?? 0;
  for (const [path, hits] of tree?.found ?? []) findings.push(...finisher.finish(hits, { path }));
  let members = 0;
  /** @param names paths in an archive for which nothing but rules about paths may have something to say */
  const report = async (item: Item, hits: readonly Placed[], names: readonly string[] = []): Promise<void> => {
    files++;
    notes?.file(item.entry.path, hits);
    const finish = (where: Whereabouts, counts?: (hit: Placed) => boolean): void => {
      findings.push(...finisher.finish(hits, where, counts));
      for (const name of names)
        findings.push(...finisher.finish([], { ...where, path: memberPath(where.path, name), archive: where.path }));
    };
    if (item.uses.length === 0) finish({ path: item.entry.path });
    for (const use of item.uses) {
      const added = hits.length === 0 ? undefined : await addedLines(use);
      finish({ path: use.path, ...(use.commit === undefined ? {} : { commit: use.commit }) }, (hit) => isAdded(hit, added));
    }
  };
  const todo: Item[] = [];
  for (const item of listed) {
    if ((item.entry.mode & 0o170000) === 0o160000 || finisher.passes(item.entry.path)) continue;
    const known =
      item.entry.oid === undefined || verdicts === undefined || run.scanner.judgesPath(item.entry.path)
        ? undefined
        : verdicts.get(item.entry.oid);
    if (known === undefined || (known.length > 0 && item.entry.converted === true)) todo.push(item);
    else await report(item, known);
  }
  const fresh: { readonly entry: Entry; readonly hits: readonly Placed[] }[] = [];
  context.progress.start('looking for leaks', todo.length);
  for await (const [index, scanned] of scanAll(
    target.after,
    todo.map(({ entry }) => entry),
    run,
    options,
    context,
  )) {
    context.progress.advance();
    const item = todo[index];
    if (item === undefined) continue;
    if (scanned.kind === 'skipped') {
      skipped.push(scanned.skipped);
      notes?.skipped(scanned.skipped);
      continue;
    }
    const { hits, inside } = scanned;
    bytes += scanned.bytes;
    members += inside?.members ?? 0;
    skipped.push(...(inside?.skipped ?? []));
    for (const one of inside?.skipped ?? []) notes?.skipped(one);
    await report(item, hits, withoutHits(inside?.names ?? [], hits));
    const isKept = item.entry.oid !== undefined && item.entry.converted !== true && !run.scanner.judgesPath(item.entry.path);
    // What was left out of an archive is said each time.
    if (verdicts !== undefined && isKept && (inside === undefined || (inside.holds && inside.skipped.length === 0)))
      fresh.push({ entry: item.entry, hits });
  }
  context.progress.stop();
  // Half a report must not pass for a whole one.
  if (context.signal.aborted) throw new InterruptedError('interrupted');
  const mask = createMask(run.scanner);
  const changed = verdicts !== undefined && todo.length > 0 ? await target.after.changedNow?.() : undefined;
  if (verdicts !== undefined && fresh.length > 0) {
    for (const { entry, hits } of fresh)
      if (entry.oid !== undefined && changed?.has(entry.path) !== true && hits.every(({ member = '' }) => mask.isPlain(member)))
        verdicts.set(entry.oid, mask.hits(hits));
    verdicts.save();
  }
  const noted = notes?.tree(mask, changed);
  if (noted !== undefined && (await witnessed?.certain()) === true) run.trees?.set(witnessed?.name ?? '', noted);
  const now = context.now();
  const landed = context.landed === undefined ? undefined : createLanded(context.landed, run.scanner, finisher);
  const judged: Finding[] = [];
  for (const finding of await withPlaces(findings, context.policy.places))
    judged.push(withIgnores(landed === undefined ? finding : await landed(finding), context.policy, now));
  const isFixable = fixable(target);
  const fixed = judged.some(isFixable) ? await (await import('./fixes.ts')).withFixes(judged, isFixable, target, run, context) : judged;
  return {
    findings: fixed.map(mask.finding),
    skipped: skipped.map((one) => mask.skipped(letStay(one, context.policy, now))),
    files,
    bytes,
    members,
    messages: target.messages?.length ?? 0,
  };
};
