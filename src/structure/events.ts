import { quoted } from '../report/quoted.ts';
import { at, entriesOf, entry, hasExpression, textsOf } from '../lint/nodes.ts';
import { spanWithin } from '../lint/spans.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import { patternProblems } from './glob-pattern.ts';

const FILTERS: readonly (readonly [key: string, kind: 'ref' | 'path'])[] = [
  ['branches', 'ref'],
  ['tags', 'ref'],
  ['paths', 'path'],
];

export const filterPattern: Rule = {
  id: 'filter-pattern',
  severity: 'error',
  summary: 'a pattern of branches, tags or paths cannot match what it should',
  kinds: WORKFLOW,
  check: ({ triggers, tree }, report) => {
    for (const { config } of triggers)
      for (const [key, kind] of FILTERS)
        for (const pattern of [...textsOf(at(config, key)), ...textsOf(at(config, `${key}-ignore`))]) {
          if (hasExpression(pattern.text)) continue;
          const [first] = patternProblems(pattern.text, kind);
          if (first !== undefined)
            report(
              spanWithin(tree.text, pattern, first.at, Math.max(first.at + 1, pattern.text.length)),
              `the pattern ${quoted(pattern.text)} matches nothing as it stands: ${first.message}`,
            );
        }
  },
};

export const exclusiveFilters: Rule = {
  id: 'exclusive-filters',
  severity: 'error',
  summary: 'an event has a filter and the one that is its contrary',
  kinds: WORKFLOW,
  check: ({ triggers }, report) => {
    for (const { name, config } of triggers)
      for (const [key] of FILTERS) {
        const keys = [entry(config, key), entry(config, `${key}-ignore`)].flatMap((one) => one ?? []);
        const last = keys.toSorted((a, b) => a.key.start - b.key.start)[1];
        if (last !== undefined)
          report(last.key, `${quoted(name)} cannot have both ${key} and ${key}-ignore`, {
            hint: `a pattern of ${key} that begins with ! takes out what it matches`,
          });
      }
  },
};

/** Lists and texts that say nothing where something must be said. */
export const emptyFilter: Rule = {
  id: 'empty-filter',
  severity: 'warning',
  summary: 'a filter of an event is empty',
  kinds: WORKFLOW,
  check: ({ triggers }, report) => {
    for (const { config } of triggers)
      for (const { key, value } of entriesOf(config)) {
        if (
          ![
            'types',
            'branches',
            'branches-ignore',
            'tags',
            'tags-ignore',
            'paths',
            'paths-ignore',
            'workflows',
            'names',
            'versions',
          ].includes(key.text)
        )
          continue;
        const isEmpty = value.kind === 'list' ? value.items.length === 0 : value.kind === 'scalar' && value.text.trim() === '';
        if (isEmpty) report(key, `${key.text} is empty: take it out, or say what it lets through`);
      }
  },
};
