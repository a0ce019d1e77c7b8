import { nearest } from '../nearest.ts';
import { parseToml } from '../toml.ts';
import { placeOf, type Problem } from './problem.ts';
import { quoted } from '../report/quoted.ts';
import { readAllowlists } from './read-allowlist.ts';
import { GITLEAKS, readExpression, readRule } from './read-rule.ts';
import { IMPORT_FORMATS, type Extension, type Import, type RuleFile, type RuleParts, type RuleSchema } from './rule-file.ts';
import { createReader, type Cell, type Reader } from './rule-reader.ts';

export interface RuleFileOptions {
  /** `built-in`, or the path of the file. Rules of gitleaks' semantics have the origin `gitleaks` whatever this says. */
  readonly origin: string;
  /** For dates; default: nothing is expired. */
  readonly now?: Date;
}

const SCHEMA = 'leak-matrix/1';
const GITLEAKS_KEYS = [
  'title',
  'description',
  'minVersion',
  'betterleaksMinVersion',
  'extend',
  'rules',
  'allowlists',
  'allowlist',
  'prefilter',
  'filter',
];
const OUR_KEYS = ['schema', 'semantics', 'limits'];
/** Whose rules they were: they are decided as that tool decides. */
const SEMANTICS = ['gitleaks', 'betterleaks'] as const;
type Semantics = (typeof SEMANTICS)[number];
const MIN_WINDOW = 256;
const MAX_WINDOW = 1 << 20;

const readImports = (reader: Reader, extend: Cell): readonly Import[] =>
  reader.tables(extend, 'imports').flatMap((cell) => {
    reader.onlyKeys(cell, ['format', 'path']);
    const path = reader.text(cell, 'path');
    if (reader.text(cell, 'format') === 'detect-secrets') {
      reader.report(reader.pathOf(cell, 'format'), 'not-supported', {
        message: 'a baseline of detect-secrets has no rules, only what may stay',
        hint: `kei-git leak import detect-secrets ${quoted(path ?? '.secrets.baseline')}`,
      });
      return [];
    }
    const format = reader.choice(cell, 'format', IMPORT_FORMATS);
    for (const key of ['format', 'path'])
      if (!reader.has(cell, key)) reader.report(cell.path, 'missing-key', { message: `an import needs ${key}` });
    return format === undefined || path === undefined
      ? []
      : [{ format, path, position: placeOf(reader.document, reader.pathOf(cell, 'path'), 'value') }];
  });

const readExtension = (reader: Reader, top: Cell): Extension => {
  const cell = reader.table(top, 'extend');
  if (cell === undefined) return { disabledRules: [], imports: [] };
  reader.onlyKeys(
    cell,
    reader.strict ? ['useDefault', 'path', 'disabledRules', 'imports'] : ['useDefault', 'path', 'url', 'disabledRules'],
  );
  const useDefault = reader.flag(cell, 'useDefault');
  const path = reader.text(cell, 'path');
  if (!reader.strict && useDefault === true && path !== undefined && path !== '')
    reader.report(reader.pathOf(cell, 'path'), 'bad-value', {
      message: 'extend has both useDefault and path',
      hint: 'let the file of path say useDefault',
    });
  const disabled = reader.pathOf(cell, 'disabledRules');
  return {
    ...(useDefault === undefined ? {} : { useDefault }),
    ...(path === undefined || path === '' ? {} : { path, pathPosition: placeOf(reader.document, reader.pathOf(cell, 'path'), 'value') }),
    disabledRules: reader
      .texts(cell, 'disabledRules')
      .map((id, index) => ({ id, position: placeOf(reader.document, [...disabled, index], 'value') })),
    imports: reader.strict ? readImports(reader, cell) : [],
  };
};

const readLimits = (reader: Reader, top: Cell): number | undefined => {
  const cell = reader.table(top, 'limits');
  if (cell === undefined) return undefined;
  reader.onlyKeys(cell, ['maxWindow']);
  return reader.whole(cell, 'maxWindow', MIN_WINDOW, MAX_WINDOW);
};

const schemaOf = (reader: Reader, top: Cell): RuleSchema => {
  const named = top.value['schema'];
  if (named === undefined) return 'gitleaks';
  if (named !== SCHEMA) {
    const near = typeof named === 'string' ? nearest(named, [SCHEMA]) : undefined;
    reader.report(['schema'], 'bad-value', {
      message: `schema must be ${quoted(SCHEMA)}`,
      ...(near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` }),
    });
  }
  return SCHEMA;
};

/** undefined: ours. */
const semanticsOf = (reader: Reader, top: Cell): Semantics | undefined => {
  if (reader.strict) return reader.choice(top, 'semantics', SEMANTICS);
  return ['betterleaksMinVersion', 'prefilter', 'filter'].some((key) => reader.has(top, key)) ? 'betterleaks' : 'gitleaks';
};

/** Tokens that silence a line where the tool that the file was written for runs. */
const tokensOf = (semantics: Semantics | undefined): readonly string[] => {
  if (semantics === undefined) return [];
  return semantics === 'betterleaks' ? ['gitleaks:allow', 'betterleaks:allow'] : ['gitleaks:allow'];
};

const readParts = (reader: Reader, top: Cell, semantics: Semantics | undefined, { origin: given, now }: RuleFileOptions): RuleParts => {
  const today = now?.toISOString().slice(0, 10) ?? '';
  const origin = semantics === undefined ? given : GITLEAKS;
  const rules = reader.tables(top, 'rules').flatMap((cell) => readRule(reader, cell, origin, today) ?? []);
  const prefilter = readExpression(reader, top, 'prefilter');
  const filter = readExpression(reader, top, 'filter');
  const maxWindow = reader.strict ? readLimits(reader, top) : undefined;
  return {
    rules,
    allowlists: readAllowlists(reader, top, true, today),
    ...(prefilter === undefined ? {} : { prefilter }),
    ...(filter === undefined ? {} : { filter }),
    allowTokens: tokensOf(semantics),
    ...(maxWindow === undefined ? {} : { maxWindow }),
  };
};

/** gitleaks lets the last of two rules of one id win; in our own files both were meant, so one is a mistake. */
const tellDoubles = (reader: Reader, { rules }: RuleParts, problems: Problem[]): void => {
  const seen = new Map<string, number>();
  for (const { rule, override, file, position } of rules) {
    const before = seen.get(rule.id);
    seen.set(rule.id, position.line);
    if (before === undefined || override) continue;
    const severity = reader.strict ? 'error' : 'warning';
    const told = reader.strict ? { hint: 'give it another id, or override = true' } : { hint: 'this one counts, as in gitleaks' };
    problems.push({
      code: 'duplicate-id',
      severity,
      file,
      ...position,
      message: `rule ${quoted(rule.id)} is there already, in line ${before}`,
      ...told,
    });
  }
};

const lastOfEach = (parts: RuleParts): RuleParts => ({
  ...parts,
  rules: [...new Map(parts.rules.map((one) => [one.rule.id, one])).values()],
});

/**
 * Reads one rule file: gitleaks' and betterleaks' TOML as their tools do, with `schema = "leak-matrix/1"` strictly.
 * @param file as messages name it
 * @throws {ConfigError} when it is not TOML; everything else is in `problems`
 */
export const parseRuleFile = (source: string | Uint8Array, file: string, options: RuleFileOptions): RuleFile => {
  const document = parseToml(source, file);
  const problems: Problem[] = [];
  const top: Cell = { value: document.value, path: [] };
  const schema = schemaOf(createReader(document, true, problems), top);
  const reader = createReader(document, schema === SCHEMA, problems);
  reader.onlyKeys(top, reader.strict ? [...GITLEAKS_KEYS, ...OUR_KEYS] : GITLEAKS_KEYS);
  const extend = readExtension(reader, top);
  const semantics = semanticsOf(reader, top);
  const parts = readParts(reader, top, semantics, options);
  tellDoubles(reader, parts, problems);
  const set = reader.strict ? parts : lastOfEach(parts);
  return { file, schema: semantics === undefined ? SCHEMA : 'gitleaks', set, extend, problems };
};
