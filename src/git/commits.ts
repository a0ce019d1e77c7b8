import type { Place } from '../command.ts';
import { readObjectBatches } from './objects.ts';

/** What a commit says of itself. */
export interface CommitFacts {
  readonly author: string;
  readonly email: string;
  /** When it was written, in UTC: `2023-11-14T22:13:20Z`; empty where the commit has no date. */
  readonly date: string;
  readonly message: string;
}

const AUTHOR = /^author (.*?) ?<([^>]*)> (-?\d+) [+-]\d{4}$/m;

const dateOf = (seconds: string | undefined): string => {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('.000Z', 'Z');
};

/** Who wrote commits, when, and why; those that cannot be read are left out. @param oids full object names */
export async function commitFacts(
  place: Place,
  oids: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, CommitFacts>> {
  const facts = new Map<string, CommitFacts>();
  for await (const batch of readObjectBatches(place, oids, options)) {
    for (const answer of batch) {
      if (answer.kind !== 'object' || answer.type !== 'commit') continue;
      const text = Buffer.from(answer.bytes).toString('utf8');
      const blank = text.indexOf('\n\n');
      const [, author = '', email = '', seconds] = AUTHOR.exec(blank < 0 ? text : text.slice(0, blank)) ?? [];
      facts.set(answer.oid, { author, email, date: dateOf(seconds), message: blank < 0 ? '' : text.slice(blank + 2).trim() });
    }
  }
  return facts;
}
