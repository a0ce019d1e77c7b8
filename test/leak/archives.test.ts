import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tarOf, zipOf } from '../archive/writers.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { run } from './commands.ts';
import { drawn, GITHUB_RULE, githubToken, placesOf, scan } from './tokens.ts';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const token = (seed: string): string => `token = "${githubToken(seed)}"\n`;

const folderOf = async (files: Readonly<Record<string, string | Buffer>>): Promise<string> => {
  const dir = await makeFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
};

const repoOf = async (files: Readonly<Record<string, string | Buffer>>): Promise<TestRepo> => {
  const repo = await makeRepo();
  for (const [name, content] of Object.entries(files)) await repo.write(name, content);
  return repo;
};

describe('members', () => {
  test('are found at their paths and places, deep ones too; off by default', async () => {
    const inner = zipOf([{ name: 'c.txt', data: `line\n  ${token('deep')}` }]);
    const dir = await folderOf({
      'a.docx': zipOf([
        { name: 'word/document.xml', data: token('a') },
        { name: 'clean', data: 'nothing' },
      ]),
      'b.bin': gzipSync(tarOf([{ name: 'x/y.jar', data: inner }])),
      'c.gz': gzipSync(token('c')),
      'd.zip': 'not an archive',
    });
    const off = await scan(dir);
    expect([off.code, off.findings, off.skipped]).toEqual([0, [], []]);
    const { code, findings, skipped, stats } = await scan(dir, ['--archives', '3']);
    expect([code, skipped]).toEqual([1, []]);
    expect(placesOf(findings)).toEqual(['a.docx!/word/document.xml:1', 'b.bin!/b.bin!/x/y.jar!/c.txt:2', 'c.gz!/c:1']);
    const start = 5 + 2 + 9;
    expect(findings[1]).toMatchObject({ rule: GITHUB_RULE, column: 12, start, end: start + 40, extra: { archive: 'b.bin' } });
    expect(stats).toMatchObject({ files: 4, extra: { members: 4 } });
    const shallow = await scan(dir, ['--archives', '1']);
    expect(placesOf(shallow.findings)).toEqual(['a.docx!/word/document.xml:1', 'c.gz!/c:1']);
    expect(shallow.skipped).toEqual([{ path: 'b.bin!/b.bin', reason: 'archive: archives are opened 1 deep', kind: 'policy' }]);
  });

  test('that stand in the archive as they are come once, as members', async () => {
    const comment = githubToken('comment');
    const dir = await folderOf({
      'a.tar': tarOf([{ name: 'f', data: token('tar') }]),
      'b.zip': zipOf([{ name: 'f', data: token('zip'), method: 0 }], { comment: `token: ${comment}` }),
    });
    expect(placesOf((await scan(dir)).findings)).toEqual(['a.tar:1', 'b.zip:1', 'b.zip:2']);
    expect(placesOf((await scan(dir, ['--archives', '1'])).findings)).toEqual(['a.tar!/f:1', 'b.zip:2', 'b.zip!/f:1']);
  });

  test('longer than a piece, and larger than what is held', async () => {
    const long = Buffer.alloc(70 * 2 ** 20, 'filler text without meaning\n');
    long.write(`\n${token('late')}`, 69 * 2 ** 20);
    const dir = await folderOf({
      'a.tar': tarOf([
        { name: 'f', data: long },
        { name: 'g', data: token('g') },
      ]),
    });
    const { findings, skipped } = await scan(dir, ['--archives', '1']);
    expect(skipped).toEqual([]);
    expect(findings.map(({ path, start }) => [path, start])).toEqual([
      ['a.tar!/f', 69 * 2 ** 20 + 10],
      ['a.tar!/g', 9],
    ]);
  });

  test('of evil names: nothing is written, and a name that holds a secret is masked', async () => {
    const secret = githubToken('name');
    const names = ['/abs', '../../up', String.raw`C:\x`, 'a\nb', `d/${secret}/x`];
    const dir = await folderOf({ 'a.zip': zipOf(names.map((name) => ({ name, data: token(name) }))) });
    const { findings, out } = await scan(dir, ['--archives', '1']);
    const inside = findings.flatMap(({ path = '' }) => (path.includes('!') ? [path.slice(7)] : []));
    expect(inside).toEqual(['../../up', '/abs', String.raw`C:\x`, 'a\nb', 'd/***/x']);
    expect(out).not.toContain(secret);
    expect(readdirSync(dir)).toEqual(['a.zip']);
  });

  test('twice in one archive are told once where they are the same', async () => {
    const dir = await folderOf({ 'a.tar': tarOf([token('x'), token('x'), token('y')].map((data) => ({ name: 'f', data }))) });
    expect(placesOf((await scan(dir, ['--archives', '1'])).findings)).toEqual(['a.tar!/f:1', 'a.tar!/f:1']);
  });
});

describe('office documents', () => {
  const secret = githubToken('runs');
  const runs = [secret.slice(0, 4), secret.slice(4, 20), secret.slice(20)];
  const word = `<?xml version="1.0"?>\n<w:document><w:p>${runs.map((text) => `<w:r><w:rPr/><w:t xml:space="preserve">${text}</w:t></w:r>`).join('')}</w:p></w:document>`;

  test.for([
    ['word/document.xml', word],
    ['xl/sharedStrings.xml', `<sst><si><t>one</t></si><si>${runs.map((text) => `<r><t>${text}</t></r>`).join('')}</si></sst>`],
    ['ppt/slides/slide1.xml', `<a:p>${runs.map((text) => `<a:r><a:t>${text}</a:t></a:r>`).join('')}</a:p>`],
    ['content.xml', `<text:p>p = &quot;${runs.map((text) => `<text:span>${text}</text:span>`).join('')}&quot;</text:p>`],
  ] as const)('a token in several runs of %s is found where it stands', async ([name, xml]) => {
    const dir = await folderOf({ 'a.docx': zipOf([{ name, data: xml }]) });
    const { findings } = await scan(dir, ['--archives', '1']);
    const start = xml.indexOf(runs[0] ?? '');
    const end = xml.indexOf(runs[2] ?? '') + 20;
    const lines = xml.slice(0, start).split('\n');
    expect(findings).toMatchObject([
      {
        rule: GITHUB_RULE,
        path: `a.docx!/${name}`,
        start,
        end,
        line: lines.length,
        column: (lines.at(-1)?.length ?? 0) + 1,
        extra: { decoded: 'text' },
      },
    ]);
  });

  test('one that stands in one run is found once, cells are not joined', async () => {
    const cells = runs.map((text) => `<w:tc><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:tc>`).join('');
    const dir = await folderOf({
      'a.docx': zipOf([{ name: 'word/document.xml', data: `<w:p><w:t>${secret}</w:t></w:p>` }]),
      'b.docx': zipOf([{ name: 'word/document.xml', data: cells }]),
    });
    expect(placesOf((await scan(dir, ['--archives', '1'])).findings)).toEqual(['a.docx!/word/document.xml:1']);
  });
});

test('a scan of a large archive is interrupted at once', async () => {
  const dir = await folderOf({
    'a.gz': gzipSync(Buffer.alloc(30 * 2 ** 20, drawn('noise', 5000)), { level: 1 }),
    'b.zip': zipOf(Array.from({ length: 30_000 }, (_, i) => ({ name: `f${i}` }))),
  });
  const stop = new AbortController();
  const scanning = scan(dir, ['--archives', '1'], { signal: stop.signal });
  setTimeout(() => stop.abort(), 60);
  expect((await scanning).code).toBe(130);
});

describe('what could not be looked at', () => {
  const files = {
    'enc.zip': zipOf([{ name: 'a', data: 'x', flags: 1 }]),
    'cut.gz': gzipSync(token('cut') + drawn('rest', 5000)).subarray(0, 2000),
    'bomb.gz': gzipSync(Buffer.alloc(60_000_000)),
  };
  test('content that keeps shut fails, limits do not', async () => {
    const dir = await folderOf(files);
    const { code, skipped, findings } = await scan(dir, ['--archives', '1']);
    expect(skipped).toEqual([
      { path: 'bomb.gz!/bomb', reason: 'archive: expands to more than 200 times its size: this and what follows', kind: 'policy' },
      { path: 'cut.gz!/cut', reason: 'archive: truncated: the rest of it is missing', kind: 'failed' },
      { path: 'enc.zip!/a', reason: 'archive: encrypted', kind: 'failed' },
    ]);
    expect([code, placesOf(findings)]).toEqual([1, ['cut.gz!/cut:1']]);
    expect((await scan(dir, ['--archives', '1'], { ci: true, env: { CI: 'true' } })).code).toBe(3);
  });

  test('an exception lets it stay; one of another rule or path does not', async () => {
    const repo = await repoOf({ 'v/enc.zip': files['enc.zip'] });
    const ignore = (rule: string, match: string): string => `[[ignore]]\nrule = "${rule}"\nmatch = "${match}"\nreason = "a fixture"\n`;
    const codeWith = async (text: string): Promise<number> => {
      await repo.write('.kei/ignores.toml', text);
      await repo.commit();
      return (await scan(repo, ['--all', '--archives', '1'], { ci: true, env: { CI: 'true' } })).code;
    };
    expect(await codeWith(ignore(GITHUB_RULE, 'v/**'))).toBe(3);
    expect(await codeWith(ignore('leak/*', 'w/**'))).toBe(3);
    expect(await codeWith(ignore('leak/*', 'v/enc.zip!/**'))).toBe(0);
  });
});

describe('settings', () => {
  test('archives holds on its occasions only', async () => {
    const repo = await repoOf({ 'kei.toml': '[leak]\narchives = 2\n', 'a.zip': zipOf([{ name: 'f', data: token('x') }]) });
    await repo.commit();
    const codes = async (): Promise<number[]> => [
      (await run(repo, ['check', '--all'])).code,
      (await run(repo, ['leak', 'scan', '--all'])).code,
      (await run(repo, ['check', '--all'], { ci: true, env: { CI: 'true' } })).code,
      (await run(repo, ['leak', 'scan', '--all', '--archives', '0'], { ci: true, env: { CI: 'true' } })).code,
    ];
    expect(await codes()).toEqual([0, 0, 1, 0]);
    await repo.write('kei.toml', '[leak]\narchives = 2\narchives-at = ["check"]\n');
    await repo.commit();
    expect(await codes()).toEqual([1, 1, 0, 0]);
    await repo.write('kei.toml', '[leak]\narchives = 2\narchives-at = ["monday"]\n');
    expect(await run(repo, ['check', '--all'])).toMatchObject({ code: 2 });
  });

  test('rules and allowlists see the path of the member', async () => {
    const rules = `schema = "leak-matrix/1"
[[rules]]
id = "key-file"
description = "A key file"
kind = "file"
path = '\\.p12$'
category = "secret"
[[allowlists]]
description = "samples"
paths = ['!/samples/']
`;
    const repo = await repoOf({
      'leak-matrix/own.toml': rules,
      'a.zip': zipOf([
        { name: 'k.p12', data: 'x' },
        { name: 'samples/f', data: token('s') },
        { name: 'other/f', data: token('o') },
      ]),
    });
    for (let round = 0; round < 2; round++) {
      const { findings } = await scan(repo, ['--all', '--archives', '1']);
      expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(['leak/key-file a.zip!/k.p12', `${GITHUB_RULE} a.zip!/other/f`]);
    }
  });

  test('an inline allow in a member counts, an ignore by path too', async () => {
    const repo = await repoOf({
      'a.zip': zipOf([
        { name: 'f', data: `${token('x').trimEnd()} # kei:allow ${GITHUB_RULE} a sample\n` },
        { name: 'g/h', data: token('y') },
        { name: 'i', data: token('z') },
      ]),
      '.kei/ignores.toml': '[[ignore]]\nrule = "leak/*"\nmatch = "a.zip!/g/**"\nreason = "r"\n',
    });
    const { findings } = await scan(repo, ['--all', '--archives', '1']);
    expect(findings.map(({ path, severity, extra }) => [path, severity, extra?.['allowed']])).toEqual([
      ['a.zip!/f', 'note', 'kei:allow: a sample'],
      ['a.zip!/g/h', 'note', 'ignored: r'],
      ['a.zip!/i', 'error', undefined],
    ]);
  });
});

describe('cache', () => {
  test('verdicts depend on the depth, keep the member, hold no secret', async () => {
    const secret = githubToken('cached');
    const repo = await repoOf({ 'a.zip': zipOf([{ name: 'f', data: `x = "${secret}"\n` }]), 'b.txt': 'text\n' });
    await repo.commit();
    const scanned = async (depth: string): Promise<string[]> => placesOf((await scan(repo, ['--all', '--archives', depth])).findings);
    for (const depth of ['0', '1', '0', '1', '1', '2']) expect(await scanned(depth)).toEqual(depth === '0' ? [] : ['a.zip!/f:1']);
    const again = await scan(repo, ['--all', '--archives', '1']);
    expect(again.stats.bytes).toBe(0);
    const dir = join(repo.dir, '.git/kei');
    const kept = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('leak-'));
    expect(kept.length).toBeGreaterThan(0);
    for (const name of kept) expect(readFileSync(join(dir, name)).includes(secret)).toBe(false);
  });

  test('what was left out is said each time', async () => {
    const repo = await repoOf({ 'a.zip': zipOf([{ name: 'a', data: 'x', flags: 1 }]) });
    await repo.commit();
    for (let round = 0; round < 3; round++) expect((await scan(repo, ['--all', '--archives', '1'])).skipped).toHaveLength(1);
  });
});

describe('git', () => {
  test('an archive counts whole when it is new: staged, in a commit, in a push', async () => {
    const repo = await repoOf({ 'a.zip': zipOf([{ name: 'f', data: token('x') }]), '.gitattributes': '*.zip diff\n' });
    const first = await repo.commit();
    await repo.write(
      'a.zip',
      zipOf([
        { name: 'f', data: token('x') },
        { name: 'g', data: token('y') },
      ]),
    );
    await repo.git('add', '.');
    expect(placesOf((await scan(repo, ['--staged', '--archives', '1'])).findings)).toEqual(['a.zip!/f:1', 'a.zip!/g:1']);
    const second = await repo.commit();
    expect(placesOf((await scan(repo, ['--range', `${first}..${second}`, '--archives', '1'])).findings)).toHaveLength(2);
    expect(placesOf((await scan(repo, ['--history', '--archives', '1'])).findings)).toHaveLength(3);
  });

  test('threads find the same', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 70 }, (_, i) => [`f${i}.zip`, zipOf([{ name: 'm', data: i % 7 === 0 ? token(`t${i}`) : 'x' }])]),
    );
    const dir = await folderOf(files);
    const [one, two] = [await scan(dir, ['--archives', '1', '--jobs', '1']), await scan(dir, ['--archives', '1', '--jobs', '2'])];
    expect(placesOf(two.findings)).toEqual(placesOf(one.findings));
    expect(one.findings).toHaveLength(10);
  });

  test('standard input', async () => {
    const dir = await makeFolder();
    const { findings } = await scan(dir, ['--stdin', '--stdin-path', 'up.tgz', '--archives', '2'], {
      stdin: gzipSync(tarOf([{ name: 'f', data: token('in') }])),
    });
    expect(placesOf(findings)).toEqual(['up.tgz!/up.tar!/f:1']);
  });
});
