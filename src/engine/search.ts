import { createMatcher, preparedMatcher, type Matcher, type Prepared, type RawMatch } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import type { Pattern } from '../regex/tree.ts';
import type { Filter, Region } from './filter.ts';
import { characterStart, windowText, type WindowText } from './window-text.ts';

/** A match of a rule's expression, before anything is decided about it. Offsets are bytes of the region. */
export interface Match {
  readonly rule: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What of rules is asked to search for them. */
export interface SearchRules {
  readonly count: number;
  readonly maxWindow: number;
  rule(index: number): { readonly regex?: string; readonly prepared?: Prepared } | undefined;
}

export interface Search {
  /**
   * Every match of every rule in the first `length` bytes of a region: per rule leftmost-first and without overlap, as Go's FindAll.
   * Order: by rule's first candidate, not by place.
   * @param candidates the filter's, of the same bytes
   * @param whole rules that look at the whole content themselves
   */
  run(region: Region, length: number, candidates: Uint32Array | undefined, whole: readonly number[]): Match[];
  matcher(rule: number): Matcher;
}

const FIRST_SPAN = 1024;
const GROWTH = 8;
const EDGE = 2; // a match that ends so near the window's end could be longer
const CONTEXT = 4; // bytes before the first start: what an assertion may look at

/** Confirms the filter's candidates with the rules' expressions on windows that grow until the match cannot. */
export const createSearch = (filter: Filter, rules: SearchRules): Search => {
  const { count, maxWindow } = rules;
  const matchers: (Matcher | undefined)[] = [];
  const matcher = (rule: number): Matcher => {
    const known = matchers[rule];
    if (known !== undefined) return known;
    const { regex = '', prepared } = rules.rule(rule) ?? {};
    const parse = (): Pattern => parsePattern(regex);
    return (matchers[rule] = prepared === undefined ? createMatcher(parse()) : preparedMatcher(prepared, parse));
  };
  const { places } = filter;
  const furthest = new Int32Array(count); // of a rule's windows from the start of its match
  for (let i = 0; i < places.length; i += 4) {
    const rule = places[i] ?? 0;
    furthest[rule] = Math.max(furthest[rule] ?? 0, places[i + 2] ?? 0);
  }
  const done = new Int32Array(count); // end of the rule's last match; -1: searched as a whole

  const wholeFile = (rule: number, bytes: Buffer, length: number, out: Match[]): void => {
    const window = windowText(bytes, 0, length);
    for (let from = 0; from <= window.text.length;) {
      const match = matcher(rule).exec(window.text, from, Infinity, window.ascii);
      if (match === undefined) break;
      if (match.end > match.index) out.push(place(rule, window, match));
      from = Math.max(match.end, match.index + 1);
    }
  };

  const place = (rule: number, window: WindowText, match: RawMatch): Match => ({
    rule,
    start: window.byteOf(match.index),
    end: window.byteOf(match.end),
    text: window.text.slice(match.index, match.end),
  });

  const confirm = (rule: number, bytes: Buffer, length: number, position: number, min: number): Match | undefined => {
    const { longest, exec, first } = matcher(rule);
    let from = Math.max(done[rule] ?? 0, position - (furthest[rule] ?? 0));
    const begins = first();
    if (begins !== undefined) {
      while (from <= position - min && begins[bytes[from] ?? 0] === 0) from++;
      if (from > position - min) return undefined;
    }
    const left = characterStart(bytes, Math.max(0, from - CONTEXT), 0);
    for (let span = Math.min(FIRST_SPAN, longest + 16); ; span *= GROWTH) {
      const cut = Math.min(length, position + span);
      const right = cut < length ? Math.max(position, characterStart(bytes, cut, left)) : cut;
      const window = windowText(bytes, left, right);
      const match = exec(window.text, window.unitOf(from), window.unitOf(position - min), window.ascii);
      const more = right < length && span < maxWindow;
      if (match === undefined) {
        // Perhaps the window was too short for it. Characters may take up to four bytes.
        if (more && longest * 4 > span) continue;
        return undefined;
      }
      if (more && match.end >= window.text.length - EDGE && longest > match.end - match.index) continue;
      return place(rule, window, match);
    }
  };

  return {
    matcher,
    run: (region, length, candidates, whole) => {
      const out: Match[] = [];
      const { bytes } = region;
      if (candidates !== undefined) done.fill(0);
      for (let i = 0; candidates !== undefined && i < candidates.length; i += 2) {
        const position = candidates[i] ?? 0;
        const at = (candidates[i + 1] ?? 0) * 4;
        const rule = places[at] ?? 0;
        const min = places[at + 1] ?? 0;
        const last = done[rule] ?? 0;
        if (last < 0 || position < last) continue;
        if (min < 0) {
          done[rule] = -1;
          wholeFile(rule, bytes, length, out);
          continue;
        }
        const match = confirm(rule, bytes, length, position, min);
        if (match === undefined) continue;
        done[rule] = Math.max(match.end, match.start + 1);
        out.push(match);
      }
      for (const rule of whole) wholeFile(rule, bytes, length, out);
      return out;
    },
  };
};
