import { sealBlock } from './blocks.ts';

// What runs behind the guard, in a file of ours.

/** What the label of such a block ends with. */
const THEN = ' then';

const word = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const block = (event: string, lines: readonly string[]): string =>
  sealBlock([`# >>> kei-git ${event}${THEN}`, ...lines, `# <<< kei-git ${event}${THEN}`, ''].join('\n'));

/** Starts the hook that was moved aside. @param name that it has there */
export const asideBlock = (event: string, name: string): string => {
  const program = `"\${0%/*}/"${word(name)}`;
  return block(event, ['# The hook that was here before.', `if [ -x ${program} ]; then`, `  exec ${program} "$@"`, 'fi']);
};

/** core.hooksPath as it was when ours was installed. */
export interface FolderBehind {
  /** Relative ones count from where git runs hooks. */
  readonly folder: string;
  /** Name of the file of configuration beside our folder. */
  readonly config: string;
  /** It is that file which sets it, so that the loop below sees when that ends. */
  readonly seen: boolean;
}

// A loop of sh that reads what `git config core.hooksPath VALUE` writes: what is set later holds at once, without another process. What is written in
// another way is not seen, and what was recorded holds.
const PLAIN = 'A-Za-z0-9._/ @:+,=-';
const LOOP: readonly string[] = [
  'kei_core=',
  'kei_now=',
  'while IFS= read -r kei_line; do',
  '  case $kei_line in',
  "  '[core]') kei_core=yes ;;",
  "  '['*) kei_core= ;;",
  "  '\thooksPath = '* | '\thookspath = '*) [ -z \"$kei_core\" ] || kei_now=${kei_line#*= } ;;",
  '  esac',
];

/** The same as the loop of sh sees it. */
export const pathSeenIn = (config: Uint8Array): string => {
  let isCore = false;
  let now = '';
  for (const line of Buffer.from(config.buffer, config.byteOffset, config.byteLength).toString('latin1').split('\n')) {
    if (line.startsWith('[')) isCore = line === '[core]';
    const [, value] = /^\thooks[Pp]ath = (.*)$/.exec(line) ?? [];
    if (isCore && value !== undefined) now = value;
  }
  return new RegExp(`^[${PLAIN}]+$`).test(now) ? now : '';
};

/** Starts the hook of the folder that core.hooksPath would lead to without us. */
export const folderBlock = (event: string, { folder, config, seen }: FolderBehind): string =>
  block(event, [
    '# What git would have run without kei-git.',
    `kei_path=${word(folder)}`,
    ...LOOP,
    `done <"\${0%/*}/../${config}"`,
    'case $kei_now in',
    ...(seen ? ["'') kei_path=${0%/*}/../hooks ;;"] : ["'') ;;"]),
    `*[!${PLAIN.replace(' ', String.raw`\ `)}]*) ;;`,
    '*) kei_path=$kei_now ;;',
    'esac',
    'case $kei_path in',
    '/* | [A-Za-z]:*) ;;',
    '*) kei_path=./$kei_path ;;',
    'esac',
    `if [ -x "$kei_path/${event}" ]; then`,
    `  exec "$kei_path/${event}" "$@"`,
    'fi',
  ]);
