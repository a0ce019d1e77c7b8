import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { INPUTS } from '../../src/action/inputs.ts';
import { ACME, RULES } from '../gate/runner.ts';
import { makeFolder, makeRepo } from '../repo.ts';
import { makeAction, ROOT } from './bundle.ts';

interface Value {
  readonly description: string;
  readonly default?: string;
  readonly value?: string;
}
interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface ActionFile {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly runs: { readonly using: string; readonly main?: string; readonly steps?: readonly Step[] };
}

const actionFile = (path: string): ActionFile => parse(readFileSync(join(ROOT, path), 'utf8')) as ActionFile;
const MAIN = actionFile('action.yml');
const FORGEJO = actionFile('forgejo/action.yml');
const OUTPUTS = ['errors', 'warnings', 'notes', 'report', 'sarif', 'exit'];

describe('action.yml and forgejo/action.yml', () => {
  test('declare what the program reads and sets', () => {
    expect(MAIN.runs).toEqual({ using: 'node24', main: 'dist/action.mjs' });
    for (const file of [MAIN, FORGEJO]) {
      expect(Object.keys(file.inputs)).toEqual(INPUTS);
      expect(Object.keys(file.outputs)).toEqual(OUTPUTS);
      expect(file.inputs['token']?.default).toBeUndefined();
    }
    expect(readFileSync(join(ROOT, '.gitignore'), 'utf8')).toContain('!dist/action.mjs');
  });

  test('the composite one passes on every input, by names that any shell keeps, and every output', () => {
    const [step] = FORGEJO.runs.steps ?? [];
    expect(FORGEJO.runs.steps).toHaveLength(1);
    expect(step?.env).toEqual(
      Object.fromEntries(INPUTS.map((name) => [`INPUT_${name.toUpperCase().replaceAll('-', '_')}`, `\${{ inputs.${name} }}`])),
    );
    for (const name of OUTPUTS) expect(FORGEJO.outputs[name]?.value).toBe(`\${{ steps.${step?.id} .outputs.${name} }}`.replace(' .', '.'));
    // A value of the workflow in a script would be a script.
    expect(step?.run).not.toContain('${{');
  });

  test.skipIf(process.platform === 'win32')(
    'the composite one runs, where only node, git and sh are',
    async () => {
      const repo = await makeRepo();
      for (const [path, text] of Object.entries({ ...RULES, 'app/x.yml': `key: ${ACME}\n` })) await repo.write(path, text);
      await repo.commit();
      const base = await makeFolder();
      await mkdir(join(base, 'forgejo'));
      await mkdir(join(base, 'dist'));
      await copyFile(await makeAction(), join(base, 'dist', 'action.mjs'));
      await writeFile(join(base, 'event.json'), '{}');
      const [step] = FORGEJO.runs.steps ?? [];
      const values: Readonly<Record<string, string>> = { 'working-directory': 'app', 'fail-on': 'note' };
      const inputs = Object.entries(step?.env ?? {}).map(([name, value]): [string, string] => {
        const input = /inputs\.([\w-]+)/.exec(value)?.[1] ?? '';
        return [name, values[input] ?? FORGEJO.inputs[input]?.default ?? ''];
      });
      const env = { ...repo.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, GITHUB_ACTION_PATH: join(base, 'forgejo'), GITHUB_WORKSPACE: repo.dir, GITHUB_EVENT_NAME: 'schedule', GITHUB_EVENT_PATH: join(base, 'event.json'), RUNNER_TEMP: base, GITHUB_ACTIONS: 'true' }; // prettier-ignore
      const { status, stdout } = spawnSync(step?.shell ?? '', ['-c', step?.run ?? ''], { cwd: repo.dir, env: { ...env, ...Object.fromEntries(inputs) }, encoding: 'utf8' }); // prettier-ignore
      expect([status, stdout.split('\n')[0]]).toEqual([1, 'app/x.yml:1:6  error  acme [leak/acme]']);
    },
    60_000,
  );
});

describe('the pages', () => {
  const ours = (uses: string): ActionFile | undefined =>
    uses.includes('kei-git/forgejo@') ? FORGEJO : uses.includes('kei-git@') ? MAIN : undefined;
  const blocks = (path: string): readonly string[] =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']) => text);

  test.for(['README.md', 'docs/action.md'])('%s: workflows are YAML, and their inputs and outputs exist', (path) => {
    let uses = 0;
    for (const text of blocks(path)) {
      const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> };
      for (const { steps } of Object.values(jobs)) {
        for (const step of steps) {
          const file = ours(step.uses ?? '');
          uses += file === undefined ? 0 : 1;
          for (const name of Object.keys(file === undefined ? {} : (step.with ?? {}))) expect(INPUTS).toContain(name);
        }
      }
      for (const [, name] of text.matchAll(/steps\.kei\.outputs\.(\w+)/g)) expect(OUTPUTS).toContain(name);
    }
    expect(uses).toBeGreaterThan(0);
  });

  test('the table of inputs is complete, in the order of action.yml; the README needs ten lines', () => {
    const page = readFileSync(join(ROOT, 'docs/action.md'), 'utf8');
    const rows = [...page.slice(page.indexOf('## Inputs'), page.indexOf('## Outputs')).matchAll(/^\| `([\w-]+)` \|/gm)].map(
      ([, name]) => name,
    );
    expect(rows).toEqual(INPUTS);
    for (const name of OUTPUTS) expect(page).toContain(`\`${name}\``);
    expect(
      blocks('README.md')
        .find((text) => text.includes('kei-git@'))
        ?.trimEnd()
        .split('\n').length,
    ).toBeLessThanOrEqual(10);
  });
});

type Group = ReadonlyMap<string, Buffer>;
type Groups = ReadonlyMap<string, { readonly bytes: Buffer; readonly base64: string }>;
interface Packing {
  packAll(head: string, groups: readonly Group[], how: { readonly known: Groups; readonly hard: boolean }): string;
  unpackAll(text: string): { readonly head: string; readonly groups: Groups } | undefined;
  isPackedOf(text: string, head: string, groups: readonly Group[]): boolean;
  openPacked(text: string, decompress: (bytes: Buffer) => Buffer): (name: string) => Buffer | undefined;
}

describe('freshness', () => {
  let draft = '';
  beforeAll(async () => {
    draft = await makeAction();
  }, 120_000);

  const check = (path: string): string => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/action.mjs'), '--check', '--draft', '--out', path], {
      encoding: 'utf8',
    });
    return `${status} ${stderr}`;
  };
  const STALE = '1 dist/action.mjs is not up to date: node scripts/action.mjs\n';

  test('what was just built is what is built once more, and what was changed anywhere is not', { timeout: 120_000 }, async () => {
    expect(check(draft)).toBe('0 ');
    const text = await readFile(draft, 'latin1');
    const copy = join(await makeFolder(), 'action.mjs');
    const at = text.lastIndexOf('\n/*packed\n');
    for (const changed of [
      text.replace('const require', 'const  require'),
      `${text}x`,
      text.replace(/\*\/\n$/, 'x.bin AAAA\n*/\n'),
      `${text.slice(0, at + 2000)}A${text.slice(at + 2001)}`,
    ]) {
      expect(changed).not.toBe(text);
      await writeFile(copy, changed, 'latin1');
      expect(check(copy)).toBe(STALE);
    }
    expect(check(join(dirname(copy), 'none.mjs'))).toBe('1 dist/action.mjs is missing: node scripts/action.mjs\n');
  });

  test('what is compressed otherwise is as fresh, what stands behind it is not', async () => {
    const packing = (await import(pathToFileURL(join(ROOT, 'scripts/packed.mjs')).href)) as Packing;
    const { packAll, unpackAll, isPackedOf, openPacked } = packing;
    const groups = [
      new Map([['a.cjs', Buffer.from('hello '.repeat(1000))]]),
      new Map([
        ['b.json', Buffer.from('{}')],
        ['c-1.bin', Buffer.from('hello')],
      ]),
    ];
    const [hard = '', soft = ''] = [true, false].map((how) => packAll('code\n', groups, { known: new Map(), hard: how }));
    expect(hard).not.toBe(soft);
    for (const text of [hard, soft]) expect(isPackedOf(text, 'code\n', groups)).toBe(true);
    const open = openPacked(soft, brotliDecompressSync);
    expect(['a.cjs', 'b.json', 'c-1.bin'].map((name) => open(name)?.length)).toEqual([6000, 2, 5]);
    expect(open('c-1.bi')).toBeUndefined();
    // What is the same keeps its bytes.
    expect(packAll('more\n', groups, { known: unpackAll(soft)?.groups ?? new Map(), hard: true })).toBe(soft.replace('code', 'more'));
    const [, base64 = ''] = /a\.cjs:6000 (\S+)/.exec(soft) ?? [];
    const longer = Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from('more')]).toString('base64');
    const swapped = soft.replace('b.json:2,c-1.bin:5', 'c-1.bin:5,b.json:2');
    for (const other of [
      soft.replace(base64, longer),
      swapped,
      soft.replace('code', 'Code'),
      soft.replace('b.json:2', 'b.json:1'),
      `${soft} `,
    ])
      expect(isPackedOf(other, 'code\n', groups)).toBe(false);
  });

  test('the notices of what is in it, ASCII, and lines that end as those of comments do', async () => {
    const text = await readFile(draft, 'latin1');
    for (const name of ['@actions/core', '@actions/github', '@octokit/core', 'undici', 'smol-toml', 'yaml'])
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(/[\r\x7f-\xff]/.exec(text)?.index).toBeUndefined();
  });
});

test('the package for npm goes without it', () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly files: readonly string[] };
  expect(files).toContain('!dist/action.mjs');
  expect(existsSync(join(ROOT, 'action.yml'))).toBe(true);
});
