import { DEFAULT_HOOK_EVENTS } from './hook-events.ts';
import type { Config } from './schema.ts';

// Apart from the schema: a run without any settings needs these only, and checking values is much code.

/** Exceptions, beside kei.toml. */
export const IGNORES_FILE = '.kei/ignores.toml';

/** Names of what a table holds, `pins.offline` for a table in it. What is an array or has keys of the person's own is one value. */
type NamesIn<T> = {
  [K in keyof T & string]-?: NonNullable<T[K]> extends readonly unknown[] | string | number | boolean
    ? K
    : string extends keyof NonNullable<T[K]>
      ? K
      : `${K}.${NamesIn<NonNullable<T[K]>>}`;
}[keyof T & string];

/** `leak.fail-on`, `workflow.pins.offline`: tables and key; `counts`: a table whose keys are the person's own. */
export type KeyName = NamesIn<Config>;

/** What the schema makes of an empty file; a test compares them. */
export const DEFAULTS: Config = {
  leak: {
    categories: ['secret'],
    builtin: true,
    decode: 3,
    'max-file-size': 100 * 1024 ** 2,
    jobs: 0,
    'fail-on': 'error',
    'honour-inline': [],
    archives: 0,
    'archives-at': ['pre-push', 'ci', 'mirror'],
    key: 'default',
  },
  check: { skip: [], 'fail-on': 'error' },
  policy: { 'head-ignores': false },
  workflow: {
    hosts: [],
    pins: {
      'max-age': 24 * 60 * 60_000,
      offline: false,
      'strict-network': false,
      'require-comment': false,
      'min-age': 7 * 24 * 60 * 60_000,
    },
    policy: {},
    lint: { skip: [], mute: [], 'runner-labels': [], actionlint: true },
  },
  hook: { events: DEFAULT_HOOK_EVENTS, seal: false, prefixes: [], jobs: 0, timeout: 5 * 60_000, run: [] },
  counts: {},
  markers: { files: ['**/*.md'], frozen: ['CHANGELOG.md'], claims: ['**/*.md'] },
};

/**
 * Which way a value is the stricter one. `own`: looking at more of one's own, or nothing to do with strictness; anybody may set it.
 * `marks` is a list in which each entry lets something pass; `kept`: nobody can say, so any other value counts as the looser one; `pins`: see
 * pin-policy.ts.
 */
export const STRICTER = {
  'leak.categories': 'more',
  'leak.rules': 'own',
  'leak.builtin': 'true',
  'leak.decode': 'greater',
  'leak.max-file-size': 'greater',
  'leak.jobs': 'own',
  'leak.fail-on': 'milder',
  'leak.honour-inline': 'marks',
  'leak.archives': 'greater',
  'leak.archives-at': 'more',
  'leak.key': 'own',
  'check.skip': 'marks',
  'check.fail-on': 'milder',
  'policy.head-ignores': 'false',
  'workflow.forge': 'kept',
  'workflow.actions-url': 'kept',
  'workflow.hosts': 'marks',
  'workflow.pins.max-age': 'less',
  'workflow.pins.offline': 'false',
  'workflow.pins.strict-network': 'true',
  'workflow.pins.require-comment': 'true',
  'workflow.pins.min-age': 'greater',
  'workflow.policy': 'pins',
  'workflow.lint.skip': 'marks',
  'workflow.lint.mute': 'marks',
  'workflow.lint.runner-labels': 'marks',
  'workflow.lint.actionlint': 'true',
  'hook.events': 'more',
  'hook.seal': 'true',
  'hook.prefixes': 'own',
  'hook.jobs': 'own',
  'hook.timeout': 'own',
  'hook.run': 'own',
  counts: 'own',
  'markers.files': 'own',
  'markers.frozen': 'own',
  'markers.claims': 'own',
} as const satisfies Readonly<
  Record<KeyName, 'more' | 'marks' | 'greater' | 'less' | 'milder' | 'true' | 'false' | 'own' | 'kept' | 'pins'>
>;

/** Every key, in the order of the schema. */
export const KEYS = Object.keys(STRICTER).filter((key): key is KeyName => Object.hasOwn(STRICTER, key));
