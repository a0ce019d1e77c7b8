import { createBacktracker, splitsPair, type RawMatch } from './backtrack.ts';
import { emitPattern } from './emit.ts';
import { backtracking, capturesInLoop, firstSet, RISKY } from './risk.ts';
import { lengths, type Node, type Pattern } from './tree.ts';

export type { RawMatch } from './backtrack.ts';

export interface Matcher {
  /** Longest match in code points; may be Infinity. */
  readonly longest: number;
  /** Which bytes a match can begin with, 256 × 0 or 1; undefined when it may be empty. */
  first(): Uint8Array | undefined;
  /**
   * The leftmost match that begins at `from` up to `latest` (UTF-16 units, Infinity for anywhere).
   * @param ascii the text is known to have only code points below 128
   */
  exec(text: string, from: number, latest: number, ascii?: boolean): RawMatch | undefined;
  /** Start and end of each group of the first match in a text; group 0 is the match. Empty when there is none. */
  spans(text: string): RawMatch['spans'];
}

const MANY_STARTS = 48;

/** True when an optional part may be empty by itself, `(|a)*`: V8 passes over an empty round, RE2 takes it in its turn. */
const emptyRounds = (node: Node): boolean => {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return false;
    case 'capture':
      return emptyRounds(node.node);
    case 'repeat':
      return (node.max > node.min && lengths(node.node)[0] === 0) || emptyRounds(node.node);
    case 'cat':
    case 'alt':
      return node.items.some(emptyRounds);
  }
};

/** True when the pattern must run on our linear matcher: it could hang V8's, or V8 would give another match or other captures. */
export const needsLinear = ({ tree }: Pattern): boolean => backtracking(tree) > RISKY || capturesInLoop(tree) || emptyRounds(tree);

const linearMatcher = (pattern: Pattern, longest: number): Matcher => {
  let search: ReturnType<typeof createBacktracker> | undefined;
  const exec: Matcher['exec'] = (text, from, latest) => (search ??= createBacktracker(pattern))(text, from, latest);
  return { longest, first: firstBytes(pattern.tree), exec, spans: (text) => exec(text, 0, Infinity)?.spans ?? [] };
};

/** Lead bytes beyond ASCII are all allowed where one is, and broken bytes with them. */
const firstBytes = (tree: Node): (() => Uint8Array | undefined) => {
  let known: Uint8Array | undefined | null = null;
  return () => {
    if (known !== null) return known;
    const ranges = firstSet(tree);
    if (ranges === undefined) return (known = undefined);
    known = new Uint8Array(256);
    for (const [a, b] of ranges) {
      known.fill(1, Math.min(a, 128), Math.min(b, 127) + 1);
      if (b > 127) known.fill(1, 128);
    }
    return known;
  };
};

/** Compiles lazily: the work is done when the first text is matched. @throws {ProgramTooLong} at the first text */
export const createMatcher = (pattern: Pattern): Matcher => {
  const { tree } = pattern;
  const longest = lengths(tree)[1];
  if (needsLinear(pattern)) return linearMatcher(pattern, longest);
  let indexed: RegExp | undefined;
  const first = firstBytes(tree);
  const forms = new Map<string, RegExp>();
  const form = (ascii: boolean, sticky: boolean): RegExp => {
    const flags = `${sticky ? 'y' : 'g'}${ascii ? '' : 'u'}`;
    const known = forms.get(flags);
    if (known !== undefined) return known;
    const made = new RegExp(emitPattern(tree, ascii ? 'ascii' : 'unicode'), flags);
    forms.set(flags, made);
    return made;
  };
  return {
    longest,
    first,
    exec: (text, from, latest, ascii = false) => {
      // Many starts are cheaper to try by V8's own search, which may run past `latest`.
      const sticky = latest - from <= MANY_STARTS;
      const regex = form(ascii, sticky);
      const begins = sticky ? first() : undefined;
      for (let at = from; at <= latest; at++) {
        // V8 would step back to where the character begins.
        if (begins?.[Math.min(text.charCodeAt(at), 128)] === 0 || (!ascii && splitsPair(text, at))) continue;
        regex.lastIndex = at;
        const match = regex.exec(text);
        if (match !== null && match.index > latest) return undefined;
        if (match !== null && (ascii || !splitsPair(text, match.index)))
          return { index: match.index, end: match.index + match[0].length, spans: [] };
        if (match !== null) at = match.index;
        else if (!sticky) break;
      }
      return undefined;
    },
    spans: (text) => {
      indexed ??= new RegExp(emitPattern(tree, 'unicode'), 'dgu');
      indexed.lastIndex = 0;
      let match = indexed.exec(text);
      for (; match !== null && splitsPair(text, match.index); match = indexed.exec(text)) indexed.lastIndex = match.index + 1;
      return match?.indices ?? [];
    },
  };
};
