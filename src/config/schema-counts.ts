import * as v from 'valibot';
import { COUNT_FORMATS, COUNT_LOCALES, COUNT_PARTS, HISTORY_COUNTS } from './count-forms.ts';
import { argv, line, listOf, oneOf, path, table, trueOrFalse, wholeNumber, writtenDuration } from './schema-values.ts';

const NAME_MESSAGE = 'must be a name of lower-case letters, digits and hyphens, and not "frozen"';
// `count:frozen` begins what is a record.
const name = v.pipe(v.string(NAME_MESSAGE), v.regex(/^(?!frozen$)[a-z][a-z0-9-]{0,63}$/, NAME_MESSAGE));
const GLOBS_MESSAGE = 'must be a glob or an array of them';
const globs = (summary: string) => v.pipe(v.union([path, v.array(path, GLOBS_MESSAGE)], GLOBS_MESSAGE), v.description(summary));
const CAPTURE_MESSAGE = 'must be the number or the name of a group';
const capture = v.union([wholeNumber(0, 99, 'A group by number.'), v.pipe(line, v.description('A group by name.'))], CAPTURE_MESSAGE);
const ROUND_MESSAGE = 'must be a number like 100 or 0.1';
const round = v.pipe(v.number(ROUND_MESSAGE), v.minValue(0.000001, ROUND_MESSAGE), v.maxValue(1e12, ROUND_MESSAGE));

const Counter = table({
  glob: v.optional(globs('Counts the files that match.')),
  lines: v.optional(globs('Counts the lines of the files that match.')),
  regex: v.optional(
    v.pipe(line, v.description('Counts matches of an expression of RE2 in the lines of `files`, or gives what it captures there.')),
  ),
  files: v.optional(globs('Where `regex` looks.')),
  capture: v.optional(
    v.pipe(capture, v.description('The group whose text is the value, the same wherever it matches; else matches are counted.')),
  ),
  toml: v.optional(v.pipe(path, v.description('A TOML file; `path` says what of it.'))),
  json: v.optional(v.pipe(path, v.description('A JSON file; `path` says what of it.'))),
  yaml: v.optional(v.pipe(path, v.description('A YAML file; `path` says what of it.'))),
  path: v.optional(v.pipe(line, v.description('Keys and indexes, like "packages[0].version"; none: the whole file.'))),
  of: v.optional(
    v.pipe(oneOf(COUNT_PARTS), v.description('What counts there: the value, the length of a list, the keys of a table.')),
    'value',
  ),
  git: v.optional(v.pipe(oneOf(HISTORY_COUNTS), v.description('Counts commits, tags or contributors.'))),
  ref: v.optional(
    v.pipe(line, v.description('From where commits and contributors are counted, and whose tags. Default: HEAD, and all tags.')),
  ),
  pattern: v.optional(v.pipe(line, v.description('Which tags count, like "v*".'))),
  command: v.optional(argv('Prints the value. Runs only where the repository is trusted.')),
  timeout: v.optional(writtenDuration('How long `command` may take. Default: 10s.')),
  'at-commit': v.optional(trueOrFalse('`command` runs in hooks too.'), false),
  exclude: v.optional(globs('What does not count: files; with `git` tags, or contributors as "NAME <ADDRESS>".')),
  blank: v.optional(trueOrFalse('Empty lines count too.'), true),
  zero: v.optional(trueOrFalse('Nothing found is an answer; else it is an error.'), false),
  format: v.optional(v.pipe(oneOf(COUNT_FORMATS), v.description('How the value is written where a marker does not say.'))),
  locale: v.optional(v.pipe(oneOf(COUNT_LOCALES), v.description('Whose way of writing numbers. Default: en.'))),
  round: v.optional(v.pipe(round, v.description('A multiple of it is written: the one below; of percentages the nearest.'))),
  'of-total': v.optional(v.pipe(name, v.description('The counter that `format = "percent"` is of; none: the value is the percentage.'))),
  nouns: v.optional(
    listOf(line, 'What is counted, as prose calls it; `counts claims` looks for numbers beside it. Default: the name.'),
    [],
  ),
});

type Given = v.InferOutput<typeof Counter>;
type Key = keyof Given;

const SOURCES = ['glob', 'lines', 'regex', 'toml', 'json', 'yaml', 'git', 'command'] as const satisfies readonly Key[];
const STRUCTURED = ['toml', 'json', 'yaml'] as const;

/** Keys that say more of a source, and of which. */
const GOES_WITH: readonly (readonly [key: Key, sources: readonly (typeof SOURCES)[number][], isGiven: (counter: Given) => boolean])[] = [
  ['files', ['regex'], ({ files }) => files !== undefined],
  ['capture', ['regex'], (counter) => counter.capture !== undefined],
  ['path', STRUCTURED, (counter) => counter.path !== undefined],
  ['of', STRUCTURED, ({ of }) => of !== 'value'],
  ['ref', ['git'], ({ ref }) => ref !== undefined],
  ['pattern', ['git'], ({ pattern }) => pattern !== undefined],
  ['timeout', ['command'], ({ timeout }) => timeout !== undefined],
  ['at-commit', ['command'], (counter) => counter['at-commit']],
  ['exclude', ['glob', 'lines', 'regex', 'git'], ({ exclude }) => exclude !== undefined],
  ['blank', ['lines'], ({ blank }) => !blank],
];

/** What is wrong with a counter whose values are well-formed each by itself; no key: it is the counter. */
const fault = (counter: Given): { readonly key?: Key; readonly message: string } | undefined => {
  const [source, second] = SOURCES.filter((one) => counter[one] !== undefined);
  if (source === undefined) return { message: `has no source: one of ${SOURCES.join(', ')}` };
  if (second !== undefined) return { key: second, message: `is a second source beside ${source}: a counter has one` };
  const lost = GOES_WITH.find(([, sources, isGiven]) => isGiven(counter) && !sources.includes(source));
  if (lost !== undefined) return { key: lost[0], message: `goes with ${lost[1].join(', ')}, not with ${source}` };
  if (source === 'regex' && counter.files === undefined) return { key: 'regex', message: 'needs files: where to look' };
  if (counter.pattern !== undefined && counter.git !== 'tags') return { key: 'pattern', message: 'goes with git = "tags"' };
  if (counter.exclude !== undefined && counter.git === 'commits')
    return { key: 'exclude', message: 'goes with tags and contributors, not with commits' };
  if (counter['of-total'] !== undefined && counter.format !== 'percent')
    return { key: 'of-total', message: 'goes with format = "percent"' };
  return undefined;
};

const pathItem = (input: Record<string, unknown>, key: string): v.IssuePathItem => ({
  type: 'object',
  origin: 'key',
  input,
  key,
  value: input[key],
});

const OneSource = v.pipe(
  Counter,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const found = fault(dataset.value);
    if (found === undefined) return;
    const { key, message } = found;
    if (key === undefined) addIssue({ message, input: dataset.value });
    else addIssue({ message, input: dataset.value[key], path: [pathItem(dataset.value, key)] });
  }),
);

/** `[counts.NAME]`. */
export const CountsTable = v.pipe(
  v.record(name, OneSource, 'must be a table'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const counters = dataset.value;
    for (const [counter, { 'of-total': total }] of Object.entries(counters)) {
      if (total === undefined || Object.hasOwn(counters, total)) continue;
      const where: [v.IssuePathItem, v.IssuePathItem] = [pathItem(counters, counter), pathItem(counters[counter] ?? {}, 'of-total')];
      addIssue({ message: `names no counter: there is no [counts.${total}]`, input: total, path: where });
    }
  }),
  v.description('Numbers that prose repeats, by name, each with one source.'),
);

/** `[markers]`. */
export const MarkersTable = table({
  files: v.optional(listOf(path, 'Globs of the files that hold markers.'), ['**/*.md']),
  frozen: v.optional(listOf(path, 'Globs of files that are records: they are neither rewritten nor judged.'), ['CHANGELOG.md']),
  claims: v.optional(listOf(path, 'Globs of the files whose other numbers `counts claims` judges.'), ['**/*.md']),
});
