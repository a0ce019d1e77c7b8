import { emitPattern } from './emit.ts';
import type { LinearEngine, RawMatch } from './linear.ts';
import { backtracking, capturesInLoop, RISKY } from './risk.ts';
import { skeletonTest } from './skeleton.ts';
import { lengths, type Pattern } from './tree.ts';

export type { RawMatch } from './linear.ts';

export interface Matcher {
  /** Longest match in code points; may be Infinity. */
  readonly longest: number;
  /**
   * The leftmost match that begins at `from` up to `latest` (UTF-16 units, Infinity for anywhere).
   * @param ascii the text is known to have only code points below 128
   */
  exec(text: string, from: number, latest: number, ascii?: boolean): RawMatch | undefined;
  /** Start and end of each group of the first match in a text; group 0 is the match. */
  spans(text: string): readonly (readonly [start: number, end: number] | undefined)[];
}

/** True when the pattern must run on the linear engine: it could hang a backtracking one, or would report other captures. */
export const needsLinear = (pattern: Pattern): boolean => backtracking(pattern.tree) > RISKY || capturesInLoop(pattern.tree);

/** Compiles lazily: the work is done when the first text is matched. @param linear takes the patterns of `needsLinear`, where given */
export const createMatcher = (pattern: Pattern, linear?: LinearEngine): Matcher => {
  const { tree } = pattern;
  const longest = lengths(tree)[1];
  if (linear !== undefined && needsLinear(pattern)) {
    let search: ReturnType<LinearEngine> | undefined;
    let possible: ReturnType<typeof skeletonTest> | undefined;
    return {
      longest,
      exec: (text, from, latest) => {
        possible ??= skeletonTest(tree);
        if (!possible(text, from)) return undefined;
        search ??= linear(emitPattern(tree, 're2'));
        const match = search(text, from);
        return match !== undefined && match.index <= latest ? match : undefined;
      },
      spans: (text) => (search ??= linear(emitPattern(tree, 're2')))(text, 0)?.spans ?? [],
    };
  }
  let indexed: RegExp | undefined;
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
    exec: (text, from, latest, ascii = false) => {
      const sticky = latest !== Infinity;
      const regex = form(ascii, sticky);
      for (let at = from; at <= latest; at++) {
        regex.lastIndex = at;
        const match = regex.exec(text);
        if (match !== null) return { index: match.index, end: match.index + match[0].length, groups: match, spans: [] };
        if (!sticky) break;
      }
      return undefined;
    },
    spans: (text) => {
      indexed ??= new RegExp(emitPattern(tree, 'unicode'), 'du');
      return indexed.exec(text)?.indices ?? [];
    },
  };
};
