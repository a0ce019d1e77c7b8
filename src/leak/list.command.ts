import { choice, defineCommand, flag, list } from '../command.ts';
import { directorySnapshot } from '../git/directory.ts';
import { findRepository } from '../git/repository.ts';
import { here } from '../git/run.ts';
import { commitSnapshot } from '../git/snapshot.ts';
import { worktreeSnapshot } from '../git/worktree.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import { readIfThere } from '../sys/files.ts';
import { packageFolder } from '../sys/package-folder.ts';
import { openRules } from './open-rules.ts';
import { throwFirst } from '../report/problem.ts';
import { CATEGORIES, type Category } from '../config/categories.ts';
import { type Rule } from '../rules/rule.ts';

const DOORS = { here, findRepository, worktreeSnapshot, commitSnapshot, directorySnapshot, readIfThere, packageFolder };

/** A rule as far as it may be shown: never its expression, which in a rule about terms is the term. */
const shown = ({ id, description, category, action, severity, confidence, source, origin, skipReport }: Rule) => ({
  rule: `leak/${id}`,
  description,
  category,
  action,
  ...(severity === undefined ? {} : { severity }),
  confidence,
  ...(source === undefined ? {} : { source: source.url, sourceKind: source.kind }),
  origin,
  ...(skipReport ? { helps: true } : {}),
});

const lineOf = (rule: Rule): string => {
  const certainty = `${rule.action} ${rule.confidence.toFixed(2).replace(/0$/, '')}`;
  const head = `  ${printable(rule.id)}  ${printable(rule.description)}`;
  const help = rule.skipReport ? ', only as a neighbour of others' : '';
  const link = rule.source === undefined ? '' : `  ${printable(rule.source.url)}`;
  return `${head}  (${certainty}${help})${link}\n`;
};

const section = (category: Category, rules: readonly Rule[], isOn: boolean): string => {
  const head = `${category}: ${count(rules.length, 'rule')}${isOn ? '' : ', off (categories in [leak])'}\n`;
  return (
    head +
    [...rules]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(lineOf)
      .join('')
  );
};

export const command = defineCommand({
  args: {},
  options: {
    category: choice(CATEGORIES, 'only rules of this category'),
    rules: list('FILE', 'rule files in place of those that the settings name', { completes: 'file' }),
    'no-builtin': flag('without the built-in rules'),
    format: choice(['text', 'json'], 'how to print it', { default: 'text', short: 'f' }),
  },
  details:
    'Shows the rules that hold here, by category: id, description, what happens, how sure a finding is (0 to 1), and where the format is described.',
  examples: [
    { command: 'kei-git leak list', does: 'shows all rules' },
    { command: 'kei-git leak list --category personal', does: 'shows what is known of personal data' },
  ],
  run: async ({ options }, context) => {
    const { combined, broken, policy } = await openRules(context, DOORS, { files: options.rules, useBuiltin: !options['no-builtin'] });
    throwFirst([...broken, ...combined.problems]);
    const categories = options.category === undefined ? CATEGORIES : [options.category];
    const sections = categories.flatMap((category) => {
      const rules = combined.set.rules.filter((rule) => rule.category === category);
      return rules.length === 0 ? [] : [section(category, rules, policy.config.leak.categories.includes(category))];
    });
    const rules = combined.set.rules.filter(({ category }) => categories.includes(category));
    return { kind: 'answer', text: sections.length === 0 ? 'no rules\n' : sections.join('\n'), value: { rules: rules.map(shown) } };
  },
});
