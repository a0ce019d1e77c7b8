import type { Place } from '../command.ts';
import { encodePath } from './paths.ts';
import { readObjectBatches } from './objects.ts';
import { Readable } from 'node:stream';
import { run, stream } from './run.ts';

/** A commit and all that it goes on from, parents first. */
export async function lineage(place: Place, commit: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await run(place, ['rev-list', '--topo-order', '--reverse', commit, '--'], { signal });
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((oid) => oid !== '');
}

/** A text that names something in a repository, and the object that has it. */
export interface NamedText {
  readonly kind: 'path' | 'identity' | 'ref';
  readonly text: string;
  readonly oid?: string;
}

const PATHS: readonly string[] = [
  'diff-tree',
  '--stdin',
  '--root',
  '-r',
  '-c',
  '--name-only',
  '-z',
  '--no-commit-id',
  '--no-renames',
  '--no-ext-diff',
  '--no-relative',
];
const LINKS = /^(?:tree|parent|object|type) /;

/** All that the refs of a repository reach and that is neither content nor message: paths, header lines of commits and tags, refs. Each once. */
export async function* repositoryNames(place: Place, signal: AbortSignal): AsyncGenerator<NamedText, void, void> {
  const seen = new Set<string>();
  const isNew = (text: string): boolean => text !== '' && !seen.has(text) && seen.add(text) !== undefined;
  const { stdout } = await run(place, ['for-each-ref', '--format=%(objectname) %(refname)'], { signal });
  const refs = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  for (const line of refs) {
    const text = line.slice(line.indexOf(' ') + 1);
    if (isNew(text)) yield { kind: 'ref', text };
  }
  const commits = Readable.from(stream(place, ['rev-list', '--all'], { signal }));
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of stream(place, PATHS, { stdin: commits, signal })) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, at)) {
      const text = encodePath(bytes.subarray(at, end));
      if (isNew(text)) yield { kind: 'path', text };
      at = end + 1;
    }
    rest = bytes.subarray(at);
  }
  yield* headers(
    place,
    refs.map((line) => line.slice(0, line.indexOf(' '))),
    isNew,
    signal,
  );
}

async function* headers(
  place: Place,
  refs: readonly string[],
  isNew: (text: string) => boolean,
  signal: AbortSignal,
): AsyncGenerator<NamedText, void, void> {
  const { stdout } = await run(place, ['rev-list', '--all'], { signal });
  let due: readonly string[] = [
    ...stdout
      .toString('latin1')
      .split('\n')
      .filter((oid) => oid !== ''),
    ...refs,
  ];
  const known = new Set<string>();
  while (due.length > 0) {
    const next: string[] = [];
    for (const oid of due) known.add(oid);
    for await (const batch of readObjectBatches(place, due, { signal })) {
      for (const answer of batch) {
        if (answer.kind !== 'object' || (answer.type !== 'commit' && answer.type !== 'tag')) continue;
        const blank = answer.bytes.indexOf('\n\n');
        const lines = answer.bytes
          .subarray(0, blank < 0 ? undefined : blank)
          .toString('utf8')
          .split('\n');
        for (const text of lines) {
          if (!LINKS.test(text)) {
            if (isNew(text)) yield { kind: 'identity', text, oid: answer.oid };
          } else if (answer.type === 'tag' && text.startsWith('object ') && !known.has(text.slice(7))) next.push(text.slice(7));
        }
      }
    }
    due = next;
  }
}
