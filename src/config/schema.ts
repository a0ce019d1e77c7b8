import * as v from 'valibot';
import { CATEGORIES } from './categories.ts';
import { KEY_NAME } from './key-name.ts';
import { OCCASIONS } from './occasions.ts';
import { DEMANDS, PIN_PATTERN } from './pin-policy.ts';
import { AGE, parseAge, parseSize, SIZE } from './units.ts';
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

const AGE_MESSAGE = 'must be an age like "30m", "12h" or "7d"';
const age = (summary: string) =>
  v.pipe(
    v.string(AGE_MESSAGE),
    v.regex(AGE, AGE_MESSAGE),
    v.description(summary),
    v.transform((given) => parseAge(given) ?? 0),
  );

const PATH_MESSAGE = 'must be a path';
const path = v.pipe(v.string(PATH_MESSAGE), v.regex(/^[^\0\n]+$/, PATH_MESSAGE));
const TOKEN_MESSAGE = 'must be one line of at least four characters';
const inlineToken = v.pipe(v.string(TOKEN_MESSAGE), v.regex(/^[!-~][ -~]{2,98}[!-~]$/, TOKEN_MESSAGE));
const KEY_MESSAGE = 'must be a name of lower-case letters, digits and hyphens';
const keyName = v.pipe(v.string(KEY_MESSAGE), v.regex(KEY_NAME, KEY_MESSAGE));
const ID_MESSAGE = 'must be the id of a check, like "leak"';
const RULE_MESSAGE = 'must be the id of a rule, like "workflow/script-injection"';
const ruleId = v.pipe(v.string(RULE_MESSAGE), v.regex(/^workflow\/[a-z][a-z0-9-]*$/, RULE_MESSAGE));
const checkId = v.pipe(v.string(ID_MESSAGE), v.regex(/^[a-z][a-z0-9-]*$/, ID_MESSAGE));
const URL_MESSAGE = 'must be a URL like "https://git.example.com", without a name or password in it';
const baseUrl = (summary: string) =>
  v.pipe(
    v.string(URL_MESSAGE),
    v.regex(/^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:\/[\w.~-]+)*\/?$/, URL_MESSAGE),
    v.description(summary),
  );
const HOST_MESSAGE = 'must be a host like "git.example.com" or "git.example.com:8443", or "http://git.lan:3000"';
const host = v.pipe(v.string(HOST_MESSAGE), v.regex(/^(?:https?:\/\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$/, HOST_MESSAGE));
const PATTERN_MESSAGE = 'is no pattern: "OWNER/*", "OWNER/REPO", either behind "HOST/", "own", "hooks" or "*"';
const words = v.pipe(v.string('must be one line'), v.regex(/^[^\0-\x1f\x7f]{3,200}$/, 'must be one line of at least three characters'));

const WorkflowTable = table({
  forge: v.optional(
    baseUrl(
      'The forge that workflows run on. Default: GITHUB_SERVER_URL, else https://github.com, or what `actions-url` says of the folder.',
    ),
  ),
  'actions-url': v.optional(
    baseUrl(
      'Where workflows of Forgejo and Gitea get actions whose host they do not name. Default: GITHUB_SERVER_URL, else https://code.forgejo.org for .forgejo and https://github.com for .gitea.',
    ),
  ),
  hosts: v.optional(listOf(host, 'Hosts beside the forge and github.com that may be asked about what workflows name.'), []),
  pins: v.optional(
    table({
      'max-age': v.optional(age('How long an answer of a server is believed before it is asked again.'), '1d'),
      offline: v.optional(trueOrFalse('Ask no server: answer from what is known, and say of when that is.'), false),
      'strict-network': v.optional(trueOrFalse('Exit 3 where a server gave no answer.'), false),
      'require-comment': v.optional(trueOrFalse('A pinned commit must have a comment that names its tag.'), false),
      'min-age': v.optional(age('How old a release must be before `--upgrade` takes it.'), '7d'),
    }),
    {},
  ),
  policy: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(PIN_PATTERN, PATTERN_MESSAGE)), oneOf(DEMANDS), 'must be a table'),
      v.description(
        'What must stand behind the @, by pattern: "sha", "ref" (a tag or branch will do) or "any". Unless it says otherwise: own = "ref", hooks = "ref" (of pre-commit), "*" = "sha".',
      ),
    ),
    {},
  ),
  lint: v.optional(
    table({
      skip: v.optional(listOf(ruleId, 'Rules of `workflow lint` that are off.'), []),
      mute: v.optional(listOf(words, 'Words of a message of actionlint that is not passed on.'), []),
      'runner-labels': v.optional(listOf(words, 'Labels of your own runners; * and ? stand for any characters.'), []),
      actionlint: v.optional(trueOrFalse('Ask actionlint too where it is installed.'), true),
    }),
    {},
  ),
});

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
  workflow: v.optional(WorkflowTable, {}),
});

type DeepReadonly<T> = T extends readonly (infer I)[]
  ? readonly DeepReadonly<I>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** All values, defaults filled in; sizes in bytes, ages in milliseconds. `leak.rules` undefined: every leak-matrix/*.toml. */
export type Config = DeepReadonly<v.InferOutput<typeof ConfigSchema>>;
