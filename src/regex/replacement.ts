import { createMatcher } from './match.ts';
import { parsePattern } from './parse.ts';

const MAX_VALUE = 200; // characters

/**
 * What is wrong with a text that is to stand in the place of what a pattern finds; undefined: nothing. @param regex undefined where it cannot be read
 */
export const wrongReplacement = (value: string, regex: string | undefined): string | undefined => {
  if (value.length > MAX_VALUE) return `value must have at most ${MAX_VALUE} characters`;
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value)) return 'value must be of one line, without control characters';
  const found = regex === undefined || value === '' ? undefined : createMatcher(parsePattern(regex)).exec(value, 0, Infinity);
  return found === undefined || found.end === found.index ? undefined : 'value is what the rule looks for: it would be found again';
};
