import type { Finding, Skipped } from '../report/finding.ts';
import type { Placed, Scanner } from '../engine/scanner.ts';
import type { Rule } from '../rules/rule.ts';

/** Takes secrets out of what a report says beside their place. */
export interface Mask {
  finding(finding: Finding): Finding;
  path(path: string): string;
  /** What a cache keeps of hits: the reason of an inline allow is text of the file. */
  hits(hits: readonly Placed[]): readonly Placed[];
  skipped(skipped: Skipped): Skipped;
  /** True for a text that holds none. */
  isPlain(text: string): boolean;
}

const MASKED = '***';
const LIKELY = 0.5; // guesses stay: a path with stars in it helps nobody to find the file

/** A text with stars in the place of some of its bytes. */
export const withoutSpans = (text: string, spans: readonly { readonly start: number; readonly end: number }[]): string => {
  if (spans.length === 0) return text;
  const bytes = Buffer.from(text);
  let out = '';
  let done = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (end <= done) continue;
    out += bytes.toString('utf8', done, Math.max(done, start)) + MASKED;
    done = end;
  }
  return out + bytes.toString('utf8', done);
};

/** The text with stars in place of what the rules find in it. @param least confidence of rules that count, those of terms apart */
export const maskText = (scanner: Scanner, text: string, least: number): string => {
  const bytes = Buffer.from(text);
  scanner.buffer(bytes.length).set(bytes);
  const hits = scanner.scan(bytes.length, '');
  const counts = (rule: Rule | undefined): boolean => rule?.kind === 'term' || (rule?.confidence ?? 0) >= least;
  return withoutSpans(
    text,
    hits.filter(({ sure, rule }) => sure || counts(scanner.book.rule(rule))),
  );
};

/** Paths, reasons and descriptions come from the repository and may hold what the rules look for. */
export const createMask = (scanner: Scanner): Mask => {
  const known = new Map<string, string>();
  const clean = (text: string): string => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const after = maskText(scanner, text, LIKELY);
    known.set(text, after);
    return after;
  };
  return {
    path: clean,
    finding: (finding) => {
      const { path, extra } = finding;
      const texts = ['allowed', 'archive'].flatMap((key) => {
        const text = extra?.[key];
        return typeof text === 'string' ? [[key, clean(text)] as const] : [];
      });
      return {
        ...finding,
        message: clean(finding.message),
        ...(path === undefined ? {} : { path: clean(path) }),
        ...(texts.length === 0 ? {} : { extra: { ...extra, ...Object.fromEntries(texts) } }),
      };
    },
    hits: (hits) =>
      hits.map((hit) =>
        hit.allow === undefined ? hit : { ...hit, allow: { token: clean(hit.allow.token), reason: clean(hit.allow.reason) } },
      ),
    skipped: (skipped) => (skipped.path === undefined ? skipped : { ...skipped, path: clean(skipped.path), reason: clean(skipped.reason) }),
    isPlain: (text) => clean(text) === text,
  };
};
