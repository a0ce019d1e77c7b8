import { ASSERTIONS, compileProgram, Op, type Program } from './program.ts';
import { has } from './ranges.ts';
import type { Assertion, Pattern } from './tree.ts';

/** What a matcher found. Offsets are UTF-16 units. */
export interface RawMatch {
  readonly index: number;
  readonly end: number;
  /** Start and end of each group; group 0 is the whole match. */
  readonly spans: readonly (readonly [start: number, end: number] | undefined)[];
}

/** True in the middle of a character of two units: no match begins there. */
export const splitsPair = (text: string, at: number): boolean =>
  at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);

const holds = (what: Assertion | undefined, text: string, at: number): boolean => {
  switch (what) {
    case 'begin':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'lineBegin':
      return at === 0 || text.charCodeAt(at - 1) === 10;
    case 'lineEnd':
      return at === text.length || text.charCodeAt(at) === 10;
    default:
      return (isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at))) === (what === 'word');
  }
};

/**
 * A backtracking matcher that never tries the same instruction at the same place twice: time is at most instructions × characters, whatever the
 * pattern. Leftmost-first, captures as RE2's. The method is RE2's BitState (https://swtch.com/~rsc/regexp/regexp3.html).
 */
export const createBacktracker = (pattern: Pattern): ((text: string, from: number, latest: number) => RawMatch | undefined) => {
  const program: Program = compileProgram(pattern.tree, pattern.captures);
  const { ops, x, y, ascii, sets, slots } = program;
  const count = ops.length;
  let visited = new Uint32Array(0);
  let stack = new Int32Array(256);
  const saved = new Int32Array(slots);

  const runAt = (text: string, start: number, origin: number): number => {
    let top = 0;
    const push = (a: number, b: number): void => {
      if (top + 2 > stack.length) {
        const larger = new Int32Array(stack.length * 2);
        larger.set(stack);
        stack = larger;
      }
      stack[top++] = a;
      stack[top++] = b;
    };
    push(0, start);
    while (top > 0) {
      let at = stack[--top] ?? 0;
      let pc = stack[--top] ?? 0;
      if (pc < 0) {
        saved[-pc - 1] = at; // a capture as it was before the way that failed
        continue;
      }
      for (;;) {
        const bit = (at - origin) * count + pc;
        const word = visited[bit >>> 5] ?? 0;
        const mask = 1 << (bit & 31);
        if ((word & mask) !== 0) break;
        visited[bit >>> 5] = word | mask;
        const op = ops[pc];
        if (op === Op.set) {
          if (at >= text.length) break;
          const unit = text.charCodeAt(at);
          const set = x[pc] ?? 0;
          if (unit < 128) {
            if (ascii[set]?.[unit] !== 1) break;
            at++;
          } else {
            const code = text.codePointAt(at) ?? 0;
            if (!has(sets[set] ?? [], code)) break;
            at += code > 0xffff ? 2 : 1;
          }
          pc++;
        } else if (op === Op.split) {
          push(y[pc] ?? 0, at);
          pc = x[pc] ?? 0;
        } else if (op === Op.jump) pc = x[pc] ?? 0;
        else if (op === Op.save) {
          const slot = x[pc] ?? 0;
          push(-slot - 1, saved[slot] ?? -1);
          saved[slot] = at;
          pc++;
        } else if (op === Op.assert) {
          if (!holds(ASSERTIONS[x[pc] ?? 0], text, at)) break;
          pc++;
        } else return at;
      }
    }
    return -1;
  };

  return (text, from, latest) => {
    const last = Math.min(latest, text.length);
    const words = ((text.length - from + 1) * count + 31) >>> 5;
    if (words > visited.length) visited = new Uint32Array(words);
    else visited.fill(0, 0, words);
    for (let start = from; start <= last; start++) {
      if (splitsPair(text, start)) continue;
      saved.fill(-1);
      const end = runAt(text, start, from);
      if (end < 0) continue;
      const spans: (readonly [number, number] | undefined)[] = [[start, end]];
      for (let slot = 2; slot < slots; slot += 2) {
        const a = saved[slot] ?? -1;
        const b = saved[slot + 1] ?? -1;
        spans.push(a < 0 || b < 0 ? undefined : [a, b]);
      }
      return { index: start, end, spans };
    }
    return undefined;
  };
};
