import type { Availability } from '../contexts/availability.ts';
import { GITHUB, JOB, OWN_SECRETS, RUNNER, STRATEGY } from '../contexts/builtin.ts';
import type { Scope } from '../contexts/scope.ts';
import { ANY, BOOLEAN, declared, joined, NUMBER, open, STRING, type Type } from '../contexts/types.ts';
import { commentAt } from '../lint/comments.ts';
import { at, hasExpression } from '../lint/nodes.ts';
import { popularAction } from '../lint/popular.ts';
import type { TreeNode } from '../lint/tree.ts';
import type { Job, Step, WorkflowTree } from '../lint/workflow.ts';
import { matrixType } from './matrix.ts';

/** Where an expression stands. `step` sees what the steps before it gave; a job's own keys see all of them. */
export interface Standpoint {
  readonly job?: Job | undefined;
  readonly step?: Step | undefined;
}

const INPUT_TYPES: Readonly<Record<string, Type>> = {
  boolean: BOOLEAN,
  number: NUMBER,
  string: STRING,
  choice: STRING,
  environment: STRING,
};

const inputType = (input: TreeNode): Type => {
  const type = at(input, 'type');
  return type === undefined ? STRING : ((type.kind === 'scalar' ? INPUT_TYPES[type.text] : undefined) ?? ANY);
};

/** Members of a map by their keys in lower case; undefined where keys are made when it runs. */
function namesIn(node: TreeNode | undefined, type: (value: TreeNode) => Type): ReadonlyMap<string, Type> | undefined {
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return new Map();
  if (node.kind !== 'map' || node.entries.some(({ key }) => hasExpression(key.text) || key.text === '<<')) return undefined;
  return new Map(node.entries.map(({ key, value }) => [key.text.toLowerCase(), type(value)]));
}

const object = (members: ReadonlyMap<string, Type> | undefined): Type => (members === undefined ? open() : declared(members));

/** An input that is not declared is empty, as a declared one is that nobody gives: it may be meant so. */
const optional = (members: ReadonlyMap<string, Type> | undefined): Type => (members === undefined ? open() : { kind: 'object', members });

function inputsType(workflow: WorkflowTree): Type {
  if (workflow.kind === 'action') return optional(namesIn(at(workflow.root, 'inputs'), () => STRING));
  const sources = workflow.triggers.filter(({ name }) => name === 'workflow_call' || name === 'workflow_dispatch');
  const all = sources.map(({ config }) => namesIn(at(config, 'inputs'), inputType));
  if (sources.length === 0) return { kind: 'object', members: new Map() };
  return all.reduce<Type | undefined>((sum, members) => joined(sum, optional(members)), undefined) ?? open();
}

/** What a person gives who starts the workflow by hand is in the event as well, all of it as text. */
function githubType({ triggers }: WorkflowTree): Type {
  const [dispatch] = triggers.filter(({ name }) => name === 'workflow_dispatch');
  const inputs = dispatch === undefined ? undefined : namesIn(at(dispatch.config, 'inputs'), () => STRING);
  if (inputs === undefined) return GITHUB;
  const event = open(ANY, new Map([['inputs', { kind: 'object', members: inputs }]]));
  return { ...GITHUB, members: new Map([...GITHUB.members, ['event', event]]) };
}

/** A workflow that is only called has the secrets that it declares, and those that are inherited: nothing is certain. */
function secretsType({ triggers }: WorkflowTree): Type {
  const [call, ...others] = triggers;
  const secrets = at(call?.config, 'secrets');
  if (call?.name !== 'workflow_call' || others.length > 0 || secrets === undefined) return open(STRING);
  const members = namesIn(secrets, () => STRING);
  if (members === undefined || members.size === 0) return open(STRING);
  return { kind: 'object', members: new Map([...members, ...OWN_SECRETS.map((name): [string, Type] => [name, STRING])]) };
}

/** What an action or a reusable workflow gives; undefined: that is not known. */
function outputsOf(workflow: WorkflowTree, uses: string | undefined): ReadonlyMap<string, Type> | undefined {
  if (uses === undefined || !/^[.$]\//.test(uses)) return undefined;
  const found = workflow.local(uses);
  if (found.kind !== 'found') return undefined;
  const { file } = found;
  const call = file.triggers.find(({ name }) => name === 'workflow_call');
  const outputs = file.kind === 'action' ? at(file.root, 'outputs') : at(call?.config, 'outputs');
  const isJavaScript = file.kind === 'action' && at(file.root, 'runs', 'steps') === undefined;
  return isJavaScript && outputs === undefined ? undefined : namesIn(outputs, () => STRING);
}

const RESULT: readonly [string, Type] = ['result', STRING];

function jobType(workflow: WorkflowTree, job: Job): Type {
  const outputs = job.uses === undefined ? namesIn(at(job.node, 'outputs'), () => STRING) : outputsOf(workflow, job.uses.text);
  return declared(new Map([['outputs', object(outputs)], RESULT]));
}

function needsType(workflow: WorkflowTree, job: Job, jobs: ReadonlyMap<string, Job>): Type {
  const needs = at(job.node, 'needs');
  if (needs !== undefined && job.needs.some(({ text }) => hasExpression(text))) return open();
  const types = job.needs.map(({ text }): [string, Type] => {
    const other = jobs.get(text.toLowerCase());
    return [text.toLowerCase(), other === undefined ? ANY : jobType(workflow, other)];
  });
  return declared(new Map(types));
}

/** They call their outputs as their inputs say. */
const NAMED_BY_INPUTS = ['dorny/paths-filter', 'google-github-actions/get-secretmanager-secrets'];

/** What a step gives. An action that is not in the same repository may give more than is known of it. */
function stepOutputs(workflow: WorkflowTree, step: Step): Type {
  const local = outputsOf(workflow, step.uses?.text);
  if (local !== undefined) return { kind: 'object', members: local };
  const known = step.uses === undefined ? undefined : popularAction(step.uses.text, commentAt(workflow.tree, step.uses.end)?.version);
  if (known === undefined || NAMED_BY_INPUTS.includes(known.name)) return open(STRING);
  return { kind: 'object', members: new Map(known.outputs.map((name) => [name.toLowerCase(), STRING])), rest: STRING, near: true };
}

const stepType = (workflow: WorkflowTree, step: Step): Type =>
  declared(
    new Map([
      ['outputs', stepOutputs(workflow, step)],
      ['conclusion', STRING],
      ['outcome', STRING],
    ]),
  );

/**
 * Gives what `steps` is for one step after the other. It is one object that grows: what was given for a step holds until a later one is asked for.
 * @returns a function of the step; undefined: all of them
 */
function growingSteps(workflow: WorkflowTree, all: readonly Step[]): (step: Step | undefined) => Type {
  const indices = new Map(all.map((step, index) => [step, index]));
  const start = (): { readonly members: Map<string, Type>; count: number } => ({ members: new Map<string, Type>(), count: 0 });
  let seen = start();
  const upTo = (end: number): Type => {
    if (seen.count > end) seen = start();
    for (const step of all.slice(seen.count, end))
      if (step.id !== undefined) seen.members.set(step.id.text.toLowerCase(), stepType(workflow, step));
    seen.count = end;
    return declared(seen.members);
  };
  return (step) => upTo(step === undefined ? all.length : (indices.get(step) ?? all.length));
}

/** Gives the scope of a place; what does not depend on the place is made once. */
export function scopesOf(workflow: WorkflowTree): (availability: Availability, standpoint: Standpoint) => Scope {
  const whole = new Map<string, Type>([
    ['github', githubType(workflow)],
    ['env', open(STRING)],
    ['vars', open(STRING)],
    ['runner', RUNNER],
    ['job', JOB],
    ['strategy', STRATEGY],
    ['inputs', inputsType(workflow)],
    ['secrets', secretsType(workflow)],
    ['jobs', declared(new Map(workflow.jobs.map((job) => [job.id.toLowerCase(), jobType(workflow, job)])))],
  ]);
  const jobs = new Map(workflow.jobs.map((job) => [job.id.toLowerCase(), job]));
  const ofJobs = new Map<Job | undefined, (name: string, step: Step | undefined) => Type | undefined>();
  const ofJob = (job: Job | undefined): ((name: string, step: Step | undefined) => Type | undefined) => {
    const known = ofJobs.get(job);
    if (known !== undefined) return known;
    const matrix = job === undefined ? open() : matrixType(job);
    const needs = job === undefined ? open() : needsType(workflow, job, jobs);
    const steps = growingSteps(workflow, job?.steps ?? workflow.steps);
    const made = (name: string, step: Step | undefined): Type | undefined =>
      name === 'matrix' ? matrix : name === 'needs' ? needs : name === 'steps' ? steps(step) : undefined;
    ofJobs.set(job, made);
    return made;
  };
  return ({ contexts, functions, where }, { job, step }) => {
    const typeNamed = (name: string): Type => whole.get(name) ?? ofJob(job)(name, step) ?? ANY;
    return {
      contexts: { get: (name) => (contexts.includes(name) ? typeNamed(name) : undefined), keys: () => contexts.values() },
      functions: new Set(functions),
      where,
    };
  };
}
