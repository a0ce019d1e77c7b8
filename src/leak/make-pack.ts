import { createHash } from 'node:crypto';
import type { Effort } from '../regex/automaton.ts';
import { compileRules } from './compile.ts';
import { packImage } from './image.ts';
import { engineKey, type Pack, type WholeRule } from './pack.ts';
import type { RuleSet } from './rule.ts';

/** Compiles a rule set. @throws {PatternError} when an expression cannot be read: rule files are judged before */
export const makePack = (set: RuleSet, effort?: Effort): Pack => {
  const compiled = compileRules(set.rules, effort);
  const whole = set.rules.flatMap(({ path }, rule): WholeRule[] =>
    compiled.strategies[rule] === 'whole' ? [path === undefined ? { rule } : { rule, path }] : [],
  );
  const key = createHash('sha256').update(engineKey()).update(JSON.stringify(set)).digest('hex');
  return { rules: () => set, image: packImage(compiled), whole, key };
};
