import type { Finding } from '../report/finding.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/quantity.ts';
import type { Locked } from './locked.ts';

/** What is there of the guard, as far as files tell. */
export interface Installed {
  /** Text of the hook file of each event that is to be guarded; undefined: there is none that git would start. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** The version of kei-git that the worktree's files ask for. */
  readonly locked: Locked | undefined;
  /** Of the copy that runs now. */
  readonly version: string;
}

const isGuarded = (event: string, text: string | undefined): boolean => text?.includes(`# >>> kei-git ${event}`) === true;

/** One line about what is not as `install` left it; undefined: nothing. */
export const driftLine = ({ files, locked, version }: Installed): string | undefined => {
  const gone = [...files].filter(([event, text]) => !isGuarded(event, text)).map(([event]) => event);
  // Not in these files at all: the guard stands elsewhere, and `doctor` knows where.
  const isElsewhere = gone.length === files.size;
  const parts = [
    ...(gone.length === 0 || isElsewhere ? [] : [`the guard does not run on ${gone.join(', ')}`]),
    ...(locked === undefined || locked.version === version ? [] : [`hooks run kei-git ${version}, ${locked.file} has ${locked.version}`]),
  ];
  return parts.length === 0 ? undefined : `kei-git: ${parts.join('; ')}: npx kei-git install\n`;
};

const NAMED = 3;

/** One line about numbers that are not true any more; undefined: there are none. Those of history change with each commit and are not told. */
export const staleLine = (findings: readonly Finding[]): string | undefined => {
  const stale = findings.filter(({ rule, severity }) => rule === 'counts/stale' && severity === 'error');
  if (stale.length === 0) return undefined;
  const files = [...new Set(stale.map(({ path = '' }) => printable(path)))];
  const names = files.slice(0, NAMED).join(', ') + (files.length > NAMED ? `, and ${files.length - NAMED} more` : '');
  return `kei-git: ${count(stale.length, 'number')} in ${names} ${stale.length === 1 ? 'is' : 'are'} not true any more: npx kei-git counts\n`;
};
