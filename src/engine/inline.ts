/** A person's word on a line that a finding may stay. */
export interface InlineAllow {
  /** `kei:allow`, or the token of another tool that is honoured here. */
  readonly token: string;
  readonly reason: string;
}

const OURS = /kei:allow[ \t]+([A-Za-z0-9][\w./-]*|\*)(?:[ \t]+([^\r\n]*))?/g;

/**
 * The inline allow on a line that covers a rule: `kei:allow RULE reason`, where RULE is the id with or without `leak/`.
 * @param tokens tokens of other tools that silence a whole line, `gitleaks:allow`
 */
export const inlineAllow = (line: string, rule: string, tokens: readonly string[]): InlineAllow | undefined => {
  if (line.includes('kei:allow')) {
    for (const match of line.matchAll(OURS)) {
      const named = match[1]?.replace(/^leak\//, '');
      const reason = match[2]?.replace(/\s*(?:\*\/|-->|#\}|%>)\s*$/, '').trim() ?? '';
      if (named === rule && reason !== '') return { token: 'kei:allow', reason };
    }
  }
  const token = tokens.find((known) => line.includes(known));
  return token === undefined ? undefined : { token, reason: '' };
};
