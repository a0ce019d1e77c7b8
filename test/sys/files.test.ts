import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { FileError } from '../../src/errors.ts';
import { makeFolder as make, readIfThere, removeFile, writeWhole } from '../../src/sys/files.ts';
import { makeFolder } from '../repo.ts';

test('writeWhole makes a file, replaces it and keeps its mode', async () => {
  const dir = await makeFolder();
  const file = join(dir, 'report.json');
  writeWhole(file, 'one');
  expect(readFileSync(file, 'utf8')).toBe('one');
  writeFileSync(join(dir, 'run.sh'), '', { mode: 0o755 });
  writeWhole(join(dir, 'run.sh'), new Uint8Array([104, 105]));
  expect(readFileSync(join(dir, 'run.sh'), 'utf8')).toBe('hi');
  if (process.platform !== 'win32') expect(statSync(join(dir, 'run.sh')).mode & 0o777).toBe(0o755);
  writeWhole(file, 'two', { mode: 0o600 });
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir).sort()).toEqual(['report.json', 'run.sh']);
});

test('writeWhole replaces a link, not what it points to', async () => {
  const dir = await makeFolder();
  writeFileSync(join(dir, 'target'), 'kept');
  symlinkSync('target', join(dir, 'link'));
  writeWhole(join(dir, 'link'), 'new');
  expect([readFileSync(join(dir, 'target'), 'utf8'), readFileSync(join(dir, 'link'), 'utf8')]).toEqual(['kept', 'new']);
});

test('writeWhole says what is wrong and leaves nothing', async () => {
  const dir = await makeFolder();
  mkdirSync(join(dir, 'folder'));
  writeFileSync(join(dir, 'folder', 'x'), '');
  expect(() => writeWhole(join(dir, 'none', 'file'), 'x')).toThrow(
    new FileError(`cannot write ${dir}/none/file: there is no such file or folder`),
  );
  expect(() => writeWhole(join(dir, 'folder'), 'x')).toThrow(FileError);
  expect(readdirSync(dir)).toEqual(['folder']);
  expect(() => writeWhole(join(dir, 'none', 'a\u001b[31mb'), 'x')).toThrow(/a\?\[31mb/);
});

test('readIfThere tells absence from failure', async () => {
  const dir = await makeFolder();
  writeFileSync(join(dir, 'a'), 'A');
  expect(readIfThere(join(dir, 'a'))?.toString()).toBe('A');
  expect(readIfThere(join(dir, 'b'))).toBeUndefined();
  expect(readIfThere(join(dir, 'a', 'b'))).toBeUndefined();
  expect(() => readIfThere(dir)).toThrow(FileError);
  make(join(dir, 'x', 'y'));
  removeFile(join(dir, 'a'));
  removeFile(join(dir, 'a'));
  expect(readdirSync(dir)).toEqual(['x']);
});

const bundled = async (dir: string): Promise<string> => {
  const outfile = join(dir, 'write.cjs');
  await build({
    stdin: {
      contents: `import { writeWhole } from './src/sys/files.ts';
        try { writeWhole(process.argv[2], Buffer.alloc(1 << 20, 120)); console.log('written'); }
        catch (error) { console.log(error.name + ': ' + error.message + ' | ' + error.hint); }`,
      resolveDir: join(import.meta.dirname, '../..'),
    },
    bundle: true,
    platform: 'node',
    outfile,
  });
  return outfile;
};

const shell = (script: string, ...args: readonly string[]): Promise<string> =>
  new Promise((done, fail) => {
    execFile('sh', ['-c', script, 'sh', ...args], (error, stdout) => (error === null ? done(stdout) : fail(error)));
  });

test.runIf(process.platform !== 'win32')('a file-size limit is an error, not a death and no half file', async () => {
  const dir = await makeFolder();
  mkdirSync(join(dir, 'out'));
  const script = await bundled(dir);
  const said = await shell('ulimit -f 16; exec "$1" "$2" "$3"', process.execPath, script, join(dir, 'out', 'file'));
  expect(said).toBe(
    `FileError: cannot write ${dir}/out/file: the file would be larger than the system allows | raise \`ulimit -f\`, or write somewhere else\n`,
  );
  expect(readdirSync(join(dir, 'out'))).toEqual([]);
});

const MOUNT = 'mount -t tmpfs -o size=64k none "$1"';
const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', MOUNT, 'sh', tmpdir()]).status === 0;

// Needs a mount namespace, which Linux gives to root or where user namespaces are allowed.
if (!canMount) console.warn('A FULL DISK IS NOT TESTED HERE: that needs the right to mount a tmpfs');
test.runIf(canMount)('a full disk is an error with a hint, and leaves nothing', async () => {
  const dir = await makeFolder();
  mkdirSync(join(dir, 'disk'));
  const script = await bundled(dir);
  const inside = `${MOUNT} && "$2" "$3" "$1/file" && ls -A "$1"`;
  const said = await shell(
    'exec unshare -rm sh -c "$0" sh "$@"'.replace('"$0"', `'${inside}'`),
    join(dir, 'disk'),
    process.execPath,
    script,
  );
  expect(said).toBe(`FileError: cannot write ${dir}/disk/file: the disk is full | free some space, or write somewhere else\n`);
});
