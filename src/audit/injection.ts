import { untrustedIn, type Untrusted } from '../contexts/untrusted.ts';
import { findTemplates } from '../contexts/templates.ts';
import { parseExpression } from '../contexts/parse.ts';
import { asText, at, entriesOf } from '../lint/nodes.ts';
import { BOTH, type Rule } from '../lint/rule.ts';
import type { MapNode } from '../lint/tree.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';
import { expressionsIn, spanIn, type Placed } from './analysis.ts';
import { exposure } from './exposure.ts';
import { actionOf, environmentsOf } from './steps.ts';

/** Inputs that an action runs as a script, from each action's own documentation. */
const SCRIPTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['actions/github-script', ['script']],
  ['amadevus/pwsh-script', ['script']],
  ['jannekem/run-python-script-action', ['script']],
  ['appleboy/ssh-action', ['script']],
  ['nick-fields/retry', ['command']],
  ['nick-invision/retry', ['command']],
  ['azure/cli', ['inlinescript']],
  ['azure/powershell', ['inlinescript']],
  ['addnab/docker-run-action', ['run']],
  ['reactivecircus/android-emulator-runner', ['script', 'pre-emulator-launch-script']],
  ['devcontainers/ci', ['runcmd']],
  ['google-github-actions/ssh-compute', ['command']],
  ['cross-platform-actions/action', ['run']],
  ['uraimo/run-on-arch-action', ['run', 'install']],
]);

/** True where what stands at a key of a step is run. */
function isScript(step: Step, path: Placed['path']): boolean {
  const [key, last] = [path.at(-2), path.at(-1)];
  if (last === 'run' && typeof key === 'number') return true;
  return key === 'with' && typeof last === 'string' && (SCRIPTS.get(actionOf(step) ?? '')?.includes(last.toLowerCase()) ?? false);
}

/** Of a template in a text: what of outsiders is in it. */
const untrustedInText = (text: string): readonly Untrusted[] =>
  findTemplates(text).templates.flatMap(({ source }) => {
    const parsed = parseExpression(source);
    return parsed.kind === 'tree' ? untrustedIn(parsed.tree) : [];
  });

const judged = new WeakMap<MapNode, ReadonlyMap<string, string | undefined>>();

/** Variables of one map by their names in lower case, each with what of an outsider is in it; made once for all steps that see it. */
function variablesIn(environment: MapNode): ReadonlyMap<string, string | undefined> {
  const known = judged.get(environment);
  if (known !== undefined) return known;
  const made = new Map(
    environment.entries.map(({ key, value }) => [key.text.toLowerCase(), untrustedInText(asText(value)?.text ?? '')[0]?.path]),
  );
  judged.set(environment, made);
  return made;
}

/** What of an outsider a variable of a step holds, by its name. */
export function untrustedVariables(workflow: WorkflowTree, step: Step): (name: string) => string | undefined {
  const environments = environmentsOf(workflow, step).map(variablesIn);
  return (name) => environments.find((variables) => variables.has(name.toLowerCase()))?.get(name.toLowerCase());
}

/** `github.event.issue.title` is TITLE. */
const variableFor = (path: string): string =>
  (path.split('.').findLast((name) => name !== '*') ?? 'value').replaceAll('-', '_').toUpperCase();

/** How a script reads a variable of its environment. */
function readingOf(step: Step, name: string): string {
  const shell = asText(at(step.node, 'shell'))?.text ?? '';
  if (actionOf(step) === 'actions/github-script') return `process.env.${name}`;
  return /^(?:pwsh|powershell)/.test(shell) ? `$env:${name}` : `"$${name}"`;
}

function adviceFor(step: Step, path: string): string {
  if (path.startsWith('env.')) return `write ${readingOf(step, path.slice('env.'.length).toUpperCase())} in the script`;
  const name = variableFor(path);
  return `put ${name}: \${{ ${path} }} under env of the step, and write ${readingOf(step, name)} in the script`;
}

export const scriptInjection: Rule = {
  id: 'script-injection',
  severity: 'error',
  summary: 'what an outsider writes becomes part of a script',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const { step, path, expressions } of expressionsIn(workflow)) {
      if (step === undefined || !isScript(step, path)) continue;
      const held = untrustedVariables(workflow, step);
      const originOf = (one: string): string | undefined => (one.startsWith('env.') ? held(one.slice('env.'.length)) : undefined);
      for (const placed of expressions) {
        if (placed.parsed.kind !== 'tree') continue;
        for (const found of untrustedIn(placed.parsed.tree, (one) => originOf(one) !== undefined)) {
          const origin = originOf(found.path);
          const what = origin === undefined ? found.path : `${found.path}, which is ${origin},`;
          report(spanIn(workflow, placed, found), `${what} is what somebody else wrote, and it becomes part of the script`, {
            hint: adviceFor(step, found.path),
            severity: exposure(workflow, step, origin ?? found.path),
          });
        }
      }
    }
  },
};

/** Inputs of which the value is not one of a few. */
function isFreeInput({ kind, triggers, root }: WorkflowTree, name: string): boolean {
  if (kind === 'action') return entriesOf(at(root, 'inputs')).some(({ key }) => key.text.toLowerCase() === name);
  const call = triggers.find((trigger) => trigger.name === 'workflow_call');
  const input = entriesOf(at(call?.config, 'inputs')).find(({ key }) => key.text.toLowerCase() === name)?.value;
  return input !== undefined && ['string', undefined].includes(asText(at(input, 'type'))?.text);
}

export const scriptInput: Rule = {
  id: 'script-input',
  severity: 'note',
  summary: 'what a caller gives becomes part of a script',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const { step, path, expressions } of expressionsIn(workflow)) {
      if (step === undefined || !isScript(step, path)) continue;
      for (const placed of expressions) {
        if (placed.parsed.kind !== 'tree' || placed.type?.kind === 'boolean') continue;
        for (const found of untrustedIn(placed.parsed.tree, (one) => one.startsWith('inputs.'))) {
          const name = found.path.slice('inputs.'.length);
          if (!found.path.startsWith('inputs.') || !isFreeInput(workflow, name)) continue;
          report(spanIn(workflow, placed, found), `${found.path} becomes part of the script, whatever the caller took it from`, {
            hint: adviceFor(step, found.path),
          });
        }
      }
    }
  },
};
