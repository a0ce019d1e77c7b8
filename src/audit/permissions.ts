import { asText, at, entriesOf } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';

export const permissionsMissing: Rule = {
  id: 'permissions-missing',
  severity: 'note',
  summary: 'the token may do what the repository lets every workflow do',
  kinds: WORKFLOW,
  check: ({ forge, root, jobs, triggers }, report) => {
    // What is only called has the permissions of who calls it.
    if (triggers.length > 0 && triggers.every(({ name }) => name === 'workflow_call')) return;
    if (forge !== 'github' || root === undefined || at(root, 'permissions') !== undefined) return;
    const without = jobs.filter(({ node }) => at(node, 'permissions') === undefined);
    const [first] = without;
    if (first === undefined) return;
    const which = without.length === jobs.length ? 'no job says' : `${without.length} of ${jobs.length} jobs do not say`;
    report(first.key, `${which} what the token may do`, {
      hint: 'write permissions: at the top, with contents: read, and give more to the job that needs it',
    });
  },
};

export const permissionsBroad: Rule = {
  id: 'permissions-broad',
  severity: 'warning',
  summary: 'the token may do more than is needed',
  kinds: WORKFLOW,
  check: ({ root, jobs }, report) => {
    for (const node of [root, ...jobs.map((job) => job.node)]) {
      const all = asText(at(node, 'permissions'));
      if (all?.text === 'write-all')
        report(all, 'the token may change everything', { hint: 'name what is needed: permissions: { contents: read }' });
    }
    if (jobs.length < 2) return;
    for (const { key, value } of entriesOf(at(root, 'permissions')))
      if (asText(value)?.text === 'write')
        report(key, `each of ${jobs.length} jobs may write ${key.text}`, {
          severity: 'note',
          hint: `give ${key.text}: write to the job that needs it`,
        });
  },
};
