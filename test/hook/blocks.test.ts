import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isShellFile, putBlock, takeBlocks } from '../../src/hook/blocks.ts';
import { configValue, putConfigBlock, takeConfigBlock } from '../../src/hook/config-block.ts';
import { ownFile, readOwnFile, withoutOurs } from '../../src/hook/own-file.ts';
import { pathSeenIn } from '../../src/hook/then-block.ts';

const LONG = process.env['KEI_LONG'] === '1';
const RUNS = { numRuns: LONG ? 20_000 : 1000 };
const BLOCK = '# >>> kei-git pre-commit\nguard || exit $?\n# <<< kei-git pre-commit\n';
const OLDER = '# >>> kei-git pre-commit\nolder || exit $?\n# <<< kei-git pre-commit\n';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const text = (buffer: Uint8Array): string => Buffer.from(buffer).toString('latin1');

/** Pieces from which hook files and damaged blocks are made. */
const PIECES = [
  '#!/bin/sh',
  '#!/usr/bin/env -S bash -eu',
  '#!/usr/bin/python3',
  '\n',
  '\r\n',
  '\r',
  '\0',
  '\u00ef\u00bb\u00bf',
  'echo hi',
  'exit 0',
  '# >>> kei-git pre-commit',
  '# <<< kei-git pre-commit',
  '# <<< kei-git pre-commit 00000000',
  '# <<< kei-git pre-commit 00000000 newline',
  ' ',
  '\u00ff',
];
const file = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all)),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((parts) => bytes(parts.join(''))),
);

test.for([
  ['#!/bin/sh\n', true],
  ['#! /bin/sh -e\n', true],
  ['#!/bin/bash -eu -o pipefail\n', true],
  ['#!/bin/sh -\n', true],
  ['#!/bin/sh\r\necho\r\n', true],
  ['#!/usr/bin/env bash\n', true],
  ['#!/usr/bin/env -S bash -eu\n', true],
  ['#!/usr/bin/env -S zsh --\n', true],
  ['#!/opt/homebrew/bin/dash\n', true],
  ['#!/bin/busybox sh\n', true],
  ['#!C:/git/usr/bin/sh.exe\n', true],
  ['#!/bin/sh', true],
  ['', true],
  ['echo no shebang\n', true],
  ['#!/bin/sh -n\n', false],
  ['#!/bin/bash -r\n', false],
  ['#!/bin/sh -c\n', false],
  ['#!/bin/rbash\n', false],
  ['#!/bin/csh\n', false],
  ['#!/usr/bin/fish\n', false],
  ['#!/usr/bin/env python3\n', false],
  ['#!/usr/bin/env -S node --no-warnings\n', false],
  ['#!/usr/bin/perl -w\n', false],
  ['#!/usr/bin/python3 /bin/sh\n', false],
  ['#!/usr/bin/env -i bash\n', false],
  ['#!\n', false],
  ['\u00ef\u00bb\u00bf#!/bin/sh\n', false],
  ['#!/bin/sh\n\0', false],
  ['\u007fELF\0', false],
] as const)('a shell runs it: %j %s', ([content, is]) => {
  expect(isShellFile(bytes(content))).toBe(is);
});

describe('a block in a hook file', () => {
  const sealed = (block: string): string => text(putBlock(bytes(''), block));
  const SEALED = sealed(BLOCK);

  test.for([
    { name: 'a script', before: '#!/bin/sh\nexit 0\n', after: `#!/bin/sh\n${SEALED}exit 0\n` },
    { name: 'no final newline', before: '#!/bin/sh\necho', after: `#!/bin/sh\n${SEALED}echo` },
    { name: 'no shebang', before: 'echo\n', after: `${SEALED}echo\n` },
    { name: 'empty', before: '', after: SEALED },
    { name: 'CRLF', before: '#!/bin/sh\r\necho\r\n', after: `#!/bin/sh\r\n${SEALED}echo\r\n` },
  ])('$name: stands right after the first line', ({ before, after }) => {
    expect(text(putBlock(bytes(before), BLOCK))).toBe(after);
    expect(text(takeBlocks(bytes(after)).bytes)).toBe(before);
  });

  test('a shebang alone', () => {
    const put = putBlock(bytes('#!/bin/sh'), BLOCK);
    expect(text(put)).toMatch(/^#!\/bin\/sh\n# >>> kei-git pre-commit\nguard .*\n# <<< kei-git pre-commit [0-9a-f]{8} newline\n$/);
    expect(text(takeBlocks(put).bytes)).toBe('#!/bin/sh');
  });

  test('an older block, and two of them, are replaced', () => {
    const script = '#!/bin/sh\nexit 0\n';
    const two = `${text(putBlock(bytes(script), OLDER))}${sealed(OLDER)}`;
    expect(text(putBlock(bytes(two), BLOCK))).toBe(text(putBlock(bytes(script), BLOCK)));
    expect(takeBlocks(bytes(two))).toMatchObject({ labels: ['pre-commit', 'pre-commit'], changed: [] });
  });

  test('an editor that made the whole file CRLF did not change the block', () => {
    const put = text(putBlock(bytes('#!/bin/sh\nexit 0\n'), BLOCK)).replaceAll('\n', '\r\n');
    expect(text(takeBlocks(bytes(put)).bytes)).toBe('#!/bin/sh\r\nexit 0\r\n');
  });

  test.for([
    { name: 'a line of it', edit: (all: string) => all.replace('guard', '# guard') },
    { name: 'its last line gone', edit: (all: string) => all.replace(/# <<<.*\n/, '') },
    { name: 'its last line cut', edit: (all: string) => all.replace(/(# <<<.*) [0-9a-f]{8}/, '$1') },
    { name: 'lines added', edit: (all: string) => all.replace('# <<<', 'npm test\n# <<<') },
  ])('changed by hand ($name): stays, and is told', ({ edit }) => {
    const changed = bytes(edit(text(putBlock(bytes('#!/bin/sh\nexit 0\n'), BLOCK))));
    expect(takeBlocks(changed)).toEqual({ bytes: changed, labels: [], changed: ['pre-commit'] });
  });

  test('property: what is put can be taken out again, to the byte', () => {
    fc.assert(
      fc.property(file, fc.constantFrom(BLOCK, OLDER), (before, block) => {
        const put = putBlock(before, block);
        expect(takeBlocks(put).labels).toContain('pre-commit');
        expect(takeBlocks(put).bytes).toEqual(takeBlocks(before).bytes);
        expect(putBlock(put, block)).toEqual(put);
      }),
      RUNS,
    );
  });

  test('property: nothing is taken out where nothing was put', () => {
    fc.assert(
      fc.property(file, (before) => {
        expect(takeBlocks(before).bytes).toEqual(before);
      }),
      RUNS,
    );
  });
});

describe('a file of ours', () => {
  test('is nothing but ours, with what is behind it', () => {
    const all = ownFile({
      event: 'pre-commit',
      block: BLOCK,
      behind: { folder: "it's/here", config: 'config', seen: false },
      madeFolder: true,
    });
    expect(text(all)).toContain(String.raw`kei_path='it'\''s/here'`);
    const own = readOwnFile(all);
    expect(own).toMatchObject({ madeFolder: true, changed: [], aside: undefined });
    expect(own === undefined ? '' : withoutOurs(own)).toBe(undefined);
  });

  test('keeps what a person added', () => {
    const all = Buffer.concat([ownFile({ event: 'pre-commit', block: BLOCK, behind: 'aside', madeFolder: false }), bytes('npm test\n')]);
    const own = readOwnFile(all);
    expect(own).toMatchObject({ madeFolder: false, aside: 'pre-commit', changed: [] });
    expect(own === undefined ? '' : text(withoutOurs(own) ?? Buffer.of())).toBe('#!/bin/sh\nnpm test\n');
  });

  test('is told from any other', () => {
    expect(readOwnFile(bytes('#!/bin/sh\n'))).toBe(undefined);
    expect(readOwnFile(putBlock(bytes('#!/bin/sh\n'), BLOCK))).toBe(undefined);
  });
});

test.for([
  ['[core]\n\thooksPath = .husky/_\n', '.husky/_'],
  ['[core]\n\thookspath = a b\n[core]\n\thooksPath = c\n', 'c'],
  ['[user]\n\thooksPath = x\n', ''],
  ['[core]\n\thooksPath=x\n', ''],
  ['[core]\n\thooksPath = "x"\n', ''],
  ['[core]\n\thooksPath = ~/x\n', ''],
  ['[core]\n\thooksPath = x # y\n', ''],
] as const)('what a file of ours sees of %j: %j', ([config, path]) => {
  expect(pathSeenIn(bytes(config))).toBe(path);
});

describe("a block in git's configuration", () => {
  const PATH = 'kei-git-hooks/gitconfig';
  const put = (before: string): string => text(putConfigBlock(bytes(before), PATH));
  const take = (after: string): string => text(takeConfigBlock(bytes(after)).bytes);
  const CORE = '[core]\n\tbare = false\n';

  test('stands at the end', () => {
    expect(put(CORE)).toBe(
      `${CORE}# >>> kei-git hooks: kei-git uninstall takes this out\n[include]\n\tpath = ${PATH}\n# <<< kei-git hooks\n`,
    );
    expect(put(put(CORE))).toBe(put(CORE));
  });

  test.for([
    { name: 'a section after it', edit: (all: string) => `${all}[remote "x"]\n\turl = y\n`, left: `${CORE}[remote "x"]\n\turl = y\n` },
    {
      name: 'a setting in our section, inside',
      edit: (all: string) => all.replace('gitconfig\n', 'gitconfig\n\tpath = other\n'),
      left: `${CORE}[include]\n\tpath = other\n`,
    },
    {
      name: 'a setting in our section, behind it',
      edit: (all: string) => `${all}\tpath = other\n`,
      left: `${CORE}[include]\n\tpath = other\n`,
    },
    { name: 'the last line is gone', edit: (all: string) => all.replace(/# <<<.*\n/, ''), left: CORE },
    { name: 'only comments are left', edit: (all: string) => all.replace(/\[include\]\n\tpath.*\n/, ''), left: CORE },
    { name: 'all is CRLF now', edit: (all: string) => all.replaceAll('\n', '\r\n'), left: CORE.replaceAll('\n', '\r\n') },
    { name: 'twice', edit: (all: string) => all + all.slice(CORE.length), left: CORE },
  ])('$name: what is not ours stays', ({ edit, left }) => {
    expect(take(edit(put(CORE)))).toBe(left);
  });

  test('what is added behind a file without a final newline', () => {
    expect(take(`${put('[core]\n\tbare = false')}[user]\n`)).toBe('[core]\n\tbare = false\n[user]\n');
  });

  test('values are quoted', () => {
    expect(configValue('a "b" \\ #c\n')).toBe(String.raw`"a \"b\" \\ #c\n"`);
  });

  test('property: what is put can be taken out again, to the byte', () => {
    const config = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all)),
      fc
        .array(fc.constantFrom('[core]', '[include]', '\tpath = x', '\n', '\r\n', '#', '# <<< kei-git hooks', `\tpath = ${PATH}`), {
          maxLength: 14,
        })
        .map((parts) => bytes(parts.join(''))),
    );
    fc.assert(
      fc.property(config, (before) => {
        const after = putConfigBlock(before, PATH);
        expect(takeConfigBlock(after)).toEqual({ bytes: before, found: true });
        expect(putConfigBlock(after, PATH)).toEqual(after);
      }),
      RUNS,
    );
  });
});
