import { needsLinear } from './match.ts';
import { parsePattern, PatternError } from './parse.ts';
import { compileProgram, mayBeTooLong, ProgramTooLong } from './program.ts';
import type { Pattern } from './tree.ts';

/** A pattern that no engine will refuse later. @throws {PatternError} */
export const usablePattern = (source: string): Pattern => {
  const pattern = parsePattern(source);
  if (!mayBeTooLong(pattern.tree) || !needsLinear(pattern)) return pattern;
  try {
    compileProgram(pattern.tree, pattern.captures);
  } catch (error) {
    if (!(error instanceof ProgramTooLong)) throw error;
    throw new PatternError('too long once its repeats are written out', 0);
  }
  return pattern;
};
