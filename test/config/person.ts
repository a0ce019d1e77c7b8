import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { main } from '../../src/cli.ts';
import type { CommandEntry } from '../../src/command.ts';
import { captured, type Overrides } from '../captured.ts';

const TABLE: ReadonlyMap<string, CommandEntry> = new Map([
  ['config', { summary: 'settings', load: () => import('../../src/config/config.command.ts') }],
  ['trust', { summary: 'trust', load: () => import('../../src/config/trust.command.ts') }],
]);

export const RULES = '[[rules]]\nid = "acme"\nregex = "acme_[a-z]+"\n';

/** A folder of this test alone: `repo`, and the person's `home`. In outputs it is `<base>`. */
export let base = '';
export let home = '';
export let root = '';
beforeEach(() => {
  base = realpathSync.native(mkdtempSync(join(tmpdir(), 'kei-config-')));
  [home, root] = [join(base, 'home'), join(base, 'repo')];
  mkdirSync(home);
  mkdirSync(root);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

export const git = (...args: readonly string[]): void => {
  const { env } = captured(root);
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, env: { ...env }, stdio: 'pipe' });
};

export const write = (path: string, text: string | Buffer, folder = root): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

export const floor = (text: string): void => write('.config/kei-git/config.toml', text, home);

export const run = async (words: string, overrides: Overrides = {}, cwd = root) => {
  const context = captured(cwd, { ...overrides, env: { HOME: home, ...overrides.env } });
  const code = await main(words.split(' '), context, TABLE);
  return { code, out: context.out().replaceAll(base, '<base>'), err: context.err().replaceAll(base, '<base>') };
};
