import { at, asText } from '../lint/nodes.ts';
import { BOTH, type Rule } from '../lint/rule.ts';
import type { ScalarNode } from '../lint/tree.ts';
import type { WorkflowTree } from '../lint/workflow.ts';

/** Every `if` of a file. */
export const conditionsOf = ({ jobs, steps, root }: WorkflowTree): readonly ScalarNode[] =>
  [
    ...jobs.flatMap(({ node }) => [at(node, 'if'), at(node, 'snapshot', 'if')]),
    ...steps.map(({ node }) => at(node, 'if')),
    at(root, 'runs', 'pre-if'),
    at(root, 'runs', 'post-if'),
  ].flatMap((node) => asText(node) ?? []);

/** The end of the expression that begins at `from`, behind its }}; undefined: it is not closed. */
const endOf = (text: string, from: number): number | undefined => {
  let inString = false;
  for (let i = from + 3; i < text.length; i++) {
    if (text[i] === "'") inString = !inString;
    else if (!inString && text.startsWith('}}', i)) return i + 2;
  }
  return undefined;
};

export const ifAlwaysTrue: Rule = {
  id: 'if-always-true',
  severity: 'error',
  summary: 'a condition is a text, which is always true',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const condition of conditionsOf(workflow)) {
      const { text, style } = condition;
      const start = text.indexOf('${{');
      const end = start === -1 ? undefined : endOf(text, start);
      if (end === undefined || (start === 0 && end === text.length)) continue;
      const around = text.slice(0, start) + text.slice(end);
      const isBreak = around.trim() === '' && (style === 'literal' || style === 'folded');
      report(condition, `always true: what stands around \${{ }} makes a text of it${isBreak ? ', here the line break at its end' : ''}`, {
        hint: isBreak ? 'write |- or >-, or leave ${{ }} out' : 'leave ${{ }} out: the whole of an if is an expression',
      });
    }
  },
};
