import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A program that asks for verdicts and can be killed: node FILE, and on its arguments a JSON of {@link Job}. */
export interface Job {
  readonly env: Readonly<Record<string, string>>;
  readonly cacheFolder: string;
  readonly url: string;
  readonly oids: readonly string[];
}

const PROGRAM = `
import { openRemotes } from './src/git/remotes.ts';
import { judgePin } from './src/pins/verdict.ts';
const { env, cacheFolder, url, oids } = JSON.parse(process.argv[2]);
const remotes = openRemotes({ env, cwd: cacheFolder, signal: new AbortController().signal, now: () => new Date(), cacheFolder });
const kinds = [];
for (const oid of oids) kinds.push((await judgePin(remotes, url, oid)).kind);
await remotes.close();
console.log(JSON.stringify(kinds));
`;

/** Writes the program into a folder. */
export const buildAsker = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'asker.mjs');
  const stdin = { contents: PROGRAM, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' } as const;
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
};

export interface Running {
  readonly child: ChildProcess;
  /** What it said; undefined when it was killed. */
  readonly kinds: Promise<readonly string[] | undefined>;
}

export const startAsker = (program: string, job: Job): Running => {
  const child = spawn(process.execPath, [program, JSON.stringify(job)], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const kinds = once(child, 'close').then(([code]: unknown[]) => (code === 0 ? (JSON.parse(said) as readonly string[]) : undefined));
  return { child, kinds };
};
