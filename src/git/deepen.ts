import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, Place } from '../command.ts';
import { errorCode, fileError } from '../sys/files.ts';
import { fetchObjects, originBranch, originUrl, type Unanswered } from './origin.ts';
import { run } from './run.ts';

/** The history of this clone, which may end somewhere, and what brings more of it. */
export interface History {
  /** Commits whose parents were left out when they were fetched. */
  cuts(): ReadonlySet<string>;
  /** Brings objects that are not here. Gives back why they could not be brought. */
  bring(oids: readonly string[]): Promise<string | undefined>;
  /** Brings contents, which are known not to be here. Gives back why not. */
  fill(oids: readonly string[]): Promise<string | undefined>;
  /** Brings more of what these commits go on from, each time ten times as much. Gives back why not. */
  deepen(commits: readonly string[]): Promise<string | undefined>;
  /** What a branch of the origin is, here or by asking; undefined when neither is known. */
  branch(name: string): Promise<string | undefined>;
}

interface Asked extends Pick<Context, 'signal' | 'progress'> {
  readonly commonDir: string;
  readonly mayFetch: boolean;
  /** The payload speaks of so many commits. */
  readonly atLeast: number;
}

const NOT_ASKED = 'nothing is fetched without --deepen outside CI';
const NO_ORIGIN = 'there is no remote named origin to fetch from';
const OID = /^[0-9a-f]{40,64}$/;

/** Commits at which the history of a shallow clone ends. */
export function readCuts(commonDir: string): ReadonlySet<string> {
  const path = join(commonDir, 'shallow');
  try {
    return new Set(
      readFileSync(path, 'latin1')
        .split('\n')
        .filter((line) => OID.test(line)),
    );
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Set();
    throw fileError('read', path, error);
  }
}

const isAbsent = async (place: Place, oid: string): Promise<boolean> =>
  (await run(place, ['cat-file', '-e', oid], { okCodes: [0, 1, 128] })).code !== 0;

/** Those of a few objects that are not in this clone. @param oids full object names */
export async function absentOf(place: Place, oids: readonly string[]): Promise<readonly string[]> {
  const absent: string[] = [];
  for (const oid of oids) if (await isAbsent(place, oid)) absent.push(oid);
  return absent;
}

export function openHistory(place: Place, { commonDir, mayFetch, atLeast, signal, progress }: Asked): History {
  const steps = [`--deepen=${Math.max(50, Math.min(atLeast + 20, 5000))}`, '--deepen=500', '--deepen=5000', '--unshallow'].values();
  let url: Promise<string | undefined> | undefined;
  const fetch = async (how: readonly string[], oids: readonly string[]): Promise<string | undefined> => {
    if (!mayFetch) return NOT_ASKED;
    const origin = await (url ??= originUrl(place));
    if (origin === undefined) return NO_ORIGIN;
    progress.start('fetching history');
    try {
      const answer: { readonly kind: 'answered' } | Unanswered = await fetchObjects(place, origin, how, oids, { signal });
      return answer.kind === 'answered' ? undefined : answer.why;
    } finally {
      progress.stop();
    }
  };
  return {
    cuts: () => readCuts(commonDir),
    async bring(oids) {
      const absent = await absentOf(place, oids);
      if (absent.length === 0) return undefined;
      // In a whole clone the object's history comes whole, and is whole afterwards.
      return fetch(readCuts(commonDir).size > 0 ? ['--depth=1'] : [], absent);
    },
    fill: (oids) => fetch([], oids),
    async deepen(commits) {
      const step = steps.next().value;
      if (step === undefined || readCuts(commonDir).size === 0) return 'the whole history is here';
      return fetch([step], commits);
    },
    async branch(name) {
      const { code, stdout } = await run(
        place,
        ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/remotes/origin/${name}^{commit}`],
        {
          okCodes: [0, 1, 128],
        },
      );
      const here = stdout.toString('latin1').trim();
      if (code === 0 && OID.test(here)) return here;
      const origin = mayFetch ? await (url ??= originUrl(place)) : undefined;
      const there = origin === undefined ? undefined : await originBranch(place, origin, name, { signal });
      return typeof there === 'string' ? there : undefined;
    },
  };
}
