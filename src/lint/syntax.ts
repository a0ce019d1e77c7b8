import type { Rule } from './rule.ts';
import { BOTH } from './rule.ts';
import { schemaErrors } from './schema.ts';

/** What is no YAML, and what the schema of the forge does not allow. */
export const syntax: Rule = {
  id: 'syntax',
  severity: 'error',
  summary: 'the file is not what a workflow or an action may be',
  kinds: BOTH,
  check: (workflow, report) => {
    const { tree, root } = workflow;
    for (const { message, ...where } of tree.problems) report(where, message);
    if (tree.problems.length > 0) return;
    if (root === undefined) {
      report({ start: 0, end: 0 }, `the file is ${tree.root === undefined ? 'empty' : 'no map of keys'}`);
      return;
    }
    for (const { where, message } of schemaErrors(workflow)) report(where, message);
  },
};
