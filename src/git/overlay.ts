import type { Content, Entry, Snapshot } from '../check.ts';
import { sortByPath } from './paths.ts';
import { pathspecMatcher } from './pathspec.ts';

const REGULAR = 0o100644;

/**
 * A snapshot with proposed edits over it.
 * @param edits new content by path; null: the file is removed
 */
export function overlaySnapshot(base: Snapshot, edits: ReadonlyMap<string, Uint8Array | null>): Snapshot {
  return {
    kind: 'overlay',
    description: `${base.description} with ${edits.size} proposed ${edits.size === 1 ? 'edit' : 'edits'}`,
    async list(globs = []) {
      const kept = (await base.list(globs)).map((entry) => edited(entry, edits.get(entry.path))).filter((entry) => entry !== undefined);
      const known = new Set(kept.map(({ path }) => path));
      const wanted = pathspecMatcher(globs);
      const added = [...edits].flatMap(([path, bytes]) =>
        bytes === null || known.has(path) || !wanted(path) ? [] : [{ path, mode: REGULAR, size: bytes.length }],
      );
      return sortByPath([...kept, ...added]);
    },
    read(path) {
      const bytes = edits.get(path);
      return bytes === undefined ? base.read(path) : Promise.resolve(bytes ?? undefined);
    },
    async *readMany(entries, signal) {
      const unedited = entries.filter(({ path }) => !edits.has(path));
      const contents = base.readMany(unedited, signal);
      const below = contents[Symbol.asyncIterator]();
      try {
        for (const entry of entries) {
          if (edits.has(entry.path)) yield [entry, proposed(entry.path, edits.get(entry.path))];
          else {
            const next = await below.next();
            if (next.done !== true) yield next.value;
          }
        }
      } finally {
        await below.return?.();
      }
    },
    stream: (entry) => {
      const bytes = edits.get(entry.path);
      return bytes === undefined ? base.stream(entry) : pieces(bytes);
    },
    get unlisted() {
      return base.unlisted ?? [];
    },
    close: () => base.close?.() ?? Promise.resolve(),
  };
}

/** The entry as the edit leaves it. It keeps the mode, so that an executable stays one; a link becomes a file. */
function edited(entry: Entry, bytes: Uint8Array | null | undefined): Entry | undefined {
  if (bytes === undefined) return entry;
  if (bytes === null) return undefined;
  return { path: entry.path, mode: entry.mode === 0o120000 ? REGULAR : entry.mode, size: bytes.length };
}

const proposed = (path: string, bytes: Uint8Array | null | undefined): Content =>
  bytes === null || bytes === undefined
    ? { kind: 'skipped', skipped: { path, reason: 'the proposed edit removes it', kind: 'policy' } }
    : { kind: 'bytes', bytes };

async function* pieces(bytes: Uint8Array | null): AsyncGenerator<Uint8Array, void, void> {
  if (bytes !== null) yield bytes;
}
