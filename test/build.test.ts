import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

let dir = '';
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'kei-build-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};

const node = (...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
  spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });

/** Builds the tree in `dir`; what it printed when it failed, else undefined. */
const build = (...more: readonly string[]): string | undefined => {
  const { status, stdout, stderr } = node(join(ROOT, 'scripts', 'build.mjs'), '--root', dir, '--out', join(dir, 'dist'), ...more);
  return status === 0 ? undefined : stdout + stderr;
};

describe('a small tree', () => {
  beforeEach(() => {
    write('package.json', '{ "name": "small", "version": "1.2.3", "type": "module" }');
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'), 'junction');
    for (const name of ['tsconfig.json', 'tsconfig.build.json']) copyFileSync(join(ROOT, name), join(dir, name));
    write('src/bin.ts', "import { main } from './cli.ts';\nvoid main(process.argv[2] ?? '');\n");
    write(
      'src/cli.ts',
      `declare const __KEI_VERSION__: string;
const load = new Map([['one', () => import('./room/one.command.ts')], ['two', () => import('./room/two.command.ts')]]);
export const main = async (name: string): Promise<void> => {
  const row = load.get(name);
  console.log(row === undefined ? __KEI_VERSION__ : (await row()).command());
};
`,
    );
    write('src/room/shared.ts', "console.log('shared loads');\nexport const shared = (name: string): string => `${name} is shared`;\n");
    write(
      'src/room/one.command.ts',
      "import { parse } from 'smol-toml';\nimport { shared } from './shared.ts';\nexport const command = (): string => shared(JSON.stringify(parse('a = 1')));\n",
    );
    write(
      'src/room/two.command.ts',
      "import { shared } from './shared.ts';\nexport const command = (): string => shared(String((function (this: unknown) { return this; })()));\n",
    );
    write('src/index.ts', "export { shared } from './room/shared.ts';\nexport type { Thing } from './thing.ts';\n");
    write('src/thing.ts', 'export interface Thing {\n  readonly name: string;\n}\n');
  });

  test('becomes CommonJS in which a command is loaded when it is asked for', () => {
    expect(build('--no-types')).toBeUndefined();
    expect(node('dist/bin.cjs').stdout).toBe('1.2.3\n');
    expect(node('dist/bin.cjs', 'one').stdout).toBe('shared loads\n{"a":1} is shared\n');
    expect(node('dist/bin.cjs', 'two').stdout).toBe('shared loads\nundefined is shared\n'); // strict, as the source was
    expect(readdirSync(join(dir, 'dist')).filter((name) => !/^(bin|index|program-\w+)\.cjs$/.test(name))).toEqual(['THIRD-PARTY.txt']);
  });

  test.skipIf(process.platform === 'win32')('its program can be started by name', () => {
    expect(build('--no-types')).toBeUndefined();
    expect(statSync(join(dir, 'dist/bin.cjs')).mode & 0o777).toBe(0o755);
    expect(spawnSync(join(dir, 'dist/bin.cjs'), { encoding: 'utf8' }).stdout).toBe('1.2.3\n');
  });

  test('has named exports for import and for require', () => {
    expect(build('--no-types')).toBeUndefined();
    write('a.mjs', "import { shared } from './dist/index.cjs';\nconsole.log(shared('esm'));\n");
    write('a.cjs', "console.log(require('./dist/index.cjs').shared('cjs'));\n");
    expect(node('a.mjs').stdout).toBe('shared loads\nesm is shared\n');
    expect(node('a.cjs').stdout).toBe('shared loads\ncjs is shared\n');
  });

  test('says whose code it contains', () => {
    expect(build('--no-types')).toBeUndefined();
    const text = readFileSync(join(dir, 'dist/THIRD-PARTY.txt'), 'utf8');
    expect(text).toMatch(/^smol-toml \d+\.\d+\.\d+ \(BSD-3-Clause\)$/m);
    expect(text).toContain('Redistribution and use in source and binary forms');
    expect(text).not.toContain('valibot');
  });

  test('a second build leaves no program of the first', () => {
    expect(build('--no-types')).toBeUndefined();
    const before = readdirSync(join(dir, 'dist')).filter((name) => name.startsWith('program-'));
    expect(before).toHaveLength(1);
    write('src/room/two.command.ts', "export const command = (): string => 'new';\n");
    expect(build('--no-types')).toBeUndefined();
    expect(readdirSync(join(dir, 'dist')).filter((name) => before.includes(name))).toEqual([]);
    expect(node('dist/bin.cjs', 'two').stdout).toBe('new\n');
  });

  test.for([
    {
      name: 'import.meta',
      file: 'src/room/shared.ts',
      text: 'export const shared = (): string => import.meta.url;\n',
      says: 'import.meta',
    },
    { name: 'top-level await', file: 'src/room/shared.ts', text: 'export const shared = await (async () => String)();\n', says: 'await' },
    { name: 'a missing module', file: 'src/thing.ts', text: "export { gone } from './gone.ts';\n", says: 'gone.ts' },
  ])('is refused with $name, and the last good build stays', ({ file, text, says }) => {
    expect(build('--no-types')).toBeUndefined();
    write(file, text);
    write('src/index.ts', "export { shared } from './room/shared.ts';\nexport * from './thing.ts';\n");
    expect(build('--no-types')).toContain(says);
    expect(node('dist/bin.cjs').stdout).toBe('1.2.3\n');
  });

  test('is refused without a program', () => {
    rmSync(join(dir, 'src/bin.ts'));
    expect(build('--no-types')).toContain('bin.ts is missing');
    expect(existsSync(join(dir, 'dist/index.cjs'))).toBe(false);
  });
});

describe('the package', () => {
  test('is usable from TypeScript and JavaScript, as ES module and as CommonJS', { timeout: 120_000 }, () => {
    const home = join(dir, 'node_modules', 'kei-git');
    mkdirSync(home, { recursive: true });
    copyFileSync(join(ROOT, 'package.json'), join(home, 'package.json'));
    expect(build('--root', ROOT, '--out', join(home, 'dist'))).toBeUndefined();
    symlinkSync(join(ROOT, 'node_modules', '@types'), join(dir, 'node_modules', '@types'), 'junction');
    write('package.json', '{}');
    write(
      'esm.mts',
      "import * as kei from 'kei-git';\nconsole.log(Object.keys(kei).filter((name) => !['default', 'module.exports'].includes(name)).sort().join());\n",
    );
    write('cjs.cts', "import kei = require('kei-git');\nconsole.log(Object.keys(kei).sort().join());\n");
    const compilerOptions = { module: 'nodenext', target: 'es2023', lib: ['es2023'], strict: true, skipLibCheck: false, types: ['node'] };
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['esm.mts', 'cjs.cts'] }));
    expect(node(join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.')).toMatchObject({ status: 0, stdout: '' });
    const names = node('cjs.cjs').stdout;
    expect(names).toMatch(/\w/);
    expect(node('esm.mjs').stdout).toBe(names);
  });
});
