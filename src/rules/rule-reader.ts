import { TomlDate } from 'smol-toml';
import { nearest } from '../nearest.ts';
import { isTable, type TomlDocument, type TomlPath, type TomlTable } from '../toml.ts';
import { placeInside, placeOf, type Problem, type Told } from './problem.ts';
import { quoted } from '../report/quoted.ts';

/** A table of a rule file and where it stands. */
export interface Cell {
  readonly value: TomlTable;
  readonly path: TomlPath;
}

/** Takes values out of tables and keeps a list of what is wrong with them. What is wrong reads as if it were not there. */
export interface Reader {
  readonly document: TomlDocument;
  /** False: gitleaks' ways. Keys in any letter case, a number may be quoted, one text may stand for a list of one. */
  readonly strict: boolean;
  report(path: TomlPath, code: string, told: Told): void;
  /** Reports a mistake inside a text, at unit `at`. */
  reportInside(path: TomlPath, text: string, at: number, code: string, told: Told): void;
  /** Where a key of a cell stands, as the file spells it. */
  pathOf(cell: Cell, key: string): TomlPath;
  has(cell: Cell, key: string): boolean;
  text(cell: Cell, key: string): string | undefined;
  texts(cell: Cell, key: string): readonly string[];
  number(cell: Cell, key: string, min: number, max: number): number | undefined;
  whole(cell: Cell, key: string, min: number, max: number): number | undefined;
  flag(cell: Cell, key: string): boolean | undefined;
  /** YYYY-MM-DD. */
  date(cell: Cell, key: string): string | undefined;
  choice<const T extends string>(cell: Cell, key: string, values: readonly T[]): T | undefined;
  table(cell: Cell, key: string): Cell | undefined;
  tables(cell: Cell, key: string): readonly Cell[];
  /** Reports keys that are not known. */
  onlyKeys(cell: Cell, known: readonly string[]): void;
}

export const createReader = (document: TomlDocument, strict: boolean, problems: Problem[]): Reader => {
  const add = (
    place: { readonly line: number; readonly column: number },
    code: string,
    { message, hint, severity = 'error' }: Told,
  ): void => {
    problems.push({
      code,
      severity,
      file: document.file,
      line: place.line,
      column: place.column,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const spelled = ({ value }: Cell, key: string): string | undefined => {
    if (Object.hasOwn(value, key)) return key;
    return strict ? undefined : Object.keys(value).find((other) => other.toLowerCase() === key.toLowerCase());
  };
  const own = (cell: Cell, key: string): unknown => {
    const name = spelled(cell, key);
    return name === undefined ? undefined : cell.value[name];
  };
  const pathOf: Reader['pathOf'] = (cell, key) => [...cell.path, spelled(cell, key) ?? key];
  const report: Reader['report'] = (path, code, told) => add(placeOf(document, path, told.of ?? 'value'), code, told);
  const refuse = (cell: Cell, key: string, what: string): undefined => {
    report(pathOf(cell, key), 'wrong-type', { message: `${key} must be ${what}` });
  };
  const texts: Reader['texts'] = (cell, key) => {
    const value = own(cell, key);
    if (value === undefined) return [];
    if (typeof value === 'string' && !strict) return [value];
    if (!Array.isArray(value)) return refuse(cell, key, 'a list of texts') ?? [];
    return value.flatMap((item: unknown, index) => {
      if (typeof item === 'string') return [item];
      report([...pathOf(cell, key), index], 'wrong-type', { message: `item ${index + 1} of ${key} must be a text` });
      return [];
    });
  };
  const number: Reader['number'] = (cell, key, min, max) => {
    const given = own(cell, key);
    const value = !strict && typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !(value >= min && value <= max))
      return refuse(cell, key, max === Infinity ? `a number, ${min} or more` : `a number from ${min} to ${max}`);
    return value;
  };
  return {
    document,
    strict,
    report,
    reportInside: (path, text, at, code, told) => add(placeInside(document, path, text, at), code, told),
    pathOf,
    has: (cell, key) => spelled(cell, key) !== undefined,
    text: (cell, key) => {
      const value = own(cell, key);
      return value === undefined || typeof value === 'string' ? value : refuse(cell, key, 'a text');
    },
    texts,
    number,
    whole: (cell, key, min, max) => {
      const value = number(cell, key, min, max);
      return value === undefined || Number.isInteger(value) ? value : refuse(cell, key, 'a whole number');
    },
    flag: (cell, key) => {
      const value = own(cell, key);
      return value === undefined || typeof value === 'boolean' ? value : refuse(cell, key, 'true or false');
    },
    date: (cell, key) => {
      const value = own(cell, key);
      if (value === undefined) return undefined;
      return value instanceof TomlDate && value.isDate()
        ? value.toISOString()
        : refuse(cell, key, 'a date like 2027-06-30, without quotes');
    },
    choice: (cell, key, values) => {
      const value = own(cell, key);
      const found = values.find((known) => known === value);
      if (value === undefined || found !== undefined) return found;
      const near = typeof value === 'string' ? nearest(value, values) : undefined;
      const hint = near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` };
      report(pathOf(cell, key), 'bad-value', { message: `${key} must be one of ${values.join(', ')}`, ...hint });
      return undefined;
    },
    table: (cell, key) => {
      const value = own(cell, key);
      if (value === undefined) return undefined;
      return isTable(value) ? { value, path: pathOf(cell, key) } : refuse(cell, key, 'a table');
    },
    tables: (cell, key) => {
      const value = own(cell, key);
      if (value === undefined) return [];
      if (!Array.isArray(value)) return refuse(cell, key, `written as [[${key}]]`) ?? [];
      return value.flatMap((item: unknown, index): Cell[] => {
        const path = [...pathOf(cell, key), index];
        if (isTable(item)) return [{ value: item, path }];
        report(path, 'wrong-type', { message: `item ${index + 1} of ${key} must be a table` });
        return [];
      });
    },
    onlyKeys: (cell, known) => {
      for (const key of Object.keys(cell.value)) {
        if (strict ? known.includes(key) : known.some((one) => one.toLowerCase() === key.toLowerCase())) continue;
        const near = nearest(key, known);
        report([...cell.path, key], 'unknown-key', {
          of: 'key',
          severity: strict ? 'error' : 'note',
          message: strict ? `unknown key ${quoted(key)}` : `key ${quoted(key)} says nothing here`,
          ...(near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` }),
        });
      }
    },
  };
};
