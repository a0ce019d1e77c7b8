import { quoted } from '../report/quoted.ts';
import { asMap, at, entriesOf, hasExpression, itemsOf } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { MapNode, TreeNode } from '../lint/tree.ts';

/** A value as text, the same for the same values; undefined: an expression is in it. */
const canonical = (node: TreeNode): string | undefined => {
  if (node.kind === 'scalar') return hasExpression(node.text) ? undefined : JSON.stringify(node.text);
  const parts =
    node.kind === 'list'
      ? node.items.map(canonical)
      : node.entries
          .toSorted((a, b) => (a.key.text < b.key.text ? -1 : 1))
          .map(({ key, value }) => {
            const inner = canonical(value);
            return inner === undefined ? undefined : `${JSON.stringify(key.text)}:${inner}`;
          });
  return parts.includes(undefined) ? undefined : `${node.kind === 'list' ? '[' : '{'}${parts.join(',')}}`;
};

/** True where a value of `exclude` fits one of the matrix: of a map, as many keys as it has; what is only known when it runs fits. */
const fits = (wanted: TreeNode, value: TreeNode): boolean => {
  if ([wanted, value].some((node) => node.kind === 'scalar' && hasExpression(node.text))) return true;
  if (wanted.kind === 'map' && value.kind === 'map')
    return wanted.entries.every(({ key, value: inner }) => {
      const other = at(value, key.text);
      return other !== undefined && fits(inner, other);
    });
  if (wanted.kind === 'list' && value.kind === 'list')
    return wanted.items.length === value.items.length && wanted.items.every((item, i) => fits(item, value.items[i] ?? item));
  return wanted.kind === 'scalar' && value.kind === 'scalar' && wanted.text === value.text;
};

const matrixOf = (job: MapNode): MapNode | undefined => asMap(at(job, 'strategy', 'matrix'));
const rowsOf = (matrix: MapNode) => matrix.entries.filter(({ key }) => key.text !== 'include' && key.text !== 'exclude');

export const repeatedMatrixValue: Rule = {
  id: 'matrix-repeats',
  severity: 'warning',
  summary: 'a matrix has the same value twice',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { node } of jobs)
      for (const { key, value } of rowsOf(matrixOf(node) ?? { kind: 'map', entries: [], start: 0, end: 0 })) {
        const seen = new Set<string>();
        for (const item of itemsOf(value)) {
          const text = canonical(item);
          if (text === undefined) continue;
          if (seen.has(text)) report(item, `the same value stands twice under ${quoted(key.text)}: its jobs run twice`);
          seen.add(text);
        }
      }
  },
};

export const matrixExclude: Rule = {
  id: 'matrix-exclude',
  severity: 'warning',
  summary: 'an exclude of a matrix takes nothing out',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { node } of jobs) {
      const matrix = matrixOf(node);
      if (matrix === undefined) continue;
      const rows = rowsOf(matrix);
      for (const item of itemsOf(at(matrix, 'exclude')))
        for (const { key, value } of entriesOf(item)) {
          const row = rows.find((one) => one.key.text === key.text);
          if (row === undefined) {
            if (rows.every((one) => one.value.kind === 'list'))
              report(key, `the matrix has no ${quoted(key.text)}: this takes nothing out`, {
                hint: `it has ${rows.map((one) => one.key.text).join(', ')}`,
              });
          } else if (row.value.kind === 'list' && !row.value.items.some((one) => fits(value, one)))
            report(value, `no value of ${quoted(key.text)} in the matrix is this one: it takes nothing out`);
        }
    }
  },
};

/** Lists of a job that must name something. */
export const emptyList: Rule = {
  id: 'empty-list',
  severity: 'error',
  summary: 'a job has an empty list where it must name something',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { node } of jobs) {
      const matrix = matrixOf(node);
      const lists = [
        ...node.entries.filter(({ key }) => key.text === 'needs' || key.text === 'runs-on' || key.text === 'steps'),
        ...entriesOf(at(node, 'runs-on')).filter(({ key }) => key.text === 'labels'),
        ...(matrix?.entries ?? []),
      ];
      for (const { key, value } of lists) {
        const isEmpty = value.kind === 'list' && value.items.length === 0;
        if (!isEmpty) continue;
        const isGrave =
          key.text === 'runs-on' ||
          key.text === 'labels' ||
          (matrix?.entries.some((one) => one.key === key) === true && !['include', 'exclude'].includes(key.text));
        report(key, `${quoted(key.text)} is empty`, isGrave ? {} : { severity: 'warning' });
      }
    }
  },
};
