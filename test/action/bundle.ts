import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder, type TestRepo } from '../repo.ts';
import type { CiEvent } from '../gate/runner.ts';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** dist/action.mjs as the sources of now make it; the committed one is the business of `npm run check`. */
export const makeAction = async (): Promise<string> => {
  const file = join(await makeFolder(), 'dist', 'action.mjs');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'action.mjs'), '--draft', '--out', file]);
  return file;
};

/** A step's environment beside its inputs; undefined takes a variable out. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface Step {
  readonly action: string;
  readonly workspace: string;
  readonly event: CiEvent;
  /** As the workflow names them: `fail-on`. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Variables;
  /** The Node to run; default this one. */
  readonly node?: string;
  readonly uid?: number;
}

export interface Done {
  readonly code: number | null;
  readonly log: string;
  readonly err: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Everything that the step wrote anywhere, and what others may read of it. */
  readonly all: string;
  readonly json: { readonly findings: readonly { readonly rule: string; readonly path?: string; readonly commit?: string }[] } | undefined;
  readonly sarif: unknown;
}

const outputsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(\w+)<<(ghadelimiter_\S+)\n([^]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [name, value]));

const readOr = (path: string | undefined): Promise<string> =>
  path === undefined ? Promise.resolve('') : readFile(path, 'utf8').catch(() => '');

/** Runs a step as a runner does: a process of its own, inputs and files by variables. */
export const runStep = async (step: Step): Promise<Done> => {
  const { action, workspace, event, inputs = {}, env = {}, node = process.execPath, uid } = step;
  const base = await makeFolder();
  const files = { GITHUB_EVENT_PATH: join(base, 'event.json'), GITHUB_OUTPUT: join(base, 'output'), GITHUB_STEP_SUMMARY: join(base, 'summary') }; // prettier-ignore
  await writeFile(files.GITHUB_EVENT_PATH, JSON.stringify(event.payload));
  for (const path of [files.GITHUB_OUTPUT, files.GITHUB_STEP_SUMMARY]) await writeFile(path, '', { mode: 0o666 });
  const temporary = join(base, 'temp');
  await mkdir(temporary);
  const all: Variables = {
    PATH: process.env['PATH'],
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    HOME: base,
    GIT_CONFIG_NOSYSTEM: '1',
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_SHA: event.sha,
    GITHUB_REPOSITORY: 'owner/repo',
    RUNNER_TEMP: temporary,
    ...files,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...env,
  };
  const given = Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
  if (uid !== undefined) await promisify(execFile)('chmod', ['-R', 'a+rwX', base]);
  const child = spawn(node, [action], {
    cwd: workspace,
    env: given,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let log = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [outputText, summary] = [await readOr(given['GITHUB_OUTPUT']), await readOr(given['GITHUB_STEP_SUMMARY'])];
  const outputs = outputsOf(outputText);
  const [json, sarif] = [await readOr(outputs['report']), await readOr(outputs['sarif'])];
  return {
    code,
    log,
    err,
    summary,
    outputs,
    all: [log, err, summary, outputText, json, sarif].join('\n'),
    json: json === '' ? undefined : (JSON.parse(json) as Done['json']),
    sarif: sarif === '' ? undefined : (JSON.parse(sarif) as unknown),
  };
};

/** The whole worktree is looked at. */
export const SCHEDULE: CiEvent = { name: 'schedule', payload: {}, sha: '' };

/** Lets anybody read and enter a repository and the folders above it, as a runner's workspace. */
export const openToAll = async ({ dir }: TestRepo): Promise<void> => {
  await promisify(execFile)('chmod', ['-R', 'a+rX', dirname(dir)]);
};
