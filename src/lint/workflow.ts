import { asMap, asText, at, entriesOf, itemsOf, textsOf } from './nodes.ts';
import type { LintSettings } from './settings.ts';
import type { MapNode, ScalarNode, Span, Tree, TreeNode } from './tree.ts';

/** Which forge runs the file: `.github/`, `.forgejo/`, `.gitea/`. An action is GitHub's wherever it stands. */
export type Forge = 'github' | 'forgejo' | 'gitea';

/** One event under `on`. */
export interface Trigger {
  readonly name: string;
  readonly at: Span;
  /** What stands under it; undefined: nothing, or the events are a list. */
  readonly config: TreeNode | undefined;
}

export interface Step {
  readonly node: MapNode;
  /** undefined in a composite action. */
  readonly job: Job | undefined;
  readonly id: ScalarNode | undefined;
  readonly uses: ScalarNode | undefined;
  readonly run: ScalarNode | undefined;
  /** It stands in a `parallel` group. */
  readonly parallel: boolean;
}

export interface Job {
  readonly id: string;
  readonly key: ScalarNode;
  readonly node: MapNode;
  readonly needs: readonly ScalarNode[];
  /** In order, those of `parallel` groups where the group stands. */
  readonly steps: readonly Step[];
  /** Of a job that calls a reusable workflow. */
  readonly uses: ScalarNode | undefined;
}

/** What `./path` or `$/path` leads to. `unknown`: the tree that is looked at does not say. */
export type LocalFile =
  | { readonly kind: 'found'; readonly file: WorkflowTree }
  | { readonly kind: 'absent'; readonly looked: readonly string[] }
  | { readonly kind: 'unknown' };

/** A workflow or an action as rules see it. Nothing in it is certain to be right: what is not as it should be is left out of the lists. */
export interface WorkflowTree {
  readonly path: string;
  readonly kind: 'workflow' | 'action';
  readonly forge: Forge;
  readonly tree: Tree;
  /** undefined: the file is empty or no map, which is said by `workflow/syntax`. */
  readonly root: MapNode | undefined;
  readonly triggers: readonly Trigger[];
  readonly jobs: readonly Job[];
  /** Of all jobs, or of a composite action. */
  readonly steps: readonly Step[];
  readonly settings: LintSettings;
  /** @param reference as it stands behind `uses` */
  local(reference: string): LocalFile;
  /** True where the tree that is looked at has the file or folder; undefined: it does not say. */
  exists(path: string): boolean | undefined;
}

const triggersOf = (on: TreeNode | undefined): readonly Trigger[] => {
  if (on?.kind === 'map')
    return on.entries.map(({ key, value }) => ({ name: key.text, at: key, config: asText(value) ?? nonScalar(value) }));
  return textsOf(on).map((name) => ({ name: name.text, at: name, config: undefined }));
};

const nonScalar = (node: TreeNode): TreeNode | undefined => (node.kind === 'scalar' ? undefined : node);

const stepsIn = (list: TreeNode | undefined, job: Job | undefined, parallel = false): readonly Step[] =>
  itemsOf(list).flatMap((node): readonly Step[] => {
    if (node.kind !== 'map') return [];
    const group = at(node, 'parallel');
    if (group?.kind === 'list') return stepsIn(group, job, true);
    return [{ node, job, id: asText(at(node, 'id')), uses: asText(at(node, 'uses')), run: asText(at(node, 'run')), parallel }];
  });

const jobOf = (key: ScalarNode, node: MapNode): Job => {
  const job: Job = {
    id: key.text,
    key,
    node,
    needs: textsOf(at(node, 'needs')),
    get steps() {
      return steps;
    },
    uses: asText(at(node, 'uses')),
  };
  const steps = stepsIn(at(node, 'steps'), job);
  return job;
};

export type Around = Pick<WorkflowTree, 'settings' | 'local' | 'exists'>;

export const workflowOf = (path: string, kind: WorkflowTree['kind'], tree: Tree, around: Around): WorkflowTree => {
  const root = asMap(tree.root);
  const jobs =
    kind === 'workflow' ? entriesOf(at(root, 'jobs')).flatMap(({ key, value }) => (value.kind === 'map' ? jobOf(key, value) : [])) : [];
  return {
    path,
    kind,
    forge: path.startsWith('.forgejo/') ? 'forgejo' : path.startsWith('.gitea/') ? 'gitea' : 'github',
    tree,
    root,
    triggers: kind === 'workflow' ? triggersOf(at(root, 'on')) : [],
    jobs,
    steps: kind === 'workflow' ? jobs.flatMap(({ steps }) => steps) : stepsIn(at(root, 'runs', 'steps'), undefined),
    ...around,
  };
};
