import { quoted } from '../report/quoted.ts';
import { hasExpression } from '../lint/nodes.ts';
import { BOTH, WORKFLOW, type Rule } from '../lint/rule.ts';
import type { Forge } from '../lint/workflow.ts';

const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*)$/;
const REPOSITORY = /^[\w.-]+$/;
const WORKFLOW_FILE = /\.ya?ml$/;
const LOCAL = /^(?:\.|\$)\//;

/** What is wrong with an action's reference; undefined: nothing. */
const actionProblem = (uses: string, forge: Forge): string | undefined => {
  if (uses.startsWith('docker://')) return /:$|^docker:\/\/$/.test(uses) ? 'the image has no name, or no tag behind the :' : undefined;
  if (LOCAL.test(uses))
    return uses.startsWith('$/') && uses.includes('@') ? 'what begins with $/ is of this commit, and has no @' : undefined;
  if (/^https?:\/\//.test(uses)) return forge === 'github' ? 'an action of another host: only a path of this one is followed' : undefined;
  if (uses.startsWith('../') || uses === '.' || uses === '..') return undefined;
  const at = uses.indexOf('@');
  if (at === -1) return 'a tag, branch or commit is missing behind an @';
  const [owner = '', repo = '', ...path] = uses.slice(0, at).split('/');
  if (at === uses.length - 1) return 'nothing stands behind the @';
  if (!OWNER.test(owner)) return 'the owner is missing';
  if (!REPOSITORY.test(repo)) return 'owner and repository do not both stand there';
  return path.some((part, i) => part === '' && i < path.length - 1) ? 'the path has an empty part' : undefined;
};

const callProblem = (uses: string, forge: Forge): string | undefined => {
  if (LOCAL.test(uses)) {
    if (uses.includes('@')) return 'a workflow of this repository is that of the same commit, and has no @';
    return WORKFLOW_FILE.test(uses) ? undefined : 'a file that ends in .yml or .yaml is called';
  }
  if (/^https?:\/\//.test(uses)) return forge === 'github' ? 'a workflow of another host cannot be called' : undefined;
  const [path = '', ref = ''] = uses.split('@');
  const parts = path.split('/');
  if (parts.length < 3 || parts.some((part) => part === '') || !WORKFLOW_FILE.test(path))
    return 'owner/repository/path/to/workflow.yml@ref calls one, or ./path/to/workflow.yml';
  return ref === '' ? 'a tag, branch or commit is missing behind an @' : undefined;
};

export const usesFormat: Rule = {
  id: 'uses-format',
  severity: 'error',
  summary: 'what a step uses is no reference to an action',
  kinds: BOTH,
  check: ({ steps, forge }, report) => {
    for (const { uses } of steps) {
      if (uses === undefined || uses.text === '' || hasExpression(uses.text)) continue;
      const problem = actionProblem(uses.text, forge);
      if (problem !== undefined) report(uses, `${quoted(uses.text)} is no action: ${problem}`);
    }
  },
};

export const callFormat: Rule = {
  id: 'call-format',
  severity: 'error',
  summary: 'what a job calls is no reference to a workflow',
  kinds: WORKFLOW,
  check: ({ jobs, forge }, report) => {
    for (const { uses } of jobs) {
      if (uses === undefined || uses.text === '' || hasExpression(uses.text)) continue;
      const problem = callProblem(uses.text, forge);
      if (problem !== undefined) report(uses, `${quoted(uses.text)} is no workflow: ${problem}`);
    }
  },
};
