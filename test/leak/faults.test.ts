import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, PROGRAM, runProgram, shell, startProgram, type Ended } from '../program.ts';
import { isolatedEnv, makeFolder, makeRepo } from '../repo.ts';
import { run } from './commands.ts';
import { GITHUB_RULE, githubToken, placesOf, scan } from './tokens.ts';

const A = githubToken('faults a');
const line = (token: string): string => `token = "${token}"\n`;
const isRoot = process.getuid?.() === 0;
const startIn = async (cwd: string): Promise<{ cwd: string; env: Record<string, string> }> => ({
  cwd,
  env: isolatedEnv(await makeFolder()),
});

describe('rule files', () => {
  const OURS = 'schema = "leak-matrix/1"\n';
  const rule = (more: string): string => `[[rules]]\nid = "mine"\ndescription = "mine"\n${more}\n`;
  test.for([
    ['not TOML', 'rules = [', /rules\.toml:1:\d+: /],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x41]), /rules\.toml/],
    ['an unknown key', OURS + rule(`regex = 'a'\npatern = 'b'`), /rules\.toml:6:1: .*patern/],
    ['no expression', OURS + rule(''), /rules\.toml:2:1: /],
    ['an expression that is none', OURS + rule(`regex = '(a'`), /rules\.toml:5:\d+: /],
    ['look-behind', OURS + rule(`regex = '(?<=a)b'`), /rules\.toml:5:\d+: .*lookaround/],
    ['a million instructions', OURS + rule(`regex = '((a{1,1000}){1,1000}){1,1000}b'`), /rules\.toml/],
    ['two rules of one id', OURS + rule(`regex = 'a'`) + rule(`regex = 'b'`), /rules\.toml:6:\d+: .*mine/],
    ['a neighbour that is not there', OURS + rule(`regex = 'a'\n[[rules.required]]\nid = "other"`), /rules\.toml:2:1: .*"other"/],
    ['a wrong type', OURS + rule('regex = 3'), /rules\.toml:5:\d+: /],
  ] as const)('%s: exit 2, and where it is', async ([, content, message]) => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'rules.toml'), content);
    writeFileSync(join(dir, 'a.txt'), line(A));
    const { code, out, err } = await scan(dir, ['--rules', join(dir, 'rules.toml')]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^kei-git: /);
    expect(err).toMatch(message);
  });

  test.for([
    ['(a+)+$', 'a'.repeat(50_000) + '!'],
    ['(a|a)*b', 'a'.repeat(50_000)],
    ['(.*)(.*)(.*)(.*)x$', 'ab'.repeat(3000)],
    ['x*', '\u{1f600}'.repeat(2000)],
    ['(?:)', 'abc'],
    ['\\b', 'a b \u{1f600}'],
    ['(|a)*', 'aaa\u{1f600}'],
    ['[^x]', '\u{1f600}'.repeat(2000)],
  ] as const)('a hostile expression ends: %s', async ([pattern, text]) => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'rules.toml'), `[[rules]]\nid = "mine"\ndescription = "mine"\nregex = '''${pattern}'''\n`);
    writeFileSync(join(dir, 'a.txt'), text);
    const child = startProgram(
      ['leak', 'scan', '--no-builtin', '--rules', 'rules.toml', '--format', 'json', join(dir, 'a.txt')],
      await startIn(dir),
    );
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const { code, signal } = await ended(child);
    clearTimeout(timer);
    expect(signal).toBe(null);
    expect([0, 1, 2]).toContain(code);
  });
});

describe('what stands in a folder', () => {
  test('a path with a newline, one that is no UTF-8, one with an escape sequence', async () => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'a\nb.txt'), line(A));
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/c`), Buffer.from([0xff]), Buffer.from('%.txt')]), line(A));
    writeFileSync(join(dir, 'd\u001b[31m.txt'), line(A));
    const { findings } = await scan(dir);
    expect(findings.map(({ path }) => path)).toEqual(['a\nb.txt', 'c%FF%25.txt', 'd\u001b[31m.txt']);
    for (const format of ['text', 'json', 'sarif', 'junit', 'github']) {
      const { out, err } = await run(dir, ['leak', 'scan', '--format', format]);
      expect(out).not.toContain('\u001b');
      expect(out).not.toContain('a\nb.txt');
      expect(err).toBe('');
    }
  });

  test('a FIFO, a socket, a symlink loop, a link out of it: named or counted, not opened', async () => {
    const dir = await makeFolder();
    const outside = await makeFolder();
    writeFileSync(join(outside, 'secret.txt'), line(A));
    expect(spawnSync('mkfifo', [join(dir, 'pipe')]).status).toBe(0);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(dir, 'sock'), resolve));
    mkdirSync(join(dir, 'sub'));
    symlinkSync('..', join(dir, 'sub/up'));
    symlinkSync('loop', join(dir, 'loop'));
    symlinkSync(outside, join(dir, 'out'));
    writeFileSync(join(dir, 'a.txt'), line(A));
    try {
      const { code, findings, skipped } = await scan(dir);
      expect([code, placesOf(findings)]).toEqual([1, ['a.txt:1']]);
      expect(skipped).toEqual([
        { reason: '3 symbolic links were not followed', kind: 'policy' },
        { path: 'pipe', reason: 'a FIFO', kind: 'policy' },
        { path: 'sock', reason: 'a socket', kind: 'policy' },
      ]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  // Root may read everything, so as root the test looks as another user; where that one cannot read the program either, it says so.
  test.runIf(process.platform === 'linux')('no read permission: failed, and 3 in CI', async ({ skip }) => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'b.txt'), line(A));
    chmodSync(dir, 0o755);
    await scan(dir); // loads what it needs
    writeFileSync(join(dir, 'a.txt'), line(A), { mode: 0 });
    if (isRoot) process.seteuid?.(65534);
    try {
      if (!existsSync(PROGRAM)) {
        console.warn('A FILE WITHOUT READ PERMISSION IS NOT TESTED HERE: this clone is for root only');
        skip();
      }
      for (const ci of [false, true]) {
        const { code, findings, skipped } = await scan(dir, [], { ci });
        expect([code, placesOf(findings)]).toEqual([ci ? 3 : 1, ['b.txt:1']]);
        expect(skipped).toEqual([{ path: 'a.txt', reason: 'permission denied', kind: 'failed' }]);
      }
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('a line of 50 MB', async () => {
    const dir = await makeFolder();
    const half = Buffer.alloc(25_000_000, 'abcdefghij ');
    writeFileSync(join(dir, 'a.txt'), Buffer.concat([half, Buffer.from(` ${line(A).trim()} `), half]));
    const { code, findings } = await scan(dir);
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ rule: GITHUB_RULE, line: 1, start: 25_000_010, column: 25_000_011 }]);
  }, 60_000);

  test('a file larger than what is held is scanned in pieces, up to its last byte', async () => {
    const dir = await makeFolder();
    const file = join(dir, 'a.txt');
    const row = Buffer.from(`${'lorem ipsum '.repeat(85)}end\n`); // 1024 bytes
    const mega = Buffer.alloc(2 ** 20, row);
    const piece = 32 * 2 ** 20;
    writeFileSync(file, Buffer.alloc(0));
    for (let i = 0; i < 66; i++) appendFileSync(file, mega);
    const at = [0, piece - 20, piece + 2 ** 18 - 20, 2 * piece + 5]; // across each border of the pieces
    const whole = readFileSync(file);
    for (const [i, offset] of at.entries()) whole.write(` ${githubToken(`large ${i}`)} `, offset);
    writeFileSync(file, Buffer.concat([whole, Buffer.from(githubToken('last'))]));
    const { findings, stats } = await scan(dir);
    expect(findings.map(({ start }) => start)).toEqual([...at.map((offset) => offset + 1), 66 * 2 ** 20]);
    for (const { start = 0, line: at_, column } of findings) {
      const before = whole.subarray(0, start);
      const feeds = before.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
      expect([at_, column]).toEqual([feeds + 1, before.length - before.lastIndexOf(10)]);
    }
    expect(stats.bytes).toBe(66 * 2 ** 20 + 40);
  }, 60_000);

  test.for(['utf8', 'utf16le', 'utf16be'] as const)(
    'a large file of %s: a line across the border of two pieces',
    { timeout: 60_000 },
    async (encoding) => {
      const dir = await makeFolder();
      const encode = (text: string): Buffer => {
        const bytes = Buffer.from(text, encoding === 'utf8' ? 'utf8' : 'utf16le');
        return encoding === 'utf16be' ? bytes.swap16() : bytes;
      };
      const row = encode(`lorem ipsum \u0a41\u010a\u0a0a ${'dolor sit amet '.repeat(8)}\n`);
      const rows = Math.floor((33 * 2 ** 20) / row.length);
      const long = '\u0a41\u0a00é漢😀 '.repeat(1000);
      const [before, after] = [
        [Buffer.alloc(rows * row.length, row), encode(long)],
        [encode(` ${line(A)}`), Buffer.alloc(rows * row.length, row), encode(line(githubToken('large wide')))],
      ];
      const piece = 32 * 2 ** 20; // what is behind the first piece begins in the middle of the long line
      const head = Buffer.concat(before);
      const from = Math.floor((head.length - piece - 2000) / row.length);
      const whole = Buffer.concat([head.subarray(from * row.length), ...after]);
      writeFileSync(join(dir, 'a.txt'), whole);
      expect(whole.length).toBeGreaterThan(64 * 2 ** 20);
      const { findings } = await scan(dir);
      const column = long.length + ` ${line(A)}`.indexOf(A) + 1;
      expect(findings).toMatchObject([
        { line: rows - from + 1, column, endColumn: column + A.length },
        { line: 2 * rows - from + 2, column: 10 },
      ]);
    },
  );

  test('files that change, grow and go while they are read', async () => {
    const dir = await makeFolder();
    for (let i = 0; i < 300; i++) writeFileSync(join(dir, `f${i}.txt`), `text ${i}\n`.repeat(200));
    writeFileSync(join(dir, 'z.txt'), line(A));
    const child = startProgram(['leak', 'scan', '--format', 'json'], await startIn(dir));
    const done = ended(child);
    let over = false;
    void done.then(() => (over = true));
    for (let i = 0; !over; i++) {
      const file = join(dir, `f${i % 300}.txt`);
      if (i % 3 === 0) rmSync(file, { force: true });
      else if (i % 3 === 1) appendFileSync(file, 'more\n'.repeat(1000));
      else writeFileSync(file, 'x');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const { code, out, err } = await done;
    expect([code, err]).toEqual([1, '']);
    const report = JSON.parse(out) as { findings: { path: string }[]; skipped: { reason: string; kind: string }[] };
    expect(report.findings.map(({ path }) => path)).toEqual(['z.txt']);
    for (const one of report.skipped) expect(one).toMatchObject({ reason: 'gone before it was read', kind: 'policy' });
  });
});

describe('the repository', () => {
  test('a corrupt and a missing object: named, the rest is looked at, 3 in CI and at a push', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.write('b.txt', 'broken\n');
    await repo.write('c.txt', 'missing\n');
    const tip = await repo.commit();
    const objectFile = async (path: string): Promise<string> => {
      const oid = await repo.git('rev-parse', `HEAD:${path}`);
      return join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2));
    };
    const broken = await objectFile('b.txt');
    chmodSync(broken, 0o644);
    writeFileSync(broken, 'not zlib');
    rmSync(await objectFile('c.txt'));
    const { code, findings, skipped } = await scan(repo, ['--history']);
    expect([code, findings.map(({ path }) => path)]).toEqual([1, ['a.txt']]);
    expect(skipped.map(({ path, kind }) => [path, kind])).toEqual([
      ['b.txt', 'failed'],
      ['c.txt', 'failed'],
    ]);
    expect((await scan(repo, ['--history'], { ci: true })).code).toBe(3);
    const push = await scan(repo, ['--push'], { stdin: `refs/heads/main ${tip} refs/heads/main ${'0'.repeat(40)}\n` });
    expect(push.code).toBe(3);
  });

  test('index.lock present: looking needs no lock', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.git('add', '.');
    await repo.write('.git/index.lock', '');
    for (const argv of [['--staged'], ['--all']]) expect(placesOf((await scan(repo, argv)).findings)).toEqual(['a.txt:1']);
    expect(readFileSync(join(repo.dir, '.git/index.lock'), 'utf8')).toBe('');
  });

  test('a git planted in node_modules/.bin or in the repository is not run', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    const trap = '#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexit 0\n';
    await repo.write('node_modules/.bin/git', trap, 0o755);
    await repo.write('git', trap, 0o755);
    await repo.write('.gitignore', 'node_modules\n');
    const PATH = `${join(repo.dir, 'node_modules/.bin')}:.:${repo.dir}::${repo.env['PATH']}`;
    const { code, out, err } = await runProgram(['check', '--format', 'json'], { cwd: repo.dir, env: { ...repo.env, PATH } });
    expect([code, err]).toEqual([1, '']);
    expect((JSON.parse(out) as { findings: { path: string }[] }).findings.map(({ path }) => path)).toEqual(['a.txt']);
    expect(existsSync(join(repo.dir, 'node_modules/.bin/ran')) || existsSync(join(repo.dir, 'ran'))).toBe(false);
  });

  test('filters, fsmonitor, hooks, external diff and ssh of the configuration do not run', async () => {
    const repo = await makeRepo();
    await repo.write('.gitattributes', '*.txt filter=evil diff=evil\n');
    await repo.write('a.txt', line(A));
    await repo.commit();
    const trap = `touch '${join(repo.dir, '..', 'ran')}'; cat`;
    const settings = {
      'filter.evil.clean': trap,
      'filter.evil.smudge': trap,
      'filter.evil.process': trap,
      'core.fsmonitor': trap,
      'diff.external': trap,
      'diff.evil.textconv': trap,
      'core.sshCommand': trap,
      'core.pager': trap,
      'credential.helper': `!${trap}`,
      'core.hooksPath': repo.dir,
    };
    for (const [key, value] of Object.entries(settings)) await repo.git('config', key, value);
    await repo.write('a.txt', `more\n${line(A)}`);
    for (const argv of [['--all'], ['--staged'], ['--history'], ['--range', 'HEAD'], ['--commit', 'HEAD']]) await scan(repo, argv);
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:2']);
    expect(existsSync(join(repo.dir, '..', 'ran'))).toBe(false);
  });
});

describe('writing', () => {
  const dirty = async (): Promise<{ cwd: string; env: Record<string, string> }> => {
    const repo = await makeRepo();
    for (let i = 0; i < 300; i++) await repo.write(`f${i}.txt`, line(githubToken(`writing ${i}`)));
    await repo.git('add', '.');
    return { cwd: repo.dir, env: { ...repo.env } };
  };
  const leftovers = (dir: string): string[] => readdirSync(dir).filter((name) => name.endsWith('.tmp'));

  test('ulimit -f: the report is printed, the error is clear, nothing is left; the cache is done without', async () => {
    const start = await dirty();
    const { code, out, err } = shell('ulimit -f 16; kei leak scan --staged --format json --output report.json', start);
    expect(code).toBe(3);
    expect(err).toMatch(/^kei-git: cannot write .*report\.json: /);
    expect((JSON.parse(out) as { findings: unknown[] }).findings).toHaveLength(300);
    expect(existsSync(join(start.cwd, 'report.json'))).toBe(false);
    expect([...leftovers(start.cwd), ...leftovers(join(start.cwd, '.git/kei'))]).toEqual([]);
    expect(shell('kei leak scan --staged --format json >/dev/null', start).code).toBe(1);
    expect(readdirSync(join(start.cwd, '.git/kei'))).not.toEqual([]);
  });

  const mounts = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
  if (!mounts) console.warn('A FULL DISK IS NOT TESTED HERE, only a file-size limit: that needs the right to mount a tmpfs');
  test.skipIf(!mounts)('a full disk: the report is printed, an older one stays whole', async () => {
    const start = await dirty();
    const script = [
      'mkdir full && mount -t tmpfs -o size=64k tmpfs full && echo old >full/report.json',
      'kei leak scan --staged --no-cache --format json --output full/report.json >printed.json; echo "$?"',
      'cat full/report.json; ls -A full',
      'rm -rf .git/kei; mkdir -m 700 .git/kei && mount -t tmpfs -o size=8k,mode=700 tmpfs .git/kei',
      'kei leak scan --staged --format json >cached.json; echo "$?"; ls -A .git/kei',
    ].join('\n');
    writeFileSync(
      join(start.cwd, 'script.sh'),
      `kei() { '${process.execPath}' '${join(import.meta.dirname, '../../dist/bin.cjs')}' "$@"; }\n${script}\n`,
    );
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'bash', 'script.sh'], { ...start, encoding: 'utf8' });
    expect(stderr).toMatch(/^kei-git: cannot write .*report\.json: the disk is full\n/);
    expect(stdout).toBe('3\nold\nreport.json\n1\n');
    for (const file of ['printed.json', 'cached.json'])
      expect((JSON.parse(readFileSync(join(start.cwd, file), 'utf8')) as { findings: unknown[] }).findings).toHaveLength(300);
  });

  test('a cache folder that is a file, or somebody else may write to: done without', async () => {
    const repo = await makeRepo();
    await repo.write('a.txt', line(A));
    await repo.write('.git/kei', 'a file');
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
    rmSync(join(repo.dir, '.git/kei'));
    mkdirSync(join(repo.dir, '.git/kei'));
    chmodSync(join(repo.dir, '.git/kei'), 0o777);
    expect(placesOf((await scan(repo, ['--all'])).findings)).toEqual(['a.txt:1']);
    expect(readdirSync(join(repo.dir, '.git/kei'))).toEqual([]);
  });

  test('a reader that goes away', async () => {
    const start = await dirty();
    const { out, err } = shell('kei leak scan --staged | head -1; echo "${PIPESTATUS[0]}"', start);
    expect(err).toBe('');
    expect(out).toMatch(/^f0\.txt:1:10 {2}error {2}.*\n1\n$/);
  });
});

describe('interrupted', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)('%s during a scan: 130, no part of a report', async (signal) => {
    const dir = await makeFolder();
    const big = Buffer.alloc(2_000_000, 'some text that a scan takes its time for, password = x ');
    for (let i = 0; i < 60; i++) writeFileSync(join(dir, `f${i}.txt`), big);
    const start = await startIn(dir);
    const child = startProgram(['leak', 'scan', '--format', 'json', '--output', 'report.json'], start);
    const done: Promise<Ended & { signal: NodeJS.Signals | null }> = ended(child);
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill(signal);
    const { code, out, err } = await done;
    expect([code, out, err]).toEqual([130, '', 'kei-git: interrupted\n']);
    expect(readdirSync(dir).filter((name) => !/^f\d+\.txt$/.test(name))).toEqual([]);
  });
});
