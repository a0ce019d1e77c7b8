import * as v from 'valibot';
import { argv, line, listOf, oneOf, path, table, trueOrFalse, wholeNumber, words } from './schema-values.ts';

const NAME_MESSAGE = 'must be a name of lower-case letters, digits and hyphens';
const name = v.pipe(v.string(NAME_MESSAGE), v.regex(/^[a-z][a-z0-9-]{0,63}$/, NAME_MESSAGE));
const GLOBS_MESSAGE = 'must be a glob or an array of them';
const globs = (summary: string) => v.pipe(v.union([path, v.array(path, GLOBS_MESSAGE)], GLOBS_MESSAGE), v.description(summary));
const CAPTURE_MESSAGE = 'must be the number or the name of a group';
const capture = v.union([wholeNumber(0, 99, 'A group by number.'), v.pipe(line, v.description('A group by name.'))], CAPTURE_MESSAGE);

const COUNT_PARTS = ['value', 'length', 'keys'] as const;
const GIT_COUNTS = ['commits', 'tags', 'contributors'] as const;

const Counter = table({
  glob: v.optional(globs('Counts the files that match.')),
  lines: v.optional(globs('Counts the lines of the files that match.')),
  regex: v.optional(v.pipe(line, v.description('Counts matches of an expression of RE2 in `files`, or gives what it captures.'))),
  files: v.optional(globs('Where `regex` looks.')),
  capture: v.optional(v.pipe(capture, v.description('The group whose text is the value; else matches are counted.'))),
  toml: v.optional(v.pipe(path, v.description('A TOML file; `path` says what of it.'))),
  json: v.optional(v.pipe(path, v.description('A JSON file; `path` says what of it.'))),
  yaml: v.optional(v.pipe(path, v.description('A YAML file; `path` says what of it.'))),
  path: v.optional(v.pipe(line, v.description('Keys and indexes, like "packages[0].version"; none: the whole file.'))),
  of: v.optional(
    v.pipe(oneOf(COUNT_PARTS), v.description('What counts there: the value, the length of a list, the keys of a table.')),
    'value',
  ),
  git: v.optional(v.pipe(oneOf(GIT_COUNTS), v.description('Counts commits, tags or contributors.'))),
  ref: v.optional(v.pipe(line, v.description('From where commits and contributors are counted. Default: HEAD.'))),
  pattern: v.optional(v.pipe(line, v.description('Which tags count, like "v*".'))),
  command: v.optional(argv('Prints the value. Runs only where the repository is trusted.')),
  'at-commit': v.optional(trueOrFalse('`command` runs in hooks too.'), false),
  exclude: v.optional(globs('Files that do not count.')),
  blank: v.optional(trueOrFalse('Empty lines count too.'), true),
  zero: v.optional(trueOrFalse('Nothing found is an answer; else it is an error.'), false),
  format: v.optional(v.pipe(words, v.description('How the value is written where a marker does not say.'))),
  nouns: v.optional(listOf(words, 'What is counted, as prose calls it; `counts claims` looks for numbers beside it.'), []),
});

/** `[counts.NAME]`. */
export const CountsTable = v.pipe(
  v.record(name, Counter, 'must be a table'),
  v.description('Numbers that prose repeats, by name, each with one source.'),
);

/** `[markers]`. */
export const MarkersTable = table({
  files: v.optional(listOf(path, 'Globs of the files that hold markers.'), ['**/*.md']),
  frozen: v.optional(listOf(path, 'Globs of files that are records: they are neither rewritten nor judged.'), ['CHANGELOG.md']),
  claims: v.optional(listOf(path, 'Globs of the files whose other numbers `counts claims` judges.'), ['**/*.md']),
});
