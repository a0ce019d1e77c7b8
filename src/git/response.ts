export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** What git says to one name. Answers come in the order asked, one for each. */
export type ObjectAnswer =
  /** `bytes` may be part of a larger buffer: copy what is to be kept for long. */
  | { readonly kind: 'object'; readonly oid: string; readonly type: ObjectType; readonly bytes: Buffer }
  | { readonly kind: 'large'; readonly oid: string; readonly type: ObjectType; readonly size: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'corrupt' };

/** Reads the output of `git cat-file --batch`, piece by piece. Content is copied at most once: when it spans pieces. */
export interface ResponseParser {
  /** The answers that this piece completes. */
  feed(piece: Buffer): ObjectAnswer[];
  /** Bytes of a too large object that are still to come, and thrown away. */
  remaining(): number;
}

interface State {
  readonly limit: number;
  /** An unfinished header line. */
  header: string;
  /** An unfinished object. */
  body: { readonly answer: ObjectAnswer; readonly bytes: Buffer; filled: number } | undefined;
  /** Of content that is thrown away, with its newline. */
  discard: number;
}

const NEWLINE = 0x0a;

/** @param limit an object of more bytes is thrown away as it comes */
export function createResponseParser(limit: number): ResponseParser {
  const state: State = { limit, header: '', body: undefined, discard: 0 };
  return {
    feed(piece) {
      const done: ObjectAnswer[] = [];
      for (let at = 0; at < piece.length;) {
        if (state.discard > 0) {
          const skipped = Math.min(state.discard, piece.length - at);
          state.discard -= skipped;
          at += skipped;
        } else at = state.body === undefined ? takeHeader(state, piece, at, done) : takeBody(state, state.body, piece, at, done);
      }
      return done;
    },
    remaining: () => state.discard,
  };
}

/** Each takes what it can from `at` on and gives back where it stopped. */
function takeHeader(state: State, piece: Buffer, at: number, done: ObjectAnswer[]): number {
  const end = piece.indexOf(NEWLINE, at);
  if (end < 0) {
    state.header += piece.toString('latin1', at);
    return piece.length;
  }
  const found = parseHeader(state.header + piece.toString('latin1', at, end));
  const start = end + 1;
  state.header = '';
  if (found === undefined) {
    done.push({ kind: 'missing' });
    return start;
  }
  const { oid, type, size } = found;
  if (size > state.limit) {
    done.push({ kind: 'large', oid, type, size });
    state.discard = size + 1;
    return start;
  }
  if (start + size < piece.length) {
    done.push({ kind: 'object', oid, type, bytes: piece.subarray(start, start + size) });
    return start + size + 1;
  }
  const bytes = Buffer.allocUnsafeSlow(size);
  state.body = { answer: { kind: 'object', oid, type, bytes }, bytes, filled: piece.copy(bytes, 0, start) };
  return piece.length;
}

function takeBody(state: State, body: NonNullable<State['body']>, piece: Buffer, at: number, done: ObjectAnswer[]): number {
  const copied = piece.copy(body.bytes, body.filled, at);
  body.filled += copied;
  if (at + copied >= piece.length) return piece.length; // The newline after the content is still to come.
  done.push(body.answer);
  state.body = undefined;
  return at + copied + 1;
}

function parseHeader(line: string): { readonly oid: string; readonly type: ObjectType; readonly size: number } | undefined {
  const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line);
  if (match === null) return undefined; // `<name> missing`, `<name> ambiguous`, `<name> submodule`
  const [, oid = '', type = '', size = ''] = match;
  return { oid, type: type as ObjectType, size: Number(size) };
}
