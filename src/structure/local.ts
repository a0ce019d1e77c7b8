import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';
import { asText, at, entriesOf, hasExpression } from '../lint/nodes.ts';
import { BOTH, WORKFLOW, type Report, type Rule } from '../lint/rule.ts';
import type { MapEntry, ScalarNode, TreeNode } from '../lint/tree.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';

const lower = (text: string): string => text.toLowerCase();
/** Read by the runner itself where an action is a container. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(['args', 'entrypoint']);

const isRequired = ({ value }: MapEntry): boolean => asText(at(value, 'required'))?.text === 'true';
const hasDefault = ({ value }: MapEntry): boolean => at(value, 'default') !== undefined;

const isCheckout = ({ uses, node }: Step): boolean =>
  uses?.text.includes('checkout') === true &&
  (at(node, 'with', 'path') ?? at(node, 'with', 'repository') ?? at(node, 'with', 'ref')) !== undefined;

/** True where steps of the job can have put files there that are not of this commit. */
const isFilled = (step: Step, steps: readonly Step[]): boolean => {
  const before = steps.filter(({ job }) => job === step.job).slice(0, steps.filter(({ job }) => job === step.job).indexOf(step));
  return before.some((one) => isCheckout(one) || one.run !== undefined);
};

export const missingLocal: Rule = {
  id: 'missing-local',
  severity: 'error',
  summary: 'an action or workflow of this repository is used that is not there',
  kinds: BOTH,
  check: ({ steps, jobs, local }, report) => {
    for (const step of steps) {
      if (step.uses === undefined) continue;
      const answer = local(step.uses.text);
      if (answer.kind !== 'absent') continue;
      report(
        step.uses,
        `no ${answer.looked
          .slice(0, 2)
          .map((path) => quoted(path))
          .join(' or ')}`,
        isFilled(step, steps) ? { severity: 'note' } : { severity: 'warning' },
      );
    }
    for (const { uses } of jobs) {
      const answer = uses === undefined ? undefined : local(uses.text);
      if (uses !== undefined && answer?.kind === 'absent') report(uses, `no workflow ${quoted(answer.looked[0] ?? '')}`);
    }
  },
};

/** What is given that nobody takes, and what is not given that somebody needs. */
const compare = (
  given: readonly MapEntry[],
  taken: readonly MapEntry[],
  what: string,
  where: ScalarNode,
  report: (at: ScalarNode, message: string, hint?: string) => void,
): void => {
  const names = taken.map(({ key }) => key.text);
  for (const { key } of given) {
    if (names.some((name) => lower(name) === lower(key.text)) || hasExpression(key.text)) continue;
    const near = nearest(key.text, names);
    report(
      key,
      `${quoted(key.text)} is no ${what} of it`,
      near === undefined ? (names.length === 0 ? `it has none` : names.join(', ')) : `did you mean ${quoted(near)}?`,
    );
  }
  if (given.some(({ key }) => hasExpression(key.text))) return;
  for (const one of taken)
    if (isRequired(one) && !hasDefault(one) && !given.some(({ key }) => lower(key.text) === lower(one.key.text)))
      report(where, `the ${what} ${quoted(one.key.text)} is required, and not given`);
};

export const actionInputs: Rule = {
  id: 'action-input',
  severity: 'warning',
  summary: 'an action of this repository is given an input that it has not, or not given one that it requires',
  kinds: BOTH,
  check: ({ steps, local }, report) => {
    for (const { uses, node } of steps) {
      const answer = uses === undefined ? undefined : local(uses.text);
      if (uses === undefined || answer?.kind !== 'found' || answer.file.root === undefined) continue;
      const { root } = answer.file;
      const isContainer = asText(at(root, 'runs', 'using'))?.text === 'docker';
      const taken = entriesOf(at(root, 'inputs'));
      const given = entriesOf(at(node, 'with')).filter(({ key }) => !isContainer || !OF_CONTAINERS.has(lower(key.text)));
      compare(given, taken, 'input', uses, (where, message, hint) => report(where, message, hint === undefined ? {} : { hint }));
      for (const { key } of given) {
        const old = taken.find((one) => lower(one.key.text) === lower(key.text));
        if (old !== undefined && at(old.value, 'deprecationMessage') !== undefined)
          report(key, `the input ${quoted(key.text)} is deprecated`);
      }
    }
  },
};

const mistyped = (value: TreeNode, type: string): boolean => {
  const text = asText(value);
  if (text === undefined || hasExpression(text.text)) return false;
  if (type === 'boolean') return typeof text.value !== 'boolean';
  if (type === 'number') return typeof text.value !== 'number';
  return false;
};

const judgeCall = (job: WorkflowTree['jobs'][number], file: WorkflowTree, report: Report): void => {
  const { uses, node } = job;
  if (uses === undefined || file.root === undefined) return;
  const call = file.triggers.find(({ name }) => name === 'workflow_call');
  if (call === undefined) {
    report(uses, `${quoted(file.path)} is not there to be called`, { hint: 'it needs the event workflow_call' });
    return;
  }
  const tell = (where: ScalarNode, message: string, hint?: string): void => report(where, message, hint === undefined ? {} : { hint });
  const inputs = entriesOf(at(call.config, 'inputs'));
  const given = entriesOf(at(node, 'with'));
  compare(given, inputs, 'input', uses, tell);
  for (const { key, value } of given) {
    const type = asText(at(inputs.find((one) => lower(one.key.text) === lower(key.text))?.value, 'type'))?.text ?? 'string';
    if (mistyped(value, type)) report(value, `the input ${quoted(key.text)} is of type ${quoted(type)}`);
  }
  const secrets = at(node, 'secrets');
  if (asText(secrets)?.text !== 'inherit') compare(entriesOf(secrets), entriesOf(at(call.config, 'secrets')), 'secret', uses, tell);
};

export const callArguments: Rule = {
  id: 'call-arguments',
  severity: 'error',
  summary: 'a workflow of this repository is called with other inputs or secrets than it takes',
  kinds: WORKFLOW,
  check: ({ jobs, local }, report) => {
    for (const job of jobs) {
      const answer = job.uses === undefined ? undefined : local(job.uses.text);
      if (answer?.kind === 'found') judgeCall(job, answer.file, report);
    }
  },
};
