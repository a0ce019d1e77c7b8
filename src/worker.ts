import { parentPort, workerData } from 'node:worker_threads';
import { openSnapshot } from './git/open.ts';
import { takeShares, type WorkerAnswer, type WorkerTask } from './leak/check.ts';
import { openScanner } from './leak/engine.ts';
import { HELD_BYTES, type Scanned } from './leak/read.ts';
import type { RuleSet } from './leak/rule.ts';

const work = async (task: WorkerTask): Promise<WorkerAnswer> => {
  const { image, rules, whole, key } = task.pack;
  let set: RuleSet | undefined;
  const scanner = openScanner({ image, whole, key, rules: () => (set ??= JSON.parse(rules) as RuleSet) }, task.plan); // ours: from the main thread
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
