import { Readable } from 'node:stream';
import type { Place } from '../command.ts';
import { collectStderr, ended, start } from './child.ts';
import { gitFailure, objectAtFault } from './failure.ts';
import { createResponseParser, type ObjectAnswer } from './response.ts';
import { throwIfAborted } from './run.ts';

export interface ReadOptions {
  /** Larger objects are answered without their content. Default 1 GiB. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export const DEFAULT_LIMIT = 2 ** 30;

// Past this it is cheaper to start another git than to have this one write what nobody reads.
const DISCARD_BYTES = 8 * 2 ** 20;
const NAMES_PER_WRITE = 2000;

/** `readObjectBatches`, one by one. */
export async function* readObjects(
  place: Place,
  oids: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<ObjectAnswer, void, void> {
  for await (const batch of readObjectBatches(place, oids, options)) yield* batch;
}

/**
 * The contents of many objects through one `git cat-file --batch`. A missing or corrupt object is an answer like another.
 * @param oids full object names
 * @throws {GitError} when git itself does not run here
 */
export async function* readObjectBatches(
  place: Place,
  oids: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<readonly ObjectAnswer[], void, void> {
  for (let next = 0; next < oids.length;) {
    const attempt = startAttempt(place, oids, next, options);
    try {
      for await (const answers of attempt.batches) {
        next += answers.length;
        yield answers;
      }
    } finally {
      attempt.stop();
    }
    throwIfAborted(options.signal);
    const code = await attempt.end;
    if (next >= oids.length || attempt.stoppedAtLarge()) continue;
    // Git dies of an object it cannot unpack: that one is the first without an answer.
    const kind = objectAtFault(attempt.stderr());
    if (typeof code === 'number' && kind === undefined) throw gitFailure(place, CAT_FILE, code, attempt.stderr());
    next += 1;
    yield [{ kind: kind ?? 'corrupt' }];
  }
}

const CAT_FILE: readonly string[] = ['cat-file', '--batch', '--buffer'];

interface Attempt {
  readonly batches: AsyncIterable<readonly ObjectAnswer[]>;
  readonly end: Promise<number | NodeJS.Signals>;
  readonly stop: () => void;
  readonly stderr: () => string;
  readonly stoppedAtLarge: () => boolean;
}

function startAttempt(place: Place, oids: readonly string[], from: number, { limit = DEFAULT_LIMIT, signal }: ReadOptions): Attempt {
  throwIfAborted(signal);
  const child = start(place, CAT_FILE);
  const end = ended(place, child);
  end.catch(() => {}); // The reader awaits it after the last batch.
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  let large = false;
  async function* batches(): AsyncGenerator<readonly ObjectAnswer[], void, void> {
    const parser = createResponseParser(limit);
    for await (const piece of child.stdout) {
      const answers = parser.feed(piece as Buffer);
      if (answers.length > 0) yield answers;
      if (parser.remaining() > DISCARD_BYTES) {
        large = true;
        return;
      }
    }
  }
  Readable.from(nameChunks(oids, from)).pipe(child.stdin);
  return {
    batches: batches(),
    end,
    stop: () => {
      signal?.removeEventListener('abort', kill);
      kill();
    },
    stderr: collectStderr(child),
    stoppedAtLarge: () => large,
  };
}

function* nameChunks(oids: readonly string[], from: number): Generator<string, void, void> {
  for (let at = from; at < oids.length; at += NAMES_PER_WRITE) yield `${oids.slice(at, at + NAMES_PER_WRITE).join('\n')}\n`;
}
