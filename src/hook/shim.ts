import { eventOf } from './event.ts';
import { GUARD, GUARD_STDIN, OBSERVER, OBSERVER_STDIN } from './texts.ts';

/** What a block starts: absolute paths of node and of hook.cjs. */
export interface Started {
  readonly node: string;
  readonly hook: string;
}

/**
 * Variables with which the environment could break node, replace what it runs or slow it down. They are taken away from our program; it has their
 * values as KEI_ENV_…, empty where there was none, and gives them back to what it starts for the person.
 */
export const TAKEN_AWAY: readonly string[] = [
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_V8_COVERAGE',
  'NODE_COMPILE_CACHE',
  'NODE_ICU_DATA',
  'OPENSSL_CONF',
];
/** What belongs to another node's child: our program is none. */
const OF_ANOTHER = ['NODE_CHANNEL_FD', 'NODE_UNIQUE_ID'];

/** A word of sh with exactly this text. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** What our program ends with for such a block when all is well: 0 is also the end of a file that was emptied. */
const FINE = '96';

/** A path on one line, for people. */
const shown = (path: string): string => path.replaceAll(/[\u0000-\u001f\u007f\\]+/g, '?');

const fill = (lines: readonly string[], values: Readonly<Record<string, string>>): string =>
  `${lines.join('\n')}\n`.replaceAll(/@([A-Z_]+)@/g, (all, name: string) => values[name] ?? all);

/**
 * Git starts this hook twice and more for every change of a ref; the program only where pre-commit left a seal. Git names its directory where that is
 * not `.git` of the folder it runs hooks in.
 */
const WHERE_SEALED = 'if [ "${1-}" = prepared ] && [ -e "${GIT_DIR:-.git}/kei/seal" ]; then';
const onlyWhereSealed = (lines: readonly string[]): readonly string[] => [
  ...lines.slice(0, 2),
  WHERE_SEALED,
  ...lines.slice(2, -1),
  'fi',
  ...lines.slice(-1),
];

/**
 * What stands in a hook's file, in sh: starts our program, and for a guard ends the file with its exit code unless that is 0. Lines end with \n; the
 * first is `# >>> kei-git EVENT`, the last `# <<< kei-git EVENT`. Of an event that git gives lines to, the rest of the file can read them again.
 */
export const guardBlock = (event: string, { node, hook }: Started): string => {
  const { guard = true, stdin = false } = eventOf(event) ?? {};
  const [plain, withStdin] = guard ? [GUARD, GUARD_STDIN] : [OBSERVER, OBSERVER_STDIN];
  const then = guard ? `${event} is stopped` : `${event} is not looked at`;
  const remedy = 'run `npx kei-git install`, or `npx kei-git uninstall` to go without';
  const lines = stdin ? withStdin : plain;
  return fill(event === 'reference-transaction' ? onlyWhereSealed(lines) : lines, {
    EVENT: event,
    NODE: quoted(node),
    HOOK: quoted(hook),
    HAND_ON: [...TAKEN_AWAY.map((name) => `KEI_ENV_${name}="\${${name}-\${KEI_ENV_${name}-}}"`), 'KEI_HOOK_PARENT="$PPID"'].join(' '),
    VARIABLES: [...TAKEN_AWAY, ...OF_ANOTHER].join(' '),
    FINE,
    GONE: quoted(`kei-git: ${then}: ${shown(node)} or ${shown(hook)} is gone; ${remedy}`),
    DAMAGED: quoted(`kei-git: ${then}: ${shown(hook)} is damaged; ${remedy}`),
  });
};

const WORD = String.raw`('(?:[^']|'\\'')*')`;
const unquoted = (word: string): string => word.slice(1, -1).replaceAll(String.raw`'\''`, "'");

/** What the block in a hook file starts; undefined where there is none for this event. */
export const startedBy = (text: string, event: string): Started | undefined => {
  const begin = text.search(new RegExp(`^# >>> kei-git ${event}$`, 'm'));
  if (begin === -1) return undefined;
  const end = text.indexOf(`\n# <<< kei-git ${event}`, begin);
  const [, node, hook] =
    new RegExp(`^ *(?:exec )?${WORD} ${WORD} ${event} "\\$@"`, 'm').exec(text.slice(begin, end === -1 ? undefined : end)) ?? [];
  return node === undefined || hook === undefined ? undefined : { node: unquoted(node), hook: unquoted(hook) };
};
