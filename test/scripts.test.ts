import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), '..', 'scripts');

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'kei-scripts-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

const script = (name: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(SCRIPTS, name), ...args], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
};

test.for([
  { name: '60 characters', text: `${'é'.repeat(60)}\n\nbody\n`, status: 0 },
  { name: '61 characters', text: `${'a'.repeat(61)}\n`, status: 1 },
  { name: 'a comment of git first', text: `# ${'a'.repeat(80)}\nleak: read UTF-16\n`, status: 0 },
  { name: 'a merge', text: `Merge branch '${'a'.repeat(60)}'\n`, status: 0 },
])('commit subject: $name', ({ text, status }) => {
  expect(script('commit-subject.mjs', file('message', text)).status).toBe(status);
});

const ran = (statuses: readonly string[], status = statuses.includes('failed') ? 'failed' : 'passed'): object => ({
  success: status === 'passed',
  testResults: [{ status, assertionResults: statuses.map((one) => ({ status: one })) }],
});

test.for([
  { name: 'all well', runs: [ran(['passed', 'passed']), ran(['passed'])], line: '3 passed, 0 failed', status: 0 },
  { name: 'one failed', runs: [ran(['passed', 'failed']), ran(['passed', 'skipped'])], line: '2 passed, 1 failed, 1 skipped', status: 1 },
  { name: 'a file that does not load', runs: [ran([], 'failed'), ran(['passed'])], line: '1 passed, 1 failed', status: 1 },
  { name: 'a run that was cut off', runs: [ran(['passed']), {}], line: '1 passed, 1 failed', status: 1 },
  { name: 'an error outside of tests', runs: [{ ...ran(['passed']), success: false }], line: '1 passed, 1 failed', status: 1 },
])('tally: $name', ({ runs, line, status }) => {
  const files = runs.map((run, index) => file(`${index}.json`, JSON.stringify(run)));
  expect(script('tally.mjs', ...files)).toEqual({ status, output: `${line}\n` });
});

type Graph = ReadonlyMap<string, readonly string[]>;
interface CycleModule {
  findCycle(graph: Graph): readonly string[] | undefined;
}

test.for<{ name: string; edges: Graph; cycle: readonly string[] | undefined }>([
  {
    name: 'none',
    edges: new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', []],
    ]),
    cycle: undefined,
  },
  {
    name: 'of two',
    edges: new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]),
    cycle: ['b', 'c', 'b'],
  },
  { name: 'of one', edges: new Map([['a', ['a']]]), cycle: ['a', 'a'] },
])('cycle: $name', async ({ edges, cycle }) => {
  const { findCycle } = (await import(pathToFileURL(join(SCRIPTS, 'cycle.mjs')).href)) as CycleModule;
  expect(findCycle(edges)).toEqual(cycle);
});

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

test('package-lock.json is complete for every system and names no host', () => {
  const { packages } = JSON.parse(readFileSync(join(SCRIPTS, '..', 'package-lock.json'), 'utf8')) as Lock;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages)),
  );
  expect(missing).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
