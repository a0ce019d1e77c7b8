import { asText, at, hasExpression } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import { spanWithin } from '../lint/spans.ts';
import type { ScalarNode } from '../lint/tree.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';

const INSTALLS = /(?:^|[;&|]\s*)npm (?:install|i)(?:\s+--?[\w-]+(?:=\S+)?)*\s*(?:$|[;&|#])/gm;
/** With these npm does what `npm ci` does not. */
const OTHERWISE = /\s(?:-g|--global|--no-save|--package-lock-only)\b/;

/** A step whose script installs packages, and the lock file that would stand beside; undefined: none, or its folder is not known. */
function installing(workflow: WorkflowTree, { run, job, node }: Step): { readonly run: ScalarNode; readonly lockFile: string } | undefined {
  if (run === undefined || !/\bnpm i/.test(run.text) || /(?:^|\s)(?:cd|pushd)\s/.test(run.text)) return undefined;
  const defaults = [job?.node, workflow.root].map((holder) => at(holder, 'defaults', 'run', 'working-directory'));
  const [folder] = [at(node, 'working-directory'), ...defaults].flatMap((one) => asText(one) ?? []);
  const path = folder?.text.replace(/^\.\/|\/$/g, '') ?? '';
  if (hasExpression(path) || path.startsWith('/')) return undefined;
  return { run, lockFile: path === '' || path === '.' ? 'package-lock.json' : `${path}/package-lock.json` };
}

/** Lock files of which the rule asks whether they are there. */
export const lockFilesOf = (workflow: WorkflowTree): readonly string[] => [
  ...new Set(workflow.steps.flatMap((step) => installing(workflow, step)?.lockFile ?? [])),
];

export const lockfileUnused: Rule = {
  id: 'lockfile-unused',
  severity: 'note',
  summary: 'packages are installed as they are today, though there is a lock file',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const step of workflow.steps) {
      const found = installing(workflow, step);
      if (found === undefined || workflow.exists(found.lockFile) !== true) continue;
      for (const { 0: text, index } of found.run.text.matchAll(INSTALLS)) {
        if (OTHERWISE.test(text)) continue;
        const start = index + text.indexOf('npm');
        const written = text.slice(text.indexOf('npm')).replace(/\s*[;&|#]?$/, '');
        const place = spanWithin(workflow.tree.text, found.run, start, start + written.length);
        report(place, 'npm may change package-lock.json here, and install what nobody looked at', {
          hint: 'npm ci installs what the lock file says',
        });
      }
    }
  },
};
