import { ConfigError } from '../errors.ts';
import type { RuleChoice } from '../rules/rule-choice.ts';
import { termProblem } from '../terms/fold.ts';
import { parseHashed } from '../terms/hashed.ts';
import type { RuleTerms } from '../terms/term-set.ts';
import { isTable, parseToml, type TomlTable } from '../toml.ts';
import type { Pack } from './pack.ts';

const tablesOf = (value: TomlTable): readonly unknown[] => (Array.isArray(value['rules']) ? value['rules'] : []);

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const withoutTerms = (rule: unknown): unknown => {
  if (!isTable(rule)) return rule;
  const { terms: _terms, termsHashed: _hashed, ...rest } = rule;
  const isTerm = rule['terms'] !== undefined || rule['termsHashed'] !== undefined;
  return isTerm ? { ...rest, terms: texts(rule['terms']).length > 0, tests: [] } : rule;
};

/** What a rule file says beside its terms. A file that is not TOML as it is: nothing is kept of it. */
export const bareFile = (bytes: Uint8Array, path: string): Uint8Array => {
  try {
    const { value } = parseToml(bytes, path);
    return Buffer.from(JSON.stringify({ ...value, rules: tablesOf(value).map(withoutTerms) }));
  } catch (error) {
    if (error instanceof ConfigError) return bytes;
    throw error;
  }
};

/**
 * The terms of a kept pack, from the rule files. undefined: something is wrong with them, which who compiles the files anew can say.
 */
export const readTermsOf = async (pack: Pack, { files, read }: RuleChoice): Promise<readonly RuleTerms[] | undefined> => {
  const book = pack.book();
  const known = new Map<string, readonly unknown[]>();
  const tables = async (file: string): Promise<readonly unknown[]> => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const bytes = files.find(({ path }) => path === file)?.bytes ?? (await read(file));
    const found = bytes === undefined ? [] : tablesOf(parseToml(bytes, file).value);
    known.set(file, found);
    return found;
  };
  const out: RuleTerms[] = [];
  for (const rule of book.termRules) {
    for (const { file, index, code } of book.rule(rule)?.terms ?? []) {
      const table = (await tables(file))[index];
      if (!isTable(table)) return undefined;
      const plain = texts(table['terms']);
      const hashed = texts(table['termsHashed']);
      if (plain.some((term) => termProblem(term) !== undefined) || hashed.some((text) => parseHashed(text)?.code !== code))
        return undefined;
      out.push({ rule, code, plain, hashed });
    }
  }
  return out;
};
