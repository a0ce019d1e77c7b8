import { constantCondition } from '../contexts/constant.ts';
import { parseExpression } from '../contexts/parse.ts';
import { asText, at } from '../lint/nodes.ts';
import { BOTH, type Rule, type TextEdit } from '../lint/rule.ts';
import { spanOf } from '../lint/spans.ts';
import type { ScalarNode } from '../lint/tree.ts';
import type { WorkflowTree } from '../lint/workflow.ts';
import { expressionsIn, spanIn, type PlacedScalar } from './analysis.ts';

const hasBraces = ({ expressions, scalar, unclosed }: PlacedScalar): boolean =>
  unclosed === undefined && expressions.length > 0 && scalar.text.includes('${{');

const isMixed = (placed: PlacedScalar): boolean => hasBraces(placed) && !placed.expressions.some(({ isWhole }) => isWhole);

/** What was meant: the same without braces, where that is one expression. */
function unbraced({ scalar, expressions }: PlacedScalar): string | undefined {
  let meant = '';
  let from = 0;
  for (const { start, end, at: sourceAt } of expressions) {
    const source = scalar.text.slice(sourceAt, end - '}}'.length).trim();
    const parsed = parseExpression(source);
    const isLoose = parsed.kind === 'tree' && parsed.tree.kind === 'operation' && expressions.length > 1;
    meant += scalar.text.slice(from, start) + (isLoose ? `(${source})` : source);
    from = end;
  }
  meant = (meant + scalar.text.slice(from)).trim();
  return parseExpression(meant).kind === 'tree' ? meant : undefined;
}

/** A value of one line is written anew; a plain one must stay plain YAML. */
function editOf(workflow: WorkflowTree, scalar: ScalarNode, meant: string): TextEdit | undefined {
  const span = spanOf(scalar);
  const isPlain = scalar.style === 'plain' || scalar.style === 'double';
  if (!isPlain || workflow.tree.text.slice(span.start, span.end) !== scalar.text) return undefined;
  const isUnsafe = scalar.style === 'plain' ? /^[!&*|>'"%@`{[#?-]|: |\s#|:$/.test(meant) : /["\\]/.test(meant);
  return isUnsafe || meant.includes('\n') ? undefined : { ...span, text: meant };
}

export const conditionText: Rule = {
  id: 'if-always-true',
  severity: 'error',
  summary: 'a condition that is always true, since text around ${{ }} makes it a text',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const placed of expressionsIn(workflow)) {
      if (placed.availability.wants !== 'condition' || !isMixed(placed)) continue;
      const { scalar } = placed;
      const meant = unbraced(placed);
      const edit = meant === undefined ? undefined : editOf(workflow, scalar, meant);
      const isBlank = /^\s*\$\{\{[^]*\}\}\s*$/.test(scalar.text) && placed.expressions.length === 1;
      report(spanOf(scalar), `this condition is always true: ${isBlank ? 'a blank or line end' : 'text'} beside \${{ }} makes it a text`, {
        hint: meant === undefined || meant.includes('\n') ? 'write it without ${{ }}' : `write it without braces: ${meant}`,
        ...(edit === undefined ? {} : { fix: { title: 'write the condition without ${{ }}', edits: [edit] } }),
      });
    }
  },
};

export const constantIf: Rule = {
  id: 'constant-condition',
  severity: 'warning',
  summary: 'a condition that is the same in each run',
  kinds: BOTH,
  check: (workflow, report) => {
    for (const { job, holder } of [
      ...workflow.jobs.map((one) => ({ job: one, holder: one.node })),
      ...workflow.steps.map((step) => ({ job: undefined, holder: step.node })),
    ]) {
      const scalar = asText(at(holder, 'if'));
      if (typeof scalar?.value !== 'boolean') continue;
      const what = job === undefined ? 'step' : 'job';
      report(
        scalar,
        `this ${what} ${scalar.value ? 'runs as it does without the condition' : 'never runs'}`,
        scalar.value ? {} : { severity: 'note' },
      );
    }
    for (const placed of expressionsIn(workflow)) {
      const [only] = placed.expressions;
      if (placed.availability.wants !== 'condition' || only === undefined || !only.isWhole || only.parsed.kind !== 'tree') continue;
      if (typeof placed.scalar.value === 'boolean') continue;
      const { tree } = only.parsed;
      const value = constantCondition(tree);
      if (value === undefined) continue;
      const isSwitch = tree.kind === 'literal' && !value;
      report(spanIn(workflow, only, tree), `this condition is always ${String(value)}`, isSwitch ? { severity: 'note' } : {});
    }
  },
};
