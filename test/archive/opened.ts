import { LIMITS, type Limits } from '../../src/archive/budget.ts';
import { endsAsZip, HEAD_BYTES, kindOf } from '../../src/archive/kinds.ts';
import { PIECE } from '../../src/archive/source.ts';
import { walkArchive } from '../../src/archive/walk.ts';

export interface Opened {
  /** Name and content of each member; undefined: a name without any. */
  readonly members: readonly (readonly [name: string, content: string | undefined])[];
  readonly left: readonly string[];
  /** Bytes that all of them had. */
  readonly bytes: number;
}

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Opens an archive and reads all that is in it. @param chunk bytes that come at a time */
export const open = async (
  bytes: Buffer,
  { path = 'a', chunk = 1 << 16, keep = true, ...limits }: Partial<Limits> & { path?: string; chunk?: number; keep?: boolean } = {},
): Promise<Opened> => {
  const kind = kindOf(bytes.subarray(0, HEAD_BYTES)) ?? (endsAsZip(bytes) ? { format: 'zip' as const } : undefined);
  if (kind === undefined) return { members: [], left: ['no archive'], bytes: 0 };
  const members: (readonly [string, string | undefined])[] = [];
  const left: string[] = [];
  let total = 0;
  for await (const part of walkArchive(chunked(bytes, chunk), path, kind, { ...LIMITS, depth: 3, ...limits })) {
    if (part.kind === 'left') left.push(`${part.name ?? ''}: ${part.reason} (${part.because})`);
    else if (part.kind === 'name') members.push([part.name, undefined]);
    else {
      const pieces: Buffer[] = [];
      for (let piece = await part.content.ready(PIECE); piece.length > 0; piece = await part.content.ready(PIECE)) {
        await part.content.skip(piece.length);
        total += piece.length;
        if (keep) pieces.push(piece);
      }
      const content = Buffer.concat(pieces);
      if (keep && part.at !== undefined && !bytes.subarray(part.at, part.at + content.length).equals(content))
        throw new Error(`${part.name} does not stand at ${part.at}`);
      members.push([part.name, content.toString('latin1')]);
    }
  }
  return { members, left, bytes: total };
};
