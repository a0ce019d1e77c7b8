import { LONGEST_COMMENT } from './comment.ts';

/** Somebody's word in a comment that something may stay. */
export type Mark =
  /** `# validate-workflow-shas: skip=reason` */
  | { readonly tool: 'validate-workflow-shas'; readonly reason: string }
  /** `# zizmor: ignore[rule,rule]` */
  | { readonly tool: 'zizmor'; readonly rules: readonly string[]; readonly reason: string }
  /** `# kei:allow rule reason`; the rule as it is written, with or without its room. Without a reason it does nothing. */
  | { readonly tool: 'kei'; readonly rule: string; readonly reason: string };

/** Up to the next comment of the line; `see #12` is none. */
const REASON = String.raw`((?:(?!\s#(?:\s|[a-z-]+:))[^\r\n])*)`;
const mark = (source: string): RegExp => new RegExp(String.raw`(?:^|[\s#])${source}${REASON}`, 'g');
const SKIP = mark(String.raw`validate-workflow-shas:[ \t]*skip=`);
const ZIZMOR = mark(String.raw`zizmor:[ \t]*ignore\[([^\]\r\n]*)\]`);
const KEI = mark(String.raw`kei:allow[ \t]+([A-Za-z0-9][\w./-]*|\*)`);

const names = (list: string): readonly string[] =>
  list
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '');

/** What the comments of a line allow, in order of the tools above. @param text from `#` on */
export const marksIn = (text: string): readonly Mark[] => {
  const read = text.slice(0, LONGEST_COMMENT);
  return [
    ...Array.from(read.matchAll(SKIP), ([, reason = '']): Mark => ({ tool: 'validate-workflow-shas', reason: reason.trim() })),
    ...Array.from(read.matchAll(ZIZMOR), ([, rules = '', reason = '']): Mark => ({
      tool: 'zizmor',
      rules: names(rules),
      reason: reason.trim(),
    })),
    ...Array.from(read.matchAll(KEI), ([, rule = '', reason = '']): Mark => ({ tool: 'kei', rule, reason: reason.trim() })),
  ];
};
