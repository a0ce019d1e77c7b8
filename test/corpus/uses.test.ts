import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readUses } from '../../src/uses/read.ts';

// KEI_CORPUS: a folder with workflows/edge/uses-edge.jsonl, a case per line: a file and the references in it.
const corpus = process.env['KEI_CORPUS'];

interface Case {
  readonly id: string;
  readonly file: string;
  readonly yaml: string;
  readonly expect: readonly { readonly raw: string; readonly comment: string | null }[];
}

const cases = (): readonly Case[] =>
  corpus === undefined
    ? []
    : readFileSync(join(corpus, 'workflows', 'edge', 'uses-edge.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Case);

describe.skipIf(corpus === undefined)('references of workflows', () => {
  test('there are 55 cases', () => {
    expect(cases()).toHaveLength(55);
  });

  test.for(cases())('$id', ({ file, yaml, expect: wanted }) => {
    const bytes = Buffer.from(yaml);
    const { uses } = readUses(bytes, file);
    // The cases name each reference once, and leave the images of containers out.
    const found = new Map(uses.filter(({ kind }) => kind !== 'image').map(({ raw, comment }) => [raw, comment?.version ?? null]));
    expect([...found].map(([raw, comment]) => ({ raw, comment }))).toEqual(wanted.map(({ raw, comment }) => ({ raw, comment })));
    for (const { raw, start, end, verbatim } of uses) if (verbatim) expect(bytes.subarray(start, end).toString()).toBe(raw);
  });
});
