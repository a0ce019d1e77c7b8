import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { open } from '../archive/opened.ts';

// KEI_CORPUS/tars/*.tar: archives whose names and links lead out of the folder they are unpacked in.
const folder = join(process.env['KEI_CORPUS'] ?? '', 'tars');

const MEMBERS: Readonly<Record<string, readonly (readonly [name: unknown, content: string | undefined])[]>> = {
  'abs.tar': [[expect.stringMatching(/^\/.+\/escape-abs\.txt$/), 'pwned']],
  'case.tar': [
    ['A.txt', '1'],
    ['a.txt', '2'],
  ],
  'dotdot.tar': [['../escape-dotdot.txt', 'pwned']],
  'dup.tar': [
    ['a.txt', 'one'],
    ['a.txt', 'two'],
  ],
  'fifo.tar': [['fifo', undefined]],
  'gitdir.tar': [['.git/hooks/post-checkout', '#!/bin/sh\necho pwned']],
  'hard.tar': [
    ['h', undefined],
    ['h', 'overwritten-through-hardlink'],
  ],
  'nul.tar': [['a\nb.txt', 'pwned']],
  'suid.tar': [['suid', 'xx']],
  'symabs.tar': [
    ['d', undefined],
    ['d/escape-symabs.txt', 'pwned'],
  ],
  'symdir.tar': [
    ['d', undefined],
    ['d/escape-symdir.txt', 'pwned'],
  ],
  'symfile.tar': [
    ['s', undefined],
    ['s', 'overwritten-through-symlink'],
  ],
};

test('every sample is known', () => {
  expect(readdirSync(folder).filter((name) => name.endsWith('.tar'))).toEqual(Object.keys(MEMBERS).toSorted());
});

test.for(Object.entries(MEMBERS))('%s: the right members, and nothing left out', async ([name, members]) => {
  expect(await open(readFileSync(join(folder, name)))).toMatchObject({ members, left: [] });
});
