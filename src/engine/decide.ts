import { parsePattern } from '../regex/parse.ts';
import { secretBits } from '../regex/tree.ts';
import { SEVERITIES } from '../report/finding.ts';
import { lineDigest, secretFingerprint } from '../report/fingerprint.ts';
import type { Subject, Where } from './allow.ts';
import { CHECKSUMS } from '../values/checksums.ts';
import { entropy } from '../values/entropy.ts';
import type { FindingTest } from '../expression/compile.ts';
import { inlineAllow, type InlineAllow } from './inline.ts';
import { neighboursOf, type Lines } from './neighbours.ts';
import type { Rule } from '../rules/rule.ts';
import { perRule, type RuleBook } from './rule-book.ts';
import { listsOfRules } from './rule-lists.ts';
import type { Match, Search } from './search.ts';
import { windowText } from './window-text.ts';
import { MASK, namedBefore, namedBy, nameOf } from '../values/stand-in.ts';
import { isNoise } from '../values/words.ts';

/** A match that content alone could not rule out. Holds no secret; what depends on path, commit, scope or ignores is decided later. */
export interface Hit {
  readonly rule: number;
  /** Bytes of the secret in the region it was found in. */
  readonly start: number;
  readonly end: number;
  /** Byte whose line is reported: the secret's first; with a gitleaks file the match's first, as gitleaks does. */
  readonly at: number;
  /** Fingerprint of the secret where it has enough bits; else a digest of its line, to be joined with the path. */
  readonly fingerprint: string;
  readonly line: string;
  /** The check digits hold. */
  readonly sure: boolean;
  /** Allowlists that let it pass if the place fits. */
  readonly maybe: readonly number[];
  /** Other hits that know more about the same place; it is dropped when one of them is reported. */
  readonly shadows: readonly number[];
  /** Lines (1-based, of the region) of the neighbours that its rule required and found. */
  readonly near?: readonly Lines[];
  readonly allow?: InlineAllow;
}

export interface Decider {
  /** True where an allowlist lets a hit pass at a place. */
  allows(hit: Pick<Hit, 'rule' | 'maybe'>, where: Where): boolean;
  /** Judges the matches of one region. @param bytes the region's content */
  judge(matches: readonly Match[], bytes: Buffer, length: number, path: string): Hit[];
}

const LINE_REACH = 4096; // bytes of a line looked at on each side of a match
const STRONG_BITS = 80;

interface Candidate extends Subject {
  readonly match: string;
  readonly index: number;
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  readonly matchStart: number;
  readonly matchEnd: number;
  readonly sure: boolean;
  readonly maybe: readonly number[];
  readonly row: () => number;
}

const lineStart = (bytes: Buffer, at: number): number => {
  const floor = Math.max(0, at - LINE_REACH);
  const feed = at === 0 ? -1 : bytes.lastIndexOf(10, at - 1);
  return feed < floor ? floor : feed + 1;
};
const lineEnd = (bytes: Buffer, at: number, length: number): number => {
  const ceiling = Math.min(length, at + LINE_REACH);
  const feed = bytes.subarray(at, ceiling).indexOf(10);
  return feed < 0 ? ceiling : at + feed;
};

/**
 * Of the lines of a term without it and without every other term: what is left of them says nothing of what was there.
 * @param terms by where they begin
 */
const termLineDigest = (one: Candidate, terms: readonly Match[], bytes: Buffer, length: number): string => {
  const from = lineStart(bytes, one.matchStart);
  const to = lineEnd(bytes, one.matchEnd, length);
  let first = 0; // of those that may reach into the lines: no term is so long
  for (let past = terms.length; first < past;) {
    const middle = (first + past) >> 1;
    if ((terms[middle]?.start ?? 0) < from - LINE_REACH) first = middle + 1;
    else past = middle;
  }
  const text = (start: number, end: number): string => {
    let out = '';
    let at = start;
    for (let i = first; i < terms.length; i++) {
      const term = terms[i];
      if (term === undefined || term.start >= end) break;
      if (term.end <= at) continue;
      out += `${bytes.toString('utf8', at, Math.max(at, term.start))}\u0001`;
      at = term.end;
    }
    return at < end ? out + bytes.toString('utf8', at, end) : out;
  };
  return lineDigest(text(from, one.start), text(one.end, to));
};

/** Makes the judge of rules: entropy, keywords, check digits, noise, allowlists, filters, neighbours. Pure but for its memo. */
export const createDecider = (book: RuleBook, search: Search, filterOf?: (rule: number) => FindingTest | undefined): Decider => {
  const listsOf = listsOfRules(book);
  const neighbours = new Map(book.neighbours);

  let names: ReadonlySet<string> | undefined;
  const isRule = (name: string): boolean => {
    names ??= new Set(Array.from({ length: book.count }, (_, index) => nameOf(book.rule(index)?.id ?? '')));
    return names.has(name);
  };
  /** A substitution wrote it: there is no room for a secret in it. */
  const isStandIn = (secret: string, { replace }: Rule, line: () => string): boolean => {
    if (replace?.mode === 'value' && secret === replace.value) return true;
    if (secret.startsWith('*')) return secret === MASK;
    const named = secret.startsWith('<') ? namedBy(secret) : namedBefore(secret, line);
    return named !== undefined && isRule(named);
  };

  /** The secret within a match, as gitleaks picks it: line feeds at the ends trimmed, then the group. */
  const pick = (match: Match, rule: Rule): { secret: string; from: number; trimmed: string; left: number } | undefined => {
    if (rule.kind === 'term') return { secret: match.text, from: 0, trimmed: match.text, left: 0 };
    const left = /^\n*/.exec(match.text)?.[0].length ?? 0;
    const trimmed = match.text.slice(left).replace(/\n+$/, '');
    const spans = search.matcher(match.rule).spans(trimmed);
    const span =
      rule.secretGroup > 0 ? spans[rule.secretGroup] : spans.slice(1).find((group) => group !== undefined && group[1] > group[0]);
    if (rule.secretGroup > 0 && span === undefined && spans.length > 0) return undefined;
    const [from, to] = span ?? [0, trimmed.length];
    return { secret: trimmed.slice(from, to), from: left + from, trimmed, left };
  };

  const candidate = (match: Match, bytes: Buffer, length: number, lower: () => string, path: string): Candidate | undefined => {
    const rule = book.rule(match.rule);
    const picked = rule === undefined ? undefined : pick(match, rule);
    if (rule === undefined || picked === undefined || picked.secret === '') return undefined;
    const { secret, trimmed, from } = picked;
    if (rule.entropy > 0 && entropy(secret) <= rule.entropy) return undefined;
    const near = trimmed.toLowerCase();
    if (
      rule.keywords.length > 0 &&
      !rule.keywords.some((word) => near.includes(word)) &&
      !rule.keywords.some((word) => lower().includes(word))
    )
      return undefined;
    const holds = rule.checksum === undefined ? undefined : CHECKSUMS[rule.checksum]?.verify(secret);
    if (holds === false) return undefined;
    let text: string | undefined;
    const line = (): string => (text ??= bytes.toString('utf8', lineStart(bytes, match.start), lineEnd(bytes, match.end, length)));
    if (isStandIn(secret, rule, line)) return undefined;
    if (rule.noise && holds !== true && isNoise(secret, line(), rule)) return undefined;
    const subject: Subject = { secret, match: trimmed, line };
    const maybe: number[] = [];
    for (const { number, list } of listsOf(match.rule)) {
      const answer = list.content(subject);
      if (answer === 'drop') return undefined;
      if (answer === 'maybe') maybe.push(number);
    }
    if (filterOf?.(match.rule)?.({ ...subject, line: line(), path }) === true) return undefined;
    const window = windowText(bytes, match.start, match.end);
    const start = window.byteOf(from);
    const end = window.byteOf(from + secret.length);
    let row: number | undefined;
    const rowOf = (): number => {
      if (row === undefined) {
        row = 0;
        for (let at = bytes.indexOf(10); at >= 0 && at < match.start; at = bytes.indexOf(10, at + 1)) row++;
      }
      return row;
    };
    return {
      ...subject,
      rule,
      index: match.rule,
      start,
      end,
      matchStart: match.start,
      matchEnd: match.end,
      sure: holds === true,
      maybe,
      row: rowOf,
    };
  };

  const isStrong = perRule((index): boolean => {
    const rule = book.rule(index);
    if (rule?.regex === undefined || rule.confidence < 0.7) return false;
    return (rule.bits ?? secretBits(parsePattern(rule.regex), rule.secretGroup)) >= STRONG_BITS;
  });

  const shadowsOf = (one: Candidate, all: readonly Candidate[]): number[] => {
    const weak = one.rule.origin === 'gitleaks' ? one.rule.id.includes('generic') : true;
    if (!weak || one.rule.skipReport) return [];
    const asGitleaks = one.rule.origin === 'gitleaks';
    const speaks = (other: Candidate): boolean => {
      if (!asGitleaks && (other.start >= one.end || one.start >= other.end)) return false;
      if (other === one || other.rule.skipReport || other.rule.category !== one.rule.category || weight(other.rule) < weight(one.rule))
        return false;
      if (asGitleaks) return !other.rule.id.includes('generic') && other.row() === one.row() && other.secret.includes(one.secret);
      return other.sure && !one.sure ? true : other.sure === one.sure && rank(other, one);
    };
    const shadows: number[] = [];
    for (let i = 0; i < all.length; i++) {
      const other = all[i];
      if (other !== undefined && speaks(other)) shadows.push(i);
    }
    return shadows;
  };
  // What a repository's own rules let pass must not hide what the built-in ones report.
  const weight = (rule: Rule): number =>
    rule.severity === undefined ? (rule.action === 'warn' ? 1 : rule.action === 'exclude' ? 0 : 2) : SEVERITIES.indexOf(rule.severity);
  // The rule that knows more about the value speaks; at a tie the longer secret, then the earlier rule.
  const rank = (a: Candidate, b: Candidate): boolean => {
    if (a.rule.confidence !== b.rule.confidence) return a.rule.confidence > b.rule.confidence;
    if (a.end - a.start !== b.end - b.start) return a.end - a.start > b.end - b.start;
    return a.index < b.index;
  };

  return {
    allows: ({ rule, maybe }, where) => listsOf(rule).some(({ number, list }) => list.place(where, maybe.includes(number))),
    judge: (matches, bytes, length, path) => {
      if (matches.length === 0) return [];
      let lowered: string | undefined;
      const lower = (): string => (lowered ??= bytes.toString('latin1', 0, length).toLowerCase());
      const all: Candidate[] = [];
      for (const match of matches) {
        const one = candidate(match, bytes, length, lower, path);
        if (one !== undefined) all.push(one);
      }
      const terms =
        book.termRules.length === 0
          ? []
          : matches.filter((match) => book.rule(match.rule)?.kind === 'term').toSorted((a, b) => a.start - b.start);
      const near = new Map<Candidate, readonly Lines[]>();
      const kept = all.filter((one) => {
        if (one.rule.required.length === 0) return true;
        const found = neighboursOf(one, all, (id) => neighbours.get(id));
        if (found !== undefined && found.length > 0) near.set(one, found);
        return found !== undefined;
      });
      return kept.map((one) => {
        const beside = near.get(one);
        const text = one.line();
        const id = `leak/${one.rule.id}`;
        const at = text.indexOf(one.secret);
        const isTerm = one.rule.kind === 'term';
        const digest = isTerm
          ? termLineDigest(one, terms, bytes, length)
          : at < 0
            ? lineDigest(text, '')
            : lineDigest(text.slice(0, at), text.slice(at + one.secret.length));
        const allow = inlineAllow(text, one.rule.id, book.allowTokens);
        return {
          rule: one.index,
          start: one.start,
          end: one.end,
          at: one.rule.origin === 'gitleaks' ? one.matchStart : one.start,
          fingerprint: isStrong(one.index) ? secretFingerprint(id, one.secret) : '',
          line: digest,
          sure: one.sure,
          maybe: one.maybe,
          shadows: shadowsOf(one, kept),
          ...(beside === undefined ? {} : { near: beside }),
          ...(allow === undefined ? {} : { allow }),
        };
      });
    },
  };
};
