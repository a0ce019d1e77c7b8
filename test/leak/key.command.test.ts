import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newKeyText } from '../../src/values/key.ts';
import { random } from '../../src/sys/private.ts';
import { makeRepo } from '../repo.ts';
import { run, type Ran } from './commands.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kei-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = (name = 'default'): string => join(home, 'kei-git/keys', `${name}.key`);
const key = async (argv: readonly string[], more: { stdin?: string; env?: Record<string, string> } = {}, where = home): Promise<Ran> => {
  const { env = {}, ...rest } = more;
  return run(where, ['leak', 'key', ...argv], { ...rest, env: { XDG_CONFIG_HOME: home, ...env } });
};

test('there is none; one is made for its owner alone; its text is never printed', async () => {
  expect(await key([])).toEqual({
    code: 1,
    err: '',
    out: `there is no key default; it would be in ${file()}\n  hint: kei-git leak key --new, or --import the one that your team has\n`,
  });
  const made = await key(['--new']);
  const text = readFileSync(file(), 'utf8').trim();
  expect(made.code).toBe(0);
  expect(made.out).toMatch(/^key default is [a-z2-7]{8}, in /);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, 'kei-git/keys')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(home, 'kei-git/keys'))).toEqual(['default.key']);
  const again = await key(['--new']);
  expect(again.code).toBe(2);
  expect(again.err).toContain('there is a key default already');
  expect((await key([])).out).toBe(made.out);
  expect(`${made.out}${again.err}`).not.toContain(text.slice(7));
  expect(readFileSync(file(), 'utf8').trim()).toBe(text);
});

test('the one of a team is taken over; what is none is refused', async () => {
  const text = newKeyText(random);
  const bad = await key(['--import'], { stdin: text.slice(0, -2) });
  expect([bad.code, bad.err, existsSync(file())]).toEqual([
    2,
    'kei-git: standard input holds no key, or only a part of one\n  hint: kei-git leak key --import < FILE\n',
    false,
  ]);
  const taken = await key(['--import', '--name', 'acme'], { stdin: `${text}\n` });
  expect(taken.out).toMatch(/^key acme is /);
  const variable = await key(['--format', 'json'], { env: { KEI_LEAK_KEY: text } });
  expect(JSON.parse(variable.out)).toEqual({ name: 'default', id: taken.out.slice(12, 20), place: 'KEI_LEAK_KEY' });
});

test.skipIf(process.platform === 'win32')('a file that others may read is not used', async () => {
  await key(['--new']);
  chmodSync(file(), 0o640);
  expect(await key([])).toEqual({ code: 3, out: '', err: `kei-git: others may read ${file()}\n  hint: chmod 600 ${file()}\n` });
});

test('a damaged file and a damaged variable are told', async () => {
  await key(['--new']);
  writeFileSync(file(), 'keikey_abc\n');
  expect((await key([])).err).toContain(`${file()} holds no key, or only a part of one`);
  expect((await key([], { env: { KEI_LEAK_KEY: 'abc' } })).err).toContain('KEI_LEAK_KEY holds no key');
});

test('kei.toml names the key; a name is no path', async () => {
  const repo = await makeRepo();
  await repo.write('kei.toml', '[leak]\nkey = "acme"\n');
  expect((await key(['--new'], {}, repo.dir)).out).toContain('key acme is ');
  expect(existsSync(file('acme'))).toBe(true);
  expect((await key(['--name', '../x'])).err).toContain('a name is lower-case letters, digits and hyphens');
});

test('of ten that make one at once, nine are told', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, () => key(['--new'])));
  expect(all.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(all.filter(({ err }) => err.includes('there is a key default already'))).toHaveLength(9);
  expect(readdirSync(join(home, 'kei-git/keys'))).toEqual(['default.key']);
});
