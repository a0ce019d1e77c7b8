/** What takes the place of bytes `start` to `end` (end exclusive) of a content. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** The content with its edits. @param edits disjoint, ascending */
export const applyEdits = (bytes: Uint8Array, edits: readonly Edit[]): Uint8Array => {
  if (edits.length === 0) return bytes;
  const out = Buffer.allocUnsafe(edits.reduce((sum, { start, end, bytes: { length } }) => sum + length - (end - start), bytes.length));
  let to = 0;
  let from = 0;
  const keep = (end: number): void => {
    out.set(bytes.subarray(from, end), to);
    to += end - from;
  };
  for (const edit of edits) {
    keep(edit.start);
    out.set(edit.bytes, to);
    to += edit.bytes.length;
    from = edit.end;
  }
  keep(bytes.length);
  return out;
};

/** Where a place of the edited content is in the content before: a place within an edit is at the edit's border. */
export interface Origins {
  start(at: number): number;
  end(at: number): number;
}

/** @param edits disjoint, ascending */
export const originsOf = (edits: readonly Edit[]): Origins => {
  const froms: number[] = []; // of the edits, in the edited content
  let shift = 0;
  for (const { start, end, bytes } of edits) {
    froms.push(start + shift);
    shift += bytes.length - (end - start);
  }
  /** The last edit that begins at or before a place. */
  const before = (at: number): number => {
    let low = -1;
    for (let high = edits.length - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if ((froms[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    start: (at) => {
      const index = before(at);
      const edit = edits[index];
      const from = froms[index];
      if (edit === undefined || from === undefined) return at;
      const past = at - from - edit.bytes.length;
      return past < 0 ? edit.start : edit.end + past;
    },
    end: (at) => {
      const index = before(at - 1);
      const edit = edits[index];
      const from = froms[index];
      if (edit === undefined || from === undefined) return at;
      const past = at - from - edit.bytes.length;
      return past <= 0 ? edit.end : edit.end + past;
    },
  };
};
