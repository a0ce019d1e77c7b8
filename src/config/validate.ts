import * as v from 'valibot';
import type { ConfigError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { printable } from '../report/printable.ts';
import { quoted } from '../report/quoted.ts';
import { isTable, type Position, type TomlDocument, type TomlPath, type TomlTable } from '../toml.ts';

type Issue = v.BaseIssue<unknown>;

/**
 * Of a table's schema the keys, of an array's the schema of its items; of anything else nothing. A table whose keys are the person's own has none that are
 * known; `each`: the schema of what stands under them.
 */
const partsOf = (schema: unknown): { readonly entries?: TomlTable; readonly item?: unknown; readonly each?: unknown } => {
  let at = schema;
  while (isTable(at) && 'wrapped' in at) at = at['wrapped'];
  if (!isTable(at)) return {};
  if (at['type'] === 'record') return { entries: {}, each: at['value'] };
  return { ...(isTable(at['entries']) ? { entries: at['entries'] } : {}), ...('item' in at ? { item: at['item'] } : {}) };
};

const innerOf = (schema: unknown, step: string | number): unknown => {
  const { entries = {}, item, each } = partsOf(schema);
  if (typeof step === 'number') return item;
  return Object.hasOwn(entries, step) ? entries[step] : each;
};

/** The keys that a table of the schema may have. */
const entriesAt = (schema: unknown, path: TomlPath): TomlTable => {
  let at = schema;
  for (const step of path) at = innerOf(at, step);
  return partsOf(at).entries ?? {};
};

/** Where an array or a date stands for a table: valibot takes any object for one. */
const misplaced = (schema: unknown, value: unknown, path: TomlPath): TomlPath | undefined => {
  const { entries, item, each } = partsOf(schema);
  if (entries !== undefined && !isTable(value)) return typeof value === 'object' ? path : undefined;
  if (entries !== undefined && isTable(value))
    return firstOf(Object.entries(value), ([key, inner]) =>
      Object.hasOwn(entries, key) || each !== undefined ? misplaced(innerOf(schema, key), inner, [...path, key]) : undefined,
    );
  return item !== undefined && Array.isArray(value)
    ? firstOf([...value.entries()], ([i, inner]) => misplaced(item, inner, [...path, i]))
    : undefined;
};

const firstOf = <T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined => {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
};

const pathOf = (issue: Issue): TomlPath =>
  (issue.path ?? []).map(({ key }): string | number => (typeof key === 'number' ? key : String(key)));

const table = (path: TomlPath): string => {
  const names = path.filter((step) => typeof step === 'string').map((name) => printable(name));
  return typeof path.at(-1) === 'number' ? `[[${names.join('.')}]]` : `[${names.join('.')}]`;
};

/** `decode in [leak]`, `item 2 of categories in [leak]`, `[leak]`. */
const named = (path: TomlPath, asTable: boolean): string => {
  const last = path.at(-1);
  if (asTable || last === undefined) return table(path);
  const inside = path.slice(0, -1);
  if (typeof last === 'number') return `item ${last + 1} of ${named(inside, false)}`;
  const word = /^[a-z-]+$/.test(last) ? last : quoted(last);
  return inside.length > 0 ? `${word} in ${table(inside)}` : word;
};

const meant = (word: string | undefined): { readonly hint?: string } => (word === undefined ? {} : { hint: `did you mean "${word}"?` });

/** All tables that the schema knows, inner ones too. */
const tablesIn = (schema: unknown, path: TomlPath): readonly TomlPath[] =>
  Object.entries(entriesAt(schema, path)).flatMap(([name, inner]) =>
    partsOf(inner).entries === undefined ? [] : [[...path, name], ...tablesIn(schema, [...path, name])],
  );

const unknownKey = (document: TomlDocument, schema: unknown, path: TomlPath): ConfigError => {
  const word = String(path.at(-1));
  const parent = path.slice(0, -1);
  const near = nearest(word, Object.keys(entriesAt(schema, parent)));
  const elsewhere = tablesIn(schema, []).filter((inside) => Object.hasOwn(entriesAt(schema, inside), word));
  const hint =
    near === undefined && elsewhere.length > 0 ? { hint: `${word} belongs into ${elsewhere.map(table).join(' or ')}` } : meant(near);
  return document.error(path, `unknown key ${quoted(word)}${parent.length > 0 ? ` in ${table(parent)}` : ''}`, hint);
};

const errorOf = (document: TomlDocument, schema: unknown, issue: Issue): ConfigError => {
  const path = pathOf(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') return unknownKey(document, schema, path);
  if (issue.type === 'strict_object' && issue.received === 'undefined')
    return document.error(path, `${table(path.slice(0, -1))} has no ${String(path.at(-1))}`);
  const options = issue.type === 'picklist' ? [...(issue.expected ?? '').matchAll(/"([^"]+)"/g)].map(([, word]) => word ?? '') : [];
  const near = typeof issue.input === 'string' ? nearest(issue.input, options) : undefined;
  const asTable = ['strict_object', 'record', 'check'].includes(issue.type) || (issue.type === 'raw_check' && isTable(issue.input));
  const isKey = asTable || issue.path?.at(-1)?.origin === 'key';
  return document.error(path, `${named(path, asTable)} ${issue.message}`, { ...meant(near), of: isKey ? 'key' : 'value' });
};

const isBefore = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.column < b.column);

/** The document as the schema wants it. @throws {ConfigError} the first thing that is wrong, in the order of the text */
export const validate = <S extends v.GenericSchema>(schema: S, document: TomlDocument): v.InferOutput<S> => {
  const wrong = misplaced(schema, document.value, []);
  if (wrong !== undefined) throw document.error(wrong, `${named(wrong, true)} must be a table`);
  const result = v.safeParse(schema, document.value);
  if (result.success) return result.output;
  const at = (issue: Issue): Position => document.locate(pathOf(issue)) ?? { line: Infinity, column: 0 };
  const first = result.issues.reduce<Issue>((best, next) => (isBefore(at(next), at(best)) ? next : best), result.issues[0]);
  throw errorOf(document, schema, first);
};
