import { marksIn, type Mark } from '../uses/marks.ts';
import type { Use } from '../uses/use.ts';

/** Ours by the audits of zizmor that find the same: https://docs.zizmor.sh/audits/ */
const OF_ZIZMOR: Readonly<Record<string, readonly string[]>> = {
  'impostor-commit': ['off-repository', 'missing', 'branch-only', 'not-a-commit'],
  'ref-confusion': ['ref-like-sha', 'ambiguous-ref'],
  'ref-version-mismatch': ['comment-mismatch', 'comment-unknown', 'comment-moved'],
  'stale-action-refs': ['branch-only'],
  'unpinned-uses': ['unpinned', 'short-sha'],
};

const covers = (mark: Mark, id: string): boolean => {
  switch (mark.tool) {
    case 'validate-workflow-shas':
      return mark.reason !== '';
    case 'zizmor':
      return mark.rules.some((rule) => OF_ZIZMOR[rule]?.includes(id) === true);
    case 'kei':
      return mark.reason !== '' && mark.rule.replace(/^workflow\//, '') === id;
  }
};

const words = (mark: Mark): string => {
  const name = mark.tool === 'kei' ? 'kei:allow' : mark.tool === 'zizmor' ? `zizmor: ignore[${mark.rules.join(',')}]` : mark.tool;
  return mark.reason === '' ? name : `${name}: ${mark.reason}`;
};

/** Why the line of a reference lets a finding stay; undefined: it does not. @param id of the rule, without its room */
export const allowOn = (use: Use, id: string): string | undefined => {
  const mark = use.comment === undefined ? undefined : marksIn(`#${use.comment.text}`).find((one) => covers(one, id));
  return mark === undefined ? undefined : words(mark);
};
