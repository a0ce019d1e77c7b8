import { ConfigError } from '../errors.ts';
import { quoted } from '../report/quoted.ts';
import { ALL_FOLDS, foldCode, FOLDS, type FoldCode } from '../terms/fold.ts';
import { findPlaces, valueEnd, type TomlPath } from '../toml-places.ts';
import { isTable, parseToml, type TomlTable } from '../toml.ts';

/** A rule of kind `term` as its file has it. */
export interface TermRule {
  readonly id: string;
  readonly code: FoldCode;
  readonly plain: readonly string[];
  readonly hashed: readonly string[];
}

const rulesOf = (value: TomlTable): readonly unknown[] => (Array.isArray(value['rules']) ? value['rules'] : []);
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** The term rules of a file. @throws {ConfigError} when it is not TOML */
export const termRulesOf = (text: string, file: string): readonly TermRule[] =>
  rulesOf(parseToml(text, file).value).flatMap((rule) => {
    if (!isTable(rule) || rule['kind'] !== 'term' || typeof rule['id'] !== 'string') return [];
    const folds = rule['fold'] === undefined ? undefined : texts(rule['fold']);
    const code = folds === undefined ? ALL_FOLDS : foldCode(FOLDS.filter((fold) => folds.includes(fold)));
    return [{ id: rule['id'], code, plain: texts(rule['terms']), hashed: texts(rule['termsHashed']) }];
  });

export type TermKey = 'terms' | 'termsHashed';

const written = (entry: string): string => JSON.stringify(entry).replaceAll('\u007f', String.raw`\u007f`);
const listOf = (entries: readonly string[]): string => `[\n${entries.map((entry) => `  ${written(entry)},\n`).join('')}]`;
const sorted = (entries: readonly string[]): readonly string[] => entries.toSorted((a, b) => (a < b ? -1 : 1));

/** A piece of text to put in at a place. */
type Insert = readonly [at: number, text: string];

/** Where entries go among those of the list at `path`, which are in order. */
const amongOthers = (text: string, path: TomlPath, known: readonly string[], entries: readonly string[]): readonly Insert[] => {
  const find = findPlaces(text);
  return sorted(entries).map((entry): Insert => {
    const next = known.findIndex((other) => other > entry);
    const place = find([...path, next < 0 ? known.length - 1 : next])?.value ?? 0;
    return next < 0 ? [valueEnd(text, place), `,\n  ${written(entry)}`] : [place, `${written(entry)},\n  `];
  });
};

const insertsOf = (text: string, file: string, id: string, key: TermKey, entries: readonly string[]): readonly Insert[] | undefined => {
  const { value } = parseToml(text, file);
  const index = rulesOf(value).findIndex((rule) => isTable(rule) && rule['id'] === id);
  const rule = rulesOf(value)[index];
  if (!isTable(rule)) return undefined;
  if (rule['kind'] !== 'term')
    throw new ConfigError(`${file}: rule ${quoted(id)} is not of kind "term"`, { hint: '--rule ID names another, or a new one' });
  const find = findPlaces(text);
  const path = ['rules', index, key];
  const list = find(path);
  const known = texts(rule[key]);
  if (list === undefined) return [[find(['rules', index, 'kind'])?.key ?? 0, `${key} = ${listOf(sorted(entries))}\n`]];
  if (known.length === 0) return [[list.value, listOf(sorted(entries))]];
  return amongOthers(text, path, known, entries);
};

const withInserts = (text: string, inserts: readonly Insert[]): string => {
  let out = '';
  let done = 0;
  for (const [at, piece] of inserts.toSorted(([a], [b]) => a - b)) {
    out += text.slice(done, at) + piece;
    done = at;
  }
  return out + text.slice(done);
};

const HEAD = 'schema = "leak-matrix/1"\n';

const newRule = (id: string, key: TermKey, entries: readonly string[]): string =>
  `[[rules]]
id = ${written(id)}
description = "term that must not leave"
kind = "term"
category = "private-project"
action = "block"
${key} = ${listOf(sorted(entries))}
`;

/** What the file says, the list of one rule left out. */
const others = (text: string, file: string, id: string, key: TermKey): string => {
  const { value } = parseToml(text, file);
  const bare = (rule: unknown): unknown => {
    if (!isTable(rule) || rule['id'] !== id) return rule;
    const { [key]: _list, ...rest } = rule;
    return rest;
  };
  return JSON.stringify({ ...value, rules: rulesOf(value).map(bare) });
};

/** Whether the entries are there now, and all else is as it was. */
const isDone = (before: string, after: string, file: string, id: string, key: TermKey, entries: readonly string[]): boolean => {
  try {
    const rule = termRulesOf(after, file).find((one) => one.id === id);
    const listed = new Set(key === 'terms' ? rule?.plain : rule?.hashed);
    const isNew = !termRulesOf(before, file).some((one) => one.id === id);
    return entries.every((entry) => listed.has(entry)) && (isNew || others(before, file, id, key) === others(after, file, id, key));
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
};

const empty = (text: string, list: number): string => text.slice(0, list) + text.slice(valueEnd(text, list));

/**
 * Puts entries into a rule's list, in their order, and leaves every other byte as it is. A rule or file that is not there is made.
 * @param source undefined: there is no file
 * @throws {ConfigError} when the file is not TOML, or written in a way that cannot be added to
 */
export const addTerms = (source: string | undefined, file: string, id: string, key: TermKey, entries: readonly string[]): string => {
  if (source === undefined) return `${HEAD}\n${newRule(id, key, entries)}`;
  const mark = source.startsWith('\ufeff') ? '\ufeff' : '';
  const text = source.slice(mark.length);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const inserts = insertsOf(text, file, id, key, entries)?.map(([at, piece]): Insert => [at, piece.replaceAll('\n', end)]);
  const [only] = inserts ?? [];
  const isEmpty = only !== undefined && inserts?.length === 1 && text[only[0]] === '[';
  const base = isEmpty ? empty(text, only[0]) : text;
  const after =
    inserts === undefined
      ? `${text}${text === '' || text.endsWith('\n') ? '' : end}${end}${newRule(id, key, entries).replaceAll('\n', end)}`
      : withInserts(base, inserts);
  if (!isDone(text, after, file, id, key, entries))
    throw new ConfigError(`${file}: rule ${quoted(id)} is written in a way that nothing can be added to`, {
      hint: `write it as [[rules]], with ${key} = [] on a line of its own`,
    });
  return mark + after;
};
