// @ts-check
// npm runs this after `npm ci` and `npm install` in a clone, and before packing.
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isInstalled, node, ROOT } from './run.mjs';

if (existsSync(join(ROOT, 'src')) && isInstalled('esbuild') && isInstalled('typescript')) {
  const { code, output } = await node(join(ROOT, 'scripts', 'build.mjs'), []);
  if (output !== '') console.error(output.trimEnd());
  process.exitCode = code;
} else if (!existsSync(join(ROOT, 'dist', 'bin.cjs'))) {
  console.error('kei-git: dist/ is not built, because the development dependencies are not installed; `npm install` brings them');
}

// npx finds the programs of a package's own folder only where a dependency's would be.
const bin = join(ROOT, 'node_modules', '.bin');
if (existsSync(join(ROOT, 'dist', 'bin.cjs'))) {
  await mkdir(bin, { recursive: true });
  await rm(join(bin, 'kei-git'), { force: true });
  if (process.platform === 'win32') {
    await writeFile(join(bin, 'kei-git'), '#!/bin/sh\nexec node "$(dirname "$0")/../../dist/bin.cjs" "$@"\n');
    await writeFile(join(bin, 'kei-git.cmd'), '@node "%~dp0\\..\\..\\dist\\bin.cjs" %*\r\n');
  } else {
    await symlink(join('..', '..', 'dist', 'bin.cjs'), join(bin, 'kei-git'));
  }
}

// .git is a file in a linked worktree.
process.chdir(ROOT); // husky works where it stands
const isClone = existsSync(join(ROOT, '.git'));
const isCi = !['', '0', 'false', undefined].includes(process.env['CI']);
if (isClone && !isCi && isInstalled('husky')) {
  const { default: husky } = await import('husky');
  const complaint = husky();
  if (complaint !== '') console.error(`husky: ${complaint}`);
}
