import { CATEGORIES } from '../config/categories.ts';
import { nearest } from '../nearest.ts';
import { PatternError } from '../regex/parse.ts';
import { matchesEmpty } from '../regex/tree.ts';
import { wrongReplacement } from '../regex/replacement.ts';
import { usablePattern } from '../regex/usable.ts';
import { quoted } from '../report/quoted.ts';
import { isTable, parseToml, type Position, type TomlDocument, type TomlTable } from '../toml.ts';
import { headerOf, joinBlocks, type Block, type Conversion } from './conversion.ts';
import { createNotes, noteLines, type Notes } from './notes.ts';
import { freshId } from './rule-id.ts';
import { translateRust } from './rust-dialect.ts';
import { sourceBytes } from './source.ts';
import { basic, comments, list, literal, pairs } from './toml-text.ts';

const KEYS = ['id', 'pattern', 'category', 'severity', 'substitute_with', 'scope', 'rationale', 'added'];
const ACTIONS = ['block', 'warn', 'substitute', 'exclude'];
const SCOPES: ReadonlyMap<string, string> = new Map([['all-writes', 'write'], ['commit-msg', 'message'], ['github-push', 'push'], ['public-mirror', 'mirror'], ...['write', 'message', 'push', 'mirror', 'agent'].map((scope): [string, string] => [scope, scope])]); // prettier-ignore

/** One `[[rule]]` of the file. */
interface Entry {
  readonly table: TomlTable;
  readonly notes: Notes;
  /** Of a key, or of the rule where it has no such key. */
  at(key?: string): Position;
}

const textOf = ({ table, notes, at }: Entry, key: string): string | undefined => {
  const value = table[key];
  if (value === undefined || typeof value === 'string') return value;
  notes.tell(at(key), 'error', 'wrong-type', `${key} must be a text`);
  return undefined;
};

const hintOf = (word: string, known: readonly string[]): string | undefined => {
  const near = nearest(word, known);
  return near === undefined ? `known are ${known.join(', ')}` : `did you mean ${quoted(near)}?`;
};

interface Pattern {
  readonly regex: string;
  readonly secretGroup?: number;
}

/** The expression in RE2's dialect; what it matches as a whole is the secret, as it was there. */
const patternOf = (entry: Entry): Pattern | undefined => {
  const { notes, at } = entry;
  const leftOut = (why: string, hint?: string): undefined => {
    notes.tell(at('pattern'), 'error', 'left-out', `the rule is left out: ${why}`, hint);
  };
  const pattern = textOf(entry, 'pattern');
  if (pattern === undefined || pattern === '') return leftOut('it has no pattern');
  const { regex, unicode, refused } = translateRust(pattern);
  if (refused !== undefined) return leftOut(refused, 'write it without');
  try {
    const { tree, captures } = usablePattern(regex);
    if (matchesEmpty(tree)) return leftOut('its pattern matches the empty text');
    if (unicode) notes.tell(at('pattern'), 'note', 'dialect', String.raw`\d, \w, \s and \b know ASCII only here, all of Unicode there`);
    return captures === 0 ? { regex } : { regex: `(${regex})`, secretGroup: 1 };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return leftOut(error.message);
  }
};

const categoryOf = (entry: Entry): { readonly category: string; readonly tags?: string } => {
  const named = textOf(entry, 'category');
  if (named === undefined || CATEGORIES.some((one) => one === named)) return { category: basic(named ?? 'secret') };
  const said = `no category ${quoted(named)}: the rule is of private-project, with the word as a tag`;
  entry.notes.tell(entry.at('category'), 'warning', 'bad-value', said, hintOf(named, CATEGORIES));
  return { category: basic('private-project'), tags: list([named]) };
};

const actionOf = (entry: Entry): string => {
  const named = textOf(entry, 'severity');
  if (named !== undefined && ACTIONS.includes(named)) return named;
  if (named !== undefined)
    entry.notes.tell(entry.at('severity'), 'warning', 'bad-value', `no severity ${quoted(named)}: the rule blocks`, hintOf(named, ACTIONS));
  return 'block';
};

/** undefined: all. */
const scopeOf = ({ table, notes, at }: Entry): string | undefined => {
  const given = table['scope'];
  if (given === undefined) return undefined;
  const words: readonly unknown[] = Array.isArray(given) ? given : [given];
  const scopes = words.flatMap((word) => {
    const scope = typeof word === 'string' ? SCOPES.get(word) : undefined;
    if (scope !== undefined) return [scope];
    const named = typeof word === 'string' ? word : '';
    notes.tell(at('scope'), 'warning', 'bad-value', `no scope ${quoted(named)}`, hintOf(named, [...SCOPES.keys()]));
    return [];
  });
  if (scopes.length > 0) return list([...new Set(scopes)]);
  notes.tell(at('scope'), 'warning', 'bad-value', 'scope names nothing: the rule counts on all occasions');
  return undefined;
};

const addedOf = ({ table, notes, at }: Entry): string | undefined => {
  const given = table['added'];
  if (given === undefined) return undefined;
  const day = (given instanceof Date ? given.toISOString() : typeof given === 'string' ? given : '').slice(0, 10);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`).getTime() : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(day)) return day;
  notes.tell(at('added'), 'note', 'bad-value', 'added is no date like 2026-11-21');
  return undefined;
};

const TOKEN = ['[rules.replace]', 'mode = "token"'];

const replaceLines = (entry: Entry, action: string, regex: string): readonly string[] => {
  const { notes, at } = entry;
  const value = textOf(entry, 'substitute_with');
  if (action !== 'substitute') {
    if (value !== undefined)
      notes.tell(at('substitute_with'), 'note', 'not-carried', `substitute_with says nothing where the severity is ${quoted(action)}`);
    return [];
  }
  if (value === undefined) {
    notes.tell(at(), 'note', 'not-carried', 'there is no substitute_with: a token takes the place of what is found');
    return TOKEN;
  }
  const wrong = wrongReplacement(value, regex);
  if (wrong !== undefined) {
    const why = wrong.replace(/^value/, 'substitute_with');
    notes.tell(at('substitute_with'), 'warning', 'not-carried', `${why}; a token takes its place`);
    return TOKEN;
  }
  if (/\$(?:\d|\{|[A-Za-z_])/.test(value))
    notes.tell(at('substitute_with'), 'warning', 'not-carried', 'groups in substitute_with are not filled in: it is taken as it stands');
  return ['[rules.replace]', 'mode = "value"', `value = ${basic(value)}`];
};

const MAX_DESCRIPTION = 100;

const descriptionOf = (id: string, rationale: string | undefined): string => {
  const sentence = /^\s*(\S[^\n]*?)(?:[.:;](?=\s|$)|\n|$)/.exec(rationale ?? '')?.[1] ?? '';
  return sentence !== '' && sentence.length <= MAX_DESCRIPTION ? sentence : id.replaceAll(/[._-]+/g, ' ');
};

const idOf = (entry: Entry, taken: Set<string>): string | undefined => {
  const { notes, at } = entry;
  const given = textOf(entry, 'id');
  if (given === undefined || given.trim() === '') {
    notes.tell(at('id'), 'error', 'left-out', 'the rule is left out: it has no id');
    return undefined;
  }
  const twice = taken.has(given);
  const id = freshId(given, taken);
  if (id !== given)
    notes.tell(
      at('id'),
      'note',
      'renamed',
      `rule ${quoted(given)} is called ${quoted(id)} here`,
      twice ? 'its id is there already' : undefined,
    );
  return id;
};

const ruleLines = (entry: Entry, taken: Set<string>): readonly string[] | undefined => {
  const id = idOf(entry, taken);
  const pattern = id === undefined ? undefined : patternOf(entry);
  if (id === undefined || pattern === undefined) return undefined;
  const rationale = textOf(entry, 'rationale');
  const action = actionOf(entry);
  const { category, tags } = categoryOf(entry);
  return [
    '[[rules]]',
    ...pairs({
      id: basic(id),
      description: basic(descriptionOf(id, rationale)),
      regex: literal(pattern.regex),
      secretGroup: pattern.secretGroup,
      noise: false,
      category,
      action: basic(action),
      scope: scopeOf(entry),
      tags,
      rationale: rationale === undefined ? undefined : literal(rationale),
      added: addedOf(entry),
    }),
    ...replaceLines(entry, action, pattern.regex),
  ];
};

const entryOf = (document: TomlDocument, index: number, table: TomlTable, notes: Notes): Entry => ({
  table,
  notes,
  at: (key) =>
    (key === undefined ? undefined : document.locate(['rule', index, key])) ?? document.locate(['rule', index]) ?? { line: 1, column: 1 },
});

const blockOf = (entry: Entry, taken: Set<string>): Block & { readonly isRule: boolean } => {
  const { notes, table, at } = entry;
  const before = notes.all.length;
  notes.tellUnknown(Object.keys(table), KEYS, at);
  const lines = ruleLines(entry, taken);
  const said = noteLines(notes.all.slice(before));
  const name = typeof table['id'] === 'string' ? quoted(table['id']) : 'a rule without an id';
  return { from: at(), lines: [...said, ...(lines ?? comments(`left out: ${name}`))], isRule: lines !== undefined };
};

/**
 * The original leak matrix of the kit: `[[rule]]` tables with expressions of Rust's dialect. The whole match is what was found there.
 * @throws {ConfigError} when it is not TOML, or another format
 */
export const convertKeiLeakMatrix = (source: Uint8Array, file: string): Conversion => {
  const document = parseToml(sourceBytes(source, file), file);
  const rules = document.value['rule'];
  if (Object.hasOwn(document.value, 'schema') && rules === undefined)
    throw document.error(['schema'], 'this is a file of our own schema already', { hint: 'it needs no import' });
  if (!Array.isArray(rules) || !rules.every(isTable))
    throw document.error(['rule'], 'a leak matrix of the kit has its rules in [[rule]] tables', {
      hint: Object.hasOwn(document.value, 'rules') ? 'is it a file of gitleaks? leak import gitleaks' : 'is it the right file?',
    });
  const notes = createNotes(file);
  notes.tellUnknown(Object.keys(document.value), ['rule'], (key) => document.locate([key]) ?? { line: 1, column: 1 });
  const head = noteLines(notes.all);
  const taken = new Set<string>();
  const blocks = rules.map((table, index) => blockOf(entryOf(document, index, table, notes), taken));
  return {
    ...joinBlocks([...headerOf('kei-leak-matrix', file), ...head], blocks),
    problems: notes.all,
    rules: blocks.filter(({ isRule }) => isRule).length,
  };
};
