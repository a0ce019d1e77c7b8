import { getActionSchema } from '@actions/workflow-parser/actions/action-schema';
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import type { TemplateValidationError } from '@actions/workflow-parser/templates/template-validation-error';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/index';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { getWorkflowSchema } from '@actions/workflow-parser/workflows/workflow-schema';
import { readerOf, type Given, type SchemaReader } from './schema-reader.ts';
import { inWords, type Words } from './schema-words.ts';
import { spanWithin } from './spans.ts';
import type { Span, TreeNode } from './tree.ts';
import type { WorkflowTree } from './workflow.ts';

/** The version whose schema it is; a test compares it with what is installed. */
export const WORKFLOW_PARSER = '0.3.61';

/** What the schema does not allow. */
export interface SchemaError extends Words {
  readonly where: Span;
  /** As the parser says it. */
  readonly raw: string;
  readonly node: TreeNode;
  /** It is about an expression in the value: its syntax, or a context that is not there. */
  readonly isExpression: boolean;
}

/** Keys that a map may have, as far as the engine found out which kind of map it is. */
const keysOf = (map: MappingToken | undefined): readonly string[] => {
  const definition: unknown = map?.definitionInfo?.definition;
  const properties =
    typeof definition === 'object' && definition !== null && 'properties' in definition ? definition.properties : undefined;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
};

/** Something is missing in a map: the key that it stands under says more than its first line. */
const placeOf = ({ node, under }: Given, raw: string): Span => {
  const isMissing = /^(?:Required property|There's not enough)/.test(raw);
  return isMissing && under !== undefined ? under : node;
};

/** What the schema says of a file; undefined root: nothing. */
export const schemaErrors = ({ kind, root, tree }: WorkflowTree): readonly SchemaError[] => {
  if (root === undefined) return [];
  const isAction = kind === 'action';
  const schema = isAction ? getActionSchema() : getWorkflowSchema();
  const context = new TemplateContext(new TemplateValidationErrors(), schema, new NoOperationTraceWriter());
  context.state['featureFlags'] = { isEnabled: () => true };
  const reader = readerOf(root);
  readTemplate(context, isAction ? 'action-root-strict' : 'workflow-root-strict', reader, undefined);
  return context.errors.getErrors().map((error) => errorOf(error, reader, root, tree.text));
};

const errorOf = ({ rawMessage, range }: TemplateValidationError, reader: SchemaReader, root: TreeNode, text: string): SchemaError => {
  const given = (range === undefined ? undefined : reader.givenAt(range.start.line)) ?? { node: root, keyOf: undefined, under: undefined };
  const { node, keyOf } = given;
  const isExpression = range !== undefined && range.end.column > 0;
  const where =
    isExpression && node.kind === 'scalar'
      ? spanWithin(text, node, range.start.column, range.end.column)
      : firstLine(placeOf(given, rawMessage), text);
  const words = inWords(rawMessage, node.kind === 'scalar' ? node.text : '', keyOf !== undefined, keysOf(keyOf));
  return { ...words, where, raw: rawMessage, node, isExpression };
};

/** A map or list begins where its first key or item does; that is enough to point at. */
const firstLine = ({ start, end }: Span, text: string): Span => {
  const newline = text.indexOf('\n', start);
  return { start, end: newline === -1 || newline > end ? end : newline };
};
