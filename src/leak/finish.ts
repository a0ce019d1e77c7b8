import type { Event } from '../check.ts';
import type { Finding, Severity } from '../report/finding.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import { anyOf } from '../engine/allow.ts';
import type { Decider, Hit } from '../engine/decide.ts';
import type { InlineAllow } from '../engine/inline.ts';
import { withoutSpans } from './mask.ts';
import type { Match } from '../engine/search.ts';
import type { Rule, Scope } from '../rules/rule.ts';
import { perRule, type RuleBook } from '../engine/rule-book.ts';
import type { Placed } from '../engine/scanner.ts';

/** What is known of a piece of content beside its bytes. */
export interface Whereabouts {
  readonly path: string;
  readonly commit?: string;
  /** A message of a commit or tag: it has no path. */
  readonly message?: boolean;
  /** The file that is an archive, where `path` is that of a member of it. */
  readonly archive?: string;
}

/** The path of a member of an archive: `a.zip!/b`. */
export const memberPath = (archive: string, member: string): string => `${archive}!/${member}`;

export interface Finisher {
  /** True when every rule with an opinion about the path lets all its content pass. */
  passes(path: string): boolean;
  /** @param counts what is not to be reported, though it is there: then it hides nothing either */
  finish(hits: readonly Placed[], where: Whereabouts, counts?: (hit: Placed) => boolean): Finding[];
}

const SCOPES: Readonly<Record<Event, Scope>> = {
  check: 'write',
  'pre-commit': 'write',
  ci: 'write',
  'commit-msg': 'message',
  'pre-push': 'push',
  'agent-write': 'agent',
  'agent-command': 'agent',
  mirror: 'mirror',
};
/** The scope of rules that an event asks for. */
const scopeOf = (event: Event): Scope => SCOPES[event];

const UNSURE = 0.5;

/** block is an error, warn a warning, substitute an error with a fix, exclude a note but in mirrors; an explicit severity wins. */
const severityOf = (rule: Rule, sure: boolean, scope: Scope): Severity => {
  if (rule.severity !== undefined) return rule.severity;
  if (rule.action === 'warn') return 'warning';
  if (rule.action === 'exclude') return scope === 'mirror' ? 'error' : 'note';
  return sure || rule.confidence >= UNSURE ? 'error' : 'warning';
};

const WHY: Readonly<Record<Rule['category'], string>> = {
  secret: 'whoever reads this file can use it',
  personal: 'it tells something about a person',
  'patent-ip': 'it must not be published yet',
  'internal-infra': 'it tells how the inside is built',
  'private-project': 'its name is not public',
};

const hintOf = (rule: Rule, fingerprint: string): string =>
  rule.category === 'secret'
    ? `revoke it, then take it out; if it is none: kei-git leak ignore ${fingerprint} --reason "…"`
    : `take it out, or: kei-git leak ignore ${fingerprint} --reason "…"`;

const DEEPEST = 1000; // a hostile file must not exhaust the stack; what hides so much is reported

/** Of the hits that stand, those that no reported one hides: what is itself hidden or dropped hides nothing. */
const speakers = (hits: readonly Placed[], stands: (index: number, hit: Placed) => boolean): ((index: number) => boolean) => {
  const known: (boolean | undefined)[] = [];
  const speaks = (index: number, depth: number): boolean => {
    const hit = hits[index];
    if (hit === undefined || !stands(index, hit)) return false;
    const before = known[index];
    if (before !== undefined) return before;
    known[index] = false; // of two that hide each other, the one asked later speaks
    return (known[index] = depth > DEEPEST || !hit.shadows.some((other) => speaks(other, depth + 1)));
  };
  return (index) => speaks(index, 0);
};

/** Hits by the member they stand in, undefined: the file itself, each list with places of its own. */
const byMember = (hits: readonly Placed[]): ReadonlyMap<string | undefined, readonly Placed[]> => {
  const places = new Map<string | undefined, number[]>([[undefined, []]]);
  for (const [i, { member }] of hits.entries()) {
    const own = places.get(member);
    if (own === undefined) places.set(member, [i]);
    else own.push(i);
  }
  return new Map(
    [...places].map(([member, own]) => {
      const moved = new Map(own.map((i, to) => [i, to]));
      const list = own.flatMap((i) => hits[i] ?? []).map((hit) => ({ ...hit, shadows: hit.shadows.flatMap((i) => moved.get(i) ?? []) }));
      return [member, list];
    }),
  );
};

export interface FinishOptions {
  /** True for a path that is not looked at. */
  readonly prefilter?: ((path: string) => boolean) | undefined;
  /** Terms in a path. */
  readonly termsIn?: ((path: string) => readonly Match[]) | undefined;
  /** False: an inline allow is only named, in `extra.claimed`: whether it counts is decided by where it stands. Default true. */
  readonly inlineCounts?: boolean;
}

const wordsOf = ({ token, reason }: InlineAllow): string => `${token}${reason === '' ? '' : `: ${reason}`}`;

/** Judges by path, commit and scope what content alone left open, and makes findings of it. */
export const createFinisher = (
  book: RuleBook,
  decider: () => Decider,
  event: Event,
  { prefilter, termsIn, inlineCounts = true }: FinishOptions = {},
): Finisher => {
  const scope = scopeOf(event);
  /** undefined: it applies at every path. */
  const pathTest = perRule((index) => {
    const { path, preparedPath } = book.rule(index) ?? {};
    return path === undefined ? undefined : anyOf([path], preparedPath === undefined ? [] : [preparedPath]);
  });
  const applies = (rule: Rule, message: boolean): boolean =>
    rule.scope.length === 0 || rule.scope.includes(scope) || (message && rule.scope.includes('message'));

  const allowed = (hit: Pick<Hit, 'rule' | 'maybe'>, { path, commit }: Whereabouts): boolean => decider().allows(hit, { path, commit });

  // A revoked secret is harmless anywhere. What else is confidential may stand here, which says nothing about a copy for everybody.
  const mayStay = ({ category }: Rule): boolean => inlineCounts && (scope !== 'mirror' || category === 'secret');

  // A fingerprint could be tried with names until one fits: those of terms are of what stands beside them.
  const hidden = (path: string): string => withoutSpans(path, termsIn?.(path) ?? []);

  const make = (rule: Rule, hit: Placed, where: Whereabouts, ordinals: Map<string, number>): Finding => {
    const id = `leak/${rule.id}`;
    let { fingerprint } = hit;
    if (fingerprint === '') {
      const key = `${rule.id}\0${hit.line}`;
      const ordinal = ordinals.get(key) ?? 0;
      ordinals.set(key, ordinal + 1);
      const path = rule.kind === 'term' ? hidden(where.path) : where.path;
      fingerprint = placeFingerprint(id, path, hit.line, ordinal);
    }
    const isAllowed = hit.allow !== undefined && mayStay(rule);
    const severity = isAllowed ? 'note' : severityOf(rule, hit.sure, scope);
    return {
      rule: id,
      severity,
      message: rule.description,
      ...(isAllowed ? {} : { hint: hintOf(rule, fingerprint) }),
      ...(where.message === true ? {} : { path: where.path }),
      ...(where.commit === undefined ? {} : { commit: where.commit }),
      line: hit.row,
      column: hit.column,
      endLine: hit.endRow,
      endColumn: hit.endColumn,
      start: hit.start,
      end: hit.end,
      fingerprint,
      extra: {
        why: rule.rationale ?? WHY[rule.category],
        category: rule.category,
        confidence: hit.sure ? 1 : rule.confidence,
        ...(rule.action === 'substitute' ? { action: rule.action } : {}),
        ...(hit.decoded === undefined ? {} : { decoded: hit.decoded }),
        ...(hit.allow === undefined || (inlineCounts && !isAllowed) ? {} : { [isAllowed ? 'allowed' : 'claimed']: wordsOf(hit.allow) }),
        ...(where.message === true ? { place: 'message' } : {}),
        ...(where.archive === undefined ? {} : { archive: where.archive }),
      },
    };
  };

  const pathFinding = (index: number, where: Whereabouts, path: string): Finding[] => {
    const rule = book.rule(index);
    if (rule === undefined || rule.skipReport || !applies(rule, false) || pathTest(index)?.(where.path) === false) return [];
    if (allowed({ rule: index, maybe: [] }, where)) return [];
    const id = `leak/${rule.id}`;
    const fingerprint = placeFingerprint(id, path, '', 0);
    return [{ rule: id, severity: severityOf(rule, false, scope), message: rule.description, hint: hintOf(rule, fingerprint), path: where.path, ...(where.commit === undefined ? {} : { commit: where.commit }), fingerprint, extra: { why: rule.rationale ?? WHY[rule.category], category: rule.category, confidence: rule.confidence } }]; // prettier-ignore
  };

  const aboutPath = (where: Whereabouts): Finding[] => {
    const found = book.aboutPaths.flatMap((index) => pathFinding(index, where, where.path));
    // What stands in the path of an archive is told of the archive.
    const outer = Buffer.byteLength(where.archive ?? '');
    const terms = (termsIn?.(where.path) ?? []).filter(({ end }) => end > outer);
    if (terms.length === 0) return found;
    const path = withoutSpans(where.path, terms);
    return [...found, ...[...new Set(terms.map(({ rule }) => rule))].flatMap((index) => pathFinding(index, where, path))];
  };

  const finishOne: Finisher['finish'] = (hits, where, counts) => {
    if (prefilter?.(where.path) === true) return [];
    const found = where.message === true ? [] : aboutPath(where);
    if (hits.length === 0) return found;
    const open = hits.map((hit) => {
      const rule = book.rule(hit.rule);
      if (rule === undefined || rule.skipReport || !applies(rule, where.message === true)) return undefined;
      if (hit.allow?.token === 'gitleaks:allow' && rule.origin === 'gitleaks' && mayStay(rule)) return undefined;
      if (pathTest(hit.rule)?.(where.path) === false) return undefined;
      if (rule.terms?.some(({ clear, file }) => clear && file === where.path) === true && where.message !== true) return undefined;
      return allowed(hit, where) ? undefined : rule;
    });
    const speaks = speakers(hits, (i, hit) => open[i] !== undefined && counts?.(hit) !== false);
    const ordinals = new Map<string, number>();
    for (const [i, hit] of hits.entries()) {
      const rule = open[i];
      if (rule === undefined || hit.shadows.some(speaks)) continue;
      // Made in any case: the next one's fingerprint counts it.
      const finding = make(rule, hit, where, ordinals);
      if (counts?.(hit) !== false) found.push(finding);
    }
    return found;
  };

  return {
    passes: (path) => prefilter?.(path) === true,
    finish: (hits, where, counts) => {
      if (prefilter?.(where.path) === true) return [];
      if (hits.every(({ member }) => member === undefined)) return finishOne(hits, where, counts);
      return [...byMember(hits)].flatMap(([member, own]) =>
        finishOne(own, member === undefined ? where : { ...where, path: memberPath(where.path, member), archive: where.path }, counts),
      );
    },
  };
};
