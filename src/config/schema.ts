import * as v from 'valibot';
import { CATEGORIES } from './categories.ts';
import { OCCASIONS } from './occasions.ts';
import { DEMANDS, PIN_PATTERN } from './pin-policy.ts';
import { CountsTable, MarkersTable } from './schema-counts.ts';
import { HookTable } from './schema-hook.ts';
import {
  age,
  checkId,
  inlineToken,
  keyName,
  listOf,
  oneOf,
  path,
  ruleId,
  severity,
  size,
  table,
  trueOrFalse,
  wholeNumber,
  words,
} from './schema-values.ts';

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
  hook: v.optional(HookTable, {}),
  counts: v.optional(CountsTable, {}),
  markers: v.optional(MarkersTable, {}),
});

type DeepReadonly<T> = T extends readonly (infer I)[]
  ? readonly DeepReadonly<I>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** All values, defaults filled in; sizes in bytes, ages in milliseconds. `leak.rules` undefined: every leak-matrix/*.toml. */
export type Config = DeepReadonly<v.InferOutput<typeof ConfigSchema>>;
