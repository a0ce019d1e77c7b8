import { commentAt } from '../lint/comments.ts';
import { asMap, asText, at, entriesOf, textsOf } from '../lint/nodes.ts';
import type { MapNode, ScalarNode, TreeNode } from '../lint/tree.ts';
import type { Job, Step, WorkflowTree } from '../lint/workflow.ts';

/** The action of a step in lower case, without its reference: `actions/cache/restore`. */
export const actionOf = ({ uses }: Step): string | undefined => uses?.text.split('@', 1)[0]?.toLowerCase();

/** The action's version where the reference or the comment behind it names one: `v4.1` is [4, 1], `v4` may be any 4. */
export function versionOf({ uses }: Step, { tree }: WorkflowTree): readonly [major: number, minor: number] | undefined {
  const ref = uses?.text.split('@')[1] ?? '';
  const said = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(ref) ? commentAt(tree, uses?.end ?? 0)?.version : ref;
  const named = /^v?(\d{1,4})(?:\.(\d+))?(?:\.|$)/.exec(said ?? '');
  return named === null ? undefined : [Number(named[1]), named[2] === undefined ? Number.POSITIVE_INFINITY : Number(named[2])];
}

/** An input that a step gives to its action. Names of inputs are not told apart by case. */
export const inputOf = ({ node }: Step, name: string): ScalarNode | undefined =>
  asText(entriesOf(at(node, 'with')).find(({ key }) => key.text.toLowerCase() === name)?.value);

export const conditionOf = (node: TreeNode): string => asText(at(node, 'if'))?.text ?? '';

/** All conditions that must hold before a step runs. */
export const conditionsOn = (step: Step): string => `${step.job === undefined ? '' : conditionOf(step.job.node)} ${conditionOf(step.node)}`;

/** A condition that asks who it was, or whose repository or label it is: then a step does not run for everybody. */
const ASKS_WHO =
  /author_association|actor|sender|\.user\.|\.login|head\.repo\.|head_repository|workflow_run\.event|\.fork\b|labels?\b|permission|needs\.[^\s]*outputs/i;

export const isGuarded = (step: Step): boolean =>
  ASKS_WHO.test(conditionsOn(step)) || (step.job !== undefined && at(step.job.node, 'environment') !== undefined);

/** Labels of the runner of a job, as far as they are written there. */
export const labelsOf = ({ node }: Job): readonly ScalarNode[] => {
  const runsOn = at(node, 'runs-on');
  return textsOf(runsOn?.kind === 'map' ? at(runsOn, 'labels') : runsOn);
};

/** The maps that give variables to a step's script, the nearest first. */
export const environmentsOf = ({ root }: WorkflowTree, { job, node }: Step): readonly MapNode[] =>
  [node, job?.node, root].flatMap((holder) => asMap(at(holder, 'env')) ?? []);
