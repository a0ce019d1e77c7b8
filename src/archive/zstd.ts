import { ZSTDDecoder } from 'zstddec/stream';
import type { Budget } from './budget.ts';
import type { Expanding } from './inflate.ts';
import { stem } from './names.ts';
import { damaged, unread, type ArchiveReader } from './part.ts';
import { createSource, type Source } from './source.ts';
import { peekFrame, peekSkippable, takeBlock, type Frame } from './zstd-frame.ts';

const MOST_WINDOW = 2 ** 25; // bytes; zstd -1 to -19 need 8 MiB, --ultra and --long more
const MOST_LOST = 2 ** 26;

/** What a frame costs the decoder beside its window. */
const FRAME_BYTES = 2 ** 19;

/** The decoder keeps the memory of a frame in which it met an error; past so much no frame is decoded any more. */
const lost = { bytes: 0 };

interface State extends Expanding {
  /** Why a frame is not decoded though it may be whole. */
  reason?: string;
}

/** Ends a frame. It goes on for ever where it met an error, and gives its memory back else, with an error where more should have come. */
const close = (decoding: Generator<Uint8Array>): 'whole' | 'cut' | 'lost' => {
  try {
    return decoding.next().done === true ? 'whole' : 'lost';
  } catch {
    return 'cut';
  }
};

const next = (decoding: Generator<Uint8Array, unknown>): Uint8Array | undefined | 'broken' => {
  try {
    const { done, value } = decoding.next();
    return done === true ? undefined : value;
  } catch {
    return 'broken';
  }
};

/** One frame, block by block: what comes of a block fits into the decoder's buffer, so it is asked once for each. */
async function* decode(source: Source, frame: Frame, budget: Budget, state: State): AsyncGenerator<Uint8Array, void, void> {
  let pending: Buffer | undefined;
  const blocks = function* (): Generator<Uint8Array, void, void> {
    for (let block = pending; block !== undefined; block = pending) {
      pending = undefined;
      yield block;
    }
  };
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const decoding = decoder.decodeStreaming({ [Symbol.iterator]: blocks });
  let ending: Expanding['ending'] = 'cut';
  try {
    for (let before = frame.length; ; before = 0) {
      const block = await takeBlock(source, before, frame.checksum);
      if (block === 'cut' || block === 'damaged') {
        ending = block;
        return;
      }
      pending = block.bytes;
      ending = 'damaged';
      const value = next(decoding);
      if (pending !== undefined || value === 'broken') return; // it is still at the block before
      if (value !== undefined && value.length > 0) {
        ending = 'limit';
        if (!budget.made(value.length)) return;
        yield value;
      }
      ending = 'whole';
      if (block.last) return;
    }
  } finally {
    pending = undefined;
    const closed = close(decoding);
    if (closed === 'lost') lost.bytes += frame.window + FRAME_BYTES;
    state.ending = ending === 'whole' && closed !== 'whole' ? 'damaged' : ending;
  }
}

async function* content(source: Source, budget: Budget, state: State): AsyncGenerator<Uint8Array, void, void> {
  for (;;) {
    const skippable = await peekSkippable(source);
    if (skippable !== undefined) {
      await source.skip(skippable);
      continue;
    }
    const frame = await peekFrame(source);
    if (frame === undefined) {
      state.ending ??= 'damaged';
      return;
    }
    if (frame.dictionary) state.reason = 'compressed with a dictionary';
    else if (frame.window > MOST_WINDOW) state.reason = `needs a window of more than ${MOST_WINDOW / 2 ** 20} MiB`;
    else if (lost.bytes > MOST_LOST) state.reason = 'too many damaged zstd frames before it';
    if (state.reason !== undefined) return;
    yield* decode(source, frame, budget, state);
    if (state.ending !== 'whole') return;
  }
}

/** One member: what all frames hold, one after the other. */
export const readZstd: ArchiveReader = async function* readZstd(source, budget, path) {
  const state: State = { ending: undefined };
  const name = stem(path);
  const inner = createSource(content(source, budget, state));
  yield { kind: 'member', name, content: inner };
  await inner.skip(Infinity);
  if (state.reason !== undefined) yield unread(state.reason, name);
  else if (state.ending === 'cut') yield damaged('truncated: the rest of it is missing', name);
  else if (state.ending === 'damaged') yield damaged('damaged: the rest of it cannot be decompressed', name);
};

/** The content of a member of another archive that is compressed so. */
export const expandZstd = content;
