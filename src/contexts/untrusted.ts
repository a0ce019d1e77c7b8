import { pathOf } from './infer.ts';
import type { Expression } from './tree.ts';

/** A value that somebody outside the repository may have written, and where it stands in an expression. */
export interface Untrusted {
  readonly path: string;
  readonly at: number;
  readonly end: number;
}

/**
 * Members of contexts that outsiders choose. docs.github.com, "Understanding the risk of script injections", and the payloads of "Events that
 * trigger workflows". A star is one name or place.
 */
const OUTSIDERS: readonly string[] = [
  'github.head_ref',
  'github.event.issue.title',
  'github.event.issue.body',
  'github.event.discussion.title',
  'github.event.discussion.body',
  'github.event.comment.body',
  'github.event.review.body',
  'github.event.review_comment.body',
  'github.event.pull_request.title',
  'github.event.pull_request.body',
  'github.event.pull_request.head.ref',
  'github.event.pull_request.head.label',
  'github.event.pull_request.head.repo.default_branch',
  'github.event.pull_request.head.repo.description',
  'github.event.pull_request.head.repo.homepage',
  'github.event.merge_group.head_commit.message',
  'github.event.commits.*.message',
  'github.event.commits.*.author.name',
  'github.event.commits.*.author.email',
  'github.event.head_commit.message',
  'github.event.head_commit.author.name',
  'github.event.head_commit.author.email',
  'github.event.head_commit.committer.name',
  'github.event.head_commit.committer.email',
  'github.event.commits.*.committer.name',
  'github.event.commits.*.committer.email',
  'github.event.pages.*.page_name',
  'github.event.workflow_run.head_branch',
  'github.event.workflow_run.display_title',
  'github.event.workflow_run.head_commit.message',
  'github.event.workflow_run.head_commit.author.name',
  'github.event.workflow_run.head_commit.author.email',
  'github.event.workflow_run.head_repository.description',
  'github.event.workflow_run.pull_requests.*.head.ref',
  'github.event.check_run.check_suite.head_branch',
  'github.event.check_suite.head_branch',
  'github.event.changes.title.from',
  'github.event.changes.body.from',
];

const SPLIT = OUTSIDERS.map((path) => path.split('.'));

/** `whole`: an object counts as all that is in it, as `toJSON(github.event.issue)` writes it out. */
function isOutsiders(path: string, whole: boolean): boolean {
  const names = path.split('.');
  const same = (wanted: string, name: string | undefined): boolean =>
    wanted === name || wanted === '*' || name === '*' || name === undefined;
  return SPLIT.some(
    (known) => (whole ? names.length <= known.length : names.length === known.length) && known.every((part, at) => same(part, names[at])),
  );
}

const SAFE = ['contains', 'startswith', 'endswith', 'hashfiles', 'success', 'failure', 'always', 'cancelled'];

/**
 * What of outsiders reaches the value of an expression. A comparison only gives true or false, whoever wrote what is compared.
 * @param also whether another path carries such a value: a variable of `env`
 */
export function untrustedIn(tree: Expression, also: (path: string) => boolean = () => false): readonly Untrusted[] {
  const within = (part: Expression, whole: boolean): readonly Untrusted[] => {
    switch (part.kind) {
      case 'literal':
      case 'not':
        return [];
      case 'operation':
        if (part.operator === '||') return [...within(part.left, whole), ...within(part.right, whole)];
        return part.operator === '&&' ? within(part.right, whole) : [];
      case 'call':
        if (SAFE.includes(part.name)) return [];
        return part.args.flatMap((arg) => within(arg, whole || part.name === 'tojson'));
      default: {
        const path = pathOf(part);
        return isOutsiders(path, whole) || also(path) ? [{ path, at: part.at, end: part.end }] : [];
      }
    }
  };
  return within(tree, false);
}
