import type { CheckContext, Entry, Snapshot } from '../check.ts';
import type { ScanPlan } from '../engine/open.ts';
import { writePack, type Pack } from '../engine/pack.ts';
import { scanEntries, type Scanned } from './read.ts';
import type { Scanner } from '../engine/scanner.ts';
import type { TermSet } from '../terms/term-set.ts';

/** Sent to a worker, which scans its share of the entries. */
export interface WorkerTask {
  readonly kind: 'leak';
  readonly source: ReturnType<NonNullable<Snapshot['source']>>;
  /** As it is kept in a cache; undefined: the one that came with the program. */
  readonly pack: Uint8Array | undefined;
  readonly plan: ScanPlan;
  /** Those of the pack, opened. Threads are given them in memory. */
  readonly terms: TermSet | undefined;
  readonly entries: readonly Entry[];
  /** How many entries a thread takes at a time. */
  readonly share: number;
  /** Shared counter of entries taken. */
  readonly next: SharedArrayBuffer;
}
/** Results by index of the entry. */
export type WorkerAnswer = readonly (readonly [index: number, scanned: Scanned])[];

const SHARE = 64;
/** Of objects: for each share a git is started, which costs more the larger this program has grown. */
const SHARES_OF_OBJECTS = 16;
const MANY = 300; // files whose scan takes longer than what is said of it
const WORTH_THREADS = 3000; // files from which starting a thread pays: see docs/leak.md

const imageBytes = ({ image }: Pack): Uint8Array => {
  const bytes = new Uint8Array(image.length);
  image.read(bytes, 0);
  return bytes;
};

/**
 * What comes of each entry, by its index, in this thread or in as many as the work is worth.
 * @param options `jobs`: threads; 0: as many as it is worth
 */
export async function* scanAll(
  snapshot: Snapshot,
  entries: readonly Entry[],
  { pack, scanner, terms }: { readonly pack: Pack; readonly scanner: Scanner; readonly terms: TermSet | undefined },
  options: { readonly plan: ScanPlan; readonly jobs: number },
  context: Pick<CheckContext, 'threads' | 'signal'>,
): AsyncGenerator<readonly [number, Scanned], void, void> {
  const { threads } = context;
  if (entries.length >= MANY) await threads?.expectWork();
  const most = options.jobs === 1 || (options.jobs === 0 && entries.length < WORTH_THREADS) ? 1 : (threads?.available ?? 1);
  const wanted = most > 1 && options.jobs > 0 ? options.jobs : most;
  // Says which git would be run, which has to be looked for.
  const source = wanted > 1 ? snapshot.source?.() : undefined;
  if (threads !== undefined && source !== undefined) {
    const next = new SharedArrayBuffer(4);
    const share = source.kind === 'objects' ? Math.max(SHARE, Math.ceil(entries.length / SHARES_OF_OBJECTS)) : SHARE;
    const task: WorkerTask = {
      kind: 'leak',
      source,
      plan: options.plan,
      terms,
      entries,
      share,
      next,
      pack: pack.shipped ? undefined : writePack(pack, imageBytes(pack)),
    };
    const answers = threads.run(wanted - 1, task, context.signal);
    answers.catch(() => undefined); // awaited below
    yield* takeShares(snapshot, task, scanner, context.signal);
    for (const answer of await answers) yield* answer as WorkerAnswer;
    return;
  }
  let index = 0;
  for await (const [, scanned] of scanEntries(snapshot, entries, scanner, options.plan, context.signal)) yield [index++, scanned];
}

/** Takes entries by shares until there are none left; what every thread does. */
export async function* takeShares(
  snapshot: Snapshot,
  task: WorkerTask,
  scanner: Scanner,
  signal: AbortSignal,
): AsyncGenerator<readonly [number, Scanned], void, void> {
  const counter = new Int32Array(task.next);
  for (;;) {
    const from = Atomics.add(counter, 0, task.share);
    if (from >= task.entries.length || signal.aborted) return;
    let index = from;
    const share = task.entries.slice(from, from + task.share);
    for await (const [, scanned] of scanEntries(snapshot, share, scanner, task.plan, signal)) yield [index++, scanned];
  }
}
