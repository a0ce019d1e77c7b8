import { createInflateRaw, constants, inflateRawSync } from 'node:zlib';
import type { Budget } from './budget.ts';
import type { Source } from './source.ts';
import { PIECE } from './source.ts';

/** How decompression ended. `cut`: the input did, before its end. */
export type Ending = 'whole' | 'cut' | 'damaged' | 'limit';

/** What is being decompressed: `ending` is set once `pieces` has ended. */
export interface Expanding {
  ending: Ending | undefined;
}

const SMALL_INPUT = 1 << 14;
const SMALL_OUTPUT = 1 << 20;

const sync = (bytes: Buffer): { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } | undefined => {
  try {
    const options = { maxOutputLength: SMALL_OUTPUT, finishFlush: constants.Z_SYNC_FLUSH, info: true };
    return inflateRawSync(bytes, options) as unknown as ReturnType<typeof sync>; // what `info` asks for
  } catch {
    return undefined; // too large, or damaged: the slower way tells, and gives what stands before
  }
};

/** Decompresses DEFLATE (RFC 1951) and takes its bytes from the source, none behind its end. Throws for nothing. */
export async function* inflate(source: Source, budget: Budget, state: Expanding): AsyncGenerator<Buffer, void, void> {
  const head = await source.peek(SMALL_INPUT);
  const small = sync(head);
  // What it did not use stands behind its end. Where all there is was used, a checksum or what should follow tells whether that was the end.
  if (small !== undefined && (small.engine.bytesWritten < head.length || head.length < SMALL_INPUT)) {
    await source.skip(small.engine.bytesWritten);
    if (!budget.made(small.buffer.length)) state.ending = 'limit';
    else {
      if (small.buffer.length > 0) yield small.buffer;
      state.ending = 'whole';
    }
    return;
  }
  yield* inflateLong(source, budget, state);
}

async function* inflateLong(source: Source, budget: Budget, state: Expanding): AsyncGenerator<Buffer, void, void> {
  const engine = createInflateRaw({ chunkSize: PIECE, finishFlush: constants.Z_SYNC_FLUSH });
  let failed = false;
  let wake = (): void => {};
  engine.on('readable', () => wake());
  engine.on('error', () => {
    failed = true;
    wake();
  });
  try {
    for (;;) {
      const input = await source.ready(PIECE);
      // A stream that ended with the input takes no byte more; what another makes of this one is nothing.
      const piece = input.length === 0 ? Buffer.alloc(1) : input;
      const before = engine.bytesWritten;
      const done = { value: false };
      engine.write(piece, () => {
        done.value = true;
        wake();
      });
      for (;;) {
        const made = engine.read() as Buffer | null;
        if (made !== null && input.length === 0) continue;
        if (made !== null) {
          if (!budget.made(made.length)) {
            state.ending = 'limit';
            return;
          }
          yield made;
        } else if (failed || done.value) break;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      if (failed) {
        state.ending = input.length === 0 ? 'cut' : 'damaged';
        return;
      }
      const used = engine.bytesWritten - before;
      if (input.length > 0) await source.skip(used);
      if (used < piece.length || input.length === 0) {
        state.ending = used < piece.length ? 'whole' : 'cut';
        return;
      }
    }
  } finally {
    engine.destroy();
  }
}
