// @ts-check
// What is scanned: published packages, brought once into the cache folder. Nothing of them is executed.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { npm, run } from '../scripts/run.mjs';
import { bytesOf, emptied, filesOf, place, sample } from './files.mjs';

/**
 * @typedef {object} Tree
 * @property {string} folder
 * @property {readonly string[]} versions what it was made from
 * @property {number} files
 * @property {number} bytes
 */

const SMALL_PACKAGES = ['jsonwebtoken@9.0.2', 'lodash@4.17.21', 'node-forge@1.3.1', 'openai@4.77.0', 'stripe@17.5.0'];
const PACKAGES = [
  ...SMALL_PACKAGES,
  '@anthropic-ai/sdk@0.33.1',
  '@sendgrid/mail@8.1.4',
  '@supabase/supabase-js@2.47.10',
  'aws-sdk@2.1692.0',
  'eslint@9.17.0',
  'firebase@11.1.0',
  'googleapis@144.0.0',
  'mermaid@11.4.1',
  'monaco-editor@0.52.2',
  'next@15.1.0',
  'octokit@4.0.2',
  'plaid@30.0.0',
  'twilio@5.4.0',
  'typescript@5.7.2',
  'webpack@5.97.1',
];
const LINUX = 'linux-source-6.1';
const SMALL_LINUX = ['kernel', 'lib'];

/** @param {string} program @param {readonly string[]} args @param {string} [cwd] */
const must = async (program, args, cwd) => {
  const { code, output } = await run(program, args, cwd === undefined ? {} : { cwd }).catch((error) => ({
    code: 1,
    output: String(error),
  }));
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} failed: ${output.trim().split('\n').slice(-3).join(' / ')}`);
  return output;
};

/**
 * A folder that is there whole or not at all, with a note of what it was made from.
 * @param {string} folder
 * @param {(empty: string) => Promise<readonly string[]>} make returns the versions
 * @returns {Promise<Tree>}
 */
const made = async (folder, make) => {
  const note = `${folder}.json`;
  if (existsSync(note) && existsSync(folder)) return { ...JSON.parse(readFileSync(note, 'utf8')), folder };
  const draft = emptied(`${folder}.draft`);
  const versions = await make(draft);
  const files = filesOf(draft);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  const tree = { versions, files: files.length, bytes: bytesOf(files) };
  writeFileSync(note, `${JSON.stringify(tree, undefined, 2)}\n`);
  return { ...tree, folder };
};

/** What would be skipped by some and not by others is taken out or renamed. @param {string} folder */
const evened = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      evened(path);
      if (entry.name === 'node_modules') renameSync(path, join(folder, 'pkgs'));
    } else if (entry.name.endsWith('.map')) rmSync(path);
  }
};

/** @param {string} spec of a package, `name@version` */
const plain = (spec) =>
  spec
    .replace('@', spec.startsWith('@') ? '' : '-')
    .replace('/', '-')
    .replace('@', '-');

/** @param {string} cache @param {boolean} quick @returns {Promise<Tree>} */
export const javascriptTree = (cache, quick) =>
  made(join(cache, quick ? 'js-quick' : 'js'), async (draft) => {
    const packages = quick ? SMALL_PACKAGES : PACKAGES;
    const tarballs = join(cache, 'tarballs');
    emptied(join(tarballs, 'now'));
    for (const spec of packages) {
      const tarball = join(tarballs, `${plain(spec)}.tgz`);
      if (!existsSync(tarball)) {
        const { code, output } = await npm(['pack', spec, '--ignore-scripts', '--silent', '--pack-destination', join(tarballs, 'now')]);
        const [packed] = readdirSync(join(tarballs, 'now'));
        if (code !== 0 || packed === undefined) throw new Error(`npm pack ${spec} failed: ${output.trim().slice(-300)}`);
        renameSync(join(tarballs, 'now', packed), tarball);
      }
      const folder = emptied(join(draft, plain(spec)));
      await must('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1', '--no-same-owner']);
    }
    evened(draft);
    return packages;
  });

/** Debian's package of the Linux sources: as installed, else brought here, which needs no rights. @param {string} cache */
const linuxTarball = async (cache) => {
  const installed = join('/usr/src', `${LINUX}.tar.xz`);
  const { code, output } = await run('dpkg-query', ['-W', '-f', '${Version}', LINUX]).catch(() => ({ code: 1, output: '' }));
  if (code === 0 && existsSync(installed)) return { tarball: installed, version: `${LINUX} ${output.trim()}` };
  const folder = emptied(join(cache, 'deb'));
  const download = () => must('apt-get', ['download', LINUX], folder);
  try {
    // Debian's images come without package lists.
    await download().catch(async (error) => {
      if (process.getuid?.() !== 0) throw error;
      await must('apt-get', ['update']);
      await download();
    });
  } catch (cause) {
    throw new Error(
      `Debian's ${LINUX} is not installed and cannot be downloaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error(`apt-get download ${LINUX} brought nothing`);
  await must('dpkg-deb', ['-x', join(folder, deb), folder]);
  return { tarball: join(folder, installed), version: basename(decodeURIComponent(deb), '.deb').replaceAll('_', ' ') };
};

/** @param {string} cache @param {boolean} quick @returns {Promise<Tree>} */
export const cTree = (cache, quick) =>
  made(join(cache, quick ? 'c-quick' : 'c'), async (draft) => {
    const { tarball, version } = await linuxTarball(cache);
    const members = quick ? SMALL_LINUX.map((name) => `${LINUX}/${name}`) : [`--exclude=${LINUX}/drivers`, LINUX];
    await must('tar', ['-xJf', tarball, '-C', draft, '--strip-components=1', '--no-same-owner', ...members]);
    return [`${version} ${quick ? `(${SMALL_LINUX.join(', ')})` : '(without drivers)'}`];
  });

/**
 * A part of the trees for programs that take minutes.
 * @param {string} cache
 * @param {readonly Tree[]} trees
 * @param {number} bytes
 * @returns {Promise<Tree>}
 */
export const subset = (cache, trees, bytes) =>
  made(join(cache, `subset-${trees.map(({ folder }) => basename(folder)).join('-')}-${bytes / 1e6}`), async (draft) => {
    for (const { folder } of trees) place(folder, sample(filesOf(folder), bytes / trees.length), join(draft, basename(folder)));
    return trees.map(({ folder }) => `of ${basename(folder)}`);
  });

/**
 * A git repository of a tree, all of it committed.
 * @param {string} cache
 * @param {Tree} tree
 * @returns {Promise<Tree>}
 */
export const repository = (cache, tree) =>
  made(join(cache, `${basename(tree.folder)}-repository`), async (draft) => {
    place(tree.folder, filesOf(tree.folder), draft);
    /** @param {readonly string[]} args */
    const git = (args) =>
      must(
        'git',
        [
          '-c',
          'core.compression=1',
          '-c',
          'gc.auto=0',
          '-c',
          'core.hooksPath=/dev/null',
          '-c',
          'user.name=bench',
          '-c',
          'user.email=bench@example.invalid',
          ...args,
        ],
        draft,
      );
    await git(['init', '--quiet']);
    await git(['add', '--all', '--force']);
    await git(['commit', '--quiet', '--no-gpg-sign', '--message', 'all']);
    return tree.versions;
  });
