/** Deterministic automaton over bytes. Row 0 is dead, row 1 accepts; `start` may be either. */
export interface Automaton {
  /** Class of each byte. */
  readonly classes: Uint8Array;
  readonly classCount: number;
  /** Next row at row * classCount + class; rows 0 and 1 are not stored: row r stands at (r - 2). */
  readonly rows: Uint16Array;
  readonly start: number;
}

export const DEAD = 0;
export const ACCEPT = 1;

/** Bytes from each row to acceptance at least: rows that no text tells apart have the same. */
const distances = ({ classCount, rows }: Automaton): Uint16Array<ArrayBuffer> => {
  const out = new Uint16Array(rows.length / classCount + 2).fill(0xffff);
  out[ACCEPT] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let row = out.length - 1; row > ACCEPT; row--) {
      let least = 0xffff;
      const at = (row - 2) * classCount;
      for (let cls = 0; cls < classCount; cls++) least = Math.min(least, (out[rows[at + cls] ?? 0] ?? 0) + 1);
      if (least < (out[row] ?? 0)) [out[row], changed] = [least, true];
    }
  }
  return out;
};

/** Joins states that no text tells apart (Moore's algorithm), then classes of bytes that no state tells apart. */
export const minimise = (automaton: Automaton): Automaton => {
  const { classes, classCount, rows, start } = automaton;
  const states = rows.length / classCount;
  let group = distances(automaton);
  let count = new Set(group.subarray(2)).size;
  const codes: number[] = [];
  for (;;) {
    const next = new Uint16Array(states + 2);
    next[ACCEPT] = ACCEPT;
    const known = new Map<string, number>();
    for (let state = 0; state < states; state++) {
      codes[classCount] = group[state + 2] ?? 0;
      for (let cls = 0; cls < classCount; cls++) codes[cls] = group[rows[state * classCount + cls] ?? 0] ?? 0;
      const key = String.fromCharCode(...codes);
      let to = known.get(key);
      if (to === undefined) {
        to = known.size + 2;
        known.set(key, to);
      }
      next[state + 2] = to;
    }
    group = next;
    if (known.size === count) break;
    count = known.size;
  }
  // One state of each group stands for it, in the order of the groups.
  const members: number[] = [];
  for (let state = 0; state < states; state++) members[(group[state + 2] ?? 2) - 2] ??= state;
  const columns = new Map<string, number>();
  const columnOf: number[] = [];
  const kept: number[] = [];
  for (let cls = 0; cls < classCount; cls++) {
    const key = String.fromCharCode(...members.map((state) => group[rows[state * classCount + cls] ?? 0] ?? 0));
    let column = columns.get(key);
    if (column === undefined) {
      column = columns.size;
      columns.set(key, column);
      kept.push(cls);
    }
    columnOf.push(column);
  }
  const out = new Uint16Array(members.length * kept.length);
  let at = 0;
  for (const state of members) for (const cls of kept) out[at++] = group[rows[state * classCount + cls] ?? 0] ?? 0;
  return { classes: classes.map((cls) => columnOf[cls] ?? 0), classCount: kept.length, rows: out, start: group[start] ?? DEAD };
};
