import { createHash } from 'node:crypto';
import type { Effort } from '../regex/automaton.ts';
import { emitPattern } from '../regex/emit.ts';
import { needsLinear, prepare } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import { compileRules } from './compile.ts';
import { inMemory, packImage } from './image.ts';
import { engineKey, type Pack, type WholeRule } from './pack.ts';
import type { Rule, RuleSet } from './rule.ts';
import { bookOf } from './rule-book.ts';

const wholeRule = (rule: number, path: string | undefined): WholeRule => {
  if (path === undefined) return { rule };
  const pattern = parsePattern(path);
  return needsLinear(pattern) ? { rule, path } : { rule, path, test: emitPattern(pattern.tree, 'unicode') };
};

/** A rule whose expression no scan has to read again. */
const preparedRule = (rule: Rule): Rule => (rule.regex === undefined ? rule : { ...rule, prepared: prepare(parsePattern(rule.regex)) });

/** A pack in memory, with the bytes of its image. */
export interface MadePack {
  readonly pack: Pack;
  readonly image: Uint8Array;
}

/** Compiles a rule set. @param effort given for sets that are compiled once and shipped @throws {PatternError} when an expression cannot be read: rule files are judged before */
export const makePack = (set: RuleSet, effort?: Effort): MadePack => {
  const compiled = compileRules(set.rules, effort);
  const whole = set.rules.flatMap(({ path }, rule) => (compiled.strategies[rule] === 'whole' ? [wholeRule(rule, path)] : []));
  const key = createHash('sha256').update(engineKey()).update(JSON.stringify(set)).digest('hex');
  const image = packImage(compiled);
  const prepared = effort === undefined ? set : { ...set, rules: set.rules.map(preparedRule) };
  const book = bookOf(prepared);
  return { pack: { rules: () => prepared, book: () => book, image: inMemory(image), whole, key, shipped: false }, image };
};
