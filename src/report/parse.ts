import { ConfigError } from '../errors.ts';
import {
  SEVERITIES,
  type Edit,
  type Finding,
  type Fix,
  type Report,
  type Severity,
  type Skipped,
  type Stats,
  type TargetSummary,
} from './finding.ts';
import { FINDING_KEYS, REPORT_SCHEMA } from './json.ts';
import { printable } from './printable.ts';

type Members = Readonly<Record<string, unknown>>;

/** Where in the file a value stands, for messages: `shard.json: findings[3]`. Values themselves are never quoted. */
interface Place {
  in(key: string | number): Place;
  fail(what: string): never;
}

const placeIn = (file: string, at = ''): Place => ({
  in: (key) => placeIn(file, typeof key === 'number' ? `${at}[${key}]` : at === '' ? key : `${at}.${key}`),
  fail: (what) => {
    throw new ConfigError(`${file}: ${at === '' ? 'the report' : at} ${what}`, {
      hint: 'give files that kei-git wrote with --format json',
    });
  },
});

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSeverity = (value: unknown): value is Severity => SEVERITIES.some((severity) => severity === value);

const members = (value: unknown, place: Place, known: readonly string[]): Members => {
  if (!isMembers(value)) return place.fail('is not an object');
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) return place.fail(`has a member that no report has: ${printable(stranger.slice(0, 20))}`);
  return value;
};

const array = <T>(value: unknown, place: Place, item: (value: unknown, place: Place) => T): readonly T[] =>
  Array.isArray(value) ? value.map((v: unknown, i) => item(v, place.in(i))) : place.fail('is not an array');

const string = (value: unknown, place: Place): string => (typeof value === 'string' ? value : place.fail('is not a string'));
const named = (value: unknown, place: Place): string => (string(value, place) === '' ? place.fail('is empty') : string(value, place));
const whole = (value: unknown, place: Place, min: number): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= min ? value : place.fail(`is not a whole number of at least ${min}`);
const finite = (value: unknown, place: Place): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : place.fail('is not a number');

/** `{ key: parsed }`, or nothing where the report has no such member. */
const maybe = <K extends string, T>(from: Members, key: K, place: Place, item: (value: unknown, place: Place) => T): { [P in K]?: T } => {
  const out: { [P in K]?: T } = {};
  if (from[key] !== undefined) out[key] = item(from[key], place.in(key));
  return out;
};

const range = (from: Members, place: Place): { readonly start: number; readonly end: number } => {
  const start = whole(from['start'], place.in('start'), 0);
  return { start, end: whole(from['end'], place.in('end'), start) };
};

const edit = (value: unknown, place: Place): Edit => {
  const from = members(value, place, ['start', 'end', 'text']);
  return { ...range(from, place), text: string(from['text'], place.in('text')) };
};

const fix = (value: unknown, place: Place): Fix => {
  const from = members(value, place, ['title', 'edits']);
  return { title: string(from['title'], place.in('title')), edits: array(from['edits'], place.in('edits'), edit) };
};

const record = <T>(value: unknown, place: Place, item: (value: unknown, place: Place) => T): Readonly<Record<string, T>> =>
  isMembers(value)
    ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, item(v, place.in(printable(key.slice(0, 20))))]))
    : place.fail('is not an object');

const scalar = (value: unknown, place: Place): string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : place.fail('is no text, number or truth value');

const fromOne = (value: unknown, place: Place): number => whole(value, place, 1);
const fromZero = (value: unknown, place: Place): number => whole(value, place, 0);

const finding = (value: unknown, place: Place): Finding => {
  const from = members(value, place, FINDING_KEYS);
  const severity = from['severity'];
  if (!isSeverity(severity)) return place.in('severity').fail(`is none of ${SEVERITIES.join(', ')}`);
  return {
    rule: named(from['rule'], place.in('rule')),
    severity,
    message: string(from['message'], place.in('message')),
    ...maybe(from, 'hint', place, string),
    ...maybe(from, 'path', place, named),
    ...maybe(from, 'commit', place, named),
    ...maybe(from, 'line', place, fromOne),
    ...maybe(from, 'column', place, fromOne),
    ...maybe(from, 'endLine', place, fromOne),
    ...maybe(from, 'endColumn', place, fromOne),
    ...maybe(from, 'start', place, fromZero),
    ...maybe(from, 'end', place, fromZero),
    fingerprint: named(from['fingerprint'], place.in('fingerprint')),
    ...maybe(from, 'fix', place, fix),
    ...maybe(from, 'extra', place, (v, p) => record(v, p, scalar)),
  };
};

const skipped = (value: unknown, place: Place): Skipped => {
  const from = members(value, place, ['path', 'reason', 'kind']);
  const kind = from['kind'];
  if (kind !== 'policy' && kind !== 'failed') return place.in('kind').fail('is neither policy nor failed');
  return { ...maybe(from, 'path', place, named), reason: string(from['reason'], place.in('reason')), kind };
};

const target = (value: unknown, place: Place): TargetSummary => {
  const from = members(value, place, ['event', 'kind', 'description']);
  return {
    event: named(from['event'], place.in('event')),
    kind: named(from['kind'], place.in('kind')),
    description: string(from['description'], place.in('description')),
  };
};

const stats = (value: unknown, place: Place): Stats => {
  const from = members(value, place, ['files', 'bytes', 'elapsedMs', 'extra']);
  return {
    files: fromZero(from['files'], place.in('files')),
    bytes: fromZero(from['bytes'], place.in('bytes')),
    ...maybe(from, 'elapsedMs', place, finite),
    ...maybe(from, 'extra', place, (v, p) => record(v, p, finite)),
  };
};

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's message quotes the text: only the position is taken from it.
    const at = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    const before = at === undefined ? undefined : text.slice(0, Number(at)).split('\n');
    const place = before === undefined ? '' : `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new ConfigError(`${file}${place}: not valid JSON`, { hint: 'was the file cut off while it was written?' });
  }
};

/**
 * A report from the text of `--format json`.
 * @param file what messages call it
 * @throws {ConfigError} on another schema, and on anything kei-git would not have written
 */
export const parseReport = (text: string, file: string): Report => {
  const place = placeIn(printable(file));
  const value = parseJson(text.replace(/^\ufeff/, ''), printable(file));
  if (!isMembers(value)) return place.fail('is not an object');
  if (value['schema'] !== REPORT_SCHEMA) return place.in('schema').fail(`is not ${REPORT_SCHEMA}, the one that this version reads`);
  const from = members(value, place, ['schema', 'tool', 'target', 'findings', 'skipped', 'stats']);
  const tool = members(from['tool'], place.in('tool'), ['name', 'version']);
  named(tool['name'], place.in('tool').in('name'));
  named(tool['version'], place.in('tool').in('version'));
  return {
    kind: 'report',
    target: target(from['target'], place.in('target')),
    findings: array(from['findings'], place.in('findings'), finding),
    skipped: array(from['skipped'], place.in('skipped'), skipped),
    stats: stats(from['stats'], place.in('stats')),
  };
};
