import { quoted } from '../report/quoted.ts';
import { globTest } from '../glob.ts';
import { asText, at, hasExpression, itemsOf, textsOf } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { ScalarNode, TreeNode } from '../lint/tree.ts';
import type { Job } from '../lint/workflow.ts';
import { judgeLabel, systemOf, type System } from './runner-labels.ts';

const MATRIX_KEY = /^\$\{\{\s*matrix\.([A-Za-z_][\w-]*)\s*\}\}$/;

/** What a matrix gives for a key, where it says so itself; undefined: it does not. */
const matrixValues = (job: Job, key: string): readonly TreeNode[] | undefined => {
  const matrix = at(job.node, 'strategy', 'matrix');
  const row = at(matrix, key);
  const included = itemsOf(at(matrix, 'include')).flatMap((item) => at(item, key) ?? []);
  if (row !== undefined && row.kind !== 'list') return undefined;
  return row === undefined && included.length === 0 ? undefined : [...itemsOf(row), ...included];
};

/** Labels that a job may run on: each set is of one run. Undefined: not known before it runs. */
const labelSets = (job: Job): readonly (readonly ScalarNode[])[] => {
  const runsOn = at(job.node, 'runs-on');
  const given = runsOn?.kind === 'map' ? at(runsOn, 'labels') : runsOn;
  const fixed: ScalarNode[] = [];
  let sets: (readonly ScalarNode[])[] = [[]];
  for (const label of textsOf(given)) {
    if (!hasExpression(label.text)) {
      fixed.push(label);
      continue;
    }
    const [, key] = MATRIX_KEY.exec(label.text) ?? [];
    const values = key === undefined ? undefined : matrixValues(job, key);
    if (values === undefined) continue;
    const rows = values.map((value) => textsOf(value).filter(({ text }) => !hasExpression(text)));
    sets = sets.flatMap((set) => rows.map((row) => [...set, ...row]));
  }
  return sets.map((set) => [...fixed, ...set]);
};

const isMap = (job: Job): boolean => at(job.node, 'runs-on', 'group') !== undefined;

/** True where a label says that the runner is the user's own: then labels are what they call them. */
const isOwn = (set: readonly ScalarNode[]): boolean => set.some(({ text }) => text.toLowerCase() === 'self-hosted');

export const unknownLabel: Rule = {
  id: 'runner-label',
  severity: 'warning',
  summary: 'no runner has the label that a job asks for',
  kinds: WORKFLOW,
  check: ({ jobs, forge, settings }, report) => {
    if (forge !== 'github') return;
    const own = settings.runnerLabels.map(globTest);
    for (const job of jobs) {
      if (isMap(job)) continue;
      for (const set of labelSets(job)) {
        if (isOwn(set)) continue;
        for (const label of set) {
          if (own.some((test) => test(label.text)) || label.text === '') continue;
          const verdict = judgeLabel(label.text);
          const hint = 'labels of your own runners: runner-labels in [workflow.lint]';
          if (verdict === 'retired')
            report(label, `${quoted(label.text)} is no more: jobs that ask for it wait for ever`, { severity: 'error' });
          else if (verdict === 'misspelt') report(label, `no hosted runner is called ${quoted(label.text)}`, { hint });
          else if (verdict === 'unknown') report(label, `${quoted(label.text)} is no label of a hosted runner`, { severity: 'note', hint });
        }
      }
    }
  },
};

export const labelConflict: Rule = {
  id: 'runner-conflict',
  severity: 'error',
  summary: 'a job asks for one runner with two systems',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const job of jobs) {
      for (const set of labelSets(job)) {
        let first: readonly [ScalarNode, System] | undefined;
        for (const label of set) {
          const system = systemOf(label.text);
          if (system === undefined) continue;
          if (first !== undefined && first[1] !== system)
            report(label, `no runner is both ${quoted(first[0].text)} and ${quoted(label.text)}`, {
              hint: 'for a job on each of them: strategy.matrix',
            });
          first ??= [label, system];
        }
      }
    }
  },
};

/** The systems that a job certainly runs on, all of its runs; undefined: not known. */
export const systemsOf = (job: Job | undefined): readonly System[] | undefined => {
  if (job === undefined || at(job.node, 'container') !== undefined) return undefined;
  const runsOn = at(job.node, 'runs-on');
  const sets = labelSets(job);
  if (textsOf(runsOn).some(({ text }) => hasExpression(text) && !MATRIX_KEY.test(text))) return undefined;
  const systems = sets.map((set) => set.map(({ text }) => systemOf(text)).find((system) => system !== undefined));
  return systems.some((system) => system === undefined) ? undefined : systems.flatMap((system) => system ?? []);
};

const SHELLS: ReadonlyMap<string, readonly System[]> = new Map([
  ['bash', ['linux', 'macos', 'windows']],
  ['pwsh', ['linux', 'macos', 'windows']],
  ['python', ['linux', 'macos', 'windows']],
  ['sh', ['linux', 'macos', 'windows']],
  ['cmd', ['windows']],
  ['powershell', ['windows']],
]);

export const shellName: Rule = {
  id: 'shell-name',
  severity: 'error',
  summary: 'a script is for a shell that the runner does not know',
  kinds: ['workflow', 'action'],
  check: ({ root, jobs, steps }, report) => {
    const judge = (shell: ScalarNode | undefined, systems: readonly System[] | undefined, isConditional = false): void => {
      if (shell === undefined || hasExpression(shell.text) || shell.text.includes('{0}')) return;
      const runsOn = SHELLS.get(shell.text.toLowerCase());
      if (runsOn === undefined)
        report(shell, `no shell ${quoted(shell.text)}`, {
          hint: `one of ${[...SHELLS.keys()].join(', ')}, or a command with {0} where the script's file goes`,
        });
      else if (systems !== undefined && systems.length > 0 && systems.every((system) => !runsOn.includes(system)))
        report(
          shell,
          `${quoted(shell.text)} is on runners with ${runsOn.join(' and ')} only; this job runs on ${[...new Set(systems)].join(' and ')}`,
          isConditional ? { severity: 'warning' } : {},
        );
    };
    judge(asText(at(root, 'defaults', 'run', 'shell')), undefined);
    for (const job of jobs) judge(asText(at(job.node, 'defaults', 'run', 'shell')), systemsOf(job));
    for (const { node, job } of steps) judge(asText(at(node, 'shell')), systemsOf(job), at(node, 'if') !== undefined);
  },
};
