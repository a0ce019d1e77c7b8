import * as v from 'valibot';
import { CATEGORIES } from './categories.ts';
import { KEY_NAME } from './key-name.ts';
import { OCCASIONS } from './occasions.ts';
import { SEVERITIES } from '../report/finding.ts';

// Each message goes on from the key: `decode in [leak] must be a whole number from 0 to 8`. None repeats the value: it may be a secret.

const oneOf = <const T extends readonly string[]>(values: T): v.PicklistSchema<T, string> =>
  v.picklist(values, `must be one of ${values.join(', ')}`);

const wholeNumber = (min: number, max: number, summary: string) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message), v.description(summary));
};

const trueOrFalse = (summary: string) => v.pipe(v.boolean('must be true or false'), v.description(summary));

const listOf = <T>(item: v.GenericSchema<T>, summary: string) => v.pipe(v.array(item, 'must be an array'), v.description(summary));

const severity = (summary: string) => v.pipe(oneOf(SEVERITIES), v.description(summary));

/** Of the keys that are given: unknown ones are refused, missing tables are made of defaults. */
export const table = <E extends v.ObjectEntries>(entries: E) => v.strictObject(entries, 'must be a table');

// Twelve digits in bytes, six in gigabytes: always a safe integer.
const SIZE = /^(?:([1-9][0-9]{0,11})|([1-9][0-9]{0,5})([kMG]))$/;
const UNIT: Readonly<Record<string, number>> = { '': 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes of `512`, `10k`, `50M`, `1G` (powers of 1024); undefined for anything else. */
export const parseSize = (text: string): number | undefined => {
  const match = SIZE.exec(text);
  return match ? Number(match[1] ?? match[2]) * (UNIT[match[3] ?? ''] ?? 1) : undefined;
};

/** The same size as one would write it: 52428800 as `50M`. */
export const writeSize = (bytes: number): string => {
  const unit = ['G', 'M', 'k'].find((name) => bytes > 0 && bytes % (UNIT[name] ?? 1) === 0) ?? '';
  return `${bytes / (UNIT[unit] ?? 1)}${unit}`;
};

const SIZE_MESSAGE = 'must be a number of bytes or a size like "50M"';
const size = (summary: string) =>
  v.pipe(
    v.union(
      [
        v.pipe(v.number(SIZE_MESSAGE), v.integer(SIZE_MESSAGE), v.minValue(1, SIZE_MESSAGE), v.maxValue(2 ** 53 - 1, SIZE_MESSAGE)),
        v.pipe(v.string(SIZE_MESSAGE), v.regex(SIZE, SIZE_MESSAGE)),
      ],
      SIZE_MESSAGE,
    ),
    v.description(summary),
    v.transform((given) => (typeof given === 'number' ? given : (parseSize(given) ?? 0))),
  );

const PATH_MESSAGE = 'must be a path';
const path = v.pipe(v.string(PATH_MESSAGE), v.regex(/^[^\0\n]+$/, PATH_MESSAGE));
const TOKEN_MESSAGE = 'must be one line of at least four characters';
const inlineToken = v.pipe(v.string(TOKEN_MESSAGE), v.regex(/^[!-~][ -~]{2,98}[!-~]$/, TOKEN_MESSAGE));
const KEY_MESSAGE = 'must be a name of lower-case letters, digits and hyphens';
const keyName = v.pipe(v.string(KEY_MESSAGE), v.regex(KEY_NAME, KEY_MESSAGE));
const ID_MESSAGE = 'must be the id of a check, like "leak"';
const checkId = v.pipe(v.string(ID_MESSAGE), v.regex(/^[a-z][a-z0-9-]*$/, ID_MESSAGE));

/** kei.toml and the person's own config.toml. */
export const ConfigSchema = table({
  leak: v.optional(
    table({
      categories: v.optional(listOf(oneOf(CATEGORIES), 'Which kinds of rules are on.'), ['secret']),
      rules: v.optional(listOf(path, 'Rule files beside the built-in rules. Default: every leak-matrix/*.toml.')),
      builtin: v.optional(trueOrFalse('Use the built-in rules.'), true),
      decode: v.optional(wholeNumber(0, 8, 'How deep encoded text (base64, hex, percent, escapes) is decoded and read again.'), 3),
      'max-file-size': v.optional(size('Larger files are left out, and the report says so. Bytes, or with k, M, G.'), '100M'),
      jobs: v.optional(wholeNumber(0, 256, 'Worker threads; 0: as many as the work is worth.'), 0),
      'fail-on': v.optional(severity('The mildest finding that makes `leak scan` fail.'), 'error'),
      'honour-inline': v.optional(listOf(inlineToken, 'Inline markers of other tools that allow a line, like "gitleaks:allow".'), []),
      archives: v.optional(wholeNumber(0, 8, 'How deep archives are opened; 0: they are read as bytes only.'), 0),
      'archives-at': v.optional(listOf(oneOf(OCCASIONS), 'Occasions on which `archives` holds.'), ['pre-push', 'ci', 'mirror']),
      key: v.optional(
        v.pipe(keyName, v.description('Name of the key that hashed terms and tokens hang on: keys/NAME.key beside config.toml.')),
        'default',
      ),
    }),
    {},
  ),
  check: v.optional(
    table({
      skip: v.optional(listOf(checkId, 'Checks that do not run.'), []),
      'fail-on': v.optional(severity('The mildest finding that makes `check` and the hooks fail.'), 'error'),
    }),
    {},
  ),
  policy: v.optional(
    table({
      'head-ignores': v.optional(
        trueOrFalse('In pull requests from this repository, ignores of the pull request itself lower a finding to a note.'),
        false,
      ),
    }),
    {},
  ),
});

type DeepReadonly<T> = T extends readonly (infer I)[]
  ? readonly DeepReadonly<I>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** All values, defaults filled in; sizes in bytes. `leak.rules` undefined: every leak-matrix/*.toml. */
export type Config = DeepReadonly<v.InferOutput<typeof ConfigSchema>>;
