import { stringify, TomlDate } from 'smol-toml';
import * as v from 'valibot';
import { ConfigError, UsageError } from '../errors.ts';
import { parseToml, type Position } from '../toml.ts';
import { IGNORES_FILE } from './keys.ts';
import { table } from './schema-values.ts';
import { validate } from './validate.ts';
import { quoted } from '../report/quoted.ts';

/** One exception: of a finding by its fingerprint, or of a rule in the files that `match` names. */
export interface Ignore {
  readonly kind: 'ignore' | 'baseline';
  /** `leak/github-pat`, or a room's every rule: `leak/*`. Always there beside `match`. */
  readonly rule?: string;
  readonly fingerprint?: string;
  /** Glob of paths. */
  readonly match?: string;
  /** Only in this file. */
  readonly path?: string;
  /** Always there in an `[[ignore]]`. */
  readonly reason?: string;
  /** The last day it counts, `2027-06-30`, in UTC. */
  readonly until?: string;
  readonly by?: string;
}

/** An entry that was read, and where its header stands. */
export interface PlacedIgnore extends Ignore {
  readonly position: Position;
  /** Only for findings of rules of this category; undefined: of any. No file says it: what is looked at does. */
  readonly category?: string;
}

const line = (what: string) => v.pipe(v.string(`must be ${what}`), v.regex(/^[^\p{Cc}]*[^\s\p{Cc}][^\p{Cc}]*$/u, `must be ${what}`));
const DATE = 'must be a date like 2027-06-30, without quotes';
const date = v.pipe(
  v.custom<TomlDate>((value) => value instanceof TomlDate && value.isDate(), DATE),
  v.transform((value) => value.toISOString()),
);
const rule = v.pipe(
  v.string('must be the id of a rule, like "leak/github-pat"'),
  v.regex(/^[a-z][a-z0-9-]*\/(?:\*|[A-Za-z0-9][A-Za-z0-9._-]*)$/, 'must be the id of a rule, like "leak/github-pat"'),
);
const fingerprint = v.pipe(
  v.string('must be a fingerprint, as reports show it'),
  v.regex(/^kei1c?:[a-z2-7]{26}$/, 'must be a fingerprint, as reports show it'),
);
const common = { path: v.exactOptional(line('a path')), until: v.exactOptional(date), by: v.exactOptional(line('a name')) };

const IgnoresSchema = table({
  ignore: v.optional(
    v.array(
      v.pipe(
        table({
          ...common,
          rule: v.exactOptional(rule),
          fingerprint: v.exactOptional(fingerprint),
          match: v.exactOptional(line('a glob of paths')),
          reason: line('a reason: a line of text'),
        }),
        v.check((entry) => (entry.fingerprint === undefined) !== (entry.match === undefined), 'needs either fingerprint or match'),
        v.check((entry) => entry.match === undefined || entry.rule !== undefined, 'with match needs a rule as well'),
      ),
      'must be written as [[ignore]]',
    ),
    [],
  ),
  baseline: v.optional(
    v.array(
      table({ ...common, rule: v.exactOptional(rule), fingerprint, reason: v.exactOptional(line('a line of text')) }),
      'must be written as [[baseline]]',
    ),
    [],
  ),
});

/** @throws {ConfigError} when an entry is not whole and well-formed */
export const parseIgnores = (source: string | Uint8Array, file: string = IGNORES_FILE): readonly PlacedIgnore[] => {
  const document = parseToml(source, file);
  const { ignore, baseline } = validate(IgnoresSchema, document);
  const placed = (kind: Ignore['kind'], entries: readonly Omit<Ignore, 'kind'>[]): PlacedIgnore[] =>
    entries.map((entry, i) => ({ kind, ...entry, position: document.locate([kind, i]) ?? { line: 1, column: 1 } }));
  return [...placed('ignore', ignore), ...placed('baseline', baseline)];
};

/** True from the day after `until` on, in UTC. */
export const isExpired = ({ until }: Pick<Ignore, 'until'>, now: Date): boolean =>
  until !== undefined && now.toISOString().slice(0, 10) > until;

const localDate = (text: string): TomlDate => {
  const day = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text))
    throw new UsageError(`${quoted(text)} is not a date`, { hint: 'write it like 2027-06-30' });
  return TomlDate.wrapAsLocalDate(day);
};

const KEY_ORDER = ['rule', 'fingerprint', 'match', 'path', 'reason', 'until', 'by'] as const;

const showEntry = (entry: Ignore): string => {
  const values = KEY_ORDER.flatMap((key): [string, unknown][] => {
    const value = entry[key];
    if (value === undefined) return [];
    // Half a surrogate pair cannot be written; Buffer puts U+FFFD in its place.
    return [[key, key === 'until' ? localDate(value) : Buffer.from(value).toString()]];
  });
  return stringify({ [entry.kind]: [Object.fromEntries(values)] }).trim();
};

const isSame = (a: Ignore, b: Ignore): boolean =>
  a.kind === b.kind && a.fingerprint === b.fingerprint && a.match === b.match && a.path === b.path && a.rule === b.rule;

/**
 * Appends entries and leaves every byte before them as it is, line ends and byte order mark too. An entry that already stands there
 * with the same date or none is not repeated.
 * @throws {ConfigError} when the file is broken, or an entry would break it
 */
export const addEntries = (source: string, entries: readonly Ignore[], file: string = IGNORES_FILE): string => {
  const known: Ignore[] = [...parseIgnores(source, file)];
  const isKnown = (entry: Ignore): boolean =>
    known.some((old) => isSame(old, entry) && (old.until === undefined || (entry.until !== undefined && old.until >= entry.until)));
  const added: string[] = [];
  for (const entry of entries) {
    if (isKnown(entry)) continue;
    known.push(entry);
    added.push(showEntry(entry));
  }
  if (added.length === 0) return source;
  const end = source.includes('\r\n') ? '\r\n' : '\n';
  const body = source.startsWith('\ufeff') ? source.slice(1) : source;
  const before = body === '' ? '' : body.endsWith('\n') ? end : end + end;
  const result = source + before + `${added.join('\n\n')}\n`.replaceAll('\n', end);
  parseAdded(result, file);
  return result;
};

const parseAdded = (result: string, file: string): void => {
  try {
    parseIgnores(result, file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) };
    throw new ConfigError(`the new entry does not fit: ${error.message}`, details);
  }
};

/** @throws {ConfigError} */
export const addIgnore = (source: string, entry: Omit<Ignore, 'kind'>, file: string = IGNORES_FILE): string =>
  addEntries(source, [{ ...entry, kind: 'ignore' }], file);
