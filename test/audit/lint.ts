import { lintWorkflow } from '../../src/lint/run.ts';
import { readTree } from '../../src/lint/tree.ts';
import { workflowOf, type LocalFile, type WorkflowTree } from '../../src/lint/workflow.ts';
import type { Rule } from '../../src/lint/rule.ts';
import type { Finding } from '../../src/report/finding.ts';
import { RULES } from '../../src/workflow/lint-rules.ts';

export interface Beside {
  /** Local actions and workflows by how they are referred to. */
  readonly local?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

/** A workflow, or an action where the text says how it runs. */
const treeOf = (text: string, { local = {}, files = [] }: Beside = {}): WorkflowTree => {
  const isAction = /^runs:/m.test(text);
  const look = (reference: string): LocalFile => {
    const found = local[reference];
    return found === undefined ? { kind: 'unknown' } : { kind: 'found', file: treeOf(found) };
  };
  return workflowOf(isAction ? 'action.yml' : '.github/workflows/a.yml', isAction ? 'action' : 'workflow', readTree(Buffer.from(text)), {
    settings: { runnerLabels: [] },
    local: look,
    exists: (path) => files.includes(path),
  });
};

export const lint = (text: string, beside: Beside = {}, rules: readonly Rule[] = RULES): readonly Finding[] =>
  lintWorkflow(treeOf(text, beside), rules);

/** `rule line:column severity: message`, rules without their room. */
export const said = ({ rule, line, column, severity, message }: Finding): string =>
  `${rule.replace('workflow/', '')} ${line}:${column} ${severity}: ${message}`;
