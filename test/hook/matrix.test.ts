import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitIs, makeRepo, openRepo, type TestRepo } from '../repo.ts';
import { commitNew, hookState, kei, keiWell, stops, whoRan } from './beside.ts';
import {
  CONFIGS,
  husky,
  lefthook,
  LEFTHOOK,
  prek,
  PREK,
  preCommit,
  PRE_COMMIT,
  SETTINGS,
  type Made,
  type Setting,
} from './beside-settings.ts';

// What kei-git does beside others, tried with their real programs; the tables of docs/hooks.md are made of it.

const PAGE = join(import.meta.dirname, '../../docs/hooks.md');
const WRITES = process.env['KEI_DOCS'] === 'write';
const rows = new Map<string, string>();

/** A line for the table; a test that cannot say it has failed. */
const row = (table: string, ...cells: readonly string[]): void => void rows.set(`${table} ${cells[0] ?? ''}`, `| ${cells.join(' | ')} |`);

const prepared = async (make: (repo: TestRepo) => Promise<Made>): Promise<{ readonly repo: TestRepo; readonly cwd: string }> => {
  const repo = await makeRepo();
  await repo.write('README.md', 'hello\n');
  await repo.commit();
  const { cwd = repo.dir, env = {} } = await make(repo);
  return { repo: openRepo(repo.dir, { ...repo.env, ...env }), cwd };
};

describe.skipIf(process.platform === 'win32')('beside others', () => {
  for (const { name, missing } of SETTINGS) if (missing !== undefined) console.warn(`NOT TRIED: ${name}: ${missing}`);

  test.for(SETTINGS.map((setting): [string, Setting] => [setting.name, setting]))(
    '%s',
    { timeout: 60_000 },
    async ([name, setting], { skip }) => {
      skip(setting.missing !== undefined, setting.missing);
      const { repo, cwd } = await prepared(setting.make);
      expect((await commitNew(repo, 'before', { cwd })).code).toBe(0);
      expect(await whoRan(repo)).toEqual(setting.runs);
      const before = hookState(repo.dir);

      await keiWell(repo, ['install'], cwd);
      expect((await commitNew(repo, 'with us', { cwd })).code).toBe(0);
      expect(await whoRan(repo)).toEqual(setting.runs);
      expect(await stops(repo, cwd)).toBe(true);
      expect(await whoRan(repo)).toEqual([]); // nothing of theirs ran on what is stopped

      const installed = hookState(repo.dir);
      await keiWell(repo, ['install'], cwd);
      expect(hookState(repo.dir)).toEqual(installed);

      await keiWell(repo, ['uninstall'], cwd);
      expect(hookState(repo.dir)).toEqual(before);
      expect(await stops(repo, cwd)).toBe(false);
      row('settings', name, setting.guard, setting.runs.length === 0 ? 'the guard' : 'the guard and theirs', 'yes', 'yes');
    },
  );
});

interface Later {
  readonly name: string;
  readonly id: keyof typeof CONFIGS;
  readonly missing: string | undefined;
  readonly install: (repo: TestRepo) => Promise<void>;
  /** Whether the guard still stands when it is installed for the first time, and once more, behind us. */
  readonly first: boolean;
  readonly again: boolean;
}
const LATER: readonly Later[] = [
  { name: 'husky 9 (`prepare`)', id: 'husky', missing: undefined, install: husky, first: false, again: true },
  {
    name: '`lefthook install`',
    id: 'lefthook',
    missing: LEFTHOOK === undefined ? 'lefthook is not in $KEI_PEERS' : undefined,
    install: lefthook,
    first: false,
    again: false,
  },
  {
    name: '`prek install`',
    id: 'prek',
    missing: PREK === undefined ? 'prek is not in $KEI_PEERS' : undefined,
    install: prek,
    first: true,
    again: false,
  },
  {
    name: '`pre-commit install`',
    id: 'pre-commit',
    missing: PRE_COMMIT === undefined ? 'pre-commit is not installed' : undefined,
    install: preCommit,
    first: true,
    again: false,
  },
];

const says = (stands: boolean): string => (stands ? 'yes' : '**no**, until `kei-git install` is run again');

describe.skipIf(process.platform === 'win32')('when another is installed behind us', () => {
  test.for(LATER.map((later): [string, Later] => [later.name, later]))('%s', { timeout: 60_000 }, async ([name, later], { skip }) => {
    skip(later.missing !== undefined, later.missing);
    const configured = async (repo: TestRepo): Promise<Made> => {
      await CONFIGS[later.id](repo);
      await repo.git('add', '.');
      return {};
    };
    const { repo } = await prepared(configured);
    await keiWell(repo, ['install']);
    await later.install(repo);
    expect((await commitNew(repo)).code).toBe(0);
    expect(await whoRan(repo)).toEqual([later.id]);
    expect(await stops(repo)).toBe(later.first);
    // Ours once more: both run, and taken out nothing of ours is left.
    await keiWell(repo, ['install']);
    expect((await commitNew(repo)).code).toBe(0);
    expect(await whoRan(repo)).toEqual([later.id]);
    expect(await stops(repo)).toBe(true);
    await later.install(repo);
    expect(await stops(repo)).toBe(later.again);
    await keiWell(repo, ['install']);
    expect(await stops(repo)).toBe(true);
    const { code, out } = await kei(repo, ['uninstall']);
    expect({ code, out }).toMatchObject({ code: 0 });
    expect([...hookState(repo.dir).values()].filter((text) => text.includes('kei-git'))).toEqual([]);
    expect((await commitNew(repo)).code).toBe(0);
    expect(await whoRan(repo)).toEqual([later.id]);
    // As a hook of the configuration nothing that others install takes its place.
    if (gitIs(2, 54)) {
      await keiWell(repo, ['install', '--config-hooks']);
      await later.install(repo);
      expect(await stops(repo)).toBe(true);
      await keiWell(repo, ['uninstall']);
      expect(await stops(repo)).toBe(false);
    }
    row('later', name, says(later.first), says(later.again));
  });
});

/** The page with what was just tried in its tables; rows of what is not here stay. */
const withRows = (page: string): string =>
  page.replaceAll(/(<!-- matrix (\w+) -->\n\n(?:\|.*\n){2})((?:\|.*\n)*)/g, (_, head: string, table: string, old: string) => {
    const names = table === 'settings' ? SETTINGS.map(({ name }) => name) : LATER.map(({ name }) => name);
    const kept = new Map(old.split('\n').map((line) => [line.split(' | ')[0]?.replace(/^\| /, '').trim() ?? '', line]));
    return (
      head +
      names
        .map((name) => rows.get(`${table} ${name}`) ?? kept.get(name) ?? '')
        .filter((line) => line !== '')
        .map((line) => `${line}\n`)
        .join('')
    );
  });

test.skipIf(process.platform === 'win32')('docs/hooks.md shows what was tried', () => {
  const page = readFileSync(PAGE, 'utf8');
  const now = withRows(page);
  if (WRITES) writeFileSync(PAGE, now);
  else expect(now).toBe(page);
});
