import { compareFindings, type Finding } from '../report/finding.ts';
import { anyOf } from '../engine/allow.ts';
import { compileRules, type Compiled } from '../engine/compile.ts';
import { compileFilters, compilePrefilter } from '../engine/filters.ts';
import { createFinisher } from './finish.ts';
import { inMemory, packImage } from '../engine/image.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { bookOf } from '../engine/rule-book.ts';
import { createScanner } from '../engine/scanner.ts';
import { termsOf } from '../rules/term-lists.ts';
import { openTerms, type OpenedTerms } from '../terms/term-set.ts';
import type { TermKeys } from '../terms/hashed.ts';

/** Where a rule alone finds something: bytes of the secret. */
export interface Tried {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
}

/** Rules ready to be tried on texts, by the scanner that scans repositories. */
export interface Trial {
  readonly compiled: Compiled;
  /** Hashed terms that cannot be tried. */
  readonly unopened: OpenedTerms['unopened'];
  /** The findings in a text that stands in a file of that path, of all scopes, in the order of reports. */
  find(text: string | Uint8Array, path?: string): readonly Finding[];
  /** What each rule finds by itself: also rules that only serve as neighbours, and what another rule says better. */
  each(text: string | Uint8Array, path?: string): readonly Tried[];
}

/** @param decode how deep encodings are followed. @param keys for hashed terms. @throws {PatternError} when the rules have errors: they are judged before */
export const createTrial = (given: RuleSet, decode: number, keys?: TermKeys): Trial => {
  const set: RuleSet = { ...given, rules: given.rules.map((rule) => ({ ...rule, scope: [] })) };
  const compiled = compileRules(set.rules);
  const whole = set.rules.flatMap((_, rule) => (compiled.strategies[rule] === 'whole' ? [{ rule }] : []));
  const book = bookOf(set);
  const { set: terms, unopened } = openTerms(termsOf(set), keys);
  const scanner = createScanner(() => book, inMemory(packImage(compiled)), {
    decode,
    whole,
    filters: compileFilters,
    ...(terms === undefined ? {} : { terms }),
  });
  const finisher = createFinisher(book, () => scanner.decider, 'check', { prefilter: compilePrefilter(set), termsIn: scanner.termsIn });
  const pathTests = set.rules.map(({ path }) => (path === undefined ? undefined : anyOf([path])));
  const scan = (text: string | Uint8Array, path: string): ReturnType<typeof scanner.scan> => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    scanner.buffer(bytes.length).set(bytes);
    return scanner.scan(bytes.length, path);
  };
  return {
    compiled,
    unopened,
    find: (text, path = '') => finisher.finish(scan(text, path), { path }).sort(compareFindings),
    each: (text, path = '') => {
      const ofPath = set.rules.flatMap((rule, index) =>
        rule.regex === undefined && rule.kind !== 'term' && pathTests[index]?.(path) === true ? [{ rule, start: 0, end: 0 }] : [],
      );
      const { decider } = scanner;
      const found = scan(text, path).flatMap((hit): Tried[] => {
        const rule = given.rules[hit.rule];
        if (rule === undefined || hit.allow !== undefined || pathTests[hit.rule]?.(path) === false) return [];
        return decider.allows(hit, { path, commit: undefined }) ? [] : [{ rule, start: hit.start, end: hit.end }];
      });
      return [...ofPath, ...found];
    },
  };
};
