// Which version of kei-git a repository asks for, from the files in which package managers write that down.

export interface Locked {
  readonly file: string;
  readonly version: string;
}

const NAME = 'kei-git';
const EXACT = /^[=v]?(\d+\.\d+\.\d+(?:[-+][\w.+-]*)?)$/;

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return record(JSON.parse(text));
  } catch {
    return {}; // half-edited, or in the middle of a merge
  }
};

const versionOf = (value: unknown): string | undefined => {
  const { version } = record(value);
  return typeof version === 'string' ? version : undefined;
};

const ofNpm = (text: string): string | undefined => {
  const { packages, dependencies } = parsed(text);
  return versionOf(record(packages)[`node_modules/${NAME}`]) ?? versionOf(record(dependencies)[NAME]);
};

/** Of pnpm 5 to 10: `/kei-git/1.2.3:`, `/kei-git@1.2.3:`, `'kei-git@1.2.3(peer@1)':` */
const ofPnpm = (text: string): string | undefined => new RegExp(`^ +['"]?/?${NAME}[@/](\\d[^\\s'"():]*)`, 'm').exec(text)?.[1];

/** Of Yarn 1 (`version "1.2.3"`) and later ones (`version: 1.2.3`). */
const ofYarn = (text: string): string | undefined =>
  new RegExp(`^"?${NAME}@[^\\n]*:\\r?\\n(?: +[^\\n]*\\n)*? +version:? "?([^"\\s]+)"?`, 'm').exec(text)?.[1];

/** Of Bun 1.2: `"kei-git": ["kei-git@1.2.3", …` */
const ofBun = (text: string): string | undefined => new RegExp(`^ *"${NAME}": \\["${NAME}@([^"]+)"`, 'm').exec(text)?.[1];

/** Only a version that is the one and only: a range says little of what is installed. */
const ofManifest = (text: string): string | undefined => {
  const { dependencies, devDependencies, optionalDependencies } = parsed(text);
  const said = [dependencies, devDependencies, optionalDependencies]
    .map((table) => record(table)[NAME])
    .find((one) => typeof one === 'string');
  return typeof said === 'string' ? EXACT.exec(said)?.[1] : undefined;
};

const READERS: readonly (readonly [file: string, read: (text: string) => string | undefined])[] = [
  ['package-lock.json', ofNpm],
  ['npm-shrinkwrap.json', ofNpm],
  ['pnpm-lock.yaml', ofPnpm],
  ['yarn.lock', ofYarn],
  ['bun.lock', ofBun],
  ['package.json', ofManifest],
];

/** @param read gives the text of a file at the root of a worktree; undefined where there is none */
export const lockedVersion = (read: (file: string) => string | undefined): Locked | undefined => {
  for (const [file, versionIn] of READERS) {
    const text = read(file);
    const version = text === undefined ? undefined : versionIn(text);
    if (version !== undefined) return { file, version };
  }
  return undefined;
};
