import { MAX_DEPTH, placesOf } from '../config/beside.ts';
import { ConfigError } from '../errors.ts';
import { placeOfLine, type Conversion } from '../imports/conversion.ts';
import type { Position } from '../toml.ts';
import type { RuleSource } from './combine.ts';
import type { Problem } from './problem.ts';
import { quoted } from '../report/quoted.ts';
import type { ImportFormat, RuleFile } from './rule-file.ts';
import { parseRuleFile } from './parse.ts';

/** A rule file that a person or the settings name. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mayLoosen: boolean;
  /** Found, not named: it does not take the place of the built-in rules. */
  readonly beside?: boolean;
}

/** The bytes of a file, undefined when there is none; paths as in `SourceFile`. */
export type ReadRules = (path: string) => Promise<Uint8Array | undefined>;

type Parse = (bytes: Uint8Array, place: string) => RuleFile | Promise<RuleFile>;

const follow = async (file: RuleFile, path: string, at: Position, read: ReadRules, parse: Parse): Promise<RuleFile | Problem> => {
  const wrong = (code: string, message: string): Problem => ({
    code,
    severity: 'error',
    file: file.file,
    line: at.line,
    column: at.column,
    message,
  });
  const places = placesOf(file.file, path);
  if (places.length === 0) return wrong('outside', `${quoted(path)} leaves the repository`);
  for (const place of places) {
    const bytes = await read(place);
    if (bytes !== undefined) return parse(bytes, place);
  }
  return wrong('missing-file', `no file ${quoted(path)}`);
};

const withProblem = (file: RuleFile, problem: Problem): RuleFile => ({ ...file, problems: [...file.problems, problem] });

/** A file of another format as the rule file that is made of it, with its own places. */
const importFile = async (bytes: Uint8Array, place: string, format: ImportFormat, now: Date): Promise<RuleFile> => {
  if (format === 'gitleaks' || format === 'betterleaks') return parseRuleFile(bytes, place, { origin: place, now });
  const made =
    format === 'kingfisher'
      ? (await import('../imports/kingfisher.ts')).convertKingfisher(bytes, place)
      : (await import('../imports/kei-leak-matrix.ts')).convertKeiLeakMatrix(bytes, place);
  return relocated(parseRuleFile(made.toml, place, { origin: place, now }), made);
};

const relocated = (file: RuleFile, made: Conversion): RuleFile => ({
  ...file,
  set: {
    ...file.set,
    rules: file.set.rules.map((one) => ({
      ...one,
      position: placeOfLine(made, one.position.line),
      testPlaces: one.testPlaces.map(({ line }) => placeOfLine(made, line)),
    })),
  },
  problems: [...made.problems, ...file.problems.map((one) => ({ ...one, ...placeOfLine(made, one.line) }))],
});

const importsOf = async (first: RuleFile, read: ReadRules, now: Date): Promise<readonly (RuleFile | Problem)[]> => {
  const found: (RuleFile | Problem)[] = [];
  for (const { format, path, position } of first.extend.imports) {
    const one = await follow(first, path, position, read, (bytes, place) => importFile(bytes, place, format, now));
    const other = 'set' in one && one.schema !== 'gitleaks' && (format === 'gitleaks' || format === 'betterleaks');
    const message = `${quoted(path)} is no file of ${format}`;
    found.push(other ? { code: 'bad-value', severity: 'error', file: first.file, ...position, message } : one);
  }
  return found;
};

const resolve = async (first: RuleFile, mayLoosen: boolean, read: ReadRules, now: Date, depth: number): Promise<RuleSource> => {
  let file = first;
  const imports: RuleFile[] = [];
  for (const one of await importsOf(first, read, now)) {
    if ('set' in one) imports.push(one);
    else file = withProblem(file, one);
  }
  const { path, pathPosition } = first.extend;
  if (path === undefined || pathPosition === undefined) return { file, imports, mayLoosen };
  if (depth >= MAX_DEPTH) {
    const message = `files go on from one another ${MAX_DEPTH} deep at most: ${quoted(path)} is not read`;
    return {
      file: withProblem(file, { code: 'too-deep', severity: 'warning', file: file.file, ...pathPosition, message }),
      imports,
      mayLoosen,
    };
  }
  const base = await follow(first, path, pathPosition, read, (bytes, place) => parseRuleFile(bytes, place, { origin: place, now }));
  if (!('set' in base)) return { file: withProblem(file, base), imports, mayLoosen };
  return { file, imports, mayLoosen, base: await resolve(base, mayLoosen, read, now, depth + 1) };
};

/**
 * Parses rule files and those they go on from.
 * @throws {ConfigError} when one is not TOML
 */
export const loadSources = async (files: readonly SourceFile[], read: ReadRules, now: Date): Promise<readonly RuleSource[]> => {
  const sources: RuleSource[] = [];
  for (const { path, bytes, mayLoosen, beside = false } of files)
    sources.push({ ...(await resolve(parseRuleFile(bytes, path, { origin: path, now }), mayLoosen, read, now, 0)), beside });
  return sources;
};

/** The problem that a file which is not TOML is, for lint, which goes on with the others. */
export const syntaxProblem = (error: unknown, file: string): Problem | undefined => {
  if (!(error instanceof ConfigError)) return undefined;
  const at = /^[^\n]*?:(\d+):(\d+): ([^]*)$/.exec(error.message);
  const place = at === null ? { line: 1, column: 1 } : { line: Number(at[1]), column: Number(at[2]) };
  const message = at?.[3] ?? error.message.slice(error.message.indexOf(': ') + 2);
  return { code: 'not-toml', severity: 'error', file, ...place, message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
};
