import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CacheStore } from '../../src/command.ts';
import { openCache } from '../../src/sys/cache.ts';
import { makeFolder } from '../repo.ts';
import { scan, type Scanned } from './tokens.ts';

const HEAD = 'schema = "leak-matrix/1"\n';
const rule = (id: string, regex: string): string => `[[rules]]\nid = "${id}"\ndescription = "${id}"\nregex = '''${regex}'''\n`;

let rules = '';
let target = '';
let home = '';
let store: CacheStore;
/** Packs written since the test began. */
let compiled = 0;

beforeEach(async () => {
  [rules, target, home] = [await makeFolder(), await makeFolder(), await makeFolder()];
  writeFileSync(join(target, 'a.txt'), 'one-1234567\ntwo-7654321\ns3://acme-prod-backups/db\n');
  const opened = openCache({ XDG_CACHE_HOME: home });
  if (opened === undefined) throw new Error('no cache');
  compiled = 0;
  store = {
    read: (name) => opened.read(name),
    write: (name, bytes) => {
      compiled++;
      opened.write(name, bytes);
    },
  };
});

const put = (file: string, text: string): void => writeFileSync(join(rules, file), text);
const look = (more: readonly string[] = [], now = '2030-01-02'): Promise<Scanned> =>
  scan(rules, ['--rules', 'rules.toml', '--no-builtin', ...more, target], { cache: store, now: new Date(`${now}T12:00:00Z`) });
/** What is found, and how often rules were compiled until then. */
const seen = async (more: readonly string[] = [], now?: string): Promise<readonly [readonly string[], number]> => {
  const { findings, err } = await look(more, now);
  expect(err).toBe('');
  return [findings.map(({ rule: id, line = 0 }) => `${id}:${line}`), compiled];
};

describe('rules that were compiled before', () => {
  test('serve again without being compiled', async () => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    const first = await look();
    const second = await look();
    expect([first.findings.length, compiled]).toEqual([1, 1]);
    expect([second.findings, second.code]).toEqual([first.findings, first.code]);
  });

  test('come from the cache alone: what is kept there is what is looked for', async () => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    await look();
    const [mine = ''] = readdirSync(join(home, 'kei-git'));
    put('rules.toml', HEAD + rule('two', 'two-[0-9]{7}'));
    await look();
    const [other = ''] = readdirSync(join(home, 'kei-git')).filter((name) => name !== mine);
    writeFileSync(join(home, 'kei-git', other), readFileSync(join(home, 'kei-git', mine)));
    expect(await seen()).toEqual([['leak/one:1'], 2]);
  });

  test('do not serve for a changed rule file, and serve again when the change is undone', async () => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/one:1'], 1]);
    put('rules.toml', HEAD + rule('one', 'two-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/one:2'], 2]);
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/one:1'], 2]);
  });

  test('do not serve for a file under another name: findings name where a rule is from', async () => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    put('again.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    await look();
    const found = await scan(rules, ['--rules', 'again.toml', '--no-builtin', target], { cache: store });
    expect([found.findings.length, compiled]).toEqual([1, 2]);
  });

  test('do not serve for other categories', async () => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    const found = async (category: string): Promise<unknown> => {
      const { findings } = await scan(rules, ['--rules', 'rules.toml', '--category', category, target], { cache: store });
      return [findings.map(({ rule: id }) => id), compiled];
    };
    expect(await found('internal-infra')).toEqual([['leak/one', 'leak/s3-bucket-url'], 1]);
    expect(await found('personal')).toEqual([['leak/one'], 2]);
    expect(await found('internal-infra')).toEqual([['leak/one', 'leak/s3-bucket-url'], 2]);
  });
});

describe('a file that a rule file goes on from', () => {
  const EXTENDING = `${HEAD}[extend]\npath = "base.toml"\n${rule('one', 'one-[0-9]{7}')}`;
  const base = (regex: string): string => HEAD + rule('base', regex);

  test('changes, and is read again', async () => {
    put('rules.toml', EXTENDING);
    put('base.toml', base('two-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/one:1', 'leak/base:2'], 1]);
    expect(await seen()).toEqual([['leak/one:1', 'leak/base:2'], 1]);
    put('base.toml', base('two-[0-9]{8}'));
    expect(await seen()).toEqual([['leak/one:1'], 2]);
    expect(await seen()).toEqual([['leak/one:1'], 2]);
  });

  test('two files away changes, and is read again', async () => {
    put('rules.toml', `${HEAD}[extend]\npath = "middle.toml"\n`);
    put('middle.toml', `${HEAD}[extend]\npath = "base.toml"\n`);
    put('base.toml', base('two-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/base:2'], 1]);
    put('base.toml', base('one-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/base:1'], 2]);
  });

  test('is imported, changes, and is read again', async () => {
    put('rules.toml', `${HEAD}[extend]\nimports = [{ format = "gitleaks", path = "theirs.toml" }]\n`);
    put('theirs.toml', rule('base', 'two-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/base:2'], 1]);
    put('theirs.toml', rule('base', 'one-[0-9]{7}'));
    expect(await seen()).toEqual([['leak/base:1'], 2]);
  });

  test('appears where it is looked for first', async () => {
    mkdirSync(join(rules, 'sub'));
    put('sub/rules.toml', `${HEAD}[extend]\npath = "base.toml"\n`);
    put('base.toml', base('two-[0-9]{7}'));
    const found = async (): Promise<unknown> =>
      (await scan(rules, ['--rules', 'sub/rules.toml', '--no-builtin', target], { cache: store })).findings.map(({ line }) => line);
    expect(await found()).toEqual([2]);
    put('sub/base.toml', base('one-[0-9]{7}'));
    expect(await found()).toEqual([1]);
  });

  test('breaks or goes away, and that is said', async () => {
    put('rules.toml', EXTENDING);
    put('base.toml', base('two-[0-9]{7}'));
    await seen();
    put('base.toml', base('two-[0-9'));
    expect(await look()).toMatchObject({
      code: 2,
      err: expect.stringContaining('base.toml:5:16: expression cannot be compiled') as unknown,
    });
    rmSync(join(rules, 'base.toml'));
    expect(await look()).toMatchObject({ code: 2, err: expect.stringContaining('rules.toml:3:8: no file "base.toml"') as unknown });
    expect(compiled).toBe(1);
  });
});

describe('what is never served', () => {
  test('an error in a rule file is said each time', async () => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9'));
    const first = await look();
    expect(first).toMatchObject({ code: 2, err: expect.stringContaining('rules.toml:5:16: ') as unknown });
    expect(await look()).toEqual(first);
    expect(compiled).toBe(0);
  });

  test('an allowlist holds until its last day, and not the day after', async () => {
    const until = '[[rules.allowlists]]\nregexes = ["one"]\nreason = "a sample"\nuntil = 2030-03-01\n';
    put(
      'rules.toml',
      HEAD + rule('one', 'one-[0-9]{7}') + until + rule('two', 'two-[0-9]{7}') + until.replace('one', 'two').replace('-03-', '-05-'),
    );
    expect(await seen([], '2030-01-02')).toEqual([[], 1]);
    expect(await seen([], '2030-03-01')).toEqual([[], 1]);
    expect(await seen([], '2030-03-02')).toEqual([['leak/one:1'], 2]);
    expect(await seen([], '2030-04-30')).toEqual([['leak/one:1'], 2]);
    expect(await seen([], '2030-05-02')).toEqual([['leak/one:1', 'leak/two:2'], 3]);
    expect(await seen([], '2031-01-01')).toEqual([['leak/one:1', 'leak/two:2'], 3]);
    expect(await seen([], '2030-01-02')).toEqual([[], 4]); // a clock that was set back
  });

  test.for(['empty', 'cut', 'one bit', 'noise'] as const)('a damaged entry (%s) is compiled again', async (damage) => {
    put('rules.toml', HEAD + rule('one', 'one-[0-9]{7}'));
    const first = await look();
    const [name = ''] = readdirSync(join(home, 'kei-git'));
    const file = join(home, 'kei-git', name);
    const whole = readFileSync(file);
    if (damage === 'empty') writeFileSync(file, '');
    else if (damage === 'cut') writeFileSync(file, whole.subarray(0, whole.length - 7));
    else if (damage === 'one bit') writeFileSync(file, whole.with(60, (whole[60] ?? 0) ^ 1));
    else writeFileSync(file, Buffer.alloc(5000, 0xa5));
    expect((await look()).findings).toEqual(first.findings);
    expect(compiled).toBe(2);
    expect(readFileSync(file)).toEqual(whole);
  });
});
