// @ts-check
// npm runs this after `npm ci` and `npm install` in a clone, and before packing.
// pre-commit (pre-commit.com) installs its hooks so, in a clone of its own and from within a git hook: it runs `npm install`, then takes every line that
// `npm pack` prints for the name of the package. Hence `foreground-scripts=false` in .npmrc, and the environment below.
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isInstalled, node, ROOT } from './run.mjs';

// Variables of `git rev-parse --local-env-vars`. Under a hook they name the repository that is committed to, and husky would change that one.
for (const name of [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_CONFIG_COUNT',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
])
  delete process.env[name];

const isSet = (/** @type {string} */ name) => !['', '0', 'false', undefined].includes(process.env[name]);
const isPreCommit = isSet('PRE_COMMIT');
const isBuilt = existsSync(join(ROOT, 'dist', 'bin.cjs'));

if (isPreCommit && isBuilt && process.env['npm_command'] === 'pack') {
  // `npm install` built it a moment ago.
} else if (existsSync(join(ROOT, 'src')) && isInstalled('esbuild') && isInstalled('typescript')) {
  const { code, output } = await node(join(ROOT, 'scripts', 'build.mjs'), isPreCommit ? ['--no-types'] : []);
  if (output !== '') console.error(output.trimEnd());
  process.exitCode = code;
} else if (!isBuilt) {
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
if (isClone && !isSet('CI') && !isPreCommit && isInstalled('husky')) {
  const { default: husky } = await import('husky');
  const complaint = husky();
  if (complaint !== '') console.error(`husky: ${complaint}`);
}
