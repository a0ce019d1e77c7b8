import type { Severity } from '../report/finding.ts';
import { at, entry, textsOf } from '../lint/nodes.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';
import { isGuarded } from './steps.ts';

/**
 * Events that outsiders cause and that run with the repository's own secrets and token. docs.github.com, "Events that trigger workflows": the others,
 * caused from a fork, have neither.
 */
export const PRIVILEGED: readonly string[] = [
  'pull_request_target',
  'workflow_run',
  'issues',
  'issue_comment',
  'discussion',
  'discussion_comment',
  'commit_comment',
];

const PULL_REQUESTS = ['pull_request_target', 'pull_request', 'pull_request_review', 'pull_request_review_comment'];

/** Which events bring a value, by how its path begins. */
const CARRIERS: readonly (readonly [prefix: string, events: readonly string[]])[] = [
  ['github.head_ref', PULL_REQUESTS],
  ['github.event.pull_request', PULL_REQUESTS],
  ['github.event.issue', ['issues', 'issue_comment']],
  ['github.event.comment', ['issue_comment', 'discussion_comment', 'commit_comment', 'pull_request_review_comment']],
  ['github.event.review', ['pull_request_review']],
  ['github.event.discussion', ['discussion', 'discussion_comment']],
  ['github.event.workflow_run', ['workflow_run']],
  ['github.event.changes', ['issues', ...PULL_REQUESTS]],
  ['github.event.commits', ['push']],
  ['github.event.head_commit', ['push']],
  ['github.event.merge_group', ['merge_group']],
  ['github.event.pages', ['gollum']],
  ['github.event.check', ['check_run', 'check_suite']],
];

/** Events of which the payload is somebody else's: a caller's, or the one that is checked again. */
const OPEN_ENDED = ['workflow_call', 'repository_dispatch'];

const carriersOf = (path: string): readonly string[] => {
  const known = CARRIERS.filter(
    ([prefix]) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}_`) || prefix.startsWith(`${path}.`),
  );
  return known.length === 0 ? PRIVILEGED : known.flatMap(([, events]) => events);
};

/** What only members of the repository do to an issue or pull request. */
const BY_MEMBERS = [
  'labeled',
  'unlabeled',
  'assigned',
  'unassigned',
  'milestoned',
  'demilestoned',
  'locked',
  'unlocked',
  'pinned',
  'unpinned',
  'transferred',
];

/** An event that is not everybody's: a member sets a label, or it runs after workflows of one branch, which a fork's is not unless called the same. */
export const isNarrowed = ({ triggers }: WorkflowTree, event: string): boolean => {
  const config = triggers.find(({ name }) => name === event)?.config;
  if (event === 'workflow_run') return (entry(config, 'branches') ?? entry(config, 'branches-ignore')) !== undefined;
  const types = textsOf(at(config, 'types'));
  return types.length > 0 && types.every(({ text }) => BY_MEMBERS.includes(text));
};

/**
 * How bad it is that a value of an outsider is run: `error` where anybody can do it and reaches the repository's secrets, `note` where no event of
 * the workflow brings the value.
 */
export function exposure(workflow: WorkflowTree, step: Step, path: string): Severity {
  if (workflow.kind === 'action') return 'warning';
  const events = workflow.triggers.map(({ name }) => name);
  const carriers = carriersOf(path).filter((name) => events.includes(name));
  if (carriers.some((name) => PRIVILEGED.includes(name) && !isNarrowed(workflow, name)) && !isGuarded(step)) return 'error';
  return carriers.length > 0 || events.some((name) => OPEN_ENDED.includes(name)) ? 'warning' : 'note';
}
