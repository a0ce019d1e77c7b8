import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { FileError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { distFolder } from './assets.ts';
import { identityOf, putInPlace, takeAway } from './copy-folder.ts';
import { addUse } from './copy-uses.ts';
import { errorCode, fileError } from './files.ts';
import type { NodeProgram } from './own-node.ts';

/** What hooks start. */
export interface InstalledCopy {
  readonly folder: string;
  readonly hook: string;
  /** False where it was there already, and whole. */
  readonly made: boolean;
}

export const HOOK_FILE = 'hook.cjs';
/** What its node is, so that a copy with V8's code for one is not taken for that of another. */
const NODE_FILE = 'node.json';
const SUMS_FILE = 'code.sums';
const CODE = '.v8';
const LEFT_OVER_MS = 3_600_000;
const SECONDS = 60;

type Files = ReadonlyMap<string, Uint8Array>;

/** Of the program's folder: what starts otherwise than by a hook stays behind. */
const isForHooks = (name: string): boolean => /\.(?:cjs|bin|json)$/.test(name) && !['bin.cjs', 'index.cjs', 'package.json'].includes(name);

const isMade = (name: string): boolean => name.endsWith(CODE) || name === SUMS_FILE;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const nameOf = (files: Files): string => {
  const hash = createHash('sha256');
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return `${VERSION}-${hash.digest('hex').slice(0, 16)}`;
};

const readFolder = (folder: string, wanted: (name: string) => boolean): Files => {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && wanted(entry.name));
    return new Map(names.map(({ name }) => [name, readFileSync(join(folder, name))]));
  } catch (error) {
    throw fileError('read', folder, error);
  }
};

const sumsOf = (code: Files): string =>
  [...code]
    .map(([name, bytes]) => `${digest(bytes)}  ${name}\n`)
    .sort()
    .join('');

export type CopyState = 'whole' | 'damaged' | 'absent';

/** Whether a copy is what its name says. Reads all of it. */
export const stateOfCopy = (folder: string): CopyState => {
  try {
    if (!statSync(folder).isDirectory()) return 'damaged';
    const all = readdirSync(folder, { withFileTypes: true });
    if (all.some((entry) => !entry.isFile())) return 'damaged';
    const files = readFolder(folder, (name) => !isMade(name));
    const code = readFolder(folder, (name) => name.endsWith(CODE));
    const hash = nameOf(files).slice(VERSION.length);
    return folder.endsWith(hash) && readFileSync(join(folder, SUMS_FILE), 'utf8') === sumsOf(code) ? 'whole' : 'damaged';
  } catch (error) {
    return errorCode(error) === 'ENOENT' && statSync(folder, { throwIfNoEntry: false }) === undefined ? 'absent' : 'damaged';
  }
};

const writeDurably = (path: string, bytes: Uint8Array): void => {
  const file = openSync(path, 'wx', 0o400);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const syncFolder = (path: string): void => {
  if (platform() === 'win32') return; // folders cannot be opened there
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

// Of the parts that stand by themselves all functions, also those that have not run: with them a start takes as long as with those alone which it
// needs. Of all others where they are. The flag is taken back before V8 writes what flags the code is for.
const KEEP_CODE = `
const fs = require('node:fs'), v8 = require('node:v8'), vm = require('node:vm');
for (const file of process.argv.slice(1)) {
  if (/[.]\\w+[.]cjs$/.test(file)) v8.setFlagsFromString('--no-lazy');
  const script = new vm.Script(fs.readFileSync(file, 'utf8'), { filename: file });
  v8.setFlagsFromString('--lazy');
  fs.writeFileSync(file + '${CODE}', script.createCachedData(), { flag: 'wx', mode: 0o400, flush: true });
}`;

/** What the node that will run them compiles of the parts that hooks need; without it they run all the same. */
const keepCode = ({ path: node }: NodeProgram, folder: string, names: Iterable<string>): void => {
  const files = [...names].filter((name) => /^program-[0-9a-f]+(?:\.\w+)?\.cjs$/.test(name)).map((name) => join(folder, name));
  spawnSync(node, ['-e', KEEP_CODE, ...files], { env: {}, stdio: 'ignore', timeout: SECONDS * 1000 });
};

/** Folders that somebody was making, or removing, when he was killed. */
const removeLeftovers = (data: string): void => {
  for (const name of readdirSync(data)) {
    if (!/^\.(?:new|old)-/.test(name)) continue;
    const stat = statSync(join(data, name), { throwIfNoEntry: false });
    if (stat !== undefined && Math.abs(Date.now() - stat.mtimeMs) > LEFT_OVER_MS)
      rmSync(join(data, name), { recursive: true, force: true });
  }
};

const TRIES = 20;

/** Replaces what lies there, unless somebody else has mended it meanwhile. */
const replace = (data: string, folder: string, fresh: string): void => {
  for (let left = TRIES; left > 0; left--) {
    if (putInPlace(fresh, folder)) return syncFolder(data);
    const judged = identityOf(folder);
    if (stateOfCopy(folder) === 'whole') return;
    takeAway(data, folder, (aside) => identityOf(aside) !== judged);
  }
  throw new FileError(`${folder} is damaged again and again`, { hint: 'look for what changes it' });
};

const make = (data: string, folder: string, files: Files, node: NodeProgram): void => {
  const fresh = join(data, `.new-${randomBytes(9).toString('hex')}`);
  try {
    mkdirSync(fresh, { mode: 0o700 });
    for (const [name, bytes] of files) writeDurably(join(fresh, name), bytes);
    keepCode(node, fresh, files.keys());
    writeDurably(join(fresh, SUMS_FILE), Buffer.from(sumsOf(readFolder(fresh, (name) => name.endsWith(CODE)))));
    syncFolder(fresh);
    replace(data, folder, fresh);
  } catch (error) {
    throw error instanceof FileError ? error : fileError('write', folder, error);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
};

const filesFor = (node: NodeProgram): Files => {
  const dist = distFolder();
  const own = dist === undefined ? new Map<string, Uint8Array>() : readFolder(dist, isForHooks);
  if (!own.has(HOOK_FILE)) throw new FileError('the program for hooks is not where kei-git stands', { hint: 'install kei-git again' });
  return new Map([...own, [NODE_FILE, Buffer.from(`${JSON.stringify({ engine: node.engine })}\n`)]]);
};

/** The name of the copy that {@link installCopy} would make. @throws {FileError} */
export const plannedCopy = (node: NodeProgram): string => nameOf(filesFor(node));

/**
 * Copies what hooks run out of the program's own folder, so that no branch and no `npm install` replaces it. At any instant the copy is whole or not
 * there; one that is there and whole stays as it is, one that is damaged is made anew.
 * @param data of `openDataFolder`
 * @param repository the git directory whose hooks will run it
 * @throws {FileError}
 */
export const installCopy = (data: string, node: NodeProgram, repository: string): InstalledCopy => {
  const files = filesFor(node);
  removeLeftovers(data);
  const name = nameOf(files);
  const folder = join(data, name);
  addUse(data, repository, name); // before we look: who removes copies looks for this again before the last step
  const made = stateOfCopy(folder) !== 'whole';
  if (made) make(data, folder, files, node);
  return { folder, hook: join(folder, HOOK_FILE), made };
};
