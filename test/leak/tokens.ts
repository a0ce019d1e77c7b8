import { createHash } from 'node:crypto';
import { CHECKSUMS } from '../../src/values/checksums.ts';
import type { Finding, Report } from '../../src/report/finding.ts';
import { run, type Ran } from './commands.ts';
import type { Overrides } from '../captured.ts';
import type { TestRepo } from '../repo.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Characters that look drawn by lot, the same for the same seed. */
export const drawn = (seed: string, length: number, alphabet = ALPHABET): string => {
  const bytes: number[] = [];
  for (let i = 0; bytes.length < length; i++) bytes.push(...createHash('sha512').update(`${seed} ${i}`).digest());
  return bytes
    .slice(0, length)
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
};

/** A token of GitHub's form whose check digits hold: no file of ours holds it. Its rule is leak/github-pat-classic. */
export const githubToken = (seed: string): string => {
  const body = `ghp_${drawn(seed, 30)}`;
  return body + (CHECKSUMS['github']?.complete?.(body) ?? '');
};
export const GITHUB_RULE = 'leak/github-pat-classic';

export interface Scanned extends Ran {
  readonly findings: readonly Finding[];
  readonly skipped: Report['skipped'];
  readonly stats: Report['stats'];
}

/** `leak scan --format json`, read again. */
export const scan = async (where: TestRepo | string, argv: readonly string[] = [], overrides: Overrides = {}): Promise<Scanned> => {
  const ran = await run(where, ['leak', 'scan', '--format', 'json', ...argv], overrides);
  const report = (ran.out === '' ? { findings: [], skipped: [], stats: { files: 0, bytes: 0 } } : JSON.parse(ran.out)) as Pick<
    Report,
    'findings' | 'skipped' | 'stats'
  >;
  return { ...ran, ...report };
};

/** Where findings are: `path:line`, with the commit's first letters before it. */
export const placesOf = (findings: readonly Finding[]): string[] =>
  findings.map(({ path = '', line = 0, commit }) => `${commit === undefined ? '' : `${commit.slice(0, 8)} `}${path}:${line}`);
