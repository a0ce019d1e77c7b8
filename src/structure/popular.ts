import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';
import { commentAt } from '../lint/comments.ts';
import { at, entriesOf, hasExpression } from '../lint/nodes.ts';
import { popularAction, type PopularAction } from '../lint/popular.ts';
import { BOTH, type Report, type Rule } from '../lint/rule.ts';
import type { MapEntry } from '../lint/tree.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';

const actionOf = ({ uses }: Step, { tree }: WorkflowTree): PopularAction | undefined =>
  uses === undefined ? undefined : popularAction(uses.text, commentAt(tree, uses.end)?.version);

const judgeGiven = ({ key }: MapEntry, { inputs, name, major, using, isNewest }: PopularAction, report: Report): void => {
  const text = key.text.toLowerCase();
  const isOfContainers = text === 'args' || text === 'entrypoint';
  if (hasExpression(text) || (using === 'docker' && isOfContainers)) return;
  const known = inputs.find((one) => one.name.toLowerCase() === text);
  if (known?.isDeprecated === true) report(key, `${name} says that its input ${quoted(key.text)} is deprecated`);
  if (known !== undefined) return;
  const near = nearest(
    key.text,
    inputs.map((one) => one.name),
  );
  if (near !== undefined)
    report(key, `version ${major} of ${name} has no input ${quoted(key.text)}`, { hint: `did you mean ${quoted(near)}?` });
  else
    report(
      key,
      `version ${major} of ${name} has no input ${quoted(key.text)}${isNewest ? ', as far as is known here' : ''}`,
      isNewest && !isOfContainers ? { severity: 'note' } : {},
    );
};

export const popularInput: Rule = {
  id: 'popular-input',
  severity: 'warning',
  summary: 'a widely used action is given an input that it has not, or not given one that it requires',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const step of workflow.steps) {
      const action = actionOf(step, workflow);
      if (action === undefined || step.uses === undefined) continue;
      const given = entriesOf(at(step.node, 'with'));
      for (const one of given) judgeGiven(one, action, report);
      for (const { name, isRequired } of action.inputs)
        if (
          isRequired &&
          !given.some(({ key }) => key.text.toLowerCase() === name.toLowerCase()) &&
          !given.some(({ key }) => hasExpression(key.text))
        )
          report(step.uses, `${action.name} requires the input ${quoted(name)}`);
    }
  },
};

/** Runners no longer have them: they run such an action with a Node.js it was never tried on. */
const GONE = new Set(['node12', 'node16']);

export const outdatedAction: Rule = {
  id: 'outdated-action',
  severity: 'warning',
  summary: 'a version of an action that is older than what runners can run',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const step of workflow.steps) {
      const action = actionOf(step, workflow);
      if (action !== undefined && step.uses !== undefined && GONE.has(action.using))
        report(step.uses, `version ${action.major} of ${action.name} is for ${action.using}, which runners no longer have`);
    }
  },
};
