import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context, Place } from '../command.ts';
import { GitError } from '../errors.ts';
import { fileError } from '../sys/files.ts';
import { findGit } from './program.ts';
import { elsewhere, run, stream } from './run.ts';

/** A ref and what it points to. */
export interface Ref {
  readonly name: string;
  readonly oid: string;
}

/** A new value for a ref; `old` undefined: it must not be there yet. */
export interface RefUpdate extends Ref {
  readonly old: string | undefined;
}

/** Makes a bare repository without hooks, description or anything else of a template. @param folder must not be there, or be empty */
export async function createBare(folder: string, env: Context['env'], format: 'sha1' | 'sha256'): Promise<Place> {
  const above = elsewhere(dirname(folder), env);
  await run(above, ['init', '--bare', '--quiet', '--template=', `--object-format=${format}`, '--initial-branch=main', '--', folder]);
  return { cwd: folder, env: { ...above.env, GIT_DIR: folder }, program: findGit(dirname(folder), env) };
}

/** Lets a repository read the objects of another as its own. */
export function borrowObjects(folder: string, from: string): void {
  const path = join(folder, 'objects', 'info', 'alternates');
  const quoted = `"${join(from, 'objects').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  try {
    writeFileSync(path, `${quoted}\n`);
  } catch (error) {
    throw fileError('write', path, error);
  }
}

/** All refs, in the order of their names. */
export async function readRefs(place: Place, prefix = ''): Promise<readonly Ref[]> {
  const { stdout } = await run(place, ['for-each-ref', '--format=%(objectname) %(refname)', ...(prefix === '' ? [] : [prefix])]);
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [{ oid: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) }]));
}

/** The ref that HEAD names; undefined when it is detached. */
export async function headRef(place: Place): Promise<string | undefined> {
  const { code, stdout } = await run(place, ['symbolic-ref', '--quiet', 'HEAD'], { okCodes: [0, 1] });
  return code === 0 ? stdout.toString('utf8').slice(0, -1) : undefined;
}

export async function pointHead(place: Place, ref: string): Promise<void> {
  await run(place, ['symbolic-ref', 'HEAD', ref]);
}

/** Changes all of these refs or none. @throws {GitError} when one is not what it was */
export async function updateRefs(place: Place, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  const zeros = '0'.repeat(updates[0]?.oid.length ?? 40);
  const lines = updates.map(({ name, oid, old }) => `update ${name}\0${oid}\0${old ?? zeros}\0`);
  const { code } = await run(place, ['update-ref', '--no-deref', '-z', '--stdin'], { stdin: lines.join(''), okCodes: [0, 1, 128] });
  if (code !== 0) throw new GitError('the refs of the mirror changed meanwhile, or are locked; none was changed', { hint: 'run it again' });
}

/** Copies what `wanted` reach and `there` do not. Refs are the caller's. */
export async function copyObjects(
  from: Place,
  to: Place,
  wanted: readonly string[],
  there: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const revisions = [...wanted, ...there.map((oid) => `^${oid}`)].join('\n');
  const { Readable } = await import('node:stream');
  const pack = Readable.from(stream(from, ['pack-objects', '--revs', '--stdout', '--quiet'], { stdin: `${revisions}\n`, signal }));
  for await (const _ of stream(to, ['index-pack', '--stdin'], { stdin: pack, signal }));
}

/** One pack of what the refs reach, and nothing else. */
export async function repack(place: Place, signal: AbortSignal): Promise<void> {
  await run(place, ['repack', '-a', '-d', '-f', '-q', '-n'], { signal });
}
