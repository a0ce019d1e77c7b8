/** What a program wrote: of a flood the first and the last part. */
export interface BoundedOutput {
  readonly text: string;
  /** Bytes between the two that are not there; 0: it is all. */
  readonly left: number;
}

const KEPT_BYTES = 32 * 1024;
const NEWLINE = 0x0a;

/** Collects output and never holds more than twice `kept` bytes and a piece of it. */
export const collectOutput = (kept = KEPT_BYTES): { add(piece: Buffer): void; take(): BoundedOutput } => {
  const head: Buffer[] = [];
  let headLength = 0;
  let tail: Buffer[] = [];
  let tailLength = 0;
  let total = 0;

  const addTail = (piece: Buffer): void => {
    tail.push(piece);
    tailLength += piece.length;
    // Copied now and then only: a flood comes in thousands of pieces.
    if (tailLength < 4 * kept) return;
    const last = Buffer.from(Buffer.concat(tail).subarray(-kept));
    [tail, tailLength] = [[last], last.length];
  };

  return {
    add: (piece) => {
      total += piece.length;
      const room = Math.min(kept - headLength, piece.length);
      if (room > 0) head.push(piece.subarray(0, room));
      headLength += room;
      if (room < piece.length) addTail(piece.subarray(room));
    },
    take: () => {
      const first = Buffer.concat(head);
      const last = Buffer.concat(tail);
      if (total <= 2 * kept) return { text: Buffer.concat([first, last]).toString('utf8'), left: 0 };
      // Whole lines, where there are any.
      const end = first.lastIndexOf(NEWLINE) + 1 || first.length;
      const cut = last.subarray(-kept);
      const begin = cut.indexOf(NEWLINE) + 1;
      const [before, after] = [first.subarray(0, end), cut.subarray(begin)];
      const left = total - before.length - after.length;
      return { text: `${before.toString('utf8')}\n[${left} bytes are left out here]\n${after.toString('utf8')}`, left };
    },
  };
};
