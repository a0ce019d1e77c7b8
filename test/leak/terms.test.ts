import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openCache } from '../../src/sys/cache.ts';
import type { Overrides } from '../captured.ts';
import { makeRepo, type TestRepo } from '../repo.ts';
import { run } from './commands.ts';
import { placesOf, scan, type Scanned } from './tokens.ts';

// Words that stand in no other file of ours together.
const FIRST =
  'amber blue cobalt dusk ember flint garnet hollow indigo jasper kestrel lumen mossy nickel opal pine quartz russet slate tundra'.split(
    ' ',
  );
const SECOND =
  'heron otter lynx badger falcon marten osprey plover raven stoat tern viper walrus zebra bison crane drake egret ferret gecko'.split(' ');
const TERMS = FIRST.map((word, i) => `${word} ${SECOND[i] ?? ''}`);
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
const wide = (text: string): string => text.replace(/[a-z]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
const pairOf = (term: string): readonly [string, string] => [term.split(' ')[0] ?? '', term.split(' ')[1] ?? ''];

const SPELLINGS = TERMS.flatMap((term) => {
  const [a, b] = pairOf(term);
  return [term, capital(a) + capital(b), a + capital(b), `${a}_${b}`, `${a}-${b}`.toUpperCase(), `${a}.${b}`, (a + b).toUpperCase(), `// ${a}\n// ${b}`, wide(`${a}_${b}`), `get${capital(a)}${capital(b)}Name()`]; // prettier-ignore
});
const MISSES = TERMS.flatMap((term) => {
  const [a, b] = pairOf(term);
  return [`${term}ry`, `my${a}${b}`, `${a} the ${b}`, a, b, `${b} ${a}`, `${a}s ${b}`, `${a}, ${b}`, `${a}. ${capital(b)}`, `${a}\n\n${b}`];
});

let repo: TestRepo;
beforeEach(async () => {
  repo = await makeRepo();
  await repo.write('kei.toml', '[leak]\nbuiltin = false\n');
});

const look = (argv: readonly string[] = [], overrides: Overrides = {}): Promise<Scanned> => scan(repo, argv, overrides);
const newKey = (env: Readonly<Record<string, string>> = {}): Promise<unknown> => run(repo, ['leak', 'key', '--new'], { env });
const add = async (terms: string, ...options: string[]): Promise<void> => {
  const ran = await run(repo, ['leak', 'term', 'add', ...options], { stdin: terms });
  expect(ran).toMatchObject({ code: 0, err: '' });
};
const cacheOf = (): Required<Pick<Overrides, 'cache'>> => {
  const cache = openCache({ ...process.env, ...repo.env });
  if (cache === undefined) throw new Error('no cache');
  return { cache };
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile()); // prettier-ignore

/** Every way in which a term, or a hash of it that needs no key, could stand somewhere. */
const tracesOf = (term: string): readonly string[] => {
  const [a, b] = pairOf(term);
  const forms = [
    term,
    a + b,
    `${a}_${b}`,
    `${a}-${b}`,
    capital(a) + capital(b),
    `${capital(a)} ${capital(b)}`,
    `csw\0${a}${b}`,
    `${a}${b}\n`,
  ];
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) =>
    forms.flatMap((form) => {
      const digest = createHash(name).update(form).digest();
      return [digest.toString('hex').slice(0, 20), digest.toString('base64').slice(0, 14), digest.toString('base64url').slice(0, 14), digest.toString('latin1').slice(0, 10)]; // prettier-ignore
    }),
  );
  return [...forms.slice(0, 6), ...hashes];
};

/** Terms that can be told from the texts. */
const leaked = (texts: readonly string[]): readonly string[] =>
  TERMS.filter((term) => tracesOf(term).some((trace) => texts.some((text) => text.includes(trace) || text.toLowerCase().includes(trace))));

test('200 spellings of 20 terms are found, 200 near misses are not, and no term is anywhere', async () => {
  await newKey();
  await add(TERMS.join('\n'));
  const outputs: string[] = [];
  const noting = async (argv: readonly string[], overrides: Overrides = {}): Promise<Scanned> => {
    const ran = await look(argv, overrides);
    outputs.push(ran.out, ran.err);
    return ran;
  };
  expect([SPELLINGS.length, MISSES.length]).toEqual([200, 200]);
  for (const [i, miss] of MISSES.entries()) await repo.write(`misses/${i}.txt`, `x ${miss} x\n`);
  await repo.commit();
  const caching = cacheOf();
  expect((await noting(['--all'], caching)).findings).toEqual([]);
  for (const [i, spelling] of SPELLINGS.entries()) await repo.write(`spellings/${i}.txt`, `see ${spelling} there\n`);
  const { findings } = await noting(['--all'], caching);
  const paths = SPELLINGS.map((_, i) => `spellings/${i}.txt`);
  expect(new Set(findings.map(({ path }) => path))).toEqual(new Set(paths));
  expect(findings).toHaveLength(paths.length);
  expect(new Set(findings.map(({ rule, fingerprint }) => `${rule} ${fingerprint.slice(0, 6)}`))).toEqual(
    new Set(['leak/private-terms kei1c:']),
  );
  for (const format of ['text', 'sarif', 'junit', 'github'])
    outputs.push((await run(repo, ['leak', 'scan', '--stdin', '--format', format], { stdin: SPELLINGS.join('\n\n') })).out);
  for (const argv of [['leak', 'lint'], ['leak', 'list'], ['leak', 'explain', 'private-terms'], ['config'], ['leak', 'baseline']])
    outputs.push(...Object.values(await run(repo, argv, caching)).map(String));
  outputs.push(...Object.values(await run(repo, ['leak', 'term', 'check'], { stdin: SPELLINGS.join('\n\n') })).map(String));
  await noting(['--all'], caching);
  const kept = filesBelow(join(repo.env['XDG_CACHE_HOME'] ?? '', 'kei-git'));
  expect(kept.map((path) => path.replace(/^.*\.(\w+)$/, '$1'))).toContain('pack');
  const clone = filesBelow(join(repo.dir, '.git', 'kei'));
  expect(clone.length).toBeGreaterThan(0);
  const rules = readFileSync(join(repo.dir, 'leak-matrix', 'terms.toml'), 'utf8');
  const stored = [...kept, ...clone].flatMap((path) => [path, readFileSync(path, 'latin1')]);
  expect(leaked([...outputs, ...stored, rules])).toEqual([]);
  // What this looks for is found where it is.
  expect(leaked([createHash('sha256').update('amberheron').digest('hex')])).toEqual(['amber heron']);
});

test('terms in clear are in no cache and no name of one', async () => {
  await add(TERMS.slice(0, 3).join('\n'), '--plain');
  await repo.write('a.txt', `${TERMS[0] ?? ''} and ${TERMS[1] ?? ''}\n`);
  await repo.commit();
  const caching = cacheOf();
  const first = await look(['--all'], caching);
  expect(placesOf(first.findings)).toEqual(['a.txt:1', 'a.txt:1']);
  expect((await look(['--all'], caching)).findings).toEqual(first.findings);
  const paths = [...filesBelow(join(repo.env['XDG_CACHE_HOME'] ?? '', 'kei-git')), ...filesBelow(join(repo.dir, '.git', 'kei'))];
  expect(paths.map((path) => path.replace(/^.*\.(\w+)$/, '$1')).sort()).toEqual(['pack', 'salt', 'verdicts']);
  expect(leaked([...paths, ...paths.map((path) => readFileSync(path, 'latin1')), first.out])).toEqual([]);
  // Nor a hash of the file that holds them.
  const whole = createHash('sha256')
    .update(readFileSync(join(repo.dir, 'leak-matrix/terms.toml')))
    .digest();
  expect(paths.some((path) => readFileSync(path, 'latin1').includes(whole.toString('hex')))).toBe(false);
});

test('a kept pack takes terms from their file, and old verdicts do not hold for new ones', async () => {
  await add('amber heron', '--plain');
  await repo.write('a.txt', 'amber_heron\nblue_otter\n');
  await repo.commit();
  const caching = cacheOf();
  expect(placesOf((await look(['--all'], caching)).findings)).toEqual(['a.txt:1']);
  const packs = (): string[] => readdirSync(join(repo.env['XDG_CACHE_HOME'] ?? '', 'kei-git')).filter((name) => name.endsWith('.pack'));
  const before = packs();
  await add('blue otter', '--plain');
  expect(placesOf((await look(['--all'], caching)).findings)).toEqual(['a.txt:1', 'a.txt:2']);
  expect(packs()).toEqual(before);
  await repo.write('leak-matrix/terms.toml', readFileSync(join(repo.dir, 'leak-matrix/terms.toml'), 'utf8').replace('blue otter', '-'));
  expect(await look(['--all'], caching)).toMatchObject({
    code: 2,
    err: expect.stringContaining('terms.toml:11:3: term 2 has no letter') as unknown,
  });
});

test('without the key, with another one, and with one that others can read', async () => {
  await newKey();
  await add('amber heron\nblue otter');
  await repo.write('a.txt', 'AmberHeron\n');
  await repo.commit();
  const caching = cacheOf();
  const id = /key ([a-z2-7]{8})|:([a-z2-7]{8}):/.exec(readFileSync(join(repo.dir, 'leak-matrix/terms.toml'), 'utf8'))?.[2] ?? '';
  expect(placesOf((await look(['--all'], caching)).findings)).toEqual(['a.txt:1']);
  const none = { XDG_CONFIG_HOME: join(repo.dir, '.git', 'none') };
  const reason = `2 terms of leak/private-terms hashed with key ${id}, and there is no key here (kei-git leak key --import)`;
  expect(await look(['--all'], { env: none, ...caching })).toMatchObject({ code: 0, findings: [], skipped: [{ kind: 'policy', reason }] });
  expect(await look(['--all'], { env: none, ci: true })).toMatchObject({ code: 3, findings: [], skipped: [{ kind: 'failed', reason }] });
  expect(await run(repo, ['check', '--all'], { env: none, ci: true })).toMatchObject({ code: 3 });
  const head = await repo.git('rev-parse', 'HEAD');
  const line = `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\n`;
  expect(await look(['--push', 'origin', 'url'], { env: none, stdin: line })).toMatchObject({
    code: 3,
    skipped: [{ kind: 'failed', reason }],
  });
  await newKey(none);
  const other = await look(['--all'], { env: none, ...caching });
  expect(other).toMatchObject({ code: 0, findings: [] });
  expect(other.skipped[0]?.reason).toMatch(
    new RegExp(`^2 terms of leak/private-terms hashed with key ${id}, and here is key [a-z2-7]{8}$`),
  );
  // With the first key again nothing of that is remembered.
  expect(placesOf((await look(['--all'], caching)).findings)).toEqual(['a.txt:1']);
  if (process.platform === 'win32') return;
  chmodSync(join(repo.env['XDG_CONFIG_HOME'] ?? '', 'kei-git/keys/default.key'), 0o644);
  const open = await look(['--all'], { ...caching, ci: true });
  expect(open.code).toBe(3);
  expect(open.skipped[0]?.reason).toContain(`2 terms of leak/private-terms hashed with key ${id}, and `);
});

test('a CI secret is the key', async () => {
  await newKey();
  await add('amber heron');
  const key = readFileSync(join(repo.env['XDG_CONFIG_HOME'] ?? '', 'kei-git/keys/default.key'), 'utf8');
  await repo.write('a.txt', 'AmberHeron\n');
  const ran = await look(['--all'], { ci: true, env: { XDG_CONFIG_HOME: join(repo.dir, 'none'), KEI_LEAK_KEY: key } });
  expect(placesOf(ran.findings)).toEqual(['a.txt:1']);
});

test('only what is added counts, in content, paths and messages', async () => {
  await newKey();
  await add('amber heron');
  await repo.write('old.txt', 'amber heron\nx\n');
  await repo.commit();
  await repo.write('old.txt', 'amber heron\nx\nAMBER_HERON\n');
  await repo.git('add', '.');
  expect(placesOf((await look(['--staged'])).findings)).toEqual(['old.txt:3']);
  await repo.write('amber-heron/plan.md', 'x\n');
  const commit = await repo.commit('about amberHeron');
  const { findings, out } = await look(['--commit', commit]);
  expect(findings.map(({ path, line }) => [path, line])).toEqual([[undefined, 1], ['***/plan.md', undefined], ['old.txt', 3]]); // prettier-ignore
  expect(out).not.toMatch(/amber.?heron/i);
});

test('text in base64 and of two bytes a character', async () => {
  await add('amber heron', '--plain');
  await repo.write('a.b64', `${Buffer.from('the name is Amber-Heron, do not tell').toString('base64')}\n`);
  await repo.write('b.txt', Buffer.from('\ufeffthe name is AmberHeron\n', 'utf16le'));
  const { findings } = await look(['--all']);
  expect(findings.map(({ path, extra }) => [path, extra?.['decoded']])).toEqual([['a.b64', 'base64'], ['b.txt', 'utf-16']]); // prettier-ignore
});

test('a fingerprint is of what stands beside the terms', async () => {
  await add('amber heron\nblue otter', '--plain');
  const of = async (line: string): Promise<readonly string[]> => {
    await repo.write('a.txt', `${line}\n`);
    return (await look(['--all'])).findings.map(({ fingerprint }) => fingerprint);
  };
  const both = await of('see AmberHeron and blue_otter here');
  expect(both).toHaveLength(2);
  expect(await of('see blue-otter and AMBERHERON here')).toEqual(both);
  expect(await of('saw blue-otter and AMBERHERON here')).not.toEqual(both);
});

test('threads are given the terms', async () => {
  await newKey();
  await add('amber heron');
  for (let i = 0; i < 200; i++) await repo.write(`f${i}.txt`, i % 50 === 7 ? 'AmberHeron\n' : 'x\n');
  const { findings } = await look(['--all', '--jobs', '2']);
  expect(placesOf(findings)).toEqual(['f107.txt:1', 'f157.txt:1', 'f57.txt:1', 'f7.txt:1']);
});

test('what loses a term is a weaker policy, what gains one is not', async () => {
  await add('amber heron\nblue otter', '--plain');
  await repo.commit();
  await add('cobalt lynx', '--plain');
  await repo.git('add', '.');
  expect((await look(['--staged'])).findings.filter(({ rule }) => rule === 'policy/changed')).toEqual([]);
  await repo.write(
    'leak-matrix/terms.toml',
    readFileSync(join(repo.dir, 'leak-matrix/terms.toml'), 'utf8').replace('  "blue otter",\n', ''),
  );
  await repo.git('add', '.');
  const [changed] = (await look(['--staged'])).findings.filter(({ rule }) => rule === 'policy/changed');
  expect(changed?.message).toContain('rule private-terms no longer looks for 1 term');
});
