import { combineRules, type Combined, type RuleSource } from './combine.ts';
import { parseRuleFile } from './parse.ts';

/** The files that the built-in rules are written in, read for what a scan never asks: tests, rationales, places. */
export const readBuiltin = (
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Combined & { readonly sources: readonly RuleSource[] } => {
  const sources = files.map(({ path, bytes }): RuleSource => ({
    file: parseRuleFile(bytes, path, { origin: 'built-in' }),
    imports: [],
    mayLoosen: true,
  }));
  return { ...combineRules({ sources }), sources };
};
