import { asText, at, entriesOf } from '../lint/nodes.ts';
import { BOTH, type Rule } from '../lint/rule.ts';
import { spanWithin } from '../lint/spans.ts';
import { exposure } from './exposure.ts';
import { untrustedVariables } from './injection.ts';

/** Into the runner's files, by redirection, `tee` or PowerShell. */
const WRITES = /(?:>>?|\btee\b[^|;&\n]*|Out-File\b[^\n|]*|Add-Content\b[^\n|]*)\s*"?(?:\$\{?|\$env:|%)(?:GITHUB_ENV|GITHUB_PATH)\b/;
const VARIABLE = /\$(?:env:)?\{?([A-Za-z_]\w*)|%([A-Za-z_]\w*)%/g;

export const environmentFile: Rule = {
  id: 'environment-file',
  severity: 'warning',
  summary: 'what an outsider writes becomes variables or search paths of later steps',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const step of workflow.steps) {
      const { run } = step;
      if (run === undefined || !/GITHUB_(?:ENV|PATH)\b/.test(run.text)) continue;
      const held = untrustedVariables(workflow, step);
      let from = 0;
      for (const line of run.text.split('\n')) {
        const start = from;
        from += line.length + 1;
        if (!WRITES.test(line)) continue;
        for (const match of line.matchAll(VARIABLE)) {
          const name = match[1] ?? match[2] ?? '';
          const path = held(name);
          if (path === undefined) continue;
          const severity = exposure(workflow, step, path);
          report(
            spanWithin(workflow.tree.text, run, start + match.index, start + match.index + match[0].length),
            `${name} holds ${path}: with a line end in it, it sets any variable of later steps`,
            {
              severity: severity === 'error' ? 'warning' : severity,
              hint: 'write it to GITHUB_OUTPUT with a delimiter nobody can guess, or check it first',
            },
          );
        }
      }
    }
  },
};

export const insecureCommands: Rule = {
  id: 'insecure-commands',
  severity: 'warning',
  summary: 'any output of a program may set variables and search paths',
  kinds: BOTH,
  check: ({ root, jobs, steps }, report) => {
    for (const node of [root, ...jobs.map((job) => job.node), ...steps.map((step) => step.node)])
      for (const { key, value } of entriesOf(at(node, 'env')))
        if (key.text === 'ACTIONS_ALLOW_UNSECURE_COMMANDS' && asText(value)?.text.toLowerCase() === 'true')
          report(key, 'every line that a program prints may now set variables of later steps', {
            hint: 'remove it, and write to "$GITHUB_ENV" or "$GITHUB_OUTPUT"',
          });
  },
};
