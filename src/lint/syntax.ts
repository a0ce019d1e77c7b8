import type { Severity } from '../report/finding.ts';
import { at, entriesOf } from './nodes.ts';
import { quoted } from '../report/quoted.ts';
import { BOTH, type Report, type ReportMore, type Rule } from './rule.ts';
import { schemaErrors, type SchemaError } from './schema.ts';
import type { WorkflowTree } from './workflow.ts';

/** What the schema of workflow-parser 0.3.61 says and no forge acts on. */
const isWrong = ({ raw, node }: SchemaError, { triggers, kind, root }: WorkflowTree): boolean =>
  // Of jobs, newer than the schema.
  raw === "Unexpected value 'cache-mode'" ||
  // GitHub's list of colours for the marketplace has it.
  (kind === 'action' && node === at(at(root, 'branding'), 'color') && node.kind === 'scalar' && node.text === 'black') ||
  // An event that needs no filter may stand in a list; the schema forgets one.
  raw === "Unexpected value 'repository_dispatch'" ||
  // An input of a workflow that is started by hand may be a name alone.
  triggers.some(({ name, config }) => name === 'workflow_dispatch' && entriesOf(at(config, 'inputs')).some(({ value }) => value === node));

const severityOf = ({ raw, node }: SchemaError, { kind, forge, root }: WorkflowTree): Severity => {
  // The runner passes over keys of an action's file that it does not know.
  if (kind === 'action' && entriesOf(root).some(({ key }) => key === node)) return 'warning';
  // Only the marketplace asks for them.
  if (kind === 'action' && /^Required property is missing: (?:name|description)$/.test(raw)) return 'warning';
  // Other forges read the same language, with keys and events of their own.
  return forge === 'github' ? 'error' : 'warning';
};

const fixOf = ({ meant, node }: SchemaError): Pick<ReportMore, 'fix'> => {
  if (meant === undefined || node.kind !== 'scalar' || node.style !== 'plain') return {};
  return { fix: { title: `${quoted(node.text)} is written ${meant}`, edits: [{ start: node.start, end: node.end, text: meant }] } };
};

const tellNothing = ({ root, text }: WorkflowTree['tree'], report: Report): void => {
  const where = { start: 0, end: 0 };
  if (root !== undefined) report(where, 'the file is no map of keys');
  else if (text.trim() === '') report(where, 'the file is empty');
  else report(where, 'the file has nothing but comments', { severity: 'warning' });
};

/** What is no YAML, and what the schema of the forge does not allow. */
export const syntax: Rule = {
  id: 'syntax',
  severity: 'error',
  summary: 'the file is not what a workflow or an action may be',
  kinds: BOTH,
  check: (workflow, report) => {
    const { tree, root } = workflow;
    for (const { message, ...where } of tree.problems) report(where, message);
    if (root === undefined) {
      if (tree.problems.length === 0) tellNothing(tree, report);
      return;
    }
    const told = new Set(tree.problems.map(({ start }) => start));
    for (const error of schemaErrors(workflow)) {
      if (told.has(error.where.start) || isWrong(error, workflow)) continue;
      report(error.where, error.message, {
        severity: severityOf(error, workflow),
        ...(error.isExpression ? { unless: 'expression-' } : {}),
        ...fixOf(error),
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  },
};
