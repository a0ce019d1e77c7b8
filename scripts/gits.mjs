// @ts-check
// npm run test:gits [-- SUITE|TARBALL|GIT …]: the tests that start git, with other gits. SUITE: a suite of Debian, whose git is built from its
// source (apt-get, make, a C compiler and zlib's headers are needed); TARBALL: such a source; GIT: a program that is there. Built once, kept in
// $KEI_GITS_DIR or kei-git-gits in the folder for temporary files.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { ROOT, run } from './run.mjs';

const SUITES = ['bullseye', 'trixie', 'sid']; // 2.30, the oldest that works; 2.47, with reftable; the newest there is
const TESTS = [
  'test/git',
  'test/cli.test.ts',
  'test/config',
  'test/leak/scan.test.ts',
  'test/leak/faults.test.ts',
  'test/leak/cache.test.ts',
  'test/hook/install.test.ts',
  'test/hook/matrix.test.ts',
];
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const WITHOUT = ['CURL', 'EXPAT', 'GETTEXT', 'INSTALL_HARDLINKS', 'OPENSSL', 'PERL', 'PYTHON', 'RUST', 'TCLTK'].map(
  (part) => `NO_${part}=1`,
);
const CACHE = resolve(process.env['KEI_GITS_DIR'] ?? join(tmpdir(), 'kei-git-gits'));

/** @param {string} program @param {readonly string[]} args @param {string} [cwd] */
const must = async (program, args, cwd = CACHE) => {
  const { code, output } = await run(program, args, { cwd });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${output.trim().split('\n').slice(-12).join('\n')}`);
  return output;
};

/** @param {string} folder */
const emptied = (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** Where this machine has its Debian packages from. */
const archive = async () => {
  const places = await must('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Label: Debian']);
  const [first] = places.split('\n');
  if (!first) throw new Error('apt-get knows no Debian archive to take sources from');
  return first;
};

/** The upstream source of a suite's git. @param {string} suite @returns {Promise<string>} a tarball */
const sourceOf = async (suite) => {
  const folder = emptied(join(CACHE, `${suite}.apt`));
  for (const name of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'sources.list'), `deb-src [signed-by=${KEYS}] ${await archive()} ${suite} main\n`);
  const settings = [
    `Dir::Etc::SourceList=${folder}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State=${folder}/state`,
    `Dir::Cache=${folder}/cache`,
    'Acquire::Check-Valid-Until=false', // of old suites nothing is renewed
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((setting) => ['-o', setting]);
  await must('apt-get', ['-q', ...settings, 'update'], folder);
  await must('apt-get', ['-q', ...settings, 'source', '--download-only', 'git'], folder);
  const tarball = readdirSync(folder).find((name) => /^git_.*\.orig\.tar\.\w+$/.test(name));
  if (tarball === undefined) throw new Error(`no source of git came from ${suite}`);
  return join(folder, tarball);
};

/** Builds a source, once. @param {string} tarball @returns {Promise<string>} the program */
const built = async (tarball) => {
  const home = join(CACHE, basename(tarball).replace(/(\.orig)?\.tar\.\w+$/, ''));
  const program = join(home, 'bin', 'git');
  if (existsSync(program)) return program;
  const tree = emptied(`${home}.build`);
  await must('tar', ['-xf', tarball, '--strip-components=1', '-C', tree]);
  /** @param {string} option @param {string} target */
  const make = (option, target) => must('make', ['-s', `prefix=${home}`, 'CFLAGS=-O1', ...WITHOUT, option, target], tree);
  await make(`-j${availableParallelism()}`, 'all');
  rmSync(`${home}.draft`, { recursive: true, force: true });
  await make(`DESTDIR=${home}.draft`, 'install');
  renameSync(join(`${home}.draft`, home), home);
  for (const rest of [tree, `${home}.draft`]) rmSync(rest, { recursive: true, force: true });
  return program;
};

/** @param {string} asked */
const programOf = async (asked) => {
  if (SUITES.includes(asked) || (!existsSync(asked) && /^[a-z]+$/.test(asked))) {
    const made = readdirSync(CACHE).find((name) => name === `${asked}.apt`);
    const there = made && readdirSync(join(CACHE, made)).find((name) => name.includes('.orig.tar.'));
    return built(there ? join(CACHE, made, there) : await sourceOf(asked));
  }
  if (!existsSync(asked) || !statSync(asked).isFile()) throw new Error(`${asked} is no suite, no tarball and no program`);
  return asked.includes('.tar.') ? built(resolve(asked)) : resolve(asked);
};

/** @param {Readonly<Record<string, string>>} env @returns {Promise<boolean>} */
const tested = (env) =>
  new Promise((done, fail) => {
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', '--reporter=dot', '--testTimeout=120000', ...TESTS], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', fail);
    child.on('close', (code) => done(code === 0));
  });

mkdirSync(CACHE, { recursive: true });
/** @type {string[]} */
const lines = [];
let failed = 0;
for (const asked of process.argv.length > 2 ? process.argv.slice(2) : SUITES) {
  const program = await programOf(asked);
  const version = (await must(program, ['--version'])).trim();
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const reftable = major > 2 || minor >= 45;
  for (const refs of reftable ? ['files', 'reftable'] : ['files']) {
    console.log(`== ${version} (${asked}), refs in ${refs}`);
    const well = await tested({ KEI_TEST_GIT: program, KEI_TEST_REFS: refs });
    lines.push(`${well ? 'ok' : 'FAILED'} ${version} (${asked}), refs in ${refs}`);
    failed += well ? 0 : 1;
  }
}
const [, claimed = ''] = /needs git ([\d.]+) or newer/.exec(readFileSync(join(ROOT, 'src/git/failure.ts'), 'utf8')) ?? [];
if (process.argv.length === 2 && !lines.some((line) => line.startsWith(`ok git version ${claimed}.`))) {
  lines.push(`FAILED git ${claimed}, the oldest that we say we work with, is not among them`);
  failed += 1;
}
console.log(`\n${lines.join('\n')}`);
process.exitCode = failed > 0 ? 1 : 0;
