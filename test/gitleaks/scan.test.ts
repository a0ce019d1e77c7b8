import { mkdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { renderGitleaksCsv } from '../../src/report/gitleaks.ts';
import { selection } from '../../src/gitleaks/log-options.ts';
import { main } from '../../src/cli.ts';
import { captured, type Overrides } from '../captured.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { memoryCache, run as runPlain, type Ran } from '../leak/commands.ts';
import { drawn, GITHUB_RULE, githubToken } from '../leak/tokens.ts';

const A = githubToken('drop-in a');
const B = githubToken('drop-in b');
const C = githubToken('drop-in c');
const ACME = `acme_${drawn('acme', 24)}`;
const ID = GITHUB_RULE.slice('leak/'.length);
const line = (token: string): string => `token = "${token}"\n`;
const RULE = `[[rules]]\nid = "acme"\ndescription = "Acme key"\nregex = '''acme_[A-Za-z0-9]{24}'''\n`;

type Leak = Readonly<Record<string, string | number | readonly string[]>>;
interface Reported extends Ran {
  readonly leaks: readonly Leak[];
}

const noSecret = (text: string): void => {
  for (const secret of [A, B, C, ACME]) expect(text.includes(secret)).toBe(false);
};

/** `kei-git leak scan …` with a JSON report on standard output. */
/** Compiled rules are kept from test to test. */
const cache = memoryCache();
const run: typeof runPlain = (where, argv, overrides) => runPlain(where, argv, { cache, ...overrides });

const report = async (where: TestRepo | string, argv: readonly string[], overrides: Overrides = {}): Promise<Reported> => {
  const ran = await run(where, ['leak', 'scan', ...argv, '--report-format', 'json', '--report-path', '-'], overrides);
  noSecret(ran.out + ran.err);
  return { ...ran, leaks: ran.out === '' ? [] : (JSON.parse(ran.out) as Leak[]) };
};
const places = ({ leaks }: Reported): string[] => leaks.map(({ Fingerprint }) => String(Fingerprint));
const last = ({ err }: Ran): string | undefined => err.trimEnd().split('\n').at(-1);

/** A token that came and went, one that stays, one that is staged, one that is only on disk and one that git ignores. */
const history = async (): Promise<{ readonly repo: TestRepo; readonly commits: readonly [string, string, string] }> => {
  const repo = await makeRepo();
  await repo.write('src/a.txt', `first\n${line(A)}`);
  const first = await repo.commit('add a');
  await repo.write('src/a.txt', 'first\n');
  await repo.write('b.txt', line(B));
  const second = await repo.commit(`take a out\n\nit was ${A}`);
  await repo.write('b.txt', `${line(B)}more\n`);
  const third = await repo.commit('more');
  await repo.write('.gitignore', 'ignored.txt\n');
  await repo.write('staged.txt', line(C));
  await repo.git('add', '.');
  await repo.write('ignored.txt', line(C));
  return { repo, commits: [first, second, third] };
};

describe('what is looked at', () => {
  test('git: each commit that any ref reaches, a line where it was added', async () => {
    const { repo, commits } = await history();
    const [first, second] = commits;
    const ran = await report(repo, ['git']);
    expect(ran.code).toBe(1);
    expect(places(ran)).toEqual([`${second}::${ID}:3`, `${second}:b.txt:${ID}:1`, `${first}:src/a.txt:${ID}:2`].toSorted());
    expect(last(ran)).toBe('leaks found: 3');
  });

  test('detect is git, with --source; from another folder too', async () => {
    const { repo, commits } = await history();
    const [first, second] = commits;
    const all = [`${second}::${ID}:3`, `${second}:b.txt:${ID}:1`, `${first}:src/a.txt:${ID}:2`].toSorted();
    expect(places(await report(repo, ['detect', '--source', '.']))).toEqual(all);
    const folder = await makeFolder();
    for (const argv of [
      ['detect', '-s', repo.dir],
      ['git', repo.dir],
      ['detect', `--source=${repo.dir}`],
    ])
      expect(places(await report(folder, argv, { env: repo.env }))).toEqual(all);
  });

  test('--log-opts chooses commits', async () => {
    const { repo, commits } = await history();
    const [first, second, third] = commits;
    const b = `${second}:b.txt:${ID}:1`;
    const cases: readonly (readonly [string, readonly string[]])[] = [
      [`${first}..${third}`, [`${second}::${ID}:3`, b]],
      [`--all ${second}..`, []],
      ['-1', []],
      ['-n 1 HEAD~2', [`${first}:src/a.txt:${ID}:2`]],
      ['--since="2100-01-01"', []],
      ['--grep "take a out"', [`${second}::${ID}:3`, b]],
    ];
    for (const [opts, found] of cases)
      expect([opts, places(await report(repo, ['git', '--log-opts', opts]))]).toEqual([opts, [...found].toSorted()]);
    const wrong = await run(repo, ['leak', 'scan', 'git', '--log-opts', 'nothing..HEAD']);
    expect([wrong.code, wrong.out]).toEqual([3, '']);
  });

  test('--staged, protect --staged, --pre-commit and protect', async () => {
    const { repo } = await history();
    const staged = [`staged.txt:${ID}:1`];
    for (const argv of [
      ['git', '--staged'],
      ['git', '--pre-commit', '--staged', '--redact', '--verbose'],
      ['protect', '--staged'],
    ])
      expect([argv, places(await report(repo, argv)), await ran(repo, argv)]).toEqual([argv, staged, ['1']]);
    await repo.write('b.txt', `${line(B)}${line(A)}`);
    for (const argv of [['git', '--pre-commit'], ['protect']]) expect(places(await report(repo, argv))).toContain(`b.txt:${ID}:2`);
  });

  const ran = async (repo: TestRepo, argv: readonly string[]): Promise<string[]> => {
    const { code, out, err } = await run(repo, ['leak', 'scan', ...argv]);
    noSecret(out + err);
    return [String(code)];
  };

  test('dir: every file on disk, what git ignores too; paths are told from where it is started', async () => {
    const { repo } = await history();
    await symlink('ignored.txt', join(repo.dir, 'link.txt'));
    const all = [`b.txt:${ID}:1`, `ignored.txt:${ID}:1`, `staged.txt:${ID}:1`];
    for (const argv of [['dir'], ['dir', '.'], ['directory', '.'], ['detect', '--no-git'], ['dir', '--follow-symlinks', './']])
      expect([argv, places(await report(repo, argv))]).toEqual([argv, all]);
    await repo.write('deep/er/x.txt', line(C));
    expect(places(await report(repo, ['dir', 'deep']))).toEqual([`deep/er/x.txt:${ID}:1`]);
    expect(places(await report(repo, ['file', 'deep/er/x.txt']))).toEqual([`deep/er/x.txt:${ID}:1`]);
    expect(places(await report(join(repo.dir, 'deep/er'), ['dir', '..'], { env: repo.env }))).toEqual([`../er/x.txt:${ID}:1`]);
    const outside = await makeFolder();
    expect(places(await report(outside, ['dir', repo.dir]))).toEqual(
      ['b.txt', 'deep/er/x.txt', 'ignored.txt', 'staged.txt'].map((path) => `${repo.dir}/${path}:${ID}:1`),
    );
  });

  test('stdin, and detect --pipe; flags may stand before the word', async () => {
    const folder = await makeFolder();
    for (const argv of [['stdin'], ['detect', '--pipe'], ['-v', '--no-banner', 'stdin'], ['--redact=50', '--config', 'x.toml', 'stdin']]) {
      await writeFile(join(folder, 'x.toml'), '[extend]\nuseDefault = true\n');
      const { code, leaks } = await report(folder, argv, { stdin: `\n${line(A)}` });
      expect([code, leaks.map(({ File, Fingerprint }) => [File, Fingerprint])]).toEqual([1, [['', `:${ID}:2`]]]);
    }
  });
});

describe('what is told', () => {
  test('the fields of gitleaks’ JSON, and nothing secret in any', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', `x\n  key: "${A}" # é\n`);
    await repo.gitWith({ env: {} }, 'config', 'user.name', 'x');
    const commit = await repo.commit(`add ${A}\n\nand why`);
    const { leaks } = await report(repo, ['git']);
    expect(leaks[1]).toEqual({
      RuleID: ID,
      Description: 'GitHub personal access token (classic)',
      StartLine: 2,
      EndLine: 2,
      StartColumn: 9,
      EndColumn: 48,
      Match: 'REDACTED',
      Secret: 'REDACTED',
      File: 'a.txt',
      SymlinkFile: '',
      Commit: commit,
      Entropy: expect.closeTo(4.5, 0),
      Author: 'A U Thor',
      Email: 'author@example.com',
      Date: '2023-11-14T22:13:20Z',
      Message: 'add ***\n\nand why',
      Tags: [],
      Fingerprint: `${commit}:a.txt:${ID}:2`,
    });
    expect(leaks[0]).toMatchObject({ File: '', Commit: commit, StartLine: 1, Entropy: 0 });
  });

  test('a term is taken out of what people wrote, however it is spelled there', async () => {
    const repo = await makeRepo();
    await run(repo, ['leak', 'term', 'add', '--plain'], { stdin: 'umber gannet\n' });
    await repo.write('a.txt', line(A));
    await repo.commit('first of UmberGannet, and umber_gannet');
    const { leaks, out } = await report(repo, ['git']);
    expect(leaks.find(({ File }) => File === 'a.txt')).toMatchObject({ Message: 'first of ***, and ***' });
    expect(out).not.toMatch(/gannet/i);
  });

  test('a secret that only its line gives away is taken out of what people wrote', async () => {
    const repo = await makeRepo();
    const word = drawn('weak', 14);
    await repo.write('settings.py', `DB_PASSWORD = "${word}"\n`);
    await repo.commit(`set the password to ${word} for now`);
    const { out } = await run(repo, ['leak', 'scan', 'git', '-r', '-']);
    const [leak] = JSON.parse(out) as Leak[];
    expect(leak).toMatchObject({ File: 'settings.py', Entropy: 0, Message: 'set the password to *** for now' });
    expect(out).not.toContain(word);
  });

  test('report files: the format by name or ending; in place of an older one', async () => {
    const { repo } = await history();
    for (const [argv, starts] of [
      [['-r', 'x.json'], '[\n {\n  "RuleID": '],
      [['--report-path=x.csv'], 'RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,'],
      [['-f', 'json', '-r', 'report.txt'], '[\n {'],
      [['-r', 'x.sarif'], '{\n'],
      [['-r', 'junit.xml'], '<?xml'],
      [['-f', 'junit', '-r', 'x.foo'], '<?xml'],
    ] as const) {
      const path = argv.at(-1)?.replace(/^.*=/, '') ?? '';
      await repo.write(path, 'older\n');
      const { code, out, err } = await run(repo, ['leak', 'scan', 'git', ...argv]);
      expect([code, out, err.split('\n').at(-2)]).toEqual([1, '', 'leaks found: 3']);
      const text = readFileSync(join(repo.dir, path), 'utf8');
      expect(text.startsWith(starts)).toBe(true);
      noSecret(text);
    }
  });

  test('nothing found: [] in JSON, nothing in CSV, exit 0', async () => {
    const folder = await makeFolder();
    for (const [format, text] of [
      ['json', '[]\n'],
      ['csv', ''],
    ] as const) {
      const { code, out, err } = await run(folder, ['leak', 'scan', 'dir', '.', '-f', format, '-r', '-']);
      expect([code, out, err.split('\n').at(-2)]).toEqual([0, text, 'no leaks found']);
    }
  });

  test('-v prints findings; a report on standard output stays alone there; --log-level error is quiet', async () => {
    const { repo } = await history();
    const loud = await run(repo, ['leak', 'scan', 'dir', '-v', '--no-color', '-l', 'debug']);
    expect(loud.out).toContain(`b.txt:1:10  error  GitHub personal access token (classic) [${GITHUB_RULE}]\n`);
    expect(loud.err).toBe('leaks found: 3\n');
    const both = await run(repo, ['leak', 'scan', 'dir', '-v', '-r', '-']);
    expect((JSON.parse(both.out) as unknown[]).length).toBe(3);
    expect(both.err).toContain('b.txt:1:10  error');
    for (const device of ['/dev/stdout', '/dev/null']) {
      const { out, code } = await run(repo, ['leak', 'scan', 'dir', '-l', 'fatal', '-r', device]);
      expect([code, out !== '']).toEqual([1, device === '/dev/stdout']);
    }
    expect((await run(repo, ['leak', 'scan', 'dir', '--log-level', 'error'])).err).toBe('');
  });

  test.for([
    { argv: [], code: 1 },
    { argv: ['--exit-code', '7'], code: 7 },
    { argv: ['--exit-code=0'], code: 0 },
    { argv: ['--exit-code', '255'], code: 255 },
  ])('exit code $argv: $code', async ({ argv, code }) => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), line(A));
    expect((await run(folder, ['leak', 'scan', 'dir', ...argv])).code).toBe(code);
    await writeFile(join(folder, 'a.txt'), 'nothing\n');
    expect((await run(folder, ['leak', 'scan', 'dir', ...argv])).code).toBe(0);
  });

  test('hostile words in CSV are text', () => {
    const finding = { rule: 'leak/a', severity: 'error', message: 'm', fingerprint: 'f', line: 1 } as const;
    const leak = { finding, file: '=a,"b"\nc', entropy: 0, author: '@x', email: '', date: '', message: '-1', tags: ['t', 'u'] };
    expect(renderGitleaksCsv([leak])).toBe(
      `RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine,StartColumn,EndColumn,Author,Message,Date,Email,Fingerprint,Tags\na,,"'=a,""b""\nc",,REDACTED,REDACTED,1,1,0,0,'@x,'-1,,,"'=a,""b""\nc:a:1",t u\n`,
    );
  });
});

describe('rules and exceptions', () => {
  const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const folder = await makeFolder();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return folder;
  };
  const found = async (folder: string, argv: readonly string[] = [], overrides: Overrides = {}): Promise<string[]> =>
    (await report(folder, ['dir', ...argv], overrides)).leaks.map(({ RuleID, File }) => `${String(RuleID)} ${String(File)}`);

  test('which rules hold: --config, then the environment, then the folder’s own file', async () => {
    const folder = await folderWith({
      'a.txt': line(A) + ACME,
      '.gitleaks.toml': RULE.replace('"acme"', '"from-folder"'),
      'conf/named.toml': RULE,
      'conf/more.toml': `[extend]\nuseDefault = true\n${RULE}`,
    });
    expect(await found(folder)).toEqual(['from-folder a.txt']);
    expect(await found(folder, ['-c', 'conf/named.toml'])).toEqual(['acme a.txt']);
    expect(await found(folder, ['--config=conf/more.toml'])).toEqual([`${ID} a.txt`, 'acme a.txt']);
    for (const name of ['GITLEAKS_CONFIG', 'BETTERLEAKS_CONFIG']) {
      expect(await found(folder, [], { env: { [name]: 'conf/named.toml' } })).toEqual(['acme a.txt']);
      expect(await found(folder, ['-c', 'conf/more.toml'], { env: { [name]: 'conf/named.toml' } })).toHaveLength(2);
      expect(await found(folder, [], { env: { [`${name}_TOML`]: RULE.replace('acme"', 'env"') } })).toEqual(['env a.txt']);
    }
  });

  test('--config may loosen: the person named it', async () => {
    const folder = await folderWith({
      'a.txt': line(A),
      'c.toml': "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['a']\n",
      'home/.config/kei-git/config.toml': '[leak]\ndecode = 2\n',
    });
    const env = { XDG_CONFIG_HOME: join(folder, 'home/.config') };
    expect(await found(folder, [], { env })).toEqual([`${ID} a.txt`]);
    expect(await found(folder, ['-c', 'c.toml'], { env })).toEqual([]);
  });

  test('--enable-rule, by our name or gitleaks’, in a list; one that is hidden by a better one is found by itself', async () => {
    const folder = await folderWith({ 'a.txt': line(A), 'b.txt': ACME, 'c.toml': `[extend]\nuseDefault = true\n${RULE}` });
    expect(await found(folder, ['--enable-rule', 'github-pat'])).toEqual([`${ID} a.txt`]);
    expect(await found(folder, ['--enable-rule', 'acme', '-c', 'c.toml'])).toEqual(['acme b.txt']);
    expect(await found(folder, ['--enable-rule', 'jwt,github-pat', '--enable-rule=acme', '-c', 'c.toml'])).toHaveLength(2);
    expect(await found(folder, ['--enable-rule', 'jwt'])).toEqual([]);
    const wrong = await run(folder, ['leak', 'scan', 'dir', '--enable-rule', 'github-pta']);
    expect([wrong.code, wrong.err]).toEqual([2, 'kei-git: no rule "github-pta"\n  hint: kei-git leak list shows the rules\n']);
  });

  test('gitleaks:allow counts, unless --ignore-gitleaks-allow; .gitleaksignore, and one that is named', async () => {
    const folder = await folderWith({
      'a.txt': `key = "${A}" # gitleaks:allow\n`,
      'b.txt': line(B),
      'c.txt': line(C),
      '.gitleaksignore': 'b.txt:github-pat:1\n',
      'more/.gitleaksignore': `c.txt:${ID}:1\n`,
    });
    expect(await found(folder)).toEqual([`${ID} c.txt`]);
    expect(await found(folder, ['--ignore-gitleaks-allow'])).toEqual([`${ID} a.txt`, `${ID} c.txt`]);
    for (const path of ['more', 'more/.gitleaksignore']) expect(await found(folder, ['-i', path])).toEqual([]);
    const wrong = await run(folder, ['leak', 'scan', 'dir', '-i', 'nowhere']);
    expect([wrong.code, wrong.err]).toEqual([2, 'kei-git: --gitleaks-ignore-path: no file nowhere\n']);
    const rules = await folderWith({ 'a.txt': `${ACME} # gitleaks:allow\n`, '.gitleaks.toml': RULE });
    expect(await found(rules)).toEqual([]);
    expect(await found(rules, ['--ignore-gitleaks-allow'])).toEqual(['acme a.txt']);
  });

  test('--max-archive-depth', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt.gz'), gzipSync(line(A)));
    expect(await found(folder)).toEqual([]);
    expect(await found(folder, ['--max-archive-depth', '1'])).toEqual([`${ID} a.txt.gz!/a.txt`]);
  });

  test('--max-decode-depth and --max-target-megabytes', async () => {
    const folder = await folderWith({ 'a.txt': Buffer.from(line(A)).toString('base64'), 'b.txt': line(B) + ' '.repeat(1_500_000) });
    expect(await found(folder)).toEqual([`${ID} a.txt`, `${ID} b.txt`]);
    expect(await found(folder, ['--max-decode-depth', '0'])).toEqual([`${ID} b.txt`]);
    const { err } = await report(folder, ['dir', '--max-target-megabytes', '1']);
    expect(err).toContain('1 file skipped: larger than 976 KiB (--max-file-size) (b.txt)\n');
    expect(await found(folder, ['--max-target-megabytes', '0'])).toHaveLength(2);
  });
});

describe('what cannot be done is said', () => {
  test.for([
    [['git', '--report-template', 'x.tmpl'], 'reports from a template are not supported'],
    [['dir', '-f', 'template', '-r', 'x'], 'reports from a template are not supported'],
    [['dir', '--diagnostics', 'cpu'], '--diagnostics is gitleaks’ own profiling'],
    [['dir', '--redact=much'], "--redact can't be that"],
    [['dir', '--exit-code', '300'], 'leak scan dir: --exit-code can\'t be "300"'],
    [['dir', '-r', 'report.foo'], '--report-path: which format?'],
    [['dir', 'nowhere'], 'no such file or folder: nowhere'],
    [['git', '--config', 'nowhere.toml'], '--config: no file nowhere.toml'],
    [['git', '--baseline-path', 'nowhere.json'], '--baseline-path: no file nowhere.json'],
    [['git', '--log-opts', '--output=x'], '--log-opts: "--output=x" is not supported'],
    [['git', '--log-opts', 'HEAD -- src'], '--log-opts: "-- src" is not supported'],
    [['git', '--log-opts', '--all "x'], '--log-opts: a quote is not closed'],
    [['git', '.'], 'not in a git repository'],
    [['stdin', 'x'], 'leak scan stdin: unexpected argument "x"'],
    [['dir', '--stagd'], 'leak scan dir: unknown option "--stagd"'],
    [['git', '--stagd'], 'leak scan git: unknown option "--stagd"'],
    [['--stagd'], 'leak scan: unknown option "--stagd"'],
  ] as const)('%j', async ([argv, message]) => {
    const { code, out, err } = await run(await makeFolder(), ['leak', 'scan', ...argv]);
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', `kei-git: ${message}`]);
  });

  test('a suggestion for a flag that is nearly one', async () => {
    const { err } = await run(await makeFolder(), ['leak', 'scan', 'git', '--report-pth', 'x']);
    expect(err).toContain('hint: did you mean --report-path?');
  });

  test('a folder for the report that is not there: before anything is looked at; a folder in its place: printed', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), line(A));
    await mkdir(join(folder, 'taken.json'));
    const missing = await run(folder, ['leak', 'scan', 'dir', '-r', 'no/x.json']);
    expect([missing.code, missing.out, missing.err]).toEqual([
      3,
      '',
      'kei-git: --report-path: there is no folder for no/x.json\n  hint: mkdir -p no\n',
    ]);
    const taken = await run(folder, ['leak', 'scan', 'dir', '-r', 'taken.json']);
    expect([taken.code, JSON.parse(taken.out)]).toEqual([3, [expect.objectContaining({ RuleID: ID })]]);
    noSecret(taken.out + taken.err);
  });

  test('what makes no difference is noted', async () => {
    const { code, err } = await run(await makeFolder(), [
      'leak',
      'scan',
      'detect',
      '--no-git',
      '--follow-symlinks',
      '--log-opts',
      '-1',
      '-f',
      'json',
    ]);
    expect(code).toBe(0);
    expect(err.split('\n').filter((text) => text.startsWith('note: '))).toEqual([
      'note: --follow-symlinks: symbolic links are not followed',
      'note: --log-opts: no commits are looked at',
      'note: --report-format: no report is written without --report-path',
    ]);
  });

  test('a word that is also a file here may mean either: nobody guesses', async () => {
    const repo = await makeRepo();
    await repo.write('dir/a.txt', line(A));
    await repo.commit();
    const { code, err } = await run(repo, ['leak', 'scan', 'dir']);
    expect([code, err]).toEqual([
      2,
      'kei-git: "dir" is a folder here, and gitleaks’ command\n  hint: to look at it: kei-git leak scan ./dir\n  hint: as gitleaks does: kei-git leak scan dir .\n',
    ]);
    expect((await run(repo, ['leak', 'scan', './dir'])).code).toBe(1);
    expect((await run(repo, ['leak', 'scan', 'dir', '.'])).code).toBe(1);
    expect((await run(repo, ['leak', 'scan', 'dir', '--redact'])).code).toBe(1);
  });

  test('--timeout: what is not done by then is not done', async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      await new Promise((resolve) => setTimeout(resolve, 1200));
      yield Buffer.from(line(A));
    }
    const context = { ...captured(await makeFolder()), stdin: slow() };
    const code = await main(['leak', 'scan', 'stdin', '--timeout', '1'], context);
    expect([code, context.out(), context.err()]).toEqual([3, '', 'kei-git: not done within 1 second (--timeout)\n']);
    expect((await run(await makeFolder(), ['leak', 'scan', 'dir', '--timeout', '60'])).code).toBe(0);
  });

  test('what cannot be looked at is 3 in CI, whatever --exit-code says', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.txt'), line(A));
    await writeFile(join(folder, 'b.txt'), 'x', { mode: 0 });
    if (process.getuid?.() === 0) return; // root reads everything
    expect((await run(folder, ['leak', 'scan', 'dir', '--exit-code', '0'], { ci: true })).code).toBe(3);
  });
});

describe('--log-opts', () => {
  test.for([
    [undefined, ['--all']],
    ['', ['--all']],
    ['a..b', ['a..b']],
    ['--all  a..b', ['--all', 'a..b']],
    ['-1', ['-1', 'HEAD']],
    ['-n 3', ['--max-count=3', 'HEAD']],
    ['-n3 main', ['-n3', 'main']],
    [`--since='2 weeks ago' --author "A B"`, ['--since=2 weeks ago', '--author=A B', 'HEAD']],
    ['--since=2.weeks --no-merges --branches=rel/*', ['--since=2.weeks', '--no-merges', '--branches=rel/*']],
    [String.raw`a\ b`, ['a b']],
    ['-p -U0 --full-history --all --diff-filter=tuxdb', ['--full-history', '--all']],
  ] as const)('%j', ([text, args]) => {
    expect(selection(text)).toEqual(args);
  });

  test.for([
    '--output=/tmp/x',
    '--exec=x',
    '-S x',
    '--stdin',
    '--disk-usage',
    '--bisect',
    '--use-bitmap-index',
    '-- a',
    '--format=%H',
    '-Gx',
    '--since',
  ])('%s is refused', (text) => {
    expect(() => selection(text)).toThrow(/^--log-opts: /);
  });
});
