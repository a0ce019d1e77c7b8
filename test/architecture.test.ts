import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

interface Plant {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** How the import is written; default: a value, statically. */
  readonly as?: 'static' | 'type' | 'dynamic';
}

/** Each breaks one rule and no other. A path without `src/` is a package or a module of Node. */
const VIOLATIONS: readonly Plant[] = [
  { rule: 'rooms-import-downwards', from: 'src/decode/sideways.ts', to: 'src/regex/tree.ts' },
  { rule: 'rooms-import-downwards', from: 'src/regex/upwards.ts', to: 'src/rules/parse.ts' },
  { rule: 'rooms-import-downwards', from: 'src/rules/upwards.ts', to: 'src/engine/scanner.ts' },
  { rule: 'rooms-import-downwards', from: 'src/leak/sideways.ts', to: 'src/workflow/uses.ts' },
  { rule: 'rooms-import-downwards', from: 'src/leak/types.ts', to: 'src/workflow/uses.ts', as: 'type' },
  { rule: 'rooms-import-downwards', from: 'src/leak/faced.ts', to: 'src/face/parse.ts' },
  { rule: 'rooms-import-downwards', from: 'src/guard/upwards.ts', to: 'src/hook/events.ts' },
  { rule: 'rooms-import-downwards', from: 'src/hook/sideways.ts', to: 'src/agents/clients.ts' },
  { rule: 'words-import-only-words', from: 'src/report/room.ts', to: 'src/rules/parse.ts' },
  { rule: 'words-import-only-words', from: 'src/config/face.ts', to: 'src/face/parse.ts' },
  { rule: 'words-import-only-words', from: 'src/nearest.ts', to: 'src/regex/tree.ts', as: 'type' },
  { rule: 'face-imports-only-words', from: 'src/face/room.ts', to: 'src/rules/parse.ts' },
  { rule: 'effects-know-no-room', from: 'src/git/room.ts', to: 'src/rules/parse.ts' },
  { rule: 'effects-know-no-room', from: 'src/sys/room.ts', to: 'src/regex/tree.ts' },
  { rule: 'nothing-imports-an-entry', from: 'src/leak/top.ts', to: 'src/index.ts' },
  { rule: 'nothing-imports-an-entry', from: 'src/printable.ts', to: 'src/cli.ts' },
  { rule: 'rooms-have-a-level', from: 'src/bin.ts', to: 'src/utils/strings.ts' },
  { rule: 'rooms-have-a-level', from: 'src/helpers/strings.ts', to: 'src/check.ts' },
  { rule: 'rooms-are-flat', from: 'src/leak/deep.ts', to: 'src/leak/rules/load.ts' },
  { rule: 'only-commands-and-entries-use-effects', from: 'src/leak/effect.ts', to: 'src/git/run.ts' },
  { rule: 'only-commands-and-entries-use-effects', from: 'src/gate/effect.ts', to: 'src/sys/files.ts', as: 'dynamic' },
  { rule: 'only-commands-and-entries-use-effects', from: 'src/report/effect.ts', to: 'src/sys/files.ts' },
  { rule: 'only-commands-and-entries-use-effects', from: 'src/index.ts', to: 'src/git/run.ts' },
  { rule: 'only-git-and-sys-touch-the-system', from: 'src/leak/disk.ts', to: 'node:fs' },
  { rule: 'only-git-and-sys-touch-the-system', from: 'src/leak/promised.ts', to: 'node:fs/promises' },
  { rule: 'only-git-and-sys-touch-the-system', from: 'src/leak/spawn.command.ts', to: 'node:child_process' },
  { rule: 'only-git-and-sys-touch-the-system', from: 'src/workflow/net.ts', to: 'node:https', as: 'dynamic' },
  { rule: 'only-git-and-sys-touch-the-system', from: 'src/counts/run.ts', to: 'execa' },
  { rule: 'only-git-imports-git-libraries', from: 'src/sys/porcelain.ts', to: 'simple-git' },
  { rule: 'only-git-imports-git-libraries', from: 'src/fork/objects.command.ts', to: 'isomorphic-git', as: 'dynamic' },
  { rule: 'only-the-database-imports-sqlite', from: 'src/sys/cache.ts', to: 'better-sqlite3' },
  { rule: 'commands-do-not-import-commands', from: 'src/leak/lint.command.ts', to: 'src/leak/scan.command.ts' },
  { rule: 'commands-do-not-import-commands', from: 'src/gate/check.command.ts', to: 'src/leak/scan.command.ts', as: 'dynamic' },
  { rule: 'commands-are-loaded-by-the-table', from: 'src/leak/calls.ts', to: 'src/leak/scan.command.ts', as: 'dynamic' },
  { rule: 'commands-are-loaded-by-the-table', from: 'src/worker.ts', to: 'src/leak/scan.command.ts' },
  { rule: 'commands-are-loaded-lazily', from: 'src/cli.ts', to: 'src/leak/list.command.ts' },
  { rule: 'checks-are-loaded-by-the-table', from: 'src/gate/run.ts', to: 'src/leak/check.ts', as: 'dynamic' },
  { rule: 'checks-are-loaded-lazily', from: 'src/gate/table.ts', to: 'src/workflow/uses.ts' },
  { rule: 'no-index-in-rooms', from: 'src/leak/barrel.ts', to: 'src/leak/index.ts' },
  { rule: 'everything-resolves', from: 'src/leak/lost.ts', to: 'src/leak/nowhere.ts' },
  { rule: 'no-cycles', from: 'src/regex/egg.ts', to: 'src/regex/hen.ts' },
];

/** What must stay allowed, in the same tree. */
const FINE: readonly Omit<Plant, 'rule'>[] = [
  { from: 'src/bin.ts', to: 'src/cli.ts' },
  { from: 'src/bin.ts', to: 'src/git/run.ts' },
  { from: 'src/cli.ts', to: 'src/leak/scan.command.ts', as: 'dynamic' },
  { from: 'src/cli.ts', to: 'src/face/parse.ts' },
  { from: 'src/index.ts', to: 'src/rules/parse.ts' },
  { from: 'src/leak/scan.command.ts', to: 'src/git/run.ts' },
  { from: 'src/leak/scan.command.ts', to: 'src/gate/merge.ts' },
  { from: 'src/rules/parse.ts', to: 'src/regex/tree.ts' },
  { from: 'src/rules/parse.ts', to: 'src/config/load.ts' },
  { from: 'src/rules/parse.ts', to: 'node:crypto' },
  { from: 'src/gate/table.ts', to: 'src/leak/check.ts', as: 'dynamic' },
  { from: 'src/hook/events.ts', to: 'src/gate/merge.ts' },
  { from: 'src/hook/events.ts', to: 'src/rules/parse.ts' },
  { from: 'src/git/run.ts', to: 'node:child_process' },
  { from: 'src/git/run.ts', to: 'src/errors.ts' },
  { from: 'src/git/porcelain.ts', to: 'simple-git' },
  { from: 'src/sys/files.ts', to: 'node:fs' },
  { from: 'src/sys/database.ts', to: 'better-sqlite3' },
  { from: 'src/report/text.ts', to: 'src/check.ts', as: 'type' },
  { from: 'src/regex/hen.ts', to: 'src/regex/egg.ts' }, // closes the cycle, which is reported once
];

const PACKAGES = ['execa', 'simple-git', 'isomorphic-git', 'better-sqlite3'];

let tree = '';

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
};

const statement = ({ from, to, as }: Omit<Plant, 'rule'>, index: number): string => {
  const up = '../'.repeat(from.split('/').length - 2) || './';
  const target = to.startsWith('src/') ? `${up}${to.slice('src/'.length)}` : to;
  if (as === 'dynamic') return `export const x${index} = () => import('${target}');\n`;
  if (as === 'type') return `import type * as x${index} from '${target}';\nexport type X${index} = typeof x${index};\n`;
  return `import * as x${index} from '${target}';\nexport const y${index} = x${index};\n`;
};

beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'kei-architecture-')));
  const imports = [...VIOLATIONS, ...FINE];
  const files = new Map(imports.flatMap(({ from, to }) => [from, to].filter((path) => path.startsWith('src/')).map((path) => [path, ''])));
  files.delete('src/leak/nowhere.ts');
  imports.forEach((one, index) => files.set(one.from, `${files.get(one.from) ?? ''}${statement(one, index)}`));
  for (const [path, text] of files) write(path, text === '' ? 'export const nothing = 0;\n' : text);
  write('package.json', JSON.stringify({ type: 'module', dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0'])) }));
  for (const name of PACKAGES) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'main.js' }));
    write(`node_modules/${name}/main.js`, '');
  }
  for (const name of ['.dependency-cruiser.cjs', '.oxlintrc.json', 'tsconfig.json']) copyFileSync(join(ROOT, name), join(tree, name));
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

const runTool = (script: string, args: readonly string[], cwd: string): string =>
  spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
  };
}

const cruise = (cwd: string): Cruise =>
  JSON.parse(
    runTool('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'], cwd),
  );

/** The name under which dependency-cruiser reports what an import leads to. */
const reported = (to: string): string => {
  if (to === 'src/leak/nowhere.ts') return '../leak/nowhere.ts';
  if (PACKAGES.includes(to)) return `node_modules/${to}/main.js`;
  return to.replace(/^node:/, '');
};

describe('dependency-cruiser', () => {
  const show = (rule: string, from: string, to: string): string => `${rule}: ${from} -> ${to}`;
  let found: readonly string[] = [];
  beforeAll(() => {
    found = cruise(tree).summary.violations.map(({ rule, from, to }) => show(rule.name, from, to));
  });

  test.for(VIOLATIONS)('$rule: $from -> $to', ({ rule, from, to }) => {
    expect(found.filter((line) => line.includes(`: ${from} -> `) && line.endsWith(` -> ${reported(to)}`))).toEqual([
      show(rule, from, reported(to)),
    ]);
  });

  test('reports nothing else', () => {
    expect(found.toSorted()).toEqual(VIOLATIONS.map(({ rule, from, to }) => show(rule, from, reported(to))).toSorted());
  });

  test('has no rule that was never seen to fail', () => {
    const { forbidden } = require(join(ROOT, '.dependency-cruiser.cjs')) as { forbidden: readonly { readonly name: string }[] };
    expect(new Set(VIOLATIONS.map(({ rule }) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
  });

  test('this repository keeps the rules, and is really looked at', () => {
    const { modules, summary } = cruise(ROOT);
    expect(summary.violations.map(({ rule, from, to }) => show(rule.name, from, to))).toEqual([]);
    expect(modules.filter(({ source }) => source.startsWith('src/')).length).toBeGreaterThan(5);
  });
});

describe('oxlint', () => {
  /** Of the rules above, those that an editor should show: they need one file only. */
  const IN_EDITOR = [
    'only-commands-and-entries-use-effects',
    'only-git-and-sys-touch-the-system',
    'only-git-imports-git-libraries',
    'only-the-database-imports-sqlite',
    'commands-do-not-import-commands',
  ];
  const expected = [
    ...VIOLATIONS.filter(({ rule }) => IN_EDITOR.includes(rule)).map(({ from }) => from),
    ...['src/leak/calls.ts', 'src/worker.ts'], // a command that is not loaded by the table
  ];
  const restricted = (): readonly string[] => {
    const { diagnostics } = JSON.parse(runTool('oxlint/bin/oxlint', ['-f', 'json', 'src'], tree)) as {
      readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
    };
    return diagnostics
      .filter(({ code }) => code.includes('no-restricted-'))
      .map(({ code, filename }) => `${filename.replaceAll('\\', '/')} ${code}`)
      .toSorted();
  };

  test('repeats the rules of one file, and only those', () => {
    expect(restricted()).toEqual(expected.map((from) => `${from} eslint(no-restricted-imports)`).toSorted());
  });

  test('lets only entries mention process', () => {
    const before = restricted().filter((line) => line.includes('globals'));
    for (const path of ['src/leak/world.ts', 'src/sys/world.ts', 'src/bin.ts']) {
      write(path, `${path === 'src/bin.ts' ? readFileSync(join(tree, path), 'utf8') : ''}export const world = process.argv;\n`);
    }
    expect(before).toEqual([]);
    expect(restricted().filter((line) => line.includes('globals'))).toEqual([
      'src/leak/world.ts eslint(no-restricted-globals)',
      'src/sys/world.ts eslint(no-restricted-globals)',
    ]);
  });
});
