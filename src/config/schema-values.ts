import * as v from 'valibot';
import { SEVERITIES } from '../report/finding.ts';
import { KEY_NAME } from './key-name.ts';
import { AGE, DURATION, parseAge, parseDuration, parseSize, SIZE } from './units.ts';

// Each message goes on from the key: `decode in [leak] must be a whole number from 0 to 8`. None repeats the value: it may be a secret.

export const oneOf = <const T extends readonly string[]>(values: T): v.PicklistSchema<T, string> =>
  v.picklist(values, `must be one of ${values.join(', ')}`);

export const wholeNumber = (min: number, max: number, summary: string) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message), v.description(summary));
};

export const trueOrFalse = (summary: string) => v.pipe(v.boolean('must be true or false'), v.description(summary));

export const listOf = <T>(item: v.GenericSchema<T>, summary: string) => v.pipe(v.array(item, 'must be an array'), v.description(summary));

export const severity = (summary: string) => v.pipe(oneOf(SEVERITIES), v.description(summary));

/** Of the keys that are given: unknown ones are refused, missing tables are made of defaults. */
export const table = <E extends v.ObjectEntries>(entries: E) => v.strictObject(entries, 'must be a table');

const SIZE_MESSAGE = 'must be a number of bytes or a size like "50M"';
export const size = (summary: string) =>
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

const AGE_MESSAGE = 'must be an age like "30m", "12h" or "7d"';
export const age = (summary: string) =>
  v.pipe(
    v.string(AGE_MESSAGE),
    v.regex(AGE, AGE_MESSAGE),
    v.description(summary),
    v.transform((given) => parseAge(given) ?? 0),
  );

const PATH_MESSAGE = 'must be a path';
export const path = v.pipe(v.string(PATH_MESSAGE), v.regex(/^[^\0\n]+$/, PATH_MESSAGE));
const TOKEN_MESSAGE = 'must be one line of at least four characters';
export const inlineToken = v.pipe(v.string(TOKEN_MESSAGE), v.regex(/^[!-~][ -~]{2,98}[!-~]$/, TOKEN_MESSAGE));
const KEY_MESSAGE = 'must be a name of lower-case letters, digits and hyphens';
export const keyName = v.pipe(v.string(KEY_MESSAGE), v.regex(KEY_NAME, KEY_MESSAGE));
const ID_MESSAGE = 'must be the id of a check, like "leak"';
const RULE_MESSAGE = 'must be the id of a rule, like "workflow/script-injection"';
export const ruleId = v.pipe(v.string(RULE_MESSAGE), v.regex(/^workflow\/[a-z][a-z0-9-]*$/, RULE_MESSAGE));
export const checkId = v.pipe(v.string(ID_MESSAGE), v.regex(/^[a-z][a-z0-9-]*$/, ID_MESSAGE));
export const words = v.pipe(
  v.string('must be one line'),
  v.regex(/^[^\0-\x1f\x7f]{3,200}$/, 'must be one line of at least three characters'),
);

const DURATION_MESSAGE = 'must be a duration like "500ms", "90s" or "5m"; "0s": none';
const durationText = v.pipe(v.string(DURATION_MESSAGE), v.regex(DURATION, DURATION_MESSAGE));
/** In milliseconds. */
export const duration = (summary: string) =>
  v.pipe(
    durationText,
    v.description(summary),
    v.transform((given) => parseDuration(given) ?? 0),
  );
/** As it is written: a value inside an array is not turned into anything. */
export const writtenDuration = (summary: string) => v.pipe(durationText, v.description(summary));

const LINE_MESSAGE = 'must be one line';
/** One line of text that is not empty. */
export const line = v.pipe(v.string(LINE_MESSAGE), v.regex(/^[^\0-\x1f\x7f]+$/, LINE_MESSAGE));

const ARGUMENT_MESSAGE = 'must be a text without zero bytes';
const argument = v.pipe(v.string(ARGUMENT_MESSAGE), v.regex(/^[^\0]*$/, ARGUMENT_MESSAGE));
const ARGV_MESSAGE = 'must be a program and its arguments, like ["prettier", "--write"]';
/** A program and its arguments; no shell reads them. */
export const argv = (summary: string) => v.pipe(v.array(argument, ARGV_MESSAGE), v.minLength(1, ARGV_MESSAGE), v.description(summary));
