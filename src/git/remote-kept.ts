import type { CacheStore } from '../command.ts';
import type { Reaching } from '../remote.ts';

// Which refs reach a commit, kept for each commit by itself: asking a mirror takes two processes, reading a file none.

const nameOf = (oid: string): string => `reach-${oid}`;

/** Keeps an answer that names refs; what nothing reaches is asked again each time. */
export const keepReaching = (store: CacheStore, oid: string, { refs, askedAt }: Reaching): void => {
  if (refs.length > 0) store.write(nameOf(oid), Buffer.from(JSON.stringify({ askedAt: askedAt.getTime(), refs })));
};

export const keptReaching = (store: CacheStore, oid: string): Reaching | undefined => {
  const bytes = store.read(nameOf(oid));
  if (bytes === undefined) return undefined;
  try {
    const { askedAt, refs } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      readonly askedAt: number;
      readonly refs: readonly string[];
    };
    return { kind: 'reaching', refs, askedAt: new Date(askedAt) };
  } catch {
    return undefined;
  }
};
