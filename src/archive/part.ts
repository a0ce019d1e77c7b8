import type { Budget } from './budget.ts';
import type { Source } from './source.ts';

/** What a reader of one format finds, in the order of the bytes. */
export type Part =
  | {
      readonly kind: 'member';
      readonly name: string;
      /** To be read before the next part is asked for; what is left of it is passed over. Ends early where it is damaged or too much. */
      readonly content: Source;
      /** Where in the archive the same bytes stand as they are. */
      readonly at?: number;
    }
  /** A name without content of its own: a folder, a link, an entry that only a directory names. */
  | { readonly kind: 'name'; readonly name: string }
  | Left;

/** Something that was not looked at. */
export interface Left {
  readonly kind: 'left';
  /** undefined: of the archive itself. */
  readonly name?: string;
  readonly reason: string;
  /** `content`: what it holds keeps it shut: encrypted, damaged. `limit`: a limit or a format that is not read. */
  readonly because: 'content' | 'limit';
}

export const damaged = (reason: string, name?: string): Left => ({
  kind: 'left',
  reason,
  because: 'content',
  ...(name === undefined ? {} : { name }),
});

export const unread = (reason: string, name?: string): Left => ({
  kind: 'left',
  reason,
  because: 'limit',
  ...(name === undefined ? {} : { name }),
});

/** @param name of the archive itself, for members that have none */
export type ArchiveReader = (source: Source, budget: Budget, name: string) => AsyncGenerator<Part, void, void>;
