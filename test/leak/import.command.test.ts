import { createHash, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makeRepo } from '../repo.ts';
import { GITLAB, run } from './commands.ts';
import { scan } from './tokens.ts';

const GITLEAKS = `[[rules]]\nid = "acme"\ndescription = "Acme key"\nregex = '''acme_([a-z0-9]{24})'''\nvalidate = "x"\n`;
const KEY = ['acme', 'k3v9x0q2m7c5b8n1z6l4w0ty'].join('_');
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

test('the rule file comes on standard output, what could not be carried over beside it', async () => {
  const repo = await makeRepo();
  await repo.write('.gitleaks.toml', GITLEAKS);
  await repo.write('a.yml', `key: ${KEY}\n`);
  const { code, out, err } = await run(repo, ['leak', 'import', 'gitleaks', '.gitleaks.toml']);
  expect(code).toBe(0);
  expect(out).toMatch(/^# made by kei-git leak import gitleaks of \.gitleaks\.toml\n\nschema = "leak-matrix\/1"\nsemantics = "gitleaks"\n/);
  expect(err).toMatch(/^\.gitleaks\.toml:5:1 {2}note {2}validate is not run: kei-git asks no provider \[leak-import\/ignored-key\]\n/);
  expect(err).toMatch(/\n1 note in 1 file and 1 rule\n$/);
  await repo.write('leak-matrix/acme.toml', out);
  const direct = await scan(repo, ['--rules', '.gitleaks.toml', 'a.yml']);
  const ours = await scan(repo, ['a.yml']);
  expect(ours.findings.map(({ rule, start, end }) => [rule, start, end])).toEqual([['leak/acme', 10, 34]]);
  expect(ours.findings).toEqual(direct.findings);
  expect((await run(repo, ['leak', 'lint', 'leak-matrix/acme.toml'])).code).toBe(0);
});

test('--output writes it; what is there already is not written over without --force', async () => {
  const repo = await makeRepo();
  await repo.write('.gitleaks.toml', GITLEAKS);
  const argv = ['leak', 'import', 'gitleaks', '.gitleaks.toml', '--output', 'acme.toml'];
  const first = await run(repo, argv);
  expect([first.code, first.err]).toEqual([0, '']);
  expect(first.out).toContain('1 note in 1 file and 1 rule\n');
  const made = readFileSync(join(repo.dir, 'acme.toml'), 'utf8');
  expect((await run(repo, argv)).code).toBe(0); // the same again
  await repo.write('acme.toml', 'mine\n');
  expect(await run(repo, argv)).toEqual({
    code: 2,
    out: '',
    err: 'kei-git: --output: acme.toml is there already\n  hint: write it over with --force, or take another name\n',
  });
  expect(readFileSync(join(repo.dir, 'acme.toml'), 'utf8')).toBe('mine\n');
  expect((await run(repo, [...argv, '--force'])).code).toBe(0);
  expect(readFileSync(join(repo.dir, 'acme.toml'), 'utf8')).toBe(made);
  expect(readdirSync(repo.dir).sort()).toEqual(['.git', '.gitleaks.toml', 'acme.toml']);
});

test('a rule that is left out is an error; --fail-on note is stricter; the format is that of reports', async () => {
  const folder = await makeFolder();
  const rules = `${GITLEAKS}[[rules]]\nid = "b"\nregex = '''(?=x)'''\n`;
  const left = await run(folder, ['leak', 'import', 'gitleaks', '-'], { stdin: rules });
  expect(left.code).toBe(1);
  expect(left.err).toContain('standard input:8:14  error  expression cannot be compiled: RE2 has no lookaround [leak-import/bad-regex]');
  expect(left.out).toContain('# left out: "b"\n');
  expect((await run(folder, ['leak', 'import', 'gitleaks', '-', '--fail-on', 'note'], { stdin: GITLEAKS })).code).toBe(1);
  const { out, err } = await run(folder, ['leak', 'import', 'gitleaks', '-', '--format', 'json'], { stdin: GITLEAKS });
  expect(out).toContain('[[rules]]');
  expect(JSON.parse(err)).toMatchObject({ findings: [{ rule: 'leak-import/ignored-key', path: 'standard input', line: 5 }] });
});

test('kingfisher: examples become tests that no scan finds and lint runs', async () => {
  const repo = await makeRepo();
  await repo.write(
    'k.yml',
    `rules:\n  - name: GitLab\n    id: acme.gitlab\n    pattern: '\\b(glpat-[A-Za-z0-9]{20})\\b'\n    examples: ['a = "${GITLAB}"']\n`,
  );
  const { code, err } = await run(repo, ['leak', 'import', 'kingfisher', 'k.yml', '--output', 'k.toml']);
  expect([code, err]).toEqual([0, '']);
  expect(readFileSync(join(repo.dir, 'k.toml'), 'utf8')).toContain(`text = '''a = "glpat-{{base62:20}}"'''\nexpect = "hit"\n`);
  expect((await scan(repo, ['k.toml'])).findings).toEqual([]);
  expect((await run(repo, ['leak', 'lint', 'k.toml'])).out).toMatch(/1 rule and 1 test\n$/);
});

test('the original matrix, and one that the settings import', async () => {
  const repo = await makeRepo();
  await repo.write('m.toml', `[[rule]]\nid = "host"\npattern = 'corp\\.acme'\nseverity = "substitute"\nsubstitute_with = "example.com"\n`);
  expect((await run(repo, ['leak', 'import', 'kei-leak-matrix', 'm.toml'])).out).toContain(
    '[rules.replace]\nmode = "value"\nvalue = "example.com"\n',
  );
  await repo.write(
    'leak-matrix/a.toml',
    'schema = "leak-matrix/1"\n[extend]\nimports = [{ format = "kei-leak-matrix", path = "m.toml" }]\n',
  );
  await repo.write('x.txt', 'at db.corp.acme\n');
  expect((await scan(repo, ['x.txt'])).findings.map(({ rule, line, column }) => [rule, line, column])).toEqual([['leak/host', 1, 7]]);
  await repo.write('m.toml', `[[rule]]\nid = "host"\npattern = '(?=x)'\n`);
  expect(await run(repo, ['leak', 'scan', 'x.txt'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('m.toml:3:1: the rule is left out: RE2 has no lookaround at character 3'),
  });
});

const baseline = (entries: readonly Readonly<Record<string, unknown>>[]): string => {
  const results: Record<string, unknown[]> = {};
  for (const entry of entries) (results[String(entry['filename'])] ??= []).push(entry);
  return JSON.stringify({ version: '1.5.0', results }, undefined, 2);
};

test('a baseline of detect-secrets lets stay what has its digests, each in its file', async () => {
  const repo = await makeRepo();
  const other = ['glpat', 'Zr5TyUw3Vbx8Kd02mLq9'].join('-');
  await repo.write('a.yml', `token: ${GITLAB}\n`);
  await repo.write('b.yml', `token: ${GITLAB}\nother: ${other}\n`);
  await repo.write('c.yml', `token: ${other}\n`);
  await repo.write(
    '.secrets.baseline',
    baseline([
      { type: 'GitLab Token', filename: 'a.yml', hashed_secret: sha1(GITLAB), is_secret: false },
      { type: 'GitLab Token', filename: 'b.yml', hashed_secret: sha1(other) },
      { type: 'GitLab Token', filename: 'c.yml', hashed_secret: sha1(other), is_secret: true },
      { type: 'Secret Keyword', filename: 'b.yml', hashed_secret: sha1('gone') },
      { type: 'JSON Web Token', filename: 'd.yml', hashed_secret: sha1('x'), is_verified: true },
    ]),
  );
  const argv = ['leak', 'import', 'detect-secrets', '.secrets.baseline'];
  const { code, out, err } = await run(repo, argv);
  expect([code, out]).toEqual([0, '.kei/ignores.toml: 2 findings recorded; commit the file, so that it holds for everybody\n']);
  expect(
    err
      .split('\n')
      .filter((line) => line.includes('leak-import/'))
      .map((line) => line.replace(/^.*?:\d+:\d+ {2}/, '')),
  ).toEqual([
    'note  "Secret Keyword" in "b.yml": no finding of ours in that file has this digest [leak-import/no-match]',
    'warning  "GitLab Token" in "c.yml" was called a secret in the audit: it is no exception here [leak-import/revoke]',
    'warning  "JSON Web Token" in "d.yml" was live when it was verified: it is no exception here [leak-import/revoke]',
  ]);
  const ignores = readFileSync(join(repo.dir, '.kei/ignores.toml'), 'utf8');
  expect(ignores).toMatch(
    /^\[\[baseline\]\]\nrule = "leak\/gitlab-access-token"\nfingerprint = "kei1:[a-z2-7]{26}"\npath = "a\.yml"\nreason = "detect-secrets baseline: audited, no secret"\n\n\[\[baseline\]\]\nrule = "leak\/gitlab-access-token"\nfingerprint = "kei1:[a-z2-7]{26}"\npath = "b\.yml"\nreason = "detect-secrets baseline"\n$/,
  );
  const { findings } = await scan(repo);
  expect(findings.map(({ path, line, severity }) => [path, line, severity])).toEqual([
    ['a.yml', 1, 'note'],
    ['b.yml', 1, 'error'],
    ['b.yml', 2, 'note'],
    ['c.yml', 1, 'error'],
  ]);
  expect((await run(repo, argv)).out).toBe('.kei/ignores.toml: nothing to add\n');
  expect(out + err + ignores).not.toContain('glpat');
});

test('what detect-secrets takes for the secret may be less or more than what we do', async () => {
  const repo = await makeRepo();
  await repo.write('a.yml', `url: https://jane:${GITLAB}@git.acme-corp.net/x\n`);
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await repo.write('key.pem', privateKey);
  await repo.write(
    '.secrets.baseline',
    baseline([
      { type: 'Basic Auth Credentials', filename: 'a.yml', hashed_secret: sha1(GITLAB) },
      { type: 'Private Key', filename: 'key.pem', hashed_secret: sha1('BEGIN RSA PRIVATE KEY') },
    ]),
  );
  const { out } = await run(repo, ['leak', 'import', 'detect-secrets', '.secrets.baseline']);
  expect(out).toMatch(/^\.kei\/ignores\.toml: 2 findings recorded/);
  expect((await scan(repo)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('wrong calls and files are told, with nothing written', async () => {
  const repo = await makeRepo();
  const err = async (...argv: string[]): Promise<readonly [number, string]> => {
    const ran = await run(repo, ['leak', 'import', ...argv], { stdin: '' });
    return [ran.code, ran.err.split('\n')[0] ?? ''];
  };
  expect(await err('trivy', 'x')).toMatchObject([2, expect.stringContaining('trivy')]);
  expect(await err('gitleaks', 'none.toml')).toEqual([2, 'kei-git: none.toml does not exist']);
  await repo.write('x.bin', Buffer.from([0xff, 0xfe, 0, 1]));
  await repo.write('big.yml', `rules:\n${' '.repeat(9 * 2 ** 20)}`);
  expect(await err('gitleaks', 'x.bin')).toEqual([2, 'kei-git: x.bin: this is UTF-16, TOML is UTF-8']);
  expect(await err('kingfisher', 'x.bin')).toEqual([2, 'kei-git: x.bin: not UTF-8']);
  for (const format of ['gitleaks', 'kingfisher', 'kei-leak-matrix'])
    expect(await err(format, 'big.yml')).toEqual([2, 'kei-git: big.yml: files of more than 8 MiB are not imported']);
  expect(await err('kingfisher', '-')).toEqual([
    2,
    'kei-git: standard input:1:1: a file of kingfisher has its rules in a list below "rules:"',
  ]);
  expect(await err('detect-secrets', '-', '--output', 'x')).toEqual([2, 'kei-git: leak import: --output is not for detect-secrets']);
  expect(await err('detect-secrets', 'x.bin')).toEqual([2, 'kei-git: x.bin: not UTF-8']);
  expect((await repo.git('status', '--porcelain')).split('\n').sort()).toEqual(['?? big.yml', '?? x.bin']);
  const bare = await makeRepo({ bare: true });
  expect((await run(bare, ['leak', 'import', 'detect-secrets', '-'], { stdin: '{"results": {}}' })).code).toBe(2);
});
