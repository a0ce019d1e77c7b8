import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AUDIT } from '../../src/audit/rules.ts';
import { applyEdits } from '../../src/substitute/edits.ts';
import { lint, said } from './lint.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'lint');
const SEVERE = ['error', 'warning'];

const names = await readdir(FOLDER);
const read = async (id: string, which: string): Promise<string | undefined> => {
  const files = await readdir(join(FOLDER, id));
  const name = files.find((file) => file.startsWith(`${which}.`));
  return name === undefined ? undefined : readFile(join(FOLDER, id, name), 'utf8');
};

test('each rule has a page and examples, and nothing else has', () => {
  expect(AUDIT.map(({ id }) => id).toSorted()).toEqual(names.toSorted());
});

test.for(AUDIT)('$id: the bad example has nothing but it, the good one nothing', async ({ id }) => {
  const files = await readdir(join(FOLDER, id));
  const bad = lint((await read(id, 'bad')) ?? '', { files });
  expect(bad.filter(({ rule }) => rule !== `workflow/${id}`).map(said)).toEqual([]);
  expect(bad.length).toBeGreaterThan(0);
  expect(bad.every(({ hint }) => hint === undefined || !hint.includes('undefined'))).toBe(true);
  const good = lint((await read(id, 'good')) ?? '', { files });
  expect(good.filter(({ severity, rule }) => SEVERE.includes(severity) || rule === `workflow/${id}`).map(said)).toEqual([]);
});

test.for(names)('%s: a fix writes what its example says, and only that', async (id) => {
  const text = (await read(id, 'bad')) ?? '';
  const edits = lint(text)
    .flatMap(({ fix }) => fix?.edits ?? [])
    .map(({ start, end, text: written }) => ({ start, end, bytes: Buffer.from(written) }))
    .toSorted((a, b) => a.start - b.start);
  const fixed = Buffer.from(applyEdits(Buffer.from(text), edits)).toString();
  expect(fixed).toBe((await read(id, 'fixed')) ?? text);
});
