import type { KeyAnswer, Key } from '../check.ts';
import { KeiError } from '../errors.ts';
import { personalFolder } from './personal.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Holds a key as text: for CI, where there is no person. Wins over the file. */
export const KEY_VARIABLE = 'KEI_LEAK_KEY';

/** Where a key lies; undefined when there is no home. @param name as `key` in `[leak]` says it */
export const keyFile = (env: Env, name: string): string | undefined => {
  const folder = personalFolder(env);
  return folder === undefined ? undefined : `${folder}/keys/${name}.key`;
};

interface KeyWorld {
  readonly env: Env;
  /** Text of a file that only its owner may read. */
  readonly readPrivate: (path: string) => string | undefined;
  readonly parseKey: (text: string) => Key | undefined;
}

const NEW = 'kei-git leak key --new, or --import the one that your team has';

/** The key of a name, or why there is none. Never throws. */
export const openKey = (name: string, { env, readPrivate, parseKey }: KeyWorld): KeyAnswer => {
  const given = env[KEY_VARIABLE];
  if (given !== undefined && given !== '') {
    const key = parseKey(given);
    return key === undefined
      ? { kind: 'unusable', reason: `${KEY_VARIABLE} holds no key, or only a part of one`, hint: NEW }
      : { kind: 'key', key, place: KEY_VARIABLE };
  }
  const place = keyFile(env, name);
  if (place === undefined) return { kind: 'absent', place: KEY_VARIABLE, hint: `set ${KEY_VARIABLE}, or HOME` };
  try {
    const text = readPrivate(place);
    if (text === undefined) return { kind: 'absent', place, hint: NEW };
    const key = parseKey(text);
    return key === undefined
      ? { kind: 'unusable', reason: `${place} holds no key, or only a part of one`, hint: NEW }
      : { kind: 'key', key, place };
  } catch (error) {
    if (!(error instanceof KeiError)) throw error;
    return { kind: 'unusable', reason: error.message, hint: error.hint ?? NEW };
  }
};
