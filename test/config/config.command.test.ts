import { join } from 'node:path';
import { expect, test } from 'vitest';
import { base, floor, git, home, root, RULES, run, write } from './person.ts';

test('config: a repository that says nothing', async () => {
  git('init', '-q');
  expect(await run('config')).toEqual({
    code: 0,
    err: '',
    out: `counts = {}  # default

[leak]
categories = ["secret"]  # default
rules = []  # default: leak-matrix/*.toml
builtin = true  # default
decode = 3  # default
max-file-size = "100M"  # default
jobs = 0  # default
fail-on = "error"  # default
honour-inline = []  # default
archives = 0  # default
archives-at = ["pre-push", "ci", "mirror"]  # default
key = "default"  # default

[check]
skip = []  # default
fail-on = "error"  # default

[policy]
head-ignores = false  # default

[workflow]
# forge is not set  # default
# actions-url is not set  # default
hosts = []  # default
policy = {}  # default

[workflow.pins]
max-age = "1d"  # default
offline = false  # default
strict-network = false  # default
require-comment = false  # default
min-age = "7d"  # default

[workflow.lint]
skip = []  # default
mute = []  # default
runner-labels = []  # default
actionlint = true  # default

[hook]
events = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "post-checkout", "post-merge", "post-rewrite"]  # default
seal = false  # default
prefixes = []  # default
jobs = 0  # default
timeout = "5m"  # default
run = []  # default

[markers]
files = ["**/*.md"]  # default
frozen = ["CHANGELOG.md"]  # default
claims = ["**/*.md"]  # default
`,
  });
});

test('config: from a subfolder, with a floor, and what it prints is itself a kei.toml', async () => {
  git('init', '-q');
  write('kei.toml', '[leak]\nfail-on = "error"\ndecode = 5\n');
  write('leak-matrix/acme.toml', RULES);
  write('leak-matrix/deep/no.toml', RULES);
  write('sub/x', '');
  floor('[leak]\nfail-on = "warning"\nrules = ["terms.toml"]\n');
  write('.config/kei-git/terms.toml', RULES, home);
  const { code, out, err } = await run('config', {}, join(root, 'sub'));
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('fail-on = "warning"  # <base>/home/.config/kei-git/config.toml:2\n');
  expect(out).toContain('decode = 5  # kei.toml:3\n');
  expect(out).toContain('rules = ["leak-matrix/acme.toml"]  # default: leak-matrix/*.toml\n');
  expect(
    out.endsWith(`
# your own rule file: <base>/home/.config/kei-git/terms.toml
# kei.toml:2: fail-on in [leak] stays "warning": a repository that is not trusted cannot loosen your own settings
`),
  ).toBe(true);
  write('kei.toml', out);
  expect((await run('config --check')).out).toBe('kei.toml: 35 settings, 1 rule file, 0 ignores, all well-formed\n');
});

test('config: json', async () => {
  git('init', '-q');
  write('kei.toml', '[leak]\nfail-on = "error"\ndecode = 5\n');
  write('.kei/ignores.toml', `[[ignore]]\nfingerprint = "kei1:${'a'.repeat(26)}"\nreason = "x"\n`);
  floor('leak.fail-on = "warning"');
  const { code, out } = await run('config --format json');
  const value: unknown = JSON.parse(out);
  expect(code).toBe(0);
  expect(value).toMatchObject({
    settings: { 'leak.decode': { value: 5, from: ['kei.toml:3'] }, 'leak.max-file-size': { value: 104_857_600, from: ['default'] } },
    ignores: 0,
    trusted: false,
    refused: [
      { key: 'leak.fail-on', file: 'kei.toml', line: 2, column: 1 },
      {
        key: 'ignores',
        file: '.kei/ignores.toml',
        line: 1,
        column: 1,
        sentence: expect.stringMatching(/^1 ignored finding is not ignored: /) as unknown,
      },
    ],
  });
});

test('config: in CI there is no floor', async () => {
  git('init', '-q');
  write('kei.toml', '[leak]\nbuiltin = false\n');
  floor('= broken');
  expect((await run('config', { ci: true })).out).toContain('builtin = false  # kei.toml:2\n');
});

test.for<[string, string, string | Buffer, string]>([
  [
    'unknown key',
    'kei.toml',
    '[leak]\nruels = []',
    'kei-git: kei.toml:2:1: unknown key "ruels" in [leak]\n  hint: did you mean "rules"?\n',
  ],
  [
    'a rule file that is not there',
    'kei.toml',
    '[leak]\nrules = ["leak-matrix/acne.toml"]',
    'kei-git: kei.toml:2:10: no file "leak-matrix/acne.toml" (rules in [leak])\n  hint: did you mean "leak-matrix/acme.toml"?\n',
  ],
  [
    'a rule file outside',
    'kei.toml',
    '[leak]\nrules = ["../repo/leak-matrix/acme.toml"]',
    'kei-git: kei.toml:2:10: no file "../repo/leak-matrix/acme.toml" (rules in [leak])\n  hint: did you mean "leak-matrix/acme.toml"?\n',
  ],
  ['a broken rule file', 'leak-matrix/acme.toml', 'id = hunter2', 'kei-git: leak-matrix/acme.toml:1:6: invalid value\n'],
  ['broken ignores', '.kei/ignores.toml', '[[ignore]]', 'kei-git: .kei/ignores.toml:1:1: [[ignore]] has no reason\n'],
  ['not UTF-8', 'kei.toml', Buffer.from([0xff]), 'kei-git: kei.toml:1:1: not UTF-8\n  hint: save the file as UTF-8\n'],
  [
    'a broken floor',
    '../home/.config/kei-git/config.toml',
    'x = 1',
    'kei-git: <base>/home/.config/kei-git/config.toml:1:1: unknown key "x"\n',
  ],
  [
    'a floor without its rule file',
    '../home/.config/kei-git/config.toml',
    'leak.rules = ["t.toml"]',
    'kei-git: <base>/home/.config/kei-git/config.toml:1:15: no file "t.toml" (rules in [leak])\n',
  ],
])('config --check: %s', async ([, path, text, err]) => {
  git('init', '-q');
  write('leak-matrix/acme.toml', RULES);
  expect((await run('config --check')).code).toBe(0);
  write(path, text);
  expect(await run('config --check')).toEqual({ code: 2, out: '', err });
});

test('config --check: expired ignores are counted', async () => {
  git('init', '-q');
  write('.kei/ignores.toml', `[[ignore]]\nfingerprint = "kei1:${'a'.repeat(26)}"\nreason = "x"\nuntil = 2029-12-31\n`);
  expect((await run('config --check')).out).toBe(
    'no kei.toml, so defaults: 0 settings, 0 rule files, 1 ignore (1 expired), all well-formed\n',
  );
});

test('config: outside a repository the folder itself counts', async () => {
  write('kei.toml', '[leak]\ndecode = 4\n');
  write('leak-matrix/acme.toml', RULES);
  expect((await run('config --check')).out).toBe('kei.toml: 1 setting, 1 rule file, 0 ignores, all well-formed\n');
});

test('config: in a bare repository HEAD counts', async () => {
  write('kei.toml', '[leak]\ndecode = 4\n');
  write('leak-matrix/acme.toml', RULES);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'x');
  git('clone', '-q', '--bare', '.', join(base, 'bare.git'));
  const { out } = await run('config', {}, join(base, 'bare.git'));
  expect(out).toContain('decode = 4  # kei.toml:2\n');
  expect(out).toContain('rules = ["leak-matrix/acme.toml"]');
});
