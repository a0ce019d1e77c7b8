import { getActionSchema } from '@actions/workflow-parser/actions/action-schema';
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { getWorkflowSchema } from '@actions/workflow-parser/workflows/workflow-schema';
import { readerOf } from './schema-reader.ts';
import { spanWithin } from './spans.ts';
import type { Span, TreeNode } from './tree.ts';
import type { WorkflowTree } from './workflow.ts';

/** What the schema does not allow. */
export interface SchemaError {
  readonly where: Span;
  readonly message: string;
  /** The value that it is about. */
  readonly node: TreeNode;
  /** It is about an expression in the value: its syntax, or a context that is not there. */
  readonly isExpression: boolean;
}

/** What the schema says of a file; undefined root: nothing. */
export const schemaErrors = ({ kind, root, tree }: WorkflowTree): readonly SchemaError[] => {
  if (root === undefined) return [];
  const isAction = kind === 'action';
  const schema = isAction ? getActionSchema() : getWorkflowSchema();
  const context = new TemplateContext(new TemplateValidationErrors(), schema, new NoOperationTraceWriter());
  context.state['featureFlags'] = { isEnabled: () => true };
  const reader = readerOf(root);
  readTemplate(context, isAction ? 'action-root-strict' : 'workflow-root-strict', reader, undefined);
  return context.errors.getErrors().flatMap(({ rawMessage, range }): SchemaError[] => {
    const node = range === undefined ? root : (reader.nodeOf(range.start.line) ?? root);
    const isExpression = range !== undefined && range.end.column > 0;
    const where =
      isExpression && node.kind === 'scalar'
        ? spanWithin(tree.text, node, range.start.column, range.end.column)
        : firstLine(node, tree.text);
    return [{ where, message: rawMessage, node, isExpression }];
  });
};

/** A map or list begins where its first key or item does; that is enough to point at. */
const firstLine = ({ kind, start, end }: TreeNode, text: string): Span => {
  const newline = text.indexOf('\n', start);
  return kind === 'scalar' || newline === -1 || newline > end ? { start, end } : { start, end: newline };
};
