import { parentPort, workerData } from 'node:worker_threads';
import { HELD_BYTES } from './check.ts';
import { openSnapshot } from './git/open.ts';
import { openScanner, shippedPack } from './engine/open.ts';
import { inMemory } from './engine/image.ts';
import { readPack, type Pack } from './engine/pack.ts';
import type { Scanned } from './leak/read.ts';
import { takeShares, type WorkerAnswer, type WorkerTask } from './leak/shares.ts';
import { openAsset } from './sys/assets.ts';

const packOf = ({ pack: sent }: WorkerTask): Pack => {
  const pack = sent === undefined ? shippedPack({ openAsset }) : readPack(inMemory(sent));
  if (pack === undefined) throw new Error('the built-in rules were replaced while they were used');
  return pack;
};

const work = async (task: WorkerTask): Promise<WorkerAnswer> => {
  const scanner = openScanner(packOf(task), task.plan, task.terms);
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
