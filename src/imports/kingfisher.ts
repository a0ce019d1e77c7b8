import { ConfigError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import { quoted } from '../report/quoted.ts';
import type { Position } from '../toml.ts';
import { headerOf, joinBlocks, type Block, type Conversion } from './conversion.ts';
import { hitText, missText, type Tried } from './example-tests.ts';
import { dependencyLines } from './kingfisher-neighbours.ts';
import type { KingfisherRule } from './kingfisher-rule.ts';
import { readPattern, secretFinder, type ReadPattern } from './kingfisher-pattern.ts';
import { readRequirements } from './kingfisher-requirements.ts';
import { createNotes, noteLines } from './notes.ts';
import { freshId } from './rule-id.ts';
import { sourceText } from './source.ts';
import { basic, comments, list, literal, pairs } from './toml-text.ts';
import { parseYaml, type YamlValue } from './yaml-document.ts';

const KEYS = ['name', 'id', 'pattern', 'description', 'min_entropy', 'confidence', 'examples', 'negative_examples', 'references', 'visible', 'depends_on_rule', 'pattern_requirements', 'validation', 'revocation', 'categories', 'prevalidated', 'tls_mode']; // prettier-ignore
/** What is asked of a provider, which kei-git does not. */
const NETWORK = ['validation', 'revocation', 'tls_mode'];
/** Below 0.5 an error becomes a warning; kingfisher itself shows rules of low confidence only when asked. `medium` is our default. */
const CONFIDENCE: ReadonlyMap<string, number | undefined> = new Map([['low', 0.4], ['medium', undefined], ['high', 0.95]]); // prettier-ignore
const MAX_ENTROPY = 8;

export interface KingfisherOptions {
  /** Makes tests of the examples: false for a text that must not stand in a rule file, since a scanner takes it for a leak. */
  readonly isClean?: (text: string) => boolean;
}

const textOf = ({ fields, notes }: KingfisherRule, key: string): string | undefined => {
  const value = fields.get(key)?.value;
  if (value === undefined || value.scalar === null) return undefined;
  if (value.scalar !== undefined) return String(value.scalar);
  notes.tell(value.at, 'error', 'wrong-type', `${key} must be a text`);
  return undefined;
};

const textsOf = ({ fields, notes }: KingfisherRule, key: string): readonly { readonly text: string; readonly at: Position }[] => {
  const value = fields.get(key)?.value;
  if (value === undefined || value.scalar === null) return [];
  if (value.items === undefined) {
    notes.tell(value.at, 'warning', 'wrong-type', `${key} must be a list`);
    return [];
  }
  return value.items.flatMap(({ scalar, at }) => (scalar === undefined || scalar === null ? [] : [{ text: String(scalar), at }]));
};

const entropyOf = ({ fields, notes }: KingfisherRule): number | undefined => {
  const value = fields.get('min_entropy')?.value;
  if (value === undefined || value.scalar === null || value.scalar === 0) return undefined;
  if (typeof value.scalar === 'number' && value.scalar >= 0 && value.scalar <= MAX_ENTROPY) return value.scalar;
  notes.tell(value.at, 'warning', 'bad-value', `min_entropy must be a number from 0 to ${MAX_ENTROPY}: it is not asked`);
  return undefined;
};

const confidenceOf = (rule: KingfisherRule): number | undefined => {
  const word = textOf(rule, 'confidence');
  if (word === undefined || CONFIDENCE.has(word)) return CONFIDENCE.get(word ?? 'medium');
  const at = rule.fields.get('confidence')?.at ?? rule.at;
  rule.notes.tell(at, 'warning', 'bad-value', `confidence must be one of low, medium, high: medium is taken`);
  return undefined;
};

const tellNetwork = ({ fields, notes }: KingfisherRule): void => {
  for (const key of NETWORK) {
    const field = fields.get(key);
    if (field !== undefined) notes.tell(field.at, 'note', 'not-carried', `${key} is not carried over: kei-git asks no provider`);
  }
  const prevalidated = fields.get('prevalidated');
  if (prevalidated !== undefined) notes.tell(prevalidated.at, 'note', 'not-carried', 'prevalidated says nothing here');
};

const testLines = (rule: KingfisherRule, tried: Tried, isClean: (text: string) => boolean): readonly string[] => {
  const made = (key: string, make: typeof hitText, expect: string): readonly string[] =>
    textsOf(rule, key).flatMap(({ text, at }, index) => {
      const test = make(text, tried, isClean);
      if (test !== undefined) return ['[[rules.tests]]', ...pairs({ text: literal(test), expect: basic(expect) })];
      const isSo = (tried.secretIn(text) === undefined) === (expect === 'miss');
      const why = isSo ? 'it cannot be written without what looks like a secret' : `the rule does not ${expect} it here`;
      rule.notes.tell(at, 'note', 'no-test', `item ${index + 1} of ${key} is no test: ${why}`);
      return [];
    });
  return [...made('examples', hitText, 'hit'), ...made('negative_examples', missText, 'miss')];
};

const idOf = (rule: KingfisherRule, taken: Set<string>): string | undefined => {
  const given = textOf(rule, 'id');
  const at = rule.fields.get('id')?.at ?? rule.at;
  if (given === undefined || given.trim() === '') {
    rule.notes.tell(at, 'error', 'left-out', 'the rule is left out: it has no id');
    return undefined;
  }
  const twice = taken.has(given);
  const id = freshId(given, taken);
  if (id !== given)
    rule.notes.tell(
      at,
      'note',
      'renamed',
      `rule ${quoted(given)} is called ${quoted(id)} here`,
      twice ? 'its id is there already' : undefined,
    );
  return id;
};

const bodyLines = (
  rule: KingfisherRule,
  id: string,
  pattern: ReadPattern,
  ids: ReadonlySet<string>,
  options: KingfisherOptions,
): readonly string[] => {
  const { fields, notes } = rule;
  const entropy = entropyOf(rule);
  const requirements = readRequirements(fields.get('pattern_requirements')?.value, notes);
  const description = textOf(rule, 'description');
  const visible = fields.get('visible')?.value.scalar;
  const neighbours = dependencyLines(rule, ids);
  tellNetwork(rule);
  const tags = textsOf(rule, 'categories').map(({ text }) => text);
  const lines = [
    ...textsOf(rule, 'references').flatMap(({ text }) => comments(`see ${text}`)),
    '[[rules]]',
    ...pairs({
      id: basic(id),
      description: basic(textOf(rule, 'name') ?? id),
      regex: literal(pattern.regex),
      secretGroup: pattern.secretGroup === 0 ? undefined : pattern.secretGroup,
      entropy,
      filter: requirements.filter,
      noise: false,
      confidence: confidenceOf(rule),
      skipReport: visible === false ? true : undefined,
      tags: tags.length === 0 ? undefined : list(tags),
      rationale: description === undefined ? undefined : literal(description),
    }),
    ...neighbours,
  ];
  if (options.isClean === undefined) return lines;
  if (neighbours.length > 0) {
    const examples = fields.get('examples');
    if (examples !== undefined) notes.tell(examples.at, 'note', 'no-test', 'the examples are no tests: they stand without the neighbour');
    return lines;
  }
  const tried = { id, secretIn: secretFinder(pattern, (secret, bits) => bits > (entropy ?? -1) && requirements.meets(secret)) };
  return [...lines, ...testLines(rule, tried, options.isClean)];
};

const blockOf = (
  rule: KingfisherRule,
  taken: Set<string>,
  ids: ReadonlySet<string>,
  options: KingfisherOptions,
): Block & { readonly isRule: boolean } => {
  const { fields, notes, at } = rule;
  const before = notes.all.length;
  notes.tellUnknown([...fields.keys()], KEYS, (key) => fields.get(key)?.at ?? at);
  for (const [key, field] of fields)
    if (field.isTwice) notes.tell(field.at, 'warning', 'duplicate-key', `key ${quoted(key)} stands there twice: the last one counts`);
  const id = idOf(rule, taken);
  const pattern = id === undefined ? undefined : readPattern(rule);
  const lines = id === undefined || pattern === undefined ? undefined : bodyLines(rule, id, pattern, ids, options);
  const said = noteLines(notes.all.slice(before));
  const left = comments(`left out: ${id === undefined ? 'a rule without an id' : quoted(id)}`);
  return { from: at, lines: [...said, ...(lines ?? left)], isRule: lines !== undefined };
};

const rulesOf = (top: YamlValue, file: string): readonly YamlValue[] => {
  const items = top.fields?.get('rules')?.value.items;
  if (items !== undefined) return items;
  const { line, column } = top.fields?.get('rules')?.at ?? top.at;
  throw new ConfigError(`${printable(file)}:${line}:${column}: a file of kingfisher has its rules in a list below "rules:"`, {
    hint: 'is it the right file?',
  });
};

/**
 * A YAML file of kingfisher (https://github.com/mongodb/kingfisher/blob/main/docs/RULES.md). Its findings stand beside each other there; here the
 * surest of those that overlap stays.
 * @throws {ConfigError} when it is not YAML, or another format
 */
export const convertKingfisher = (source: Uint8Array, file: string, options: KingfisherOptions = {}): Conversion => {
  const top = parseYaml(sourceText(source, file), file);
  const entries = rulesOf(top, file);
  const notes = createNotes(file);
  notes.tellUnknown([...(top.fields?.keys() ?? [])], ['rules'], (key) => top.fields?.get(key)?.at ?? top.at);
  const head = noteLines(notes.all);
  const rules = entries.flatMap(({ fields, at }): KingfisherRule[] => {
    if (fields !== undefined) return [{ fields, at, notes }];
    notes.tell(at, 'error', 'left-out', 'the rule is left out: it is no map of keys and values');
    return [];
  });
  const ids = new Set(rules.flatMap(({ fields }) => String(fields.get('id')?.value.scalar ?? '')));
  const taken = new Set<string>();
  const blocks = rules.map((rule) => blockOf(rule, taken, ids, options));
  return {
    ...joinBlocks([...headerOf('kingfisher', file), ...head], blocks),
    problems: notes.all,
    rules: blocks.filter(({ isRule }) => isRule).length,
  };
};
