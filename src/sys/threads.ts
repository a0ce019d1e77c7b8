import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from '../check.ts';
import { workerFile } from './assets.ts';

/** Threads of the program's own worker; where that was not built, this one is all there is. */
export const openThreads = (): Threads | undefined => {
  const file = workerFile();
  if (file === undefined) return undefined;
  return {
    get available() {
      return existsSync(file) ? availableParallelism() : 1;
    },
    run: (count, data, signal) => Promise.all(Array.from({ length: count }, () => runWorker(file, data, signal))),
    expectWork,
  };
};

// V8 optimises a function after about 64 kB of its bytecode have run, on threads of its own. In a scan that costs more than all it could save:
// the hot loops are WebAssembly and regular expressions. The unit is bytes of bytecode.
const INTERRUPT_BUDGET = 1_000_000;

const expectWork = async (): Promise<void> => {
  const { setFlagsFromString } = await import('node:v8'); // 2 ms
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
};

const runWorker = (file: string, data: unknown, signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve, reject) => {
    // Where program and worker are one file, the word tells it which it is: to ask node:worker_threads takes milliseconds.
    const worker = new Worker(file, { workerData: data, argv: ['worker'] });
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
