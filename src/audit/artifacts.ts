import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';
import { actionOf, inputOf, versionOf } from './steps.ts';

/** Before actions/checkout 6 the token stood in .git/config; now it stands outside of the folder. */
const KEPT_OUTSIDE = 6;

const keepsToken = (step: Step, workflow: WorkflowTree): boolean =>
  actionOf(step) === 'actions/checkout' &&
  inputOf(step, 'persist-credentials')?.text !== 'false' &&
  (versionOf(step, workflow)?.[0] ?? 0) < KEPT_OUTSIDE;

/** actions/upload-artifact 4.4 and later leave hidden files out unless told otherwise. */
function takesHidden(step: Step, workflow: WorkflowTree): boolean {
  const asked = inputOf(step, 'include-hidden-files')?.text;
  if (asked !== undefined) return asked === 'true';
  const [major, minor] = versionOf(step, workflow) ?? [Number.POSITIVE_INFINITY, 0];
  return major < 4 || (major === 4 && minor < 4);
}

/** A folder that a checkout was made in, as an upload names it. */
const isWhole = (path: string, folder: string): boolean => {
  const plain = path
    .trim()
    .replace(/^\$\{\{\s*github\.workspace\s*\}\}\/?/, './')
    .replace(/^\.\/(?=.)/, '')
    .replace(/\/(?:\*\*?(?:\/\*)?)?$/, '');
  return ['.', './', '', '*', '**', '.git', folder, `${folder}/.git`].includes(plain === './' ? '.' : plain);
};

export const credentialsPersisted: Rule = {
  id: 'credentials-persisted',
  severity: 'warning',
  summary: 'the token that checkout keeps in .git is uploaded with an artifact',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const { steps } of workflow.jobs) {
      let kept: Step | undefined;
      for (const step of steps) {
        if (keepsToken(step, workflow)) kept = step;
        const path = actionOf(step) === 'actions/upload-artifact' ? inputOf(step, 'path') : undefined;
        if (kept === undefined || path === undefined || !takesHidden(step, workflow)) continue;
        const folder = inputOf(kept, 'path')?.text.replace(/^\.\/|\/$/g, '') ?? '.';
        if (!path.text.split('\n').some((line) => line.trim() !== '' && isWhole(line, folder))) continue;
        report(path, 'this artifact holds .git, and the token that checkout wrote there', {
          hint: 'give actions/checkout persist-credentials: false, or upload only what is needed',
        });
      }
    }
  },
};
