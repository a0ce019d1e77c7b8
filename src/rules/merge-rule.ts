import type { Rule } from './rule.ts';
import type { FileRule } from './rule-file.ts';

/** Keys of a rule whose value is taken over when a file gives them. */
const TAKEN = ['description', 'regex', 'path', 'secretGroup', 'entropy', 'skipReport', 'category', 'action', 'replace', 'scope', 'severity', 'confidence', 'checksum', 'filter', 'noise', 'rationale', 'source', 'added'] as const; // prettier-ignore

/** True when the file gives something to look for, not only changes to a rule that is there. */
export const isWhole = ({ given }: FileRule): boolean => given.has('regex') || given.has('path') || given.has('kind');

/** A rule with a file's changes: values given replace, lists grow, as gitleaks extends its own rules. */
export const changedRule = (base: Rule, { rule, given }: FileRule): Rule => {
  const { prepared: _prepared, preparedPath: _preparedPath, bits: _bits, ...plain } = base; // they were made of what may be another now
  const taken = Object.fromEntries(TAKEN.filter((key) => given.has(key)).map((key) => [key, rule[key]]));
  return {
    ...plain,
    ...taken,
    tags: [...base.tags, ...rule.tags],
    keywords: [...base.keywords, ...rule.keywords],
    allowlists: [...base.allowlists, ...rule.allowlists],
    required: [...base.required, ...rule.required],
    tests: [...base.tests, ...rule.tests],
    ...(rule.terms === undefined ? {} : { terms: [...(base.terms ?? []), ...rule.terms] }),
  };
};
