import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../leak/commands.ts';
import { makeFolder, makeRepo } from '../repo.ts';

interface Json {
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly path: string;
    readonly line: number;
    readonly start: number;
    readonly end: number;
  }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly stats: { readonly files: number; readonly extra: Readonly<Record<string, number>> };
}
const json = (out: string): Json => JSON.parse(out) as Json;
const A = '.github/workflows/a.yml';
const HEAD = 'on: push\npermissions: {}\njobs:\n  build:\n    runs-on: ubuntu-latest\n';
const GOOD = `${HEAD}    steps:\n      - run: make\n`;
const BAD = `${HEAD}    needs: biuld\n    steps:\n      - run: make\n`;

test('what is staged is judged, not what lies on disk', async () => {
  const repo = await makeRepo();
  await repo.write(A, BAD);
  await repo.git('add', '.');
  await repo.write(A, GOOD);
  const staged = await run(repo, ['workflow', 'lint', '--staged']);
  expect([staged.code, staged.err]).toEqual([1, '']);
  expect(staged.out).toMatch(
    /^\.github\/workflows\/a\.yml:6:12 {2}error {2}no job "biuld" in this workflow \[workflow\/unknown-need\]\n {4}do {4}did you mean "build"\?\n/,
  );
  expect(await run(repo, ['workflow', 'lint', '--all'])).toMatchObject({ code: 0, err: '' });
});

test('places are of the file, in lines, columns and bytes', async () => {
  const repo = await makeRepo();
  const text = `# é 😀\n${BAD}`;
  await repo.write(A, text);
  const { findings } = json((await run(repo, ['workflow', 'lint', '--format', 'json'])).out);
  expect(findings.map(({ rule, line }) => [rule, line])).toEqual([['workflow/unknown-need', 7]]);
  expect(Buffer.from(text).subarray(findings[0]?.start, findings[0]?.end).toString()).toBe('biuld');
});

test('check looks at workflows only where there are any; a mark, a setting and an exception let a finding stay', async () => {
  const repo = await makeRepo();
  await repo.write('a.txt', 'a\n');
  expect(await run(repo, ['check'])).toMatchObject({ code: 0 });
  await repo.write(A, BAD);
  const { code, out } = await run(repo, ['check', '--format', 'json']);
  expect([code, json(out).findings.map(({ rule, severity }) => `${rule} ${severity}`)]).toEqual([1, ['workflow/unknown-need error']]);
  await repo.write(A, BAD.replace('biuld', 'biuld # kei:allow unknown-need it comes'));
  expect(await run(repo, ['check'])).toMatchObject({ code: 0, out: expect.stringContaining('stays kei:allow: it comes') });
  await repo.write(A, BAD.replace('biuld', 'biuld # zizmor: ignore[unknown-need]'));
  expect(await run(repo, ['check'])).toMatchObject({ code: 0 });
  await repo.write(A, BAD.replace('biuld', 'biuld # kei:allow unknown-need'));
  expect(await run(repo, ['check'])).toMatchObject({ code: 1 });
  await repo.write(A, BAD);
  await repo.write('kei.toml', '[workflow.lint]\nskip = ["workflow/unknown-need"]\n');
  expect(await run(repo, ['check'])).toMatchObject({ code: 0 });
  await repo.write('kei.toml', '[check]\nskip = ["workflow-lint"]\n');
  expect(await run(repo, ['check'])).toMatchObject({ code: 0 });
  await repo.write('kei.toml', '');
  await repo.write('.kei/ignores.toml', `[[ignore]]\nrule = "workflow/unknown-need"\nmatch = "${A}"\nreason = "it comes"\nby = "a"\n`);
  const ignored = await run(repo, ['check']);
  expect([ignored.err, ignored.code]).toEqual(['', 0]);
});

test('actions and workflows of the repository are looked into; a job that makes them gets a note', async () => {
  const repo = await makeRepo();
  await repo.write(
    A,
    `${HEAD}    steps:\n      - uses: ./build\n        with: { tarjet: all }\n      - uses: ./none\n  call:\n    uses: ./.github/workflows/b.yml\n`,
  );
  await repo.write(
    'build/action.yml',
    'name: a\ndescription: b\ninputs:\n  target: { description: c }\nruns:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n',
  );
  const { out } = await run(repo, ['workflow', 'lint', '--format', 'json']);
  expect(json(out).findings.map(({ rule, severity, line }) => `${line} ${rule} ${severity}`)).toEqual([
    '8 workflow/action-input warning',
    '9 workflow/missing-local warning',
    '11 workflow/missing-local error',
  ]);
});

test('labels of own runners are named in the settings', async () => {
  const repo = await makeRepo();
  await repo.write(A, GOOD.replace('ubuntu-latest', 'ubuntu-big'));
  expect(json((await run(repo, ['workflow', 'lint', '--format', 'json'])).out).findings.map(({ rule }) => rule)).toEqual([
    'workflow/runner-label',
  ]);
  await repo.write('kei.toml', '[workflow.lint]\nrunner-labels = ["ubuntu-b*"]\n');
  expect(json((await run(repo, ['workflow', 'lint', '--format', 'json'])).out).findings).toEqual([]);
});

test('a file that is named is judged whatever it is called; outside of a repository too', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'x.yaml'), BAD);
  const { code, out } = await run(folder, ['workflow', 'lint', 'x.yaml', '--format', 'json']);
  expect([code, json(out).findings.map(({ path, rule }) => `${path} ${rule}`)]).toEqual([1, ['x.yaml workflow/unknown-need']]);
  expect(json((await run(folder, ['workflow', 'lint', '.', '--format', 'json'])).out).stats.files).toBe(0);
});

test('--fix writes what is beyond doubt, and not one byte more', async () => {
  const repo = await makeRepo();
  const text = `# é\r\n${HEAD}    steps:\n      - run: |\n          make\n          echo "::set-output name=a::$B c"\n        workin-directory:   src # why\n      - uses: actions/checkout@v5\n        wth: { path: a }\n`;
  await repo.write(A, text);
  expect(await run(repo, ['workflow', 'lint', '--fix', '--staged'])).toMatchObject({ code: 2 });
  const { code, out } = await run(repo, ['workflow', 'lint', '--fix']);
  expect(out).toContain('fixed .github/workflows/a.yml:10: write it to $GITHUB_OUTPUT\n');
  expect(await readFile(join(repo.dir, A), 'utf8')).toBe(
    text.replace('echo "::set-output name=a::$B c"', 'echo "a=$B c" >> "$GITHUB_OUTPUT"').replace('workin-', 'working-'),
  );
  expect(code).toBe(1); // `wth` may have been meant otherwise
});

test('--list shows each rule; engines that do not exist are refused', async () => {
  const folder = await makeFolder();
  const { code, out } = await run(folder, ['workflow', 'lint', '--list']);
  expect([code, out.split('\n').every((line) => line === '' || /^workflow\/[a-z-]+ +(?:error|warning|note) +\S/.test(line))]).toEqual([
    0,
    true,
  ]);
  expect(await run(folder, ['workflow', 'lint', '--engines', 'own,none'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('no engine "none"'),
  });
});

describe.skipIf(process.platform === 'win32')('an actionlint that fails', () => {
  const beside = async (script: string) => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'actionlint'), `#!/bin/sh\n[ "$1" = -version ] && echo 1.7.12 && exit 0\n${script}\n`);
    await chmod(join(folder, 'bin', 'actionlint'), 0o755);
    return { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  };

  test('what it did not judge is said, and fails in CI; our own rules speak all the same', async () => {
    const repo = await makeRepo();
    await repo.write(A, BAD);
    const env = await beside('exit 7');
    const { out } = await run(repo, ['workflow', 'lint', '--format', 'json'], { env });
    expect(json(out)).toMatchObject({
      findings: [{ rule: 'workflow/unknown-need' }],
      skipped: [{ path: A, reason: 'actionlint ended with code 7' }],
    });
    expect(json(out).stats.extra).toEqual({ 'workflow-parser 0.3.61': 1, 'actionlint 1.7.12': 1 });
    await repo.write(A, GOOD);
    expect((await run(repo, ['workflow', 'lint', '--all'], { env, ci: true })).code).toBe(3);
    expect((await run(repo, ['workflow', 'lint', '--all', '--engines', 'own'], { env, ci: true })).code).toBe(0);
    await repo.write('kei.toml', '[workflow.lint]\nactionlint = false\n');
    await repo.commit();
    expect((await run(repo, ['workflow', 'lint', '--all'], { env, ci: true })).code).toBe(0);
  });
});
