import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../leak/commands.ts';
import { makeFolder, makeRepo } from '../repo.ts';

const SHA = '8e5e7e5a'.repeat(5);
const CI = `on: push
jobs:
  a:
    runs-on: x
    container: node:20
    steps:
      - uses: actions/checkout@${SHA} # v4.1.0, pinned
      - uses: https://code.example.org/o/r/sub@v1
      - uses: ./local
`;

const files = async (all: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await makeFolder();
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

const paths = (out: string): readonly string[] =>
  (JSON.parse(out) as { readonly uses: readonly { readonly path: string }[] }).uses.map(({ path }) => path);

test('in a folder that is no repository: each reference with its place', async () => {
  const folder = await files({
    '.github/workflows/ci.yml': CI,
    'x/action.yml': 'runs: {using: docker, image: "docker://alpine:3"}\n',
    'README.md': '',
  });
  expect(await run(folder, ['workflow', 'uses'])).toEqual({
    code: 0,
    err: '',
    out: `.github/workflows/ci.yml:5:16: image node:20
.github/workflows/ci.yml:7:15: action actions/checkout@${SHA} # v4.1.0, pinned
.github/workflows/ci.yml:8:15: action https://code.example.org/o/r/sub@v1
.github/workflows/ci.yml:9:15: local ./local
x/action.yml:1:31: image docker://alpine:3
`,
  });
  const { code, out, err } = await run(folder, ['workflow', 'uses', '--format', 'json']);
  expect([code, err]).toEqual([0, '']);
  const nothing = { host: null, owner: null, repo: null, subpath: null, ref: null, digest: null, comment: null, commentText: null };
  const path = '.github/workflows/ci.yml';
  expect(JSON.parse(out)).toEqual({
    uses: [
      { ...nothing, path, line: 5, column: 16, raw: 'node:20', kind: 'image', repo: 'node', ref: '20' },
      {
        ...nothing,
        ...{ path, line: 7, column: 15, raw: `actions/checkout@${SHA}`, kind: 'action', owner: 'actions', repo: 'checkout', ref: SHA },
        ...{ comment: 'v4.1.0', commentText: 'v4.1.0, pinned' },
      },
      {
        ...nothing,
        ...{ path, line: 8, column: 15, raw: 'https://code.example.org/o/r/sub@v1', kind: 'action' },
        ...{ host: 'code.example.org', owner: 'o', repo: 'r', subpath: 'sub', ref: 'v1' },
      },
      { ...nothing, path, line: 9, column: 15, raw: './local', kind: 'local', subpath: 'local' },
    ],
    images: [{ ...nothing, path: 'x/action.yml', line: 1, column: 31, raw: 'docker://alpine:3', kind: 'image', repo: 'alpine', ref: '3' }],
    problems: [],
    skipped: [],
  });
});

test('in a repository: what is on disk, saved or not, and not what git ignores', async () => {
  const repo = await makeRepo();
  await repo.write('.github/workflows/a.yml', 'jobs: {a: {uses: o/a/x.yml@v1}}\n');
  await repo.write('.gitignore', 'old/\n');
  await repo.git('add', '.');
  await repo.git('commit', '-qm', 'a');
  await repo.write('.github/workflows/a.yml', 'jobs: {a: {uses: o/changed/x.yml@v1}}\n');
  await repo.write('.forgejo/workflows/b.yaml', 'jobs: {a: {steps: [{uses: o/new@v1}]}}\n');
  await repo.write('old/action.yml', 'runs: {steps: [{uses: o/ignored@v1}]}\n');
  await repo.write('sub/action.yml', 'runs: {steps: [{uses: o/sub@v1}]}\n');
  await repo.write('template/.github/workflows/t.yml', 'jobs: {a: {steps: [{uses: o/template@v1}]}}\n');
  await repo.write('.pre-commit-config.yaml', 'repos: [{repo: https://github.com/o/hook, rev: v1}]\n');
  expect((await run(repo, ['workflow', 'uses'])).out).toBe(`.forgejo/workflows/b.yaml:1:27: action o/new@v1
.github/workflows/a.yml:1:18: workflow o/changed/x.yml@v1
.pre-commit-config.yaml:1:48: hook v1
sub/action.yml:1:23: action o/sub@v1
`);
  // A folder that is named is looked at as if it were a repository.
  expect((await run(repo, ['workflow', 'uses', 'template'])).out).toBe('template/.github/workflows/t.yml:1:27: action o/template@v1\n');
  const two = await run(repo, ['workflow', 'uses', 'sub', '.github', '--format', 'json']);
  expect(paths(two.out)).toEqual(['.github/workflows/a.yml', 'sub/action.yml']);
});

test('a file that is named is read by what it holds', async () => {
  const folder = await files({ 'w.yml': CI, 'n.yml': 'a: b\n', 'empty/README.md': 'x' });
  expect(paths((await run(folder, ['workflow', 'uses', 'w.yml', '--format', 'json'])).out)).toHaveLength(4);
  expect(await run(folder, ['workflow', 'uses', 'n.yml'])).toEqual({
    code: 1,
    out: '',
    err: 'n.yml:1:1: no workflow, no action and no configuration of pre-commit\n',
  });
  expect(await run(folder, ['workflow', 'uses', 'empty'])).toEqual({ code: 0, out: '', err: '' });
  expect(await run(folder, ['workflow', 'uses', 'gone.yml'])).toEqual({
    code: 2,
    out: '',
    err: `kei-git: no such file or folder: ${folder}/gone.yml\n`,
  });
});

test('what cannot be read as a reference is told, and the rest is listed', async () => {
  const folder = await files({
    '.github/workflows/a.yml': 'jobs: {a: {steps: [{uses: o/r@v1}, {uses: \u0430ctions/checkout@v4}, {uses: 1}]}}\n',
    '.github/workflows/b.yml': 'jobs: [\n',
  });
  symlinkSync('a.yml', join(folder, '.github/workflows/c.yml'));
  const { code, out, err } = await run(folder, ['workflow', 'uses']);
  expect([code, out]).toEqual([
    1,
    '.github/workflows/a.yml:1:27: action o/r@v1\n.github/workflows/a.yml:1:43: action \u0430ctions/checkout@v4\n',
  ]);
  expect(err).toBe(`.github/workflows/a.yml:1:43: "\u0430ctions/checkout@v4": the owner holds U+0430: no owner has that
.github/workflows/a.yml:1:72: uses is a number or a boolean, not text
.github/workflows/b.yml:2:1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
`);
  const json = JSON.parse((await run(folder, ['workflow', 'uses', '--format', 'json'])).out) as { readonly problems: readonly unknown[] };
  expect(json.problems[1]).toEqual({
    path: '.github/workflows/a.yml',
    line: 1,
    column: 72,
    message: 'uses is a number or a boolean, not text',
  });
});

test('control characters of a file do not reach the terminal', async () => {
  const folder = await files({ '.github/workflows/a.yml': 'jobs: {a: {uses: "o/r\\e[31m@v1"}} # \u009b31m\n' });
  const { out, err } = await run(folder, ['workflow', 'uses']);
  expect(out).toBe('.github/workflows/a.yml:1:19: workflow o/r\\x1b[31m@v1 # \\x9b31m\n');
  expect(err).toContain('U+001B');
});
