import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { addUse, forgetUse, removeUnusedCopies, settleUse, usesOf } from '../../src/sys/copy-uses.ts';
import { dataFolder, openDataFolder } from '../../src/sys/data-folder.ts';
import { installCopy, stateOfCopy } from '../../src/sys/installed-copy.ts';
import { nodeForHooks } from '../../src/sys/own-node.ts';
import { VERSION } from '../../src/version.ts';
import { makeFolder } from '../repo.ts';

const DIST = join(import.meta.dirname, '../../dist');
const WINDOWS = process.platform === 'win32';
const node = nodeForHooks({ env: process.env });

const copied = async (): Promise<{
  readonly data: string;
  readonly folder: string;
  readonly hook: string;
  readonly repository: string;
}> => {
  const base = await makeFolder();
  const data = openDataFolder({ XDG_DATA_HOME: base }, []);
  return { data, repository: join(base, 'repo'), ...installCopy(data, node, join(base, 'repo')) };
};

test("a copy holds what hooks run, runs, and is the person's alone", async () => {
  const { folder, hook } = await copied();
  expect(basename(folder)).toMatch(new RegExp(`^${VERSION.replaceAll('.', '\\.')}-[0-9a-f]{16}$`));
  const names = readdirSync(folder);
  const hooks = readdirSync(DIST).filter((name) => /^(?:program-.*|hook|worker)\.cjs$|^rules\.(?:bin|json)$/.test(name));
  expect(names).toEqual(expect.arrayContaining(hooks));
  expect(names.filter((name) => /^(?:bin|index|action)\./.test(name))).toEqual([]);
  expect(hooks.filter((name) => !readFileSync(join(folder, name)).equals(readFileSync(join(DIST, name))))).toEqual([]);
  if (!WINDOWS) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(names.filter((name) => (statSync(join(folder, name)).mode & 0o777) !== 0o400)).toEqual([]);
  }
  const { stdout, status } = spawnSync(node.path, [hook, '--version'], { env: {}, encoding: 'utf8' });
  expect([status, stdout]).toEqual([
    0,
    `${(JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { version: string }).version}\n`,
  ]);
});

test('V8 takes the code that is kept', async () => {
  const { folder } = await copied();
  const code = readdirSync(folder).filter((name) => name.endsWith('.v8'));
  expect(code.length).toBeGreaterThan(1);
  const script = `const [f] = process.argv.slice(1), fs = require('fs');
    console.log(new (require('vm').Script)(fs.readFileSync(f, 'utf8'), { cachedData: fs.readFileSync(f + '.v8') }).cachedDataRejected);`;
  const takes = (name: string): boolean =>
    spawnSync(node.path, ['-e', script, join(folder, name.replace(/\.v8$/, ''))], { env: {}, encoding: 'utf8' }).stdout === 'false\n';
  expect(code.filter((name) => !takes(name))).toEqual([]);
});

test('one that is whole stays, one that is damaged in any way is made anew', async () => {
  const { data, folder, repository } = await copied();
  expect(installCopy(data, node, repository)).toMatchObject({ folder, made: false });
  const [code = ''] = readdirSync(folder).filter((name) => name.endsWith('.v8'));
  const damages: readonly (() => void)[] = [
    () => rmSync(join(folder, 'hook.cjs')),
    () => {
      chmodSync(join(folder, 'hook.cjs'), 0o600);
      writeFileSync(join(folder, 'hook.cjs'), '');
    },
    () => {
      chmodSync(join(folder, 'rules.bin'), 0o600);
      appendFileSync(join(folder, 'rules.bin'), 'x');
    },
    () => {
      chmodSync(join(folder, code), 0o600);
      writeFileSync(join(folder, code), 'x');
    },
    () => writeFileSync(join(folder, 'more.cjs'), ''),
    () => mkdirSync(join(folder, 'node_modules')),
    () => rmSync(folder, { recursive: true }),
    () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, '');
    },
  ];
  const seen = damages.map((damage) => {
    const before = stateOfCopy(folder);
    damage();
    return [before, stateOfCopy(folder), installCopy(data, node, repository)];
  });
  expect(seen).toEqual(
    seen.map((_, at) => ['whole', at === damages.length - 2 ? 'absent' : 'damaged', expect.objectContaining({ folder, made: true })]),
  );
  expect(stateOfCopy(folder)).toBe('whole');
  expect(readdirSync(data).sort()).toEqual([basename(folder), 'repositories']);
});

test('a copy for another node is another copy', async () => {
  const { data, folder, repository } = await copied();
  expect(installCopy(data, { ...node, engine: 'another' }, repository).folder).not.toBe(folder);
});

test('copies that nobody uses any more go', async () => {
  const { data, folder, repository } = await copied();
  const other = join(dirname(data), 'other');
  const second = installCopy(data, { ...node, engine: 'another' }, other).folder;
  const third = installCopy(data, { ...node, engine: 'a third' }, repository).folder;
  expect(removeUnusedCopies(data)).toEqual([]); // the blocks of the first one may still run the copy before
  settleUse(data, repository, basename(third));
  expect(removeUnusedCopies(data)).toEqual([basename(folder)]);
  forgetUse(data, other);
  expect(removeUnusedCopies(data)).toEqual([basename(second)]);
  expect(usesOf(data)).toEqual([{ repository, copies: [basename(third)] }]);
  expect(stateOfCopy(third)).toBe('whole');
  // It is not there, but may be plugged in tomorrow.
  expect(existsSync(repository)).toBe(false);
  const [record = ''] = readdirSync(join(data, 'repositories'));
  const old = new Date(Date.now() - 31 * 86_400_000);
  utimesSync(join(data, 'repositories', record), old, old);
  expect(removeUnusedCopies(data)).toEqual([basename(third)]);
  expect(readdirSync(data)).toEqual(['repositories']);
});

test('damaged records are as good as none', async () => {
  const { data, folder, repository } = await copied();
  for (const text of ['', '{', '[]', 'null', '{"repository":1,"copies":[]}', '{"repository":"/a","copies":3}']) {
    const [record = ''] = readdirSync(join(data, 'repositories'));
    writeFileSync(join(data, 'repositories', record), text);
    expect(usesOf(data)).toEqual([]);
    addUse(data, repository, basename(folder));
    expect(usesOf(data)).toEqual([{ repository, copies: [basename(folder)] }]);
  }
});

test('what somebody left behind who was killed goes after an hour', async () => {
  const { data, repository } = await copied();
  for (const name of ['.new-a', '.old-a', '.new-b']) mkdirSync(join(data, name));
  const old = new Date(Date.now() - 3_700_000);
  for (const name of ['.new-a', '.old-a']) utimesSync(join(data, name), old, old);
  installCopy(data, node, repository);
  expect(readdirSync(data).filter((name) => name.startsWith('.'))).toEqual(['.new-b']);
});

describe('where it belongs', () => {
  test('the environment says', () => {
    expect(dataFolder({ XDG_DATA_HOME: '/x', HOME: '/home/a' })).toBe(join('/x', 'kei-git'));
    expect(dataFolder({ XDG_DATA_HOME: 'x', HOME: '/home/a' })).toBe(join('/home/a', '.local', 'share', 'kei-git'));
    for (const env of [{}, { HOME: '' }, { HOME: 'relative', XDG_DATA_HOME: '' }])
      expect(() => dataFolder(env)).toThrow(
        expect.objectContaining({ message: expect.stringContaining('no place'), hint: expect.stringContaining('XDG_DATA_HOME') }),
      );
  });

  test('never inside a worktree, also through a link', async () => {
    const base = await makeFolder();
    expect(() => openDataFolder({ XDG_DATA_HOME: join(base, 'share') }, [base])).toThrow('lies in the worktree');
    expect(() => openDataFolder({ XDG_DATA_HOME: join(base, 'share') }, [join(base, 'share')])).toThrow('lies in the worktree');
    mkdirSync(join(base, 'shared'));
    expect(openDataFolder({ XDG_DATA_HOME: join(base, 'shared') }, [join(base, 'share')])).toBe(join(base, 'shared', 'kei-git'));
  });

  test.skipIf(WINDOWS)('a folder that others write to is refused', async () => {
    const base = await makeFolder();
    mkdirSync(join(base, 'kei-git'));
    chmodSync(join(base, 'kei-git'), 0o777);
    expect(() => openDataFolder({ XDG_DATA_HOME: base }, [])).toThrow('others may write to');
    rmSync(join(base, 'kei-git'), { recursive: true });
    writeFileSync(join(base, 'kei-git'), '');
    expect(() => openDataFolder({ XDG_DATA_HOME: base }, [])).toThrow('cannot make the folder');
  });
});

describe('the node that is recorded', () => {
  test('is the one that runs, links followed', () => {
    const { path, version } = nodeForHooks({ env: {} });
    expect(version).toBe(process.versions.node);
    expect(spawnSync(path, ['-p', 'process.execPath'], { encoding: 'utf8' }).stdout).toBe(`${path}\n`);
  });

  test('one of the worktree is passed over', async () => {
    const { path } = nodeForHooks({ env: {} });
    expect(() => nodeForHooks({ env: {}, outside: [dirname(path)] })).toThrow('where a branch can replace it');
  });
});

/** Installs in a process of its own, as its name and what it prints. */
const installer = { file: '' };
beforeAll(async () => {
  installer.file = join(await makeFolder(), 'install.cjs');
  await build({
    stdin: {
      contents: `import { openDataFolder } from './src/sys/data-folder.ts'; import { installCopy } from './src/sys/installed-copy.ts'; import { nodeForHooks } from './src/sys/own-node.ts';
        try { const data = openDataFolder(process.env, []); console.log(installCopy(data, nodeForHooks({ env: process.env }), process.argv[2]).folder); }
        catch (error) { console.log(error.name + ': ' + error.message); process.exit(3); }`,
      resolveDir: join(import.meta.dirname, '../..'),
    },
    define: { __KEI_DIST__: JSON.stringify(DIST), __KEI_VERSION__: JSON.stringify(VERSION) },
    bundle: true,
    platform: 'node',
    outfile: installer.file,
    logLevel: 'silent',
  });
});

const contents = (folder: string): string => {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
};

test('ten at once make one copy, also where a damaged one lies', async () => {
  const base = await makeFolder();
  const start = (at: number): Promise<string> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [installer.file, `/repo-${at}`], { env: { XDG_DATA_HOME: base } });
      let out = '';
      child.stdout.on('data', (part) => (out += String(part)));
      child.on('close', (code) => done(`${code} ${out.trim()}`));
    });
  const all = (): Promise<readonly string[]> => Promise.all(Array.from({ length: 10 }, (_, at) => start(at)));
  const first = new Set(await all());
  expect(first.size).toBe(1);
  const folder = [...first][0]?.slice(2) ?? '';
  expect(stateOfCopy(folder)).toBe('whole');
  rmSync(join(folder, 'hook.cjs'));
  expect(await all()).toEqual(Array.from({ length: 10 }, () => `0 ${folder}`));
  expect(stateOfCopy(folder)).toBe('whole');
  expect(readdirSync(join(base, 'kei-git')).sort()).toEqual([basename(folder), 'repositories']);
  expect(usesOf(join(base, 'kei-git'))).toHaveLength(10);
});

const ROUNDS = process.env['KEI_LONG'] === undefined ? 6 : 60;
test('killed at any instant: a copy is whole or not there', async () => {
  const base = await makeFolder();
  const data = join(base, 'kei-git');
  const whole = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [installer.file, '/repo'], { env: { XDG_DATA_HOME: base }, stdio: 'ignore' });
    const wait = 40 + (round / ROUNDS) * 500;
    await new Promise((done) => setTimeout(done, wait));
    child.kill('SIGKILL');
    await new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('close', done) : done(undefined)));
    for (const name of existsSync(data) ? readdirSync(data).filter((one) => /^\d/.test(one)) : []) {
      expect(stateOfCopy(join(data, name))).toBe('whole');
      whole.add(contents(join(data, name)));
      renameSync(join(data, name), join(base, `seen-${round}`));
    }
  }
  const { status, stdout } = spawnSync(process.execPath, [installer.file, '/repo'], { env: { XDG_DATA_HOME: base }, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stateOfCopy(stdout.trim())).toBe('whole');
});

test.skipIf(WINDOWS)('a full disk is said, and nothing is left', async () => {
  const base = await makeFolder();
  // No file may be larger than 1 MB: what a full disk is to whoever writes.
  const { status, stdout } = spawnSync('sh', ['-c', `ulimit -f 1000; exec "$0" "$1" /repo`, process.execPath, installer.file], {
    env: { XDG_DATA_HOME: base },
    encoding: 'utf8',
  });
  expect(status).toBe(3);
  expect(stdout).toMatch(/^FileError: cannot write .*: the file would be larger than the system allows\n$/);
  expect(readdirSync(join(base, 'kei-git'))).toEqual(['repositories']);
});
