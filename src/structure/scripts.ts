import { asText, at } from '../lint/nodes.ts';
import { BOTH, type ReportMore, type Rule } from '../lint/rule.ts';
import { spanWithin } from '../lint/spans.ts';
import type { ScalarNode, Tree } from '../lint/tree.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';
import { systemsOf } from './runners.ts';

const COMMANDS = /::(set-output|save-state|set-env)\s+name=[A-Za-z_][\w-]*::|::(add-path)::/g;
/** The whole of a line that prints a command, in one pair of quotes or in none. */
const PRINTED = /^([ \t]*)echo (["']?)::(?:(set-output|save-state|set-env) +name=([A-Za-z_][\w-]*)|(add-path))::([^"'\n]*)\2[ \t]*$/;

interface Successor {
  readonly file: string;
  /** The runner does no longer act on it. */
  readonly isGone: boolean;
}

const SUCCESSORS: Readonly<Record<string, Successor>> = {
  'set-output': { file: 'GITHUB_OUTPUT', isGone: false },
  'save-state': { file: 'GITHUB_STATE', isGone: false },
  'set-env': { file: 'GITHUB_ENV', isGone: true },
  'add-path': { file: 'GITHUB_PATH', isGone: true },
};

/** True where a script is certainly for bash or sh. */
const isPosix = ({ node, job }: Step, { root }: WorkflowTree): boolean => {
  const shell = asText(at(node, 'shell') ?? at(job?.node, 'defaults', 'run', 'shell') ?? at(root, 'defaults', 'run', 'shell'))?.text;
  if (shell !== undefined) return /^(?:bash|sh)\b/.test(shell);
  return job !== undefined && (systemsOf(job)?.every((system) => system !== 'windows') ?? false);
};

/** Writes to the file what a line prints; undefined where the line does more than that. */
const fixOf = (run: ScalarNode, index: number, { text }: Tree): Pick<ReportMore, 'fix'> => {
  if (run.style !== 'plain' && run.style !== 'literal') return {}; // quotes would have to be quoted
  const start = run.text.lastIndexOf('\n', index) + 1;
  const end = run.text.indexOf('\n', index);
  const line = run.text.slice(start, end === -1 ? undefined : end);
  const [, indent = '', quote = '', named, name = '', path, value = ''] = PRINTED.exec(line) ?? [];
  const successor = SUCCESSORS[named ?? path ?? ''];
  const span = spanWithin(text, run, start, start + line.length);
  if (successor === undefined || text.slice(span.start, span.end) !== line) return {};
  const words = path === undefined ? `${name}=${value}` : value;
  const edit = { ...span, text: `${indent}echo ${quote}${words}${quote} >> "$${successor.file}"` };
  return { fix: { title: `write it to $${successor.file}`, edits: [edit] } };
};

export const deprecatedCommand: Rule = {
  id: 'deprecated-command',
  severity: 'warning',
  summary: 'a script speaks to the runner by a command that is no more, or soon will be',
  kinds: BOTH,
  check: (workflow, report) => {
    const { steps, tree } = workflow;
    for (const step of steps) {
      const { run } = step;
      if (run === undefined) continue;
      for (const match of run.text.matchAll(COMMANDS)) {
        const name = match[1] ?? match[2] ?? '';
        const successor = SUCCESSORS[name];
        if (successor === undefined) continue;
        const { file, isGone } = successor;
        report(
          spanWithin(tree.text, run, match.index, match.index + match[0].length),
          isGone ? `the runner no longer acts on ::${name}` : `::${name} is deprecated`,
          {
            ...(isGone ? { severity: 'error' } : {}),
            ...(isPosix(step, workflow) ? fixOf(run, match.index, tree) : {}),
            hint: name === 'add-path' ? `echo "DIR" >> "$${file}"` : `echo "NAME=VALUE" >> "$${file}"`,
          },
        );
      }
    }
  },
};
