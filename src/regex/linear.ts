import { RE2JS } from 're2js';

/** The part of a matcher that differs between engines. Offsets are UTF-16 units. */
export interface RawMatch {
  readonly index: number;
  readonly end: number;
  /** Group 0 is the whole match. */
  readonly groups: readonly (string | undefined)[];
  /** Of the linear engine only: start and end of each group. */
  readonly spans: readonly (readonly [start: number, end: number] | undefined)[];
}

export type LinearEngine = (source: string) => (text: string, from: number) => RawMatch | undefined;

/** Matches in time linear in the text (RE2's algorithm in JavaScript): for patterns that could hang a backtracking engine. */
export const linearEngine: LinearEngine = (source) => {
  const compiled = RE2JS.compile(source);
  return (text, from) => {
    const matcher = compiled.matcher(text);
    if (!matcher.find(from)) return undefined;
    const numbers = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => group);
    const groups = numbers.map((group) => matcher.group(group) ?? undefined);
    const spans = numbers.map((group) => (matcher.start(group) < 0 ? undefined : ([matcher.start(group), matcher.end(group)] as const)));
    return { index: matcher.start(), end: matcher.end(), groups, spans };
  };
};
