import * as v from 'valibot';
import { DEFAULT_HOOK_EVENTS, HOOK_EVENT_NAMES } from './hook-events.ts';
import { argv, duration, listOf, oneOf, path, table, trueOrFalse, wholeNumber, writtenDuration } from './schema-values.ts';

const NAME_MESSAGE = 'must be a name of letters, digits, dots, hyphens and underscores';
const name = v.pipe(v.string(NAME_MESSAGE), v.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, NAME_MESSAGE));
const PREFIX_MESSAGE = 'must be a word like "feat"';
const prefix = v.pipe(v.string(PREFIX_MESSAGE), v.regex(/^[A-Za-z][\w.-]{0,39}$/, PREFIX_MESSAGE));
const VARIABLE_MESSAGE = 'must be a name of letters, digits and underscores';
const variable = v.pipe(v.string(VARIABLE_MESSAGE), v.regex(/^[A-Za-z_]\w*$/, VARIABLE_MESSAGE));
const TEXT_MESSAGE = 'must be a text without zero bytes';
const text = v.pipe(v.string(TEXT_MESSAGE), v.regex(/^[^\0]*$/, TEXT_MESSAGE));

const VIEWS = ['staged', 'index', 'worktree'] as const;
const SKIP_ON = ['merge', 'rebase'] as const;

/** Git starts `reference-transaction` several times for each change of a ref: only the seal has a use for it. */
const COMMAND_EVENTS = HOOK_EVENT_NAMES.filter((event) => event !== 'reference-transaction');

const Run = table({
  name: v.pipe(name, v.description('What it is called in reports; SKIP=NAME leaves it out.')),
  on: v.optional(listOf(oneOf(COMMAND_EVENTS), 'Events of git at which it runs.'), ['pre-commit']),
  run: argv('The program and its arguments. Files come last, or where "{files}" stands; "{message}" is the file of the commit message.'),
  files: v.optional(listOf(path, 'Globs of the files that it is given. Without any it runs once, without files.')),
  exclude: v.optional(listOf(path, 'Globs of files that it is not given.'), []),
  'pass-files': v.optional(trueOrFalse('Hand the files over; else they only decide whether it runs.'), true),
  'stage-fixed': v.optional(trueOrFalse('What it changes in the files it was given becomes part of the commit.'), false),
  view: v.optional(
    v.pipe(
      oneOf(VIEWS),
      v.description(
        'Where it runs: "staged", a folder in which the files are as they are staged and everything else is linked; "index", all of what is staged; "worktree".',
      ),
    ),
    'staged',
  ),
  'skip-on': v.optional(listOf(oneOf(SKIP_ON), 'Not during these.'), []),
  timeout: v.optional(writtenDuration('How long it may take.')),
  env: v.optional(v.pipe(v.record(variable, text, 'must be a table'), v.description('Variables of its environment.')), {}),
  ci: v.optional(trueOrFalse('Runs in CI too, by `kei-git hook run`.'), true),
  alone: v.optional(trueOrFalse('Nothing else runs meanwhile.'), false),
});

/** `[hook]` and `[[hook.run]]`. */
export const HookTable = table({
  events: v.optional(
    listOf(oneOf(HOOK_EVENT_NAMES), 'Events of git that `install` puts the guard on; those that commands and the seal need come on top.'),
    [...DEFAULT_HOOK_EVENTS],
  ),
  seal: v.optional(trueOrFalse('A commit must have the content that pre-commit looked at.'), false),
  prefixes: v.optional(listOf(prefix, 'What the subject of a commit may begin with, like "feat" or "fix"; none: with anything.'), []),
  jobs: v.optional(wholeNumber(0, 256, 'Commands that run at once; 0: as many as the machine has cores.'), 0),
  timeout: v.optional(duration('How long a command may take that says nothing else.'), '5m'),
  run: v.optional(listOf(Run, 'Commands of your own.'), []),
});
