import { headerOf, joinBlocks, type Block, type Conversion } from '../imports/conversion.ts';
import { basic, column, comments, list, literal, pairs } from '../imports/toml-text.ts';
import { sourceBytes } from '../imports/source.ts';
import { freshId } from '../imports/rule-id.ts';
import { printable } from '../report/printable.ts';
import type { Problem } from '../report/problem.ts';
import { quoted } from '../report/quoted.ts';
import { isTable, parseToml, type Position, type TomlDocument } from '../toml.ts';
import { parseRuleFile } from './parse.ts';
import { placeOf } from './problem.ts';
import type { FileAllowlist, FileRule, RuleFile } from './rule-file.ts';
import type { Allowlist, Neighbour } from './rule.ts';

interface Source {
  readonly document: TomlDocument;
  readonly file: RuleFile;
  /** Rules by the ids they get. */
  readonly names: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

const some = (texts: readonly string[], write: (texts: readonly string[]) => string): string | undefined =>
  texts.length === 0 ? undefined : write(texts);

const allowlistLines = (header: string, one: Allowlist, names: Source['names']): readonly string[] => [
  header,
  ...pairs({
    reason: one.reason === undefined ? undefined : basic(one.reason),
    targetRules: some(
      one.targetRules.map((id) => names.get(id) ?? id),
      list,
    ),
    condition: one.condition === 'AND' ? '"AND"' : undefined,
    regexTarget: one.regexTarget === 'secret' ? undefined : basic(one.regexTarget),
    paths: some(one.paths, column),
    regexes: some(one.regexes, column),
    stopwords: some(one.stopwords, list),
    commits: some(one.commits, list),
  }),
];

const neighbourLines = ({ id, withinLines, withinColumns }: Neighbour, names: Source['names']): readonly string[] => [
  '[[rules.required]]',
  ...pairs({ id: basic(names.get(id) ?? id), withinLines, withinColumns }),
];

/** Comments that stand right above a line of the file that was read. */
const commentsAbove = (lines: readonly string[], { line }: Position): readonly string[] => {
  let first = line - 1;
  while (first > 0 && /^\s*#/.test(lines[first - 1] ?? '')) first--;
  return lines.slice(first, line - 1).map((said) => `#${printable(said.trim().slice(1))}`);
};

/** Problems by the line of the part that they stand in; 0: before the first. @param starts lines, ascending */
const byPart = (problems: readonly Problem[], starts: readonly number[]): ReadonlyMap<number, readonly Problem[]> => {
  const parts = new Map<number, Problem[]>();
  let next = 0;
  for (const one of [...problems].sort((a, b) => a.line - b.line)) {
    while ((starts[next] ?? Infinity) <= one.line) next++;
    const start = starts[next - 1] ?? 0;
    parts.set(start, [...(parts.get(start) ?? []), one]);
  }
  return parts;
};

const problemLines = (problems: readonly Problem[]): readonly string[] =>
  problems.flatMap(({ message, hint }) => comments(`kei-git: ${message}${hint === undefined ? '' : ` (${hint})`}`));

/** A rule of which only half can be read finds other things than were meant. */
const isBroken = ({ rule, given }: FileRule): boolean =>
  (given.has('regex') && rule.regex === undefined) || (given.has('path') && rule.path === undefined);

const ruleLines = ({ rule, given }: FileRule, names: Source['names']): readonly string[] => {
  const whole = given.has('regex') || given.has('path');
  return [
    '[[rules]]',
    ...pairs({
      id: basic(names.get(rule.id) ?? rule.id),
      override: whole ? undefined : true,
      description: given.has('description') ? basic(rule.description) : undefined,
      regex: rule.regex === undefined ? undefined : literal(rule.regex),
      path: rule.path === undefined ? undefined : literal(rule.path),
      secretGroup: given.has('secretGroup') ? rule.secretGroup : undefined,
      keywords: some(rule.keywords, list),
      entropy: given.has('entropy') ? rule.entropy : undefined,
      filter: rule.filter === undefined ? undefined : literal(rule.filter),
      skipReport: given.has('skipReport') ? rule.skipReport : undefined,
      tags: some(rule.tags, list),
    }),
    ...rule.required.flatMap((one) => neighbourLines(one, names)),
    ...rule.allowlists.flatMap((one) => allowlistLines('[[rules.allowlists]]', one, names)),
  ];
};

const extendLines = ({ file: { extend } }: Source): readonly string[] => [
  '[extend]',
  ...(extend.useDefault === undefined
    ? ['# as for gitleaks, these rules are all there is; true: the built-in ones stand beside them']
    : []),
  ...pairs({
    useDefault: extend.useDefault ?? (extend.path === undefined ? false : undefined),
    path: extend.path === undefined ? undefined : basic(extend.path),
    disabledRules: some(
      extend.disabledRules.map(({ id }) => id),
      list,
    ),
  }),
];

/** What gitleaks' reader passes over in silence, and what a person who goes over to our schema should know. */
const furtherProblems = (document: TomlDocument, file: RuleFile): readonly Problem[] => {
  const problems: Problem[] = [];
  const tell = (path: readonly (string | number)[], message: string, hint?: string): void => {
    const at = placeOf(document, path);
    problems.push({ code: 'not-carried', severity: 'note', file: file.file, ...at, message, ...(hint === undefined ? {} : { hint }) });
  };
  const { rules, extend } = document.value;
  for (const [index, rule] of Array.isArray(rules) ? rules.entries() : [])
    if (isTable(rule) && Object.hasOwn(rule, 'specificity')) tell(['rules', index, 'specificity'], 'specificity is not known here');
  if (isTable(extend) && Object.hasOwn(extend, 'url')) tell(['extend', 'url'], 'what url names is not fetched');
  if (file.extend.path !== undefined)
    tell(['extend', 'path'], 'the file that it goes on from is read as it is', 'import it as well, and name the new one here');
  return problems;
};

const namesOf = (file: RuleFile, problems: Problem[]): ReadonlyMap<string, string> => {
  const taken = new Set<string>();
  return new Map(
    file.set.rules.map(({ rule: { id }, position }) => {
      const name = freshId(id, taken);
      if (name !== id)
        problems.push({
          code: 'renamed',
          severity: 'note',
          file: file.file,
          ...position,
          message: `rule ${quoted(id)} is called ${quoted(name)} here: ids are of letters, digits, -, _ and dots`,
        });
      return [id, name];
    }),
  );
};

const blocksOf = (source: Source): readonly Block[] => {
  const { document, file, names, problems } = source;
  const lines = document.text.split('\n');
  const { rules, allowlists } = file.set;
  const starts = [...rules, ...allowlists].map(({ position }) => position.line).sort((a, b) => a - b);
  const parts = byPart(problems, starts);
  const said = (line: number): readonly string[] => problemLines(parts.get(line) ?? []);
  const block = ({ position }: FileRule | FileAllowlist, own: readonly string[]): Block => ({
    from: position,
    lines: [...commentsAbove(lines, position), ...said(position.line), ...own],
  });
  return [
    { from: { line: 1, column: 1 }, lines: [...said(0), ...extendLines(source)] },
    ...rules.map((one) => block(one, isBroken(one) ? comments(`left out: ${quoted(one.rule.id)}`) : ruleLines(one, names))),
    ...allowlists.map((one) => block(one, allowlistLines('[[allowlists]]', one.list, names))),
  ];
};

/**
 * A file of gitleaks or betterleaks in our schema, with that tool's semantics: the same findings. Comments above rules and allowlists are
 * kept, others are not.
 * @throws {ConfigError} when it is not TOML, or of our schema already
 */
export const convertGitleaks = (source: string | Uint8Array, name: string): Conversion => {
  const document = parseToml(typeof source === 'string' ? source : sourceBytes(source, name), name);
  if (Object.hasOwn(document.value, 'schema'))
    throw document.error(['schema'], 'this is a file of our own schema already', { hint: 'it needs no import' });
  const file = parseRuleFile(document.text, name, { origin: name });
  const problems = [...file.problems, ...furtherProblems(document, file)];
  const names = namesOf(file, problems);
  const { prefilter, filter, allowTokens } = file.set;
  const semantics = allowTokens.includes('betterleaks:allow') ? 'betterleaks' : 'gitleaks';
  const text = (key: string): string | undefined => {
    const value = document.value[key];
    return typeof value === 'string' ? basic(value) : undefined;
  };
  const header = [
    ...headerOf(semantics, name),
    ...pairs({
      semantics: basic(semantics),
      title: text('title'),
      description: text('description'),
      prefilter: prefilter === undefined ? undefined : literal(prefilter),
      filter: filter === undefined ? undefined : literal(filter),
    }),
  ];
  const rules = file.set.rules.filter((one) => !isBroken(one)).length;
  return { ...joinBlocks(header, blocksOf({ document, file, names, problems })), problems, rules };
};
