import { everyPart } from '../contexts/tree.ts';
import { findTemplates } from '../contexts/templates.ts';
import { parseExpression } from '../contexts/parse.ts';
import { pathOf } from '../contexts/infer.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { ScalarNode } from '../lint/tree.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';
import { isNarrowed, PRIVILEGED } from './exposure.ts';
import { actionOf, conditionsOn, inputOf, isGuarded } from './steps.ts';

/** Members of contexts that name a commit or repository of whoever opened the pull request. */
const HEADS =
  /^github\.(?:head_ref|event\.(?:pull_request\.(?:head\.|merge_commit_sha|number)|workflow_run\.(?:head_|pull_requests)|issue\.number|number))/;
/** The same in a script. */
const FETCHES = /\bgh pr checkout\b|\bgit\s+(?:fetch|pull|checkout|switch)\b[^\n]*(?:\bpull\/|github\.head_ref|head\.(?:sha|ref))/;
/** Programs that run what the files around them say. */
const BUILDS =
  /(?:^|[\s;&|(])(?:npm (?:ci|i|install|run|test|exec)|npx|pnpm|yarn|bun|make|cmake|cargo|pip3? install|python3?|pytest|tox|nox|uv|poetry|go (?:build|run|test|generate)|mvn|mvnw|gradle|gradlew|bundle|rake|ruby|node|deno|dotnet|composer|php|bash|sh|\.{1,2}\/[\w.-]+)(?:\s|$)/m;

const pathsIn = (text: string): readonly string[] =>
  findTemplates(text).templates.flatMap(({ source }) => {
    const parsed = parseExpression(source);
    if (parsed.kind !== 'tree') return [];
    return [...everyPart(parsed.tree)].filter(({ kind }) => kind === 'property' || kind === 'index').map(pathOf);
  });

const namesHead = (input: ScalarNode | undefined): input is ScalarNode =>
  input !== undefined && pathsIn(input.text).some((path) => HEADS.test(path));

/** What of a step brings the files of a pull request. */
function headOf(step: Step): ScalarNode | undefined {
  if (actionOf(step) === 'actions/checkout') return [inputOf(step, 'ref'), inputOf(step, 'repository')].find(namesHead);
  return step.run !== undefined && FETCHES.test(step.run.text) ? step.run : undefined;
}

const runsFiles = (step: Step): boolean =>
  step.run === undefined ? step.uses?.text.startsWith('./') === true : BUILDS.test(step.run.text);

/** A condition that lets only events of no privilege through. */
function isOtherEvent(step: Step, events: readonly string[]): boolean {
  const asked = conditionsOn(step);
  return /github\.event_name\s*==/.test(asked) && !events.some((name) => asked.includes(`'${name}'`));
}

/** All of the repository's secrets are within reach of what is checked out, and run. */
function isRun(step: Step): boolean {
  if (inputOf(step, 'path') !== undefined) return false;
  const steps = step.job?.steps ?? [];
  const after = steps.slice(steps.indexOf(step) + (step.run === undefined ? 1 : 0));
  return after.some(runsFiles);
}

export const untrustedCheckout: Rule = {
  id: 'untrusted-checkout',
  severity: 'error',
  summary: "a pull request's files are checked out, and run, where the repository's secrets are",
  kinds: WORKFLOW,
  check: (workflow: WorkflowTree, report) => {
    const events = workflow.triggers.map(({ name }) => name).filter((name) => PRIVILEGED.includes(name));
    if (events.length === 0) return;
    for (const step of workflow.steps) {
      const head = headOf(step);
      if (head === undefined || isOtherEvent(step, events)) continue;
      const isEverybodys = events.some((name) => !isNarrowed(workflow, name)) && !isGuarded(step) && !/event_name/.test(conditionsOn(step));
      report(head, `${events.join(' and ')} checks out what a pull request brings, with the repository's secrets and token in reach`, {
        hint: 'do this in a workflow on pull_request, or let a person agree first: environment with required reviewers',
        severity: isEverybodys && isRun(step) ? 'error' : 'warning',
      });
    }
  },
};
