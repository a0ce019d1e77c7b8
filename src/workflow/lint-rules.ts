import { AUDIT } from '../audit/rules.ts';
import type { Rule } from '../lint/rule.ts';
import { syntax } from '../lint/syntax.ts';
import { STRUCTURE } from '../structure/rules.ts';

/** Every rule of `workflow lint`, in the order in which they are listed. */
export const RULES: readonly Rule[] = [syntax, ...STRUCTURE, ...AUDIT];
