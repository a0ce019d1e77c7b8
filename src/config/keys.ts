import type { Config } from './schema.ts';

// Apart from the schema: a run without any settings needs these only, and checking values is much code.

/** Exceptions, beside kei.toml. */
export const IGNORES_FILE = '.kei/ignores.toml';

/** `leak.fail-on`: table and key. */
export type KeyName = { [T in keyof Config]: `${T}.${keyof Config[T] & string}` }[keyof Config];

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
};

/**
 * Which way a value is the stricter one. `own`: looking at more of one's own, or nothing to do with strictness; anybody may set it.
 * `marks` is a list in which each entry lets something pass.
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
} as const satisfies Readonly<Record<KeyName, 'more' | 'marks' | 'greater' | 'milder' | 'true' | 'false' | 'own'>>;

/** Every key, in the order of the schema. */
export const KEYS = Object.keys(STRICTER).filter((key): key is KeyName => Object.hasOwn(STRICTER, key));
