import { createHash } from 'node:crypto';
import type { Effort } from '../regex/automaton.ts';
import { emitPattern } from '../regex/emit.ts';
import { needsLinear, prepare, type Prepared } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import { secretBits } from '../regex/tree.ts';
import { compileRules } from './compile.ts';
import { inMemory, packImage } from './image.ts';
import { engineKey, type Pack, type WholeRule } from './pack.ts';
import type { Allowlist, Rule, RuleSet } from '../rules/rule.ts';
import { bookOf } from './rule-book.ts';
import { termsOf, withoutTerms } from '../rules/term-lists.ts';

const wholeRule = (rule: number, path: string | undefined): WholeRule => {
  if (path === undefined) return { rule };
  const pattern = parsePattern(path);
  return needsLinear(pattern) ? { rule, path } : { rule, path, test: emitPattern(pattern.tree, 'unicode') };
};

const preparedList = (list: Allowlist): Allowlist => {
  const ready = (sources: readonly string[]): readonly Prepared[] => sources.map((source) => prepare(parsePattern(source)));
  return { ...list, prepared: { paths: ready(list.paths), regexes: ready(list.regexes) } };
};

const preparedRule = (given: Rule): Rule => {
  const path = given.path === undefined ? {} : { preparedPath: prepare(parsePattern(given.path)) };
  const rule: Rule = { ...given, ...path, allowlists: given.allowlists.map(preparedList) };
  if (rule.regex === undefined) return rule;
  const pattern = parsePattern(rule.regex);
  return { ...rule, prepared: prepare(pattern), bits: secretBits(pattern, rule.secretGroup) };
};

/** Rules whose expressions no scan has to read again. */
const preparedSet = (set: RuleSet): RuleSet => ({
  ...set,
  rules: set.rules.map(preparedRule),
  allowlists: set.allowlists.map(preparedList),
});

/** A pack in memory, with the bytes of its image. */
export interface MadePack {
  readonly pack: Pack;
  readonly image: Uint8Array;
}

const keyOf = (set: RuleSet): string => createHash('sha256').update(engineKey()).update(JSON.stringify(set)).digest('hex');

/** A pack of the rules of another, in their order, and of rules behind them that nothing is to be compiled of. */
export const extendPack = (given: RuleSet, { image: source, whole }: Pack): MadePack => {
  const set = withoutTerms(given);
  const image = new Uint8Array(source.length);
  source.read(image, 0);
  const book = bookOf(set);
  return {
    pack: { rules: () => set, book: () => book, image: inMemory(image), whole, terms: termsOf(given), key: keyOf(set), shipped: false },
    image,
  };
};

/** Compiles a rule set. @param effort given for sets that are compiled once and shipped @throws {PatternError} when an expression cannot be read: rule files are judged before */
export const makePack = (given: RuleSet, effort?: Effort): MadePack => {
  const set = withoutTerms(given);
  const compiled = compileRules(set.rules, effort);
  const whole = set.rules.flatMap(({ path }, rule) => (compiled.strategies[rule] === 'whole' ? [wholeRule(rule, path)] : []));
  const key = keyOf(set);
  const image = packImage(compiled);
  const prepared = effort === undefined ? set : preparedSet(set);
  const book = bookOf(prepared);
  return {
    pack: { rules: () => prepared, book: () => book, image: inMemory(image), whole, terms: termsOf(given), key, shipped: false },
    image,
  };
};
