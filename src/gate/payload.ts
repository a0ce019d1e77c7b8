export type Env = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => Uint8Array | undefined;

/** What stands below keys of a JSON value; undefined where one of them is not there. */
export const member = (value: unknown, ...keys: readonly string[]): unknown => {
  let at = value;
  for (const key of keys) at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  return at;
};

/** A text that is not empty. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A full object name; undefined for anything else, also for the zeros that stand for none. */
export const oidOf = (value: unknown): string | undefined =>
  typeof value === 'string' && OID.test(value) && !/^0+$/.test(value) ? value : undefined;

const NO_BRANCH = /^[-/]|[\0-\x20~^:?*[\\\x7f]|\.\.|@\{|\/$|\/\/|\.lock$/;

/** The short name of a branch; undefined for what git would not take for one. */
export const branchOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && !NO_BRANCH.test(value) ? value : undefined;

/** True for the object name that stands for none. */
export const isZero = (value: unknown): boolean => typeof value === 'string' && OID.test(value) && /^0+$/.test(value);

/** The event as GitHub, Forgejo and Gitea write it to a file; undefined when there is none or it is no JSON. */
export const readPayload = (env: Env, read: ReadFile): unknown => {
  const file = textOf(env['GITHUB_EVENT_PATH']);
  try {
    const bytes = file === undefined ? undefined : read(file);
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
};
