import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newKeyText } from '../../src/values/key.ts';
import type { Overrides } from '../captured.ts';
import { makeFolder, makeRepo, type TestRepo } from '../repo.ts';
import { run, type Ran } from './commands.ts';
import { githubToken, scan } from './tokens.ts';

const A = githubToken('substitute a');
const B = githubToken('substitute b');
const KEY = newKeyText((count) => Buffer.alloc(count, 77));
const TOKEN = /^<github-pat-classic:[a-z2-7]{10}>$/;

const substitute = (where: TestRepo | string, argv: readonly string[] = [], more: Overrides = {}): Promise<Ran> =>
  run(where, ['leak', 'substitute', ...argv], { ...more, env: { KEI_LEAK_KEY: KEY, ...more.env } });

const filter = async (text: string | Uint8Array, argv: readonly string[] = [], more: Overrides = {}): Promise<Ran> =>
  substitute(await makeFolder(), ['--stdin', ...argv], { stdin: text, ...more });

/** The token of a secret under the key of these tests. */
const tokenFor = async (secret: string): Promise<string> => (await filter(`x ${secret} y\n`)).out.slice(2, -3);

describe('files', () => {
  test('told, checked, written; clean then, and nothing more to do', async () => {
    const repo = await makeRepo();
    await repo.write('a.env', `password = "${A}"\r\n\r\nmore ${B}`, 0o755);
    await repo.write('b.txt', 'nothing\n');
    await repo.commit();
    const before = readFileSync(join(repo.dir, 'a.env'), 'utf8');
    const [a, b] = [await tokenFor(A), await tokenFor(B)];
    expect(a).toMatch(TOKEN);
    expect(a).not.toBe(b);
    const lines = `a.env:1:13  ${a}  [leak/github-pat-classic]\na.env:3:6  ${b}  [leak/github-pat-classic]\n`;
    expect(await substitute(repo)).toEqual({ code: 0, out: `${lines}2 places in 1 file to be replaced; to do it: --write\n`, err: '' });
    expect((await substitute(repo, ['--check'])).code).toBe(1);
    expect(readFileSync(join(repo.dir, 'a.env'), 'utf8')).toBe(before);
    expect(await substitute(repo, ['--write'])).toEqual({ code: 0, out: `${lines}2 places in 1 file replaced\n`, err: '' });
    expect(readFileSync(join(repo.dir, 'a.env'), 'utf8')).toBe(before.replace(A, a).replace(B, b));
    expect(statSync(join(repo.dir, 'a.env')).mode & 0o777).toBe(0o755);
    expect((await scan(repo, ['--all'])).findings).toEqual([]);
    for (const argv of [[], ['--check'], ['--write']])
      expect(await substitute(repo, argv)).toEqual({ code: 0, out: 'nothing to replace\n', err: '' });
  });
});
