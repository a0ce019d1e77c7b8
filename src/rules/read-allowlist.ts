import { PatternError } from '../regex/parse.ts';
import type { Pattern } from '../regex/tree.ts';
import type { TomlPath } from '../toml.ts';
import { usablePattern } from '../regex/usable.ts';
import { placeOf } from './problem.ts';
import { quoted } from '../report/quoted.ts';
import type { FileAllowlist } from './rule-file.ts';
import type { Cell, Reader } from './rule-reader.ts';

const GITLEAKS_KEYS = ['description', 'condition', 'paths', 'regexes', 'regexTarget', 'stopwords', 'commits', 'targetRules'];
const OUR_KEYS = ['reason', 'owner', 'until'];
const CHECKS = ['paths', 'regexes', 'stopwords', 'commits'];

/** The pattern of a text, or undefined and a problem at the character where it goes wrong. */
export const readPattern = (reader: Reader, path: TomlPath, source: string): Pattern | undefined => {
  try {
    return usablePattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const at = Array.from(source).slice(0, error.at).join('').length;
    const reason = error.message.replace(/ at character \d+$/, '');
    reader.reportInside(path, source, at, 'bad-regex', {
      message: `expression cannot be compiled: ${reason}`,
      hint: 'the dialect is RE2: https://github.com/google/re2/wiki/Syntax',
    });
    return undefined;
  }
};

const readPatterns = (reader: Reader, cell: Cell, key: string): readonly string[] =>
  reader.texts(cell, key).filter((source, index) => readPattern(reader, [...reader.pathOf(cell, key), index], source) !== undefined);

const readCondition = (reader: Reader, cell: Cell): 'AND' | 'OR' => {
  const word = reader.text(cell, 'condition');
  const plain = word?.toUpperCase();
  if (plain === 'AND' || plain === '&&') return 'AND';
  if (plain !== undefined && plain !== '' && plain !== 'OR' && plain !== '||')
    reader.report(reader.pathOf(cell, 'condition'), 'bad-value', { message: 'condition must be AND or OR' });
  return 'OR';
};

/** One table of `allowlists`. @param isGlobal it stands at the top of the file @param today YYYY-MM-DD */
const readAllowlist = (reader: Reader, cell: Cell, isGlobal: boolean, today: string): FileAllowlist | undefined => {
  const known = GITLEAKS_KEYS.filter((key) => isGlobal || key !== 'targetRules');
  reader.onlyKeys(cell, reader.strict ? [...known, ...OUR_KEYS] : known);
  const place = reader.document;
  const position = placeOf(place, cell.path);
  const until = reader.strict ? reader.date(cell, 'until') : undefined;
  const reason = reader.text(cell, 'reason') ?? reader.text(cell, 'description');
  const owner = reader.strict ? reader.text(cell, 'owner') : undefined;
  const target =
    reader.strict || reader.text(cell, 'regexTarget') !== '' ? reader.choice(cell, 'regexTarget', ['secret', 'match', 'line']) : undefined;
  const list = {
    condition: readCondition(reader, cell),
    paths: readPatterns(reader, cell, 'paths'),
    regexes: readPatterns(reader, cell, 'regexes'),
    regexTarget: target ?? 'secret',
    stopwords: reader.texts(cell, 'stopwords'),
    commits: reader.texts(cell, 'commits').map((commit) => commit.toLowerCase()),
    targetRules: isGlobal ? reader.texts(cell, 'targetRules') : [],
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined ? {} : { owner }),
    ...(until === undefined ? {} : { until }),
  } as const;
  if (!CHECKS.some((key) => reader.texts(cell, key).length > 0)) {
    reader.report(cell.path, 'empty-allowlist', {
      severity: reader.strict ? 'error' : 'warning',
      message: `an allowlist needs one of ${CHECKS.join(', ')}`,
    });
    return undefined;
  }
  // A list that lost a condition to a mistake must not allow more than was meant.
  if (CHECKS.slice(0, 2).some((key) => reader.texts(cell, key).length > 0 && readCount(list, key) === 0)) return undefined;
  if (until !== undefined && until < today) {
    reader.report(reader.pathOf(cell, 'until'), 'expired', {
      severity: 'warning',
      message: `allowlist held until ${until} and does nothing now`,
      hint: 'take it out, or set a later date',
    });
    return undefined;
  }
  return { list, file: place.file, position };
};

const readCount = (list: { readonly paths: readonly string[]; readonly regexes: readonly string[] }, key: string): number =>
  key === 'paths' ? list.paths.length : list.regexes.length;

/** `[[allowlists]]`, and of gitleaks' older files `[allowlist]`. */
export const readAllowlists = (reader: Reader, holder: Cell, isGlobal: boolean, today: string): readonly FileAllowlist[] => {
  const cells = [...reader.tables(holder, 'allowlists')];
  if (reader.has(holder, 'allowlist')) {
    const path = reader.pathOf(holder, 'allowlist');
    if (reader.strict)
      reader.report(path, 'unknown-key', { message: `unknown key ${quoted('allowlist')}`, hint: 'write it as a list: [[allowlists]]' });
    else if (cells.length > 0)
      reader.report(path, 'bad-value', { message: 'allowlist cannot stand beside allowlists', hint: 'write both as [[allowlists]]' });
    else {
      const old = reader.table(holder, 'allowlist');
      if (old !== undefined) cells.push(old);
    }
  }
  return cells.flatMap((cell) => readAllowlist(reader, cell, isGlobal, today) ?? []);
};
