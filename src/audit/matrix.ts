import { GITHUB } from '../contexts/builtin.ts';
import { infer } from '../contexts/infer.ts';
import { parseExpression } from '../contexts/parse.ts';
import type { Scope } from '../contexts/scope.ts';
import { findTemplates } from '../contexts/templates.ts';
import { ANY, BOOLEAN, closed, joined, NULL, NUMBER, open, STRING, type Type } from '../contexts/types.ts';
import { at, hasExpression, itemsOf } from '../lint/nodes.ts';
import type { Job } from '../lint/workflow.ts';
import type { TreeNode } from '../lint/tree.ts';

/** Of the contexts that a matrix may use, only this one has the same members everywhere. */
const SCOPE: Scope = { contexts: new Map([['github', GITHUB]]), functions: new Set(), where: 'a matrix' };

function typeOfTemplate(text: string): Type {
  const [template] = findTemplates(text).templates;
  if (template === undefined || template.start > 0 || template.end < text.length) return STRING;
  const parsed = parseExpression(template.source);
  return parsed.kind === 'tree' ? infer(parsed.tree, SCOPE, () => {}) : ANY;
}

/** The type of a value as it is written, as far as it is known before it runs. */
function typeOfNode(node: TreeNode): Type {
  if (node.kind === 'list') return { kind: 'array', of: node.items.map(typeOfNode).reduce<Type | undefined>(joined, undefined) ?? ANY };
  if (node.kind === 'map') {
    if (node.entries.some(({ key }) => hasExpression(key.text) || key.text === '<<')) return ANY;
    return { kind: 'object', members: new Map(node.entries.map(({ key, value }) => [key.text.toLowerCase(), typeOfNode(value)])) };
  }
  if (hasExpression(node.text)) return typeOfTemplate(node.text);
  if (node.value === null) return NULL;
  return typeof node.value === 'string' ? STRING : typeof node.value === 'number' ? NUMBER : BOOLEAN;
}

const add = (members: Map<string, Type>, name: string, type: Type): void => {
  members.set(name.toLowerCase(), joined(members.get(name.toLowerCase()), type));
};

/** One of the values of a row is what a job sees. */
const rowType = (row: TreeNode): Type => {
  if (row.kind !== 'list') {
    const made = typeOfNode(row);
    return made.kind === 'array' ? made.of : ANY;
  }
  return row.items.map(typeOfNode).reduce<Type | undefined>(joined, undefined) ?? ANY;
};

/** What `matrix` is in a job: anything where rows are made when it runs. */
export function matrixType(job: Job): Type {
  const matrix = at(job.node, 'strategy', 'matrix');
  if (matrix === undefined) return at(job.node, 'strategy')?.kind === 'scalar' ? open() : closed({});
  if (matrix.kind !== 'map') return open();
  const members = new Map<string, Type>();
  for (const { key, value } of matrix.entries) {
    if (hasExpression(key.text) || key.text === '<<') return open();
    if (key.text === 'exclude') continue;
    if (key.text !== 'include') {
      add(members, key.text, rowType(value));
      continue;
    }
    if (value.kind !== 'list') return open();
    for (const item of itemsOf(value)) {
      if (item.kind !== 'map') return open();
      for (const one of item.entries) add(members, one.key.text, typeOfNode(one.value));
    }
  }
  return { kind: 'object', members };
}
