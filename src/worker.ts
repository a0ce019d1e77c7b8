import { parentPort, workerData } from 'node:worker_threads';
import { HELD_BYTES } from './check.ts';
import { openSnapshot } from './git/open.ts';
import { takeShares, type WorkerAnswer, type WorkerTask } from './leak/check.ts';
import { openScanner, shippedPack } from './leak/engine.ts';
import { inMemory } from './leak/image.ts';
import type { Pack } from './leak/pack.ts';
import type { Scanned } from './leak/read.ts';
import type { RuleSet } from './leak/rule.ts';
import { bookOf, type RuleBook } from './leak/rule-book.ts';
import { openAsset } from './sys/assets.ts';

const packOf = ({ pack }: WorkerTask): Pack => {
  if (pack === undefined) {
    const shipped = shippedPack({ openAsset });
    if (shipped === undefined) throw new Error('the built-in rules were replaced while they were used');
    return shipped;
  }
  const { image, rules, whole, key } = pack;
  let read: RuleSet | undefined;
  const set = (): RuleSet => (read ??= JSON.parse(rules) as RuleSet); // ours: from the main thread
  let opened: RuleBook | undefined;
  return { image: inMemory(image), whole, key, rules: set, book: () => (opened ??= bookOf(set())), shipped: false };
};

const work = async (task: WorkerTask): Promise<WorkerAnswer> => {
  const scanner = openScanner(packOf(task), task.plan);
  const snapshot = openSnapshot(task.source, { limit: HELD_BYTES });
  const out: (readonly [number, Scanned])[] = [];
  for await (const one of takeShares(snapshot, task, scanner, new AbortController().signal)) out.push(one);
  return out;
};

const report = (answer: WorkerAnswer): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(answer);
};

void work(workerData as WorkerTask).then((answer) => report(answer)); // the program starts no other worker
