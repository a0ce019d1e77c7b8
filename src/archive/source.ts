/** Bytes that are taken from the front, never all held at once. What it gives may be kept. */
export interface Source {
  /** Bytes taken so far. */
  readonly position: number;
  /** The next `count` bytes, fewer at the end; they are not taken. */
  peek(count: number): Promise<Buffer>;
  /** What is at hand, at most `most` bytes; empty only at the end. They are not taken. */
  ready(most: number): Promise<Buffer>;
  /** Takes bytes. @returns how many there were */
  skip(count: number): Promise<number>;
}

export const PIECE = 1 << 16;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const createSource = (chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Source => {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let held: Buffer = Buffer.alloc(0);
  let position = 0;
  let ended = false;
  const next = async (): Promise<Buffer | undefined> => {
    while (!ended) {
      const { done, value } = await iterator.next();
      if (done === true) ended = true;
      else if (value.length > 0) return asBuffer(value);
    }
    return undefined;
  };
  const fill = async (count: number): Promise<void> => {
    if (held.length >= count || ended) return;
    const parts = [held];
    for (let length = held.length; length < count;) {
      const chunk = await next();
      if (chunk === undefined) break;
      parts.push(chunk);
      length += chunk.length;
    }
    held = held.length === 0 && parts.length === 2 ? (parts[1] ?? held) : Buffer.concat(parts);
  };
  return {
    get position() {
      return position;
    },
    peek: async (count) => {
      await fill(count);
      return held.subarray(0, count);
    },
    ready: async (most) => {
      await fill(1);
      return held.subarray(0, most);
    },
    skip: async (count) => {
      let left = count;
      for (;;) {
        const taken = Math.min(left, held.length);
        held = held.subarray(taken);
        position += taken;
        left -= taken;
        if (left === 0) return count;
        const chunk = await next();
        if (chunk === undefined) return count - left;
        held = chunk;
      }
    },
  };
};

/** The next `length` bytes of a source as a source of its own. */
export const limited = (source: Source, length: number): Source => {
  const begin = source.position;
  const left = (): number => length - (source.position - begin);
  return {
    get position() {
      return source.position - begin;
    },
    peek: (count) => source.peek(Math.min(count, left())),
    ready: (most) => (left() === 0 ? Promise.resolve(Buffer.alloc(0)) : source.ready(Math.min(most, left()))),
    skip: (count) => source.skip(Math.min(count, left())),
  };
};

/** What is left of a source, piece by piece. */
export async function* piecesOf(source: Source): AsyncGenerator<Buffer, void, void> {
  for (;;) {
    const piece = await source.ready(PIECE);
    if (piece.length === 0) return;
    await source.skip(piece.length);
    yield piece;
  }
}
