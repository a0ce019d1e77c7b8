import { wrongReplacement } from '../regex/replacement.ts';
import type { Position } from '../toml.ts';
import { placeOf } from './problem.ts';
import { REPLACE_MODES, SOURCE_KINDS, type Neighbour, type Replacement, type Rule, type RuleTest } from './rule.ts';
import type { Cell, Reader } from './rule-reader.ts';

const MAX_DISTANCE = 1_000_000; // lines or columns

/** `[[rules.required]]` */
export const readNeighbours = (reader: Reader, cell: Cell): readonly Neighbour[] =>
  reader.tables(cell, 'required').flatMap((inner) => {
    reader.onlyKeys(inner, reader.strict ? ['id', 'withinLines', 'withinColumns', 'not', 'order'] : ['id', 'withinLines', 'withinColumns']);
    const id = reader.text(inner, 'id');
    if (id === undefined || id === '') {
      reader.report(inner.path, 'missing-key', { message: 'a required rule needs its id' });
      return [];
    }
    const withinLines = reader.whole(inner, 'withinLines', 0, MAX_DISTANCE);
    const withinColumns = reader.whole(inner, 'withinColumns', 0, MAX_DISTANCE);
    const order = reader.strict ? reader.choice(inner, 'order', ['before', 'after']) : undefined;
    const not = reader.strict && reader.flag(inner, 'not') === true;
    return [
      {
        id,
        not,
        ...(withinLines === undefined ? {} : { withinLines }),
        ...(withinColumns === undefined ? {} : { withinColumns }),
        ...(order === undefined ? {} : { order }),
      },
    ];
  });

export interface PlacedTest {
  readonly test: RuleTest;
  readonly position: Position;
}

/** `[[rules.tests]]` */
export const readTests = (reader: Reader, cell: Cell): readonly PlacedTest[] =>
  reader.tables(cell, 'tests').flatMap((inner): PlacedTest[] => {
    reader.onlyKeys(inner, ['text', 'expect', 'secret', 'path']);
    const text = reader.text(inner, 'text');
    const expect = reader.choice(inner, 'expect', ['hit', 'miss']);
    const secret = reader.text(inner, 'secret');
    const path = reader.text(inner, 'path');
    for (const key of ['text', 'expect'])
      if (!reader.has(inner, key)) reader.report(inner.path, 'missing-key', { message: `a test needs ${key}` });
    if (text === undefined || expect === undefined) return [];
    const test = { text, expect, ...(secret === undefined ? {} : { secret }), ...(path === undefined ? {} : { path }) };
    return [{ test, position: placeOf(reader.document, inner.path) }];
  });

/** `source = { … }` */
export const readSource = (reader: Reader, cell: Cell): Rule['source'] => {
  const inner = reader.table(cell, 'source');
  if (inner === undefined) return undefined;
  reader.onlyKeys(inner, ['kind', 'url']);
  const kind = reader.choice(inner, 'kind', SOURCE_KINDS);
  const url = reader.text(inner, 'url');
  for (const key of ['kind', 'url'])
    if (!reader.has(inner, key)) reader.report(inner.path, 'missing-key', { message: `source needs ${key}` });
  if (url !== undefined && !/^https?:\/\/[^\s\p{Cc}]+$/u.test(url))
    reader.report(reader.pathOf(inner, 'url'), 'bad-value', { message: 'url must be a link that begins with https://' });
  return kind === undefined || url === undefined ? undefined : { kind, url };
};

/** `[rules.replace]` @param regex of the rule, where it can be read */
export const readReplacement = (reader: Reader, cell: Cell, regex: string | undefined): Replacement | undefined => {
  const inner = reader.table(cell, 'replace');
  if (inner === undefined) return undefined;
  reader.onlyKeys(inner, ['mode', 'value']);
  const mode = reader.choice(inner, 'mode', REPLACE_MODES);
  const value = reader.text(inner, 'value');
  if (!reader.has(inner, 'mode')) reader.report(inner.path, 'missing-key', { message: 'replace needs mode' });
  if (mode === 'value' && !reader.has(inner, 'value')) reader.report(inner.path, 'missing-key', { message: 'mode "value" needs value' });
  if (mode !== undefined && mode !== 'value' && value !== undefined)
    reader.report(reader.pathOf(inner, 'value'), 'bad-value', { message: `value goes with mode "value", not with "${mode}"` });
  if (mode !== 'value') return mode === undefined ? undefined : { mode };
  const wrong = value === undefined ? undefined : wrongReplacement(value, regex);
  if (wrong !== undefined) reader.report(reader.pathOf(inner, 'value'), 'bad-value', { message: wrong });
  return value === undefined || wrong !== undefined ? undefined : { mode, value };
};
