import { createHash } from 'node:crypto';
import type { Effort } from '../regex/automaton.ts';
import { emitPattern } from '../regex/emit.ts';
import { needsLinear } from '../regex/match.ts';
import { parsePattern } from '../regex/parse.ts';
import { compileRules } from './compile.ts';
import { inMemory, packImage } from './image.ts';
import { engineKey, type Pack, type WholeRule } from './pack.ts';
import type { RuleSet } from './rule.ts';

const wholeRule = (rule: number, path: string | undefined): WholeRule => {
  if (path === undefined) return { rule };
  const pattern = parsePattern(path);
  return needsLinear(pattern) ? { rule, path } : { rule, path, test: emitPattern(pattern.tree, 'unicode') };
};

/** A pack in memory, with the bytes of its image. */
export interface MadePack {
  readonly pack: Pack;
  readonly image: Uint8Array;
}

/** Compiles a rule set. @throws {PatternError} when an expression cannot be read: rule files are judged before */
export const makePack = (set: RuleSet, effort?: Effort): MadePack => {
  const compiled = compileRules(set.rules, effort);
  const whole = set.rules.flatMap(({ path }, rule) => (compiled.strategies[rule] === 'whole' ? [wholeRule(rule, path)] : []));
  const key = createHash('sha256').update(engineKey()).update(JSON.stringify(set)).digest('hex');
  const image = packImage(compiled);
  return { pack: { rules: () => set, image: inMemory(image), whole, key, shipped: false }, image };
};
