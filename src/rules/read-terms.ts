import { ALL_FOLDS, foldCode, FOLDS, normalForm, problemText, termProblem, type FoldCode } from '../terms/fold.ts';
import { parseHashed } from '../terms/hashed.ts';
import type { Rule } from './rule.ts';
import type { Cell, Reader } from './rule-reader.ts';

const KEYS = ['terms', 'termsHashed', 'fold'] as const;

const readFold = (reader: Reader, cell: Cell): FoldCode => {
  if (!reader.has(cell, 'fold')) return ALL_FOLDS;
  const folds = reader.texts(cell, 'fold').flatMap((word, index) => {
    const known = FOLDS.find((one) => one === word);
    if (known === undefined)
      reader.report([...reader.pathOf(cell, 'fold'), index], 'bad-value', { message: `fold must be of ${FOLDS.join(', ')}` });
    return known ?? [];
  });
  return foldCode(folds);
};

/** Numbered, since a message must not repeat a term. */
const readPlain = (reader: Reader, cell: Cell, code: FoldCode): readonly string[] => {
  const path = reader.pathOf(cell, 'terms');
  const seen = new Map<string, number>();
  return reader.texts(cell, 'terms').filter((term, index) => {
    const problem = termProblem(term);
    const form = normalForm(term, code);
    const before = seen.get(form);
    if (problem !== undefined) reader.report([...path, index], 'bad-term', { message: `term ${index + 1} ${problemText(problem)}` });
    else if (before !== undefined)
      reader.report([...path, index], 'duplicate-term', {
        severity: 'warning',
        message: `term ${index + 1} is the same as term ${before + 1}`,
      });
    if (before === undefined) seen.set(form, index);
    return problem === undefined && before === undefined;
  });
};

const readHashed = (reader: Reader, cell: Cell, code: FoldCode): readonly string[] => {
  const path = reader.pathOf(cell, 'termsHashed');
  const seen = new Set<string>();
  return reader.texts(cell, 'termsHashed').filter((text, index) => {
    const entry = parseHashed(text);
    const name = `item ${index + 1} of termsHashed`;
    if (entry === undefined)
      reader.report([...path, index], 'bad-term', {
        message: `${name} is no hashed term, or only a part of one`,
        hint: 'kei-git leak term add writes them',
      });
    else if (entry.code !== code)
      reader.report([...path, index], 'bad-term', {
        message: `${name} was hashed with another fold than that of its rule`,
        hint: 'put it into a rule of its own, or add the term again',
      });
    else if (seen.has(text))
      reader.report([...path, index], 'duplicate-term', { severity: 'warning', message: `${name} is there already` });
    const isNew = !seen.has(text);
    seen.add(text);
    return entry?.code === code && isNew;
  });
};

/** What makes a rule one of terms. @param override it may change another rule, which says what kind it is */
export const readTerms = (reader: Reader, cell: Cell, override: boolean): Partial<Pick<Rule, 'terms' | 'noise'>> => {
  const isTerm = cell.value['kind'] === 'term';
  const given = KEYS.filter((key) => reader.has(cell, key));
  if (!isTerm && !(override && cell.value['kind'] === undefined)) {
    for (const key of given)
      reader.report(reader.pathOf(cell, key), 'bad-value', { of: 'key', message: `${key} is for rules of kind "term"` });
    return {};
  }
  if (given.length === 0 && !isTerm) return {};
  if (!reader.has(cell, 'terms') && !reader.has(cell, 'termsHashed'))
    reader.report(cell.path, 'missing-key', { message: 'a rule of kind "term" needs terms or termsHashed', hint: 'kei-git leak term add' });
  const code = readFold(reader, cell);
  const index = cell.path.findLast((step) => typeof step === 'number') ?? 0;
  const plain = readPlain(reader, cell, code);
  const hashed = readHashed(reader, cell, code);
  const list = { file: reader.document.file, index, code, clear: plain.length > 0, plain, hashed };
  return { terms: [list], ...(isTerm ? { noise: false } : {}) };
};
