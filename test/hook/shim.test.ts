import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EVENTS } from '../../src/hook/event.ts';
import { guardBlock, startedBy, TAKEN_AWAY } from '../../src/hook/shim.ts';
import { makeFolder } from '../repo.ts';

const SHELLS: readonly (readonly [name: string, ...command: readonly string[]])[] = [
  ['sh', 'sh'],
  ['dash', 'dash'],
  ['bash', 'bash'],
  ['bash as sh', 'bash', '--posix'],
  ['zsh', 'zsh'],
  ['ksh93', 'ksh93'],
  ['mksh', 'mksh'],
  ['busybox sh', 'busybox', 'sh'],
];

/** One of each of the four texts. */
const KINDS = ['pre-commit', 'pre-push', 'post-merge', 'post-rewrite'].flatMap((name) => EVENTS.find((event) => event.name === name) ?? []);

const WINDOWS = process.platform === 'win32';
const found = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

/** What a block starts: says what it was given, and gives standard input back as the program does. */
const STUB = `
import { readAndGiveBack } from './src/sys/kept-stdin.ts';
import { writeFileSync } from 'node:fs';
const { env } = process;
const stdin = env.KEI_HOOK_STDIN === undefined ? undefined : readAndGiveBack(Number(env.KEI_HOOK_STDIN)).toString('latin1');
console.log('told: ' + JSON.stringify(process.argv.slice(2)));
writeFileSync(env.SEEN, JSON.stringify({ args: process.argv.slice(2), env, stdin }));
process.exit(Number(env.CODE ?? env.KEI_HOOK_FINE ?? 0));
`;
const stub = { text: '' };
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: STUB, resolveDir: join(import.meta.dirname, '../..') },
    bundle: true,
    platform: 'node',
    write: false,
  });
  stub.text = outputFiles[0]?.text ?? '';
});

const NASTY = `a place's "own"\n\${x} $(y) \\ * é`;

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder with a node and a program of such names. */
const makePlace = async () => {
  const folder = join(await makeFolder(), NASTY);
  mkdirSync(folder);
  const node = join(folder, 'node');
  const hook = join(folder, 'hook.cjs');
  symlinkSync(process.execPath, node);
  writeFileSync(hook, stub.text);
  const seen = join(folder, 'seen.json');
  return {
    folder,
    node,
    hook,
    /** What the program was given; undefined when it did not run. */
    seen: (): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly stdin?: string } | undefined =>
      existsSync(seen) ? JSON.parse(readFileSync(seen, 'utf8')) : undefined,
    /** Runs a hook file: the block, and then what says that it is still there and what it can read. */
    run: (
      command: readonly string[],
      event: string,
      args: readonly string[] = [],
      input = '',
      env: Readonly<Record<string, string>> = {},
    ): Ran => {
      const file = join(folder, `${event} file`);
      writeFileSync(file, `set -eu\n${guardBlock(event, { node, hook })}"$NODE" "$REST" "$@"\n`);
      rmSync(seen, { force: true });
      const [program = '', ...options] = command;
      const { status, stdout, stderr } = spawnSync(found(program) ?? program, [...options, file, ...args], {
        input: Buffer.from(input, 'latin1'),
        env: { SEEN: seen, NODE: process.execPath, REST: rest, ...env },
        encoding: 'latin1',
        maxBuffer: 2 ** 24,
      });
      return { status, out: stdout, err: stderr };
    },
  };
};
type Place = Awaited<ReturnType<typeof makePlace>>;

let rest = '';
beforeAll(async () => {
  rest = join(await makeFolder(), 'rest.cjs');
  writeFileSync(rest, `console.log('rest: ' + JSON.stringify([process.argv.slice(2), require('fs').readFileSync(0, 'base64')]));`);
});
const restOf = ({ out }: Ran): readonly [args: readonly string[], stdin: string] | undefined => {
  const line = /^rest: (.*)$/m.exec(out)?.[1];
  if (line === undefined) return undefined;
  const [args, stdin] = JSON.parse(line) as readonly [readonly string[], string];
  return [args, Buffer.from(stdin, 'base64').toString('latin1')];
};

const INPUTS: readonly string[] = [
  '',
  '\n',
  'refs/heads/a 1 refs/heads/a 2\n',
  'a\nb\n\n\n',
  '\\n $x `y` "z" \\ \\\\ \'q\' kei_end\nkei_end\n%s *\n',
  '\u00e9\u0080\u00ff+\n-\n',
];

for (const [name, ...command] of SHELLS) {
  const isThere = !WINDOWS && found(command[0] ?? '') !== undefined;
  test.skipIf(isThere)(`NOT RUN in ${name}: it is not on PATH`, () => {
    expect(isThere).toBe(false);
  });
  describe.skipIf(!isThere)(`in ${name}`, () => {
    let place: Place;
    beforeEach(async () => {
      place = await makePlace();
    });

    test('the program gets the words, and the rest of the file runs', () => {
      for (const { name: event } of KINDS) {
        const args = ['a b', '', "it's", '*', '$x', '-n'];
        const ran = place.run(command, event, args);
        expect(ran).toMatchObject({ status: 0, err: '' });
        expect(place.seen()?.args).toEqual([event, ...args]);
        expect(ran.out).toContain(`told: ${JSON.stringify([event, ...args])}\n`);
        expect(restOf(ran)?.[0]).toEqual(args);
      }
    });

    test('what the program reads can be read again', () => {
      const events = ['pre-push', 'post-rewrite'];
      for (const event of events)
        for (const input of INPUTS) {
          const ran = place.run(command, event, [], input);
          expect(ran).toMatchObject({ status: 0, err: '' });
          expect(place.seen()?.stdin).toBe(input);
          expect(restOf(ran)?.[1]).toBe(input);
        }
      expect(restOf(place.run(command, 'pre-push', [], 'no newline'))?.[1]).toBe('no newline\n');
      expect(restOf(place.run(command, 'pre-commit', [], 'as it is'))?.[1]).toBe('as it is');
    });

    test('1 MB of it', () => {
      const input = 'refs/heads/a 0123456789 refs/heads/b 0123456789\\ $(x)\n'.repeat(20_000);
      const ran = place.run(command, 'pre-push', [], input);
      expect(ran).toMatchObject({ status: 0, err: '' });
      expect(restOf(ran)?.[1] === input).toBe(true);
    });

    test('a guard that says no ends the file with its code, an observer does not', () => {
      for (const { name: event, guard } of KINDS)
        for (const code of ['1', '3', '130']) {
          const ran = place.run(command, event, [], 'x\n', { CODE: code });
          expect(place.seen()).toBeDefined();
          expect([event, ran.status, restOf(ran) === undefined]).toEqual([event, guard ? Number(code) : 0, guard]);
        }
    });

    test('a program that lost its text, or is gone, stops in one line', () => {
      const damages: readonly (() => void)[] = [
        () => writeFileSync(place.hook, ''),
        () => rmSync(place.hook),
        () => {
          writeFileSync(place.hook, stub.text);
          renameSync(place.node, `${place.node}.away`);
        },
      ];
      for (const damage of damages) {
        damage();
        for (const event of ['pre-commit', 'pre-push']) {
          const ran = place.run(command, event, [], 'x\n');
          expect(ran.status).toBe(1);
          expect(ran.err).toMatch(
            new RegExp(`^kei-git: ${event} is stopped: .* is (?:gone|damaged); run \`npx kei-git install\`, or .*\\n$`),
          );
          expect(ran.out).toBe('');
        }
      }
      for (const event of ['post-merge', 'post-rewrite']) {
        const ran = place.run(command, event, [], 'x\n');
        expect(ran.status).toBe(0);
        expect(ran.err).toMatch(new RegExp(`^kei-git: ${event} is not looked at: .* is gone; run .*\\n$`));
        expect(restOf(ran)?.[1]).toBe('x\n');
      }
    });

    test('a node that cannot be started stops', () => {
      rmSync(place.node);
      writeFileSync(place.node, '#!/nowhere/at/all\n', { mode: 0o755 });
      for (const event of ['pre-commit', 'pre-push']) {
        const ran = place.run(command, event);
        expect([ran.status, restOf(ran)]).toEqual([expect.toSatisfy((code) => code === 126 || code === 127), undefined]);
      }
    });

    test('the environment can neither break nor replace the program, and it is handed on', () => {
      const evil = join(place.folder, 'evil.cjs');
      writeFileSync(evil, 'process.exit(0)');
      const env = {
        NODE_OPTIONS: `--require "${evil}" --no-such-option`,
        NODE_V8_COVERAGE: join(place.folder, 'coverage'),
        NODE_EXTRA_CA_CERTS: '/nowhere.pem',
        NODE_ICU_DATA: '/nowhere',
        OPENSSL_CONF: evil,
        NODE_CHANNEL_FD: '3',
      };
      for (const event of ['pre-commit', 'pre-push']) {
        const file = join(place.folder, 'env');
        writeFileSync(file, `set -eu\n${guardBlock(event, place)}`);
        const [program = '', ...options] = command;
        const seen = join(place.folder, 'seen.json');
        const { status } = spawnSync(found(program) ?? program, [...options, file], { input: '', env: { ...env, SEEN: seen } });
        expect(status).toBe(0);
        const given = place.seen()?.env ?? {};
        expect(TAKEN_AWAY.filter((one) => one in given)).toEqual([]);
        expect(given['NODE_CHANNEL_FD']).toBeUndefined();
        expect(given).toMatchObject({ KEI_ENV_NODE_OPTIONS: env.NODE_OPTIONS, KEI_ENV_OPENSSL_CONF: evil, KEI_ENV_NODE_COMPILE_CACHE: '' });
        expect(existsSync(env.NODE_V8_COVERAGE)).toBe(false);
      }
    });

    test.skipIf(found('strace') === undefined)('nothing but node is started', () => {
      for (const event of ['pre-commit', 'pre-push', 'post-merge', 'post-rewrite']) {
        const file = join(place.folder, 'alone');
        const log = join(place.folder, 'strace.log');
        writeFileSync(file, `set -eu\n${guardBlock(event, place)}`);
        const [program = '', ...options] = command;
        const { status } = spawnSync('strace', ['-f', '-o', log, '-e', 'trace=execve', found(program) ?? program, ...options, file], {
          input: 'x\n',
          env: { SEEN: join(place.folder, 'seen.json'), PATH: process.env['PATH'] },
        });
        expect(status).toBe(0);
        const started = readFileSync(log, 'utf8').match(/execve\(.* = 0$/gm) ?? [];
        expect(started).toHaveLength(2); // the shell, and node
      }
    });
  });
}

test('a block is told by its first and its last line, and says what it starts', () => {
  fc.assert(
    fc.property(fc.constantFrom(...EVENTS), fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), ({ name }, a, b) => {
      const started = { node: `/${a.replaceAll('\0', '')}`, hook: `/${b.replaceAll('\0', '')}` };
      const block = guardBlock(name, started);
      expect(block.startsWith(`# >>> kei-git ${name}\n`)).toBe(true);
      expect(block.endsWith(`\n# <<< kei-git ${name}\n`)).toBe(true);
      expect(startedBy(`#!/bin/sh\n${block}exit 0\n`, name)).toEqual(started);
      expect(startedBy(block, 'another')).toBeUndefined();
    }),
  );
  expect(startedBy('#!/bin/sh\n', 'pre-commit')).toBeUndefined();
});

test.skipIf(WINDOWS)('a seal is looked for before anything is started for refs', async () => {
  const place = await makePlace();
  chmodSync(place.folder, 0o755);
  const gitDir = join(place.folder, 'git dir');
  mkdirSync(join(gitDir, 'kei'), { recursive: true });
  const ran = place.run(['sh'], 'reference-transaction', ['prepared'], 'x\n', { GIT_DIR: gitDir });
  expect([ran.status, place.seen(), restOf(ran)]).toEqual([0, undefined, [['prepared'], 'x\n']]);
  writeFileSync(join(gitDir, 'kei/seal'), '');
  expect(place.run(['sh'], 'reference-transaction', ['committed'], 'x\n', { GIT_DIR: gitDir }).status).toBe(0);
  expect(place.seen()).toBeUndefined();
  const sealed = place.run(['sh'], 'reference-transaction', ['prepared'], 'x\n', { GIT_DIR: gitDir, CODE: '1' });
  expect([sealed.status, place.seen()?.stdin, restOf(sealed)]).toEqual([1, 'x\n', undefined]);
});
