import { SEVERITIES } from '../report/finding.ts';
import { matchesEmpty } from '../regex/tree.ts';
import { CHECKSUMS } from '../values/checksums.ts';
import { expressionNotes, ExpressionError, type ExpressionNote } from '../expression/compile.ts';
import { nearest } from '../nearest.ts';
import { placeOf } from './problem.ts';
import { quoted } from '../report/quoted.ts';
import { readAllowlists, readPattern } from './read-allowlist.ts';
import { readNeighbours, readReplacement, readSource, readTests } from './read-rule-tables.ts';
import { readTerms } from './read-terms.ts';
import { CATEGORIES } from '../config/categories.ts';
import { ACTIONS, SCOPES, type Rule, type Scope } from './rule.ts';
import type { FileRule } from './rule-file.ts';
import type { Cell, Reader } from './rule-reader.ts';

const GITLEAKS_KEYS = ['id', 'description', 'regex', 'path', 'secretGroup', 'entropy', 'keywords', 'tags', 'allowlists', 'allowlist', 'required', 'skipReport']; // prettier-ignore
const BETTERLEAKS_KEYS = ['filter', 'validate', 'specificity'];
const OUR_KEYS = ['kind', 'category', 'action', 'scope', 'severity', 'confidence', 'checksum', 'noise', 'rationale', 'source', 'added', 'tests', 'override', 'replace', 'terms', 'termsHashed', 'fold']; // prettier-ignore
const THEIR_RULE_KEYS = [...GITLEAKS_KEYS, ...BETTERLEAKS_KEYS];
const RULE_KEYS = [...THEIR_RULE_KEYS, ...OUR_KEYS];
const KINDS = ['pattern', 'term', 'file'] as const;
const DEFAULT_CONFIDENCE = 0.8;

// The names of the original leak matrix.
const SCOPE_NAMES: ReadonlyMap<string, Scope> = new Map([...SCOPES.map((scope) => [scope, scope] as const), ['all-writes', 'write'], ['commit-msg', 'message'], ['github-push', 'push'], ['public-mirror', 'mirror']]); // prettier-ignore

/** The origin of rules that are decided as gitleaks decides, wherever they stand. */
export const GITLEAKS = 'gitleaks';

const readScopes = (reader: Reader, cell: Cell): readonly Scope[] => {
  if (!reader.has(cell, 'scope')) return SCOPES;
  const scopes = reader.texts(cell, 'scope').flatMap((word, index) => {
    const scope = SCOPE_NAMES.get(word);
    if (scope !== undefined) return [scope];
    const near = nearest(word, [...SCOPE_NAMES.keys()]);
    const hint = near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` };
    reader.report([...reader.pathOf(cell, 'scope'), index], 'bad-value', { message: `scope must be of ${SCOPES.join(', ')}`, ...hint });
    return [];
  });
  if (scopes.length === 0)
    reader.report(reader.pathOf(cell, 'scope'), 'bad-value', { message: `scope names nothing: it must be of ${SCOPES.join(', ')}` });
  return [...new Set(scopes)];
};

const tellNote = (reader: Reader, cell: Cell, key: string, source: string, { at, message }: ExpressionNote): void =>
  reader.reportInside(reader.pathOf(cell, key), source, at, 'expression-note', { severity: 'note', message });

/** An expression that drops findings; undefined and a problem when it cannot be compiled. */
export const readExpression = (reader: Reader, cell: Cell, key: string): string | undefined => {
  const source = reader.text(cell, key);
  if (source === undefined || source.trim() === '') return undefined;
  try {
    for (const note of expressionNotes(source)) tellNote(reader, cell, key, source, note);
    return source;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    reader.reportInside(reader.pathOf(cell, key), source, error.at, 'bad-expression', {
      message: `${key} cannot be compiled: ${error.message}`,
      ...hint,
    });
    return undefined;
  }
};

const readRegex = (reader: Reader, cell: Cell, group: number, origin: string): string | undefined => {
  const source = reader.text(cell, 'regex');
  if (source === undefined || source === '') return undefined;
  const path = reader.pathOf(cell, 'regex');
  const pattern = readPattern(reader, path, source);
  if (pattern === undefined) return undefined;
  if (group > pattern.captures) {
    const message = `secretGroup is ${group}, but the expression has ${pattern.captures === 0 ? 'no group' : `${pattern.captures} ${pattern.captures === 1 ? 'group' : 'groups'}`}`;
    reader.report(reader.pathOf(cell, 'secretGroup'), 'bad-value', { message });
  }
  if (matchesEmpty(pattern.tree))
    reader.report(path, 'empty-match', {
      severity: origin === GITLEAKS ? 'warning' : 'error',
      message: 'expression matches the empty text',
    });
  return source;
};

const readChecksum = (reader: Reader, cell: Cell): string | undefined => {
  const name = reader.text(cell, 'checksum');
  if (name === undefined || Object.hasOwn(CHECKSUMS, name)) return name;
  const near = nearest(name, Object.keys(CHECKSUMS));
  reader.report(reader.pathOf(cell, 'checksum'), 'bad-value', {
    message: `no checksum ${quoted(name)}`,
    hint: near === undefined ? `known are ${Object.keys(CHECKSUMS).join(', ')}` : `did you mean ${quoted(near)}?`,
  });
  return undefined;
};

const readKind = (reader: Reader, cell: Cell, hasRegex: boolean, hasPath: boolean): Rule['kind'] => {
  const named = reader.strict ? reader.choice(cell, 'kind', KINDS) : undefined;
  const kind = named ?? (!hasRegex && hasPath ? 'file' : 'pattern');
  const at = reader.pathOf(cell, 'kind');
  if (kind === 'term' && hasRegex) reader.report(at, 'bad-value', { message: 'a rule of kind "term" has terms and no regex' });
  if (kind === 'file' && hasRegex)
    reader.report(at, 'bad-value', { message: 'a rule of kind "file" looks at the path alone and has no regex' });
  if (kind === 'file' && !hasPath) reader.report(cell.path, 'missing-key', { message: 'a rule of kind "file" needs path' });
  if (named === 'pattern' && !hasRegex) reader.report(cell.path, 'missing-key', { message: 'a rule of kind "pattern" needs regex' });
  return kind;
};

const idOf = (reader: Reader, cell: Cell): string | undefined => {
  const id = reader.text(cell, 'id');
  if (id === undefined || id.trim() === '') {
    if (id !== undefined || !reader.has(cell, 'id')) reader.report(cell.path, 'missing-key', { message: 'a rule needs an id' });
    return undefined;
  }
  if (reader.strict && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) {
    reader.report(reader.pathOf(cell, 'id'), 'bad-value', { message: 'id must be of letters, digits, -, _ and dots' });
    return undefined;
  }
  return id;
};

/** Keys that only our schema has. */
const ourSide = (
  reader: Reader,
  cell: Cell,
  origin: string,
): Partial<Rule> & Pick<Rule, 'category' | 'action' | 'scope' | 'confidence' | 'noise' | 'origin'> => {
  if (!reader.strict) return { category: 'secret', action: 'block', scope: SCOPES, confidence: 1, noise: false, origin: GITLEAKS };
  const theirs = origin === GITLEAKS;
  const category = reader.choice(cell, 'category', CATEGORIES) ?? 'secret';
  const severity = reader.choice(cell, 'severity', SEVERITIES);
  const rationale = reader.text(cell, 'rationale');
  const checksum = readChecksum(reader, cell);
  const source = readSource(reader, cell);
  const added = reader.date(cell, 'added');
  return {
    category,
    action: reader.choice(cell, 'action', ACTIONS) ?? (category === 'secret' ? 'block' : 'warn'),
    scope: readScopes(reader, cell),
    confidence: reader.number(cell, 'confidence', 0, 1) ?? (theirs ? 1 : DEFAULT_CONFIDENCE),
    noise: reader.flag(cell, 'noise') ?? !theirs,
    origin,
    ...(severity === undefined ? {} : { severity }),
    ...(rationale === undefined ? {} : { rationale }),
    ...(checksum === undefined ? {} : { checksum }),
    ...(source === undefined ? {} : { source }),
    ...(added === undefined ? {} : { added }),
  };
};

const tellIgnored = (reader: Reader, cell: Cell): void => {
  if (reader.has(cell, 'validate'))
    reader.report(reader.pathOf(cell, 'validate'), 'ignored-key', {
      of: 'key',
      severity: 'note',
      message: 'validate is not run: kei-git asks no provider',
    });
};

/** One table of `rules`. @param today YYYY-MM-DD */
export const readRule = (reader: Reader, cell: Cell, origin: string, today: string): FileRule | undefined => {
  reader.onlyKeys(cell, reader.strict ? RULE_KEYS : THEIR_RULE_KEYS);
  tellIgnored(reader, cell);
  const id = idOf(reader, cell);
  const secretGroup = reader.whole(cell, 'secretGroup', 0, 1000) ?? 0;
  const regex = readRegex(reader, cell, secretGroup, reader.strict ? origin : GITLEAKS);
  const pathSource = reader.text(cell, 'path');
  const path =
    pathSource === undefined || pathSource === '' || readPattern(reader, reader.pathOf(cell, 'path'), pathSource) === undefined
      ? undefined
      : pathSource;
  const filter = readExpression(reader, cell, 'filter');
  const given = new Set(RULE_KEYS.filter((key) => reader.has(cell, key)));
  const override = reader.strict && reader.flag(cell, 'override') === true;
  if (reader.strict && !override && !given.has('regex') && !given.has('path') && !given.has('kind'))
    reader.report(cell.path, 'missing-key', {
      message: 'a rule needs regex or path',
      hint: 'to change a rule that is there already: override = true',
    });
  const replace = reader.strict ? readReplacement(reader, cell, regex) : undefined;
  const tests = reader.strict ? readTests(reader, cell) : [];
  const rule: Omit<Rule, 'id'> = {
    description: reader.text(cell, 'description') ?? '',
    kind: readKind(reader, cell, given.has('regex'), given.has('path')),
    ...(regex === undefined ? {} : { regex }),
    ...(path === undefined ? {} : { path }),
    ...(filter === undefined ? {} : { filter }),
    ...(replace === undefined ? {} : { replace }),
    secretGroup,
    entropy: reader.number(cell, 'entropy', 0, Infinity) ?? 0,
    keywords: reader.texts(cell, 'keywords').map((word) => word.toLowerCase()),
    tags: reader.texts(cell, 'tags'),
    allowlists: readAllowlists(reader, cell, false, today).map(({ list }) => list),
    required: readNeighbours(reader, cell),
    skipReport: reader.flag(cell, 'skipReport') === true,
    tests: tests.map(({ test }) => test),
    ...ourSide(reader, cell, origin),
    ...(reader.strict ? readTerms(reader, cell, override) : {}),
  };
  if (id === undefined) return undefined;
  const position = placeOf(reader.document, cell.path);
  const { file } = reader.document;
  const testPlaces = tests.map((one) => one.position);
  return { rule: { id, ...rule }, given, override, file, position, testPlaces };
};
