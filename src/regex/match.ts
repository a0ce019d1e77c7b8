import { createBacktracker, splitsPair, type RawMatch } from './backtrack.ts';
import { emitPattern } from './emit.ts';
import { backtracking, capturesInLoop, firstSet, RISKY } from './risk.ts';
import type { Ranges } from './ranges.ts';
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

/** What is known of a pattern before a text is matched; plain data, so that it can be kept with a rule instead of the pattern. */
export interface Prepared {
  /** It must run on the linear matcher. */
  readonly linear: boolean;
  /** Longest match in code points; absent: there is no bound. */
  readonly longest?: number;
  /** What a match can begin with; absent: it may be empty. */
  readonly first?: Ranges;
  /** In JavaScript, for texts whose code points are all below 128. */
  readonly ascii: string;
  /** For other texts, with the flag `u`. */
  readonly unicode: string;
}

export const prepare = (pattern: Pattern): Prepared => {
  const { tree } = pattern;
  const longest = lengths(tree)[1];
  const first = firstSet(tree);
  return {
    linear: needsLinear(pattern),
    ascii: emitPattern(tree, 'ascii'),
    unicode: emitPattern(tree, 'unicode'),
    ...(longest === Infinity ? {} : { longest }),
    ...(first === undefined ? {} : { first }),
  };
};

/** Lead bytes beyond ASCII are all allowed where one is, and broken bytes with them. */
const firstBytes = (ranges: Ranges | undefined): Uint8Array | undefined => {
  if (ranges === undefined) return undefined;
  const known = new Uint8Array(256);
  for (const [a, b] of ranges) {
    known.fill(1, Math.min(a, 128), Math.min(b, 127) + 1);
    if (b > 127) known.fill(1, 128);
  }
  return known;
};

/** Compiles lazily: the work is done when the first text is matched. @throws {ProgramTooLong} at the first text */
export const createMatcher = (pattern: Pattern): Matcher =>
  matcherOf({
    linear: needsLinear(pattern),
    longest: lengths(pattern.tree)[1],
    first: () => firstSet(pattern.tree),
    emit: (mode) => emitPattern(pattern.tree, mode),
    parse: () => pattern,
  });

/**
 * The matcher of a pattern that was prepared before.
 * @param parse the same pattern; asked for only by the linear matcher
 */
export const preparedMatcher = ({ linear, longest = Infinity, first, ascii, unicode }: Prepared, parse: () => Pattern): Matcher =>
  matcherOf({ linear, longest, first: () => first, emit: (mode) => (mode === 'ascii' ? ascii : unicode), parse });

interface Sources {
  readonly linear: boolean;
  readonly longest: number;
  readonly first: () => Ranges | undefined;
  readonly emit: (mode: 'ascii' | 'unicode') => string;
  readonly parse: () => Pattern;
}

const matcherOf = ({ linear, longest, first: firstOf, emit, parse }: Sources): Matcher => {
  let known: Uint8Array | undefined | null = null;
  const first = (): Uint8Array | undefined => (known === null ? (known = firstBytes(firstOf())) : known);
  if (linear) {
    let search: ReturnType<typeof createBacktracker> | undefined;
    const exec: Matcher['exec'] = (text, from, latest) => (search ??= createBacktracker(parse()))(text, from, latest);
    return { longest, first, exec, spans: (text) => exec(text, 0, Infinity)?.spans ?? [] };
  }
  const forms = new Map<string, RegExp>();
  const form = (isAscii: boolean, flags: string): RegExp => {
    const key = isAscii ? flags : `${flags}u`;
    const compiled = forms.get(key);
    if (compiled !== undefined) return compiled;
    const made = new RegExp(emit(isAscii ? 'ascii' : 'unicode'), key);
    forms.set(key, made);
    return made;
  };
  return {
    longest,
    first,
    exec: (text, from, latest, isAscii = false) => {
      // Many starts are cheaper to try by V8's own search, which may run past `latest`.
      const sticky = latest - from <= MANY_STARTS;
      const regex = form(isAscii, sticky ? 'y' : 'g');
      const begins = sticky ? first() : undefined;
      for (let at = from; at <= latest; at++) {
        // V8 would step back to where the character begins.
        if (begins?.[Math.min(text.charCodeAt(at), 128)] === 0 || (!isAscii && splitsPair(text, at))) continue;
        regex.lastIndex = at;
        const match = regex.exec(text);
        if (match !== null && match.index > latest) return undefined;
        if (match !== null && (isAscii || !splitsPair(text, match.index)))
          return { index: match.index, end: match.index + match[0].length, spans: [] };
        if (match !== null) at = match.index;
        else if (!sticky) break;
      }
      return undefined;
    },
    spans: (text) => {
      const regex = form(isAsciiText(text), 'dg');
      regex.lastIndex = 0;
      let match = regex.exec(text);
      for (; match !== null && splitsPair(text, match.index); match = regex.exec(text)) regex.lastIndex = match.index + 1;
      return match?.indices ?? [];
    },
  };
};

const isAsciiText = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
};
