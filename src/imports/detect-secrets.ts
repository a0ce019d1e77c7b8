import { ConfigError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import type { Problem } from '../report/problem.ts';
import { quoted } from '../report/quoted.ts';
import { isTable, type Position, type TomlTable } from '../toml.ts';
import { createNotes, type Notes } from './notes.ts';
import { rulesForPlugin } from './detect-secrets-plugins.ts';
import { createPlaces, type JsonPlaces } from './json-places.ts';
import { sourceText } from './source.ts';

/** One secret that a baseline knows, by its digest. */
export interface BaselineEntry {
  /** With `/`. */
  readonly path: string;
  /** SHA-1 of the secret, hex, lower case. */
  readonly sha1: string;
  /** `Secret Keyword`, … */
  readonly type: string;
  /** What a person said in the audit; undefined: nobody did. */
  readonly isSecret: boolean | undefined;
  /** The tool asked the provider, and it is live. */
  readonly isVerified: boolean;
  readonly at: Position;
}

export interface Baseline {
  readonly entries: readonly BaselineEntry[];
  readonly problems: readonly Problem[];
}

const KEYS = ['version', 'generated_at', 'plugins_used', 'filters_used', 'results', 'exclude', 'custom_plugin_paths', 'word_list'];
const MAX_MEGABYTES = 64; // a baseline of a large repository; JSON is read cheaply
/** Filters by which a person left things out; the others are heuristics, for which `noise` stands here. */
const SETTINGS = /\.(?:regex|wordlist)\.|^(?!detect_secrets\.)/;

const parseJson = (text: string, file: string): TomlTable => {
  try {
    const value: unknown = JSON.parse(text);
    if (isTable(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // its message quotes the file, which may hold a secret
  }
  throw new ConfigError(`${printable(file)}: not a baseline of detect-secrets: it must be a JSON object`, {
    hint: 'is it the right file?',
  });
};

const tables = (value: unknown): readonly TomlTable[] => (Array.isArray(value) ? value.filter(isTable) : []);
const nameOf = (table: TomlTable, key: string): string => (typeof table[key] === 'string' ? table[key] : '');

const tellPlugins = (top: TomlTable, places: JsonPlaces, notes: Notes): void => {
  for (const plugin of tables(top['plugins_used'])) {
    const name = nameOf(plugin, 'name');
    const rules = rulesForPlugin(name);
    const at = places.next(name);
    if (rules === undefined)
      notes.tell(at, 'warning', 'unknown-plugin', `plugin ${quoted(name)} is not known: no rule is known to stand for it`);
    else if (rules.length === 0) notes.tell(at, 'note', 'no-rule', `no rule of ours looks for what plugin ${quoted(name)} does`);
    else notes.tell(at, 'note', 'plugin', `for plugin ${quoted(name)} there is ${rules.map((id) => `leak/${id}`).join(', ')}`);
  }
  for (const filter of tables(top['filters_used'])) {
    const path = nameOf(filter, 'path');
    if (SETTINGS.test(path))
      notes.tell(
        places.next(path),
        'note',
        'not-carried',
        `filter ${quoted(path, 80)} is not carried over`,
        'paths and words that may pass stand in [[allowlists]] of a rule file',
      );
  }
};

const entryOf = (path: string, one: TomlTable, at: Position, notes: Notes): BaselineEntry | undefined => {
  const sha1 = nameOf(one, 'hashed_secret').toLowerCase();
  if (!/^[0-9a-f]{40}$/.test(sha1)) {
    notes.tell(at, 'warning', 'left-out', `an entry of ${quoted(path, 80)} has no hashed_secret: it is left out`);
    return undefined;
  }
  const { is_secret: isSecret, is_verified: isVerified } = one;
  return {
    path,
    sha1,
    type: nameOf(one, 'type'),
    isSecret: typeof isSecret === 'boolean' ? isSecret : undefined,
    isVerified: isVerified === true,
    at,
  };
};

/**
 * A `.secrets.baseline` (https://github.com/Yelp/detect-secrets): digests of secrets by file.
 * @throws {ConfigError} when it is something else
 */
export const readDetectSecrets = (source: Uint8Array, file: string): Baseline => {
  const text = sourceText(source, file, MAX_MEGABYTES);
  const top = parseJson(text, file);
  const { results } = top;
  if (!isTable(results))
    throw new ConfigError(`${printable(file)}: not a baseline of detect-secrets: it has no results`, { hint: 'is it the right file?' });
  const notes = createNotes(file);
  const places = createPlaces(text);
  notes.tellUnknown(Object.keys(top), KEYS, (key) => places.of(key));
  tellPlugins(top, places, notes);
  places.skipTo('results');
  const entries = Object.entries(results).flatMap(([name, found]) => {
    places.next(name);
    return tables(found).flatMap((one) => {
      const at = places.next(nameOf(one, 'hashed_secret'));
      return entryOf(name.replaceAll('\\', '/').replace(/^\.\//, ''), one, at, notes) ?? [];
    });
  });
  return { entries, problems: notes.all };
};
