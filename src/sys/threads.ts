import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from '../check.ts';
import { workerFile } from './assets.ts';

/** Threads of the program's own worker; undefined where it was not built. */
export const openThreads = (): Threads | undefined => {
  const file = workerFile();
  if (file === undefined || !existsSync(file)) return undefined;
  return {
    get available() {
      return availableParallelism();
    },
    run: (count, data, signal) => Promise.all(Array.from({ length: count }, () => runWorker(file, data, signal))),
  };
};

const runWorker = (file: string, data: unknown, signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: data });
    const stop = (): void => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    let answer: unknown = [];
    worker.on('message', (message: unknown) => {
      answer = message;
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      if (code === 0 || signal.aborted) resolve(answer);
      else reject(new Error(`a worker ended with code ${code}`));
    });
  });
