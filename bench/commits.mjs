// @ts-check
// Repositories in which a commit runs the hooks of one manager, all of which do nothing; ours with all that `kei-git install` puts there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../scripts/run.mjs';
import { emptied } from './files.mjs';

/**
 * @typedef {object} Manager
 * @property {string} name
 * @property {string} version
 * @property {(folder: string, run: (program: string, ...args: string[]) => void) => void} install
 */

const FILES = 200;

/** @param {string} name */
const versionOf = (name) => {
  const file = join(ROOT, 'node_modules', name, 'package.json');
  return existsSync(file) ? String(JSON.parse(readFileSync(file, 'utf8')).version) : undefined;
};

/** @param {string} program @param {string} path */
const found = (program, path) =>
  path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));

/** What husky's documentation says to write, and lint-staged with a command that does nothing. @param {string} command @returns {Manager['install']} */
const husky = (command) => (folder, run) => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "lint-staged": { "*.txt": "true" } }\n');
  run(process.execPath, join(ROOT, 'node_modules', 'husky', 'bin.js'));
  writeFileSync(join(folder, '.husky', 'pre-commit'), `${command}\n`);
};

/** @param {string} program @returns {Manager['install']} */
const lefthook = (program) => (folder, run) => {
  writeFileSync(join(folder, 'lefthook.yml'), 'output: false\npre-commit:\n  commands:\n    nothing:\n      run: "true"\n');
  run(program, 'install');
};

/** @param {string} program @returns {Manager['install']} */
const preCommit = (program) => (folder, run) => {
  const hook = 'repos:\n- repo: local\n  hooks:\n  - { id: nothing, name: nothing, entry: "true", language: system }\n';
  writeFileSync(join(folder, '.pre-commit-config.yaml'), hook);
  run(program, 'install');
};

/** @param {string} program @param {readonly string[]} args @param {NodeJS.ProcessEnv} env */
const said = (program, args, env) => /\d+\.\d+[.\d]*/.exec(execFileSync(program, args, { env, encoding: 'utf8' }))?.[0] ?? '';

/** Those that are there. @param {NodeJS.ProcessEnv} env @param {string} bin ours @param {string} version ours */
export const managers = (env, bin, version) => {
  /** @type {string[]} */
  const missing = [];
  /** @type {Manager[]} */
  const all = [
    { name: 'no hooks', version: said('git', ['--version'], env), install: () => undefined },
    { name: 'kei-git', version, install: (_, run) => run(process.execPath, bin, 'install') },
  ];
  const [ofHusky, ofStaged] = [versionOf('husky'), versionOf('lint-staged')];
  if (ofHusky === undefined || ofStaged === undefined) missing.push('husky and lint-staged are missing: npm ci');
  else
    for (const command of ['lint-staged', 'npx lint-staged'])
      all.push({ name: `husky + ${command}`, version: `${ofHusky}, ${ofStaged}`, install: husky(command) });
  const path = env['PATH'] ?? '';
  const others = /** @type {const} */ ([
    ['lefthook', ['version'], lefthook],
    ['pre-commit', ['--version'], preCommit],
  ]);
  for (const [name, args, install] of others) {
    const program = found(name, path);
    if (program === undefined) missing.push(`${name} is missing: it is not in PATH`);
    else all.push({ name, version: said(program, args, env), install: install(program) });
  }
  return { all, missing };
};

/** A repository with a manager's hooks, and what stages one changed file there. @param {string} cache @param {Manager} manager @param {NodeJS.ProcessEnv} env */
export const commitsOf = (cache, { name, install }, env) => {
  const folder = emptied(join(cache, 'commits', name.replaceAll(/\W+/g, '-')));
  /** @param {string} program @param {string[]} args */
  const run = (program, ...args) => void execFileSync(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  run('git', 'init', '--quiet', '--initial-branch=main');
  run('git', 'config', 'user.name', 'A U Thor');
  run('git', 'config', 'user.email', 'author@example.com');
  mkdirSync(join(folder, 'src'));
  for (let i = 0; i < FILES; i++) writeFileSync(join(folder, 'src', `${i}.txt`), `line one of ${i}\nline two\nline three\n`);
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
  run('git', 'add', '.');
  run('git', 'commit', '--quiet', '-m', 'first');
  install(folder, run);
  run('git', 'add', '.');
  run('git', 'commit', '--quiet', '--allow-empty', '--no-verify', '-m', 'second');
  let commits = 0;
  const stage = () => {
    writeFileSync(join(folder, 'src', '7.txt'), `line one of 7\nline two, ${commits++}\nline three\n`);
    run('git', 'add', 'src/7.txt');
  };
  return { folder, stage };
};

/** How many programs a command starts, itself included; undefined where there is no strace. @param {string} folder @param {readonly string[]} command @param {NodeJS.ProcessEnv} env */
export const execsOf = (folder, command, env) => {
  if (found('strace', env['PATH'] ?? '') === undefined) return undefined;
  const log = join(folder, '.git', 'execs');
  execFileSync('strace', ['-f', '-qq', '-e', 'trace=execve', '-o', log, ...command], { cwd: folder, env, stdio: 'ignore' });
  return readFileSync(log, 'latin1')
    .split('\n')
    .filter((line) => /execve\(.* = 0$/.test(line)).length;
};
