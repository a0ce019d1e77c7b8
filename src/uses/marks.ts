/** Somebody's word in a comment that something may stay. */
export type Mark =
  /** `# validate-workflow-shas: skip=reason` */
  | { readonly tool: 'validate-workflow-shas'; readonly reason: string }
  /** `# zizmor: ignore[rule,rule]` */
  | { readonly tool: 'zizmor'; readonly rules: readonly string[]; readonly reason: string }
  /** `# kei:allow rule reason`; the rule as it is written, with or without its room. Without a reason it does nothing. */
  | { readonly tool: 'kei'; readonly rule: string; readonly reason: string };

const SKIP = /(?:^|[\s#])validate-workflow-shas:[ \t]*skip=([^#\r\n]*)/g;
const ZIZMOR = /(?:^|[\s#])zizmor:[ \t]*ignore\[([^\]\r\n]*)\]([^#\r\n]*)/g;
const KEI = /(?:^|[\s#])kei:allow[ \t]+([A-Za-z0-9][\w./-]*|\*)([^#\r\n]*)/g;

/** What the comments of a line allow, in order of the tools above. @param text from `#` on */
export const marksIn = (text: string): readonly Mark[] => [
  ...Array.from(text.matchAll(SKIP), ([, reason = '']): Mark => ({ tool: 'validate-workflow-shas', reason: reason.trim() })),
  ...Array.from(text.matchAll(ZIZMOR), ([, rules = '', reason = '']): Mark => ({
    tool: 'zizmor',
    rules: rules
      .split(',')
      .map((rule) => rule.trim())
      .filter((rule) => rule !== ''),
    reason: reason.trim(),
  })),
  ...Array.from(text.matchAll(KEI), ([, rule = '', reason = '']): Mark => ({ tool: 'kei', rule, reason: reason.trim() })),
];
