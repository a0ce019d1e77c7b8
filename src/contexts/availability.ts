/** What a key wants: `text` is put together from all that stands there; `condition` needs no braces; `matrix` may be anything. */
export type Wanted = 'text' | 'object' | 'text or object' | 'text or array' | 'condition' | 'any';

export interface Availability {
  /** Names of contexts. */
  readonly contexts: readonly string[];
  /** Special functions, in lower case. */
  readonly functions: readonly string[];
  readonly wants: Wanted;
  /** The key, for messages. */
  readonly where: string;
}

const ALWAYS = ['github', 'inputs', 'vars'];
const NEEDS = [...ALWAYS, 'needs'];
const STRATEGY = [...NEEDS, 'strategy', 'matrix'];
const RUNNING = [...STRATEGY, 'job', 'runner', 'env'];
const STEP_IF = [...RUNNING, 'steps'];
const STEP = [...STEP_IF, 'secrets'];
const STATUS = ['always', 'cancelled', 'success', 'failure'];
const HASH = ['hashfiles'];

type Row = readonly [key: string, contexts: readonly string[], wants: Wanted, functions?: readonly string[]];

/**
 * docs.github.com, "Context availability"; what that page leaves out is taken from the schema of actions/workflow-parser 0.3.61. A star is one
 * key or place in a list, two are any number of them. The first row that fits counts.
 */
const WORKFLOW: readonly Row[] = [
  ['run-name', ALWAYS, 'text'],
  ['on.workflow_call.inputs.*.default', ALWAYS, 'any'],
  ['on.workflow_call.outputs.*.value', [...ALWAYS, 'jobs'], 'text'],
  ['concurrency', ALWAYS, 'text or object'],
  ['concurrency.group', ALWAYS, 'text'],
  ['concurrency.*', ALWAYS, 'any'],
  ['env', [...ALWAYS, 'secrets'], 'object'],
  ['env.*', [...ALWAYS, 'secrets'], 'text'],
  ['jobs.*.name', STRATEGY, 'text'],
  ['jobs.*.if', NEEDS, 'condition', STATUS],
  ['jobs.*.runs-on', STRATEGY, 'text or array'],
  ['jobs.*.runs-on.**', STRATEGY, 'any'],
  ['jobs.*.environment', STRATEGY, 'text or object'],
  ['jobs.*.environment.name', STRATEGY, 'text'],
  ['jobs.*.environment.url', STEP_IF, 'text'],
  ['jobs.*.environment.*', STRATEGY, 'any'],
  ['jobs.*.concurrency', STRATEGY, 'text or object'],
  ['jobs.*.concurrency.group', STRATEGY, 'text'],
  ['jobs.*.concurrency.*', STRATEGY, 'any'],
  ['jobs.*.outputs.*', STEP, 'text'],
  ['jobs.*.env', [...STRATEGY, 'secrets'], 'object'],
  ['jobs.*.env.*', [...STRATEGY, 'secrets'], 'text'],
  ['jobs.*.defaults.run.*', [...STRATEGY, 'env'], 'text'],
  ['jobs.*.timeout-minutes', STRATEGY, 'any'],
  ['jobs.*.cancel-timeout-minutes', STRATEGY, 'any'],
  ['jobs.*.continue-on-error', STRATEGY, 'any'],
  ['jobs.*.strategy', NEEDS, 'object'],
  ['jobs.*.strategy.matrix', NEEDS, 'object'],
  ['jobs.*.strategy.**', NEEDS, 'any'],
  ['jobs.*.container', STRATEGY, 'text or object'],
  ['jobs.*.container.credentials', [...STRATEGY, 'env', 'secrets'], 'object'],
  ['jobs.*.container.credentials.*', [...STRATEGY, 'env', 'secrets'], 'text'],
  ['jobs.*.container.env', [...RUNNING, 'secrets'], 'object'],
  ['jobs.*.container.env.*', [...RUNNING, 'secrets'], 'text'],
  ['jobs.*.container.**', STRATEGY, 'any'],
  ['jobs.*.services', STRATEGY, 'object'],
  ['jobs.*.services.*', STRATEGY, 'text or object'],
  ['jobs.*.services.*.credentials', [...STRATEGY, 'env', 'secrets'], 'object'],
  ['jobs.*.services.*.credentials.*', [...STRATEGY, 'env', 'secrets'], 'text'],
  ['jobs.*.services.*.env', [...RUNNING, 'secrets'], 'object'],
  ['jobs.*.services.*.env.*', [...RUNNING, 'secrets'], 'text'],
  ['jobs.*.services.**', STRATEGY, 'any'],
  ['jobs.*.snapshot.if', STRATEGY, 'condition'],
  ['jobs.*.with.*', STRATEGY, 'any'],
  ['jobs.*.secrets.*', [...STRATEGY, 'secrets'], 'text'],
  ['jobs.*.steps.*.if', STEP_IF, 'condition', [...STATUS, ...HASH]],
  ['jobs.*.steps.*.env', STEP, 'object', HASH],
  ['jobs.*.steps.*.env.*', STEP, 'text', HASH],
  ['jobs.*.steps.*.with', STEP, 'object', HASH],
  ['jobs.*.steps.*.with.*', STEP, 'text', HASH],
  ['jobs.*.steps.*.name', STEP, 'text', HASH],
  ['jobs.*.steps.*.run', STEP, 'text', HASH],
  ['jobs.*.steps.*.shell', STEP, 'text', HASH],
  ['jobs.*.steps.*.working-directory', STEP, 'text', HASH],
  ['jobs.*.steps.*.timeout-minutes', STEP, 'any', HASH],
  ['jobs.*.steps.*.continue-on-error', STEP, 'any', HASH],
];

const COMPOSITE = ['github', 'inputs', 'strategy', 'matrix', 'steps', 'job', 'runner', 'env'];

/** The schema of actions/workflow-parser 0.3.61 for action.yml. */
const ACTION: readonly Row[] = [
  ['inputs.*.default', ['github', 'strategy', 'matrix', 'job', 'runner'], 'text', HASH],
  ['outputs.*.value', COMPOSITE, 'text'],
  ['runs.pre-if', COMPOSITE, 'condition', [...STATUS, ...HASH]],
  ['runs.post-if', COMPOSITE, 'condition', [...STATUS, ...HASH]],
  ['runs.env.*', ['inputs'], 'text'],
  ['runs.args.*', ['inputs'], 'text'],
  ['runs.steps.*.if', COMPOSITE, 'condition', [...STATUS, ...HASH]],
  ['runs.steps.*.env', COMPOSITE, 'object', HASH],
  ['runs.steps.*.with', COMPOSITE, 'object', HASH],
  ['runs.steps.*.env.*', COMPOSITE, 'text', HASH],
  ['runs.steps.*.with.*', COMPOSITE, 'text', HASH],
  ['runs.steps.*.timeout-minutes', COMPOSITE, 'any', HASH],
  ['runs.steps.*.continue-on-error', COMPOSITE, 'any', HASH],
  ['runs.steps.*.*', COMPOSITE, 'text', HASH],
];

const fits = (key: readonly string[], path: readonly (string | number)[]): boolean => {
  if (key.at(-1) === '**') return path.length >= key.length && fits(key.slice(0, -1), path.slice(0, key.length - 1));
  return key.length === path.length && key.every((part, at) => part === '*' || part === path[at]);
};

/** How a key is written for a person: `jobs.<id>.steps.*.if`. */
const shown = (key: string): string =>
  key.replace('jobs.*', 'jobs.<id>').replace('services.*', 'services.<id>').replace('steps.*.', 'steps[*].').replace('.**', '');

/**
 * What an expression may use there.
 * @param path keys and indices from the root of the file, as if steps of a parallel group stood in the list of steps
 * @returns undefined where it is not known that expressions may stand
 */
export function availabilityAt(kind: 'workflow' | 'action', path: readonly (string | number)[]): Availability | undefined {
  const row = (kind === 'workflow' ? WORKFLOW : ACTION).find(([key]) => fits(key.split('.'), path));
  if (row === undefined) return undefined;
  const [key, contexts, wants, functions = []] = row;
  return { contexts, functions, wants, where: shown(key) };
}
