import { quoted } from '../report/quoted.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What a person left out by SKIP and KEI_SKIP. */
export interface Skips {
  /** All that kei-git does at this event. */
  readonly all: boolean;
  readonly names: ReadonlySet<string>;
  /** Those of them that are meant for us alone. */
  readonly own: ReadonlySet<string>;
}

const VARIABLES = ['SKIP', 'KEI_SKIP'] as const;
const SHOWN = 12;

const namesIn = (value: string | undefined): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** SKIP is pre-commit's variable too, and names hooks of others: only in KEI_SKIP `all` means all, and a name that is none of ours is a mistake. */
export const parseSkips = (env: Env): Skips => ({
  all: namesIn(env['KEI_SKIP']).includes('all'),
  names: new Set(VARIABLES.flatMap((variable) => namesIn(env[variable]))),
  own: new Set(namesIn(env['KEI_SKIP'])),
});

/**
 * A line for a person about what is left out; empty where nothing is asked for.
 * @param known names of what runs at any event here
 */
export const skipLine = ({ all, names, own }: Skips, event: string, known: readonly string[]): string => {
  if (all) return `kei-git: nothing is looked at (${event}): KEI_SKIP=all\n`;
  if (names.size === 0) return '';
  const left = known.filter((name) => names.has(name));
  const unknown = [...own].filter((name) => !known.includes(name));
  if (left.length + unknown.length === 0) return '';
  const parts = [
    ...(left.length === 0 ? [] : [`left out, as SKIP says: ${left.join(', ')}`]),
    ...(unknown.length === 0
      ? []
      : [
          `KEI_SKIP names nothing of kei-git: ${unknown
            .slice(0, SHOWN)
            .map((name) => quoted(name))
            .join(', ')} (there is ${known.join(', ')})`,
        ]),
  ];
  return `kei-git: ${parts.join('; ')}\n`;
};
