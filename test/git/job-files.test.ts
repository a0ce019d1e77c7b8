import { chmod, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchFiles } from '../../src/git/job-files.ts';
import { makeFolder } from '../repo.ts';

test('files that became others; one written anew as it was is the same', async () => {
  const folder = await makeFolder();
  const names = ['same', 'again', 'changed', 'mode', 'gone', 'linked', '100%', 'late'];
  for (const name of names.slice(0, -1)) await writeFile(join(folder, name), 'x\n');
  const watch = watchFiles(
    folder,
    names.map((name) => name.replaceAll('%', '%25')),
  );
  expect(watch.changed()).toEqual([]);
  await writeFile(join(folder, 'again'), 'x\n');
  for (const name of ['changed', '100%', 'late']) await writeFile(join(folder, name), 'y\n');
  await chmod(join(folder, 'mode'), 0o755);
  await rm(join(folder, 'gone'));
  await rm(join(folder, 'linked'));
  await symlink('/no/such/file', join(folder, 'linked'));
  expect(watch.changed()).toEqual(['changed', 'mode', 'gone', 'linked', '100%25', 'late']);
});
