import { describe, expect, test } from 'vitest';
import { readUses } from '../../src/uses/read.ts';
import type { Use } from '../../src/uses/use.ts';

const SHA = '8e5e7e5a'.repeat(5);
const PIN = `actions/checkout@${SHA}`;
const PATH = '.github/workflows/x.yml';

const workflow = (steps: string): string => `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps}`;
const read = (text: string | Uint8Array, path = PATH): ReturnType<typeof readUses> & { readonly bytes: Buffer } => {
  const bytes = Buffer.from(text);
  return { ...readUses(bytes, path), bytes };
};
const written = (bytes: Buffer, { start, end }: Use): string => bytes.subarray(start, end).toString();
const told = (text: string | Uint8Array, path = PATH): readonly string[] =>
  read(text, path).problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);

test('a step', () => {
  const bytes = Buffer.from(workflow(`      - uses: ${PIN} # v3.5.2\n`));
  const start = bytes.indexOf('actions/');
  expect(readUses(bytes, PATH)).toEqual({
    kind: 'workflow',
    problems: [],
    uses: [
      {
        path: PATH,
        line: 6,
        column: 15,
        start,
        end: start + PIN.length,
        raw: PIN,
        kind: 'action',
        owner: 'actions',
        repo: 'checkout',
        ref: SHA,
        comment: {
          text: 'v3.5.2',
          start: start + 58,
          end: start + 66,
          version: 'v3.5.2',
          versionStart: start + 60,
          versionEnd: start + 66,
        },
        verbatim: true,
      },
    ],
  });
});

describe('where references stand', () => {
  test.for([
    ['jobs: {a: {uses: o/r/.github/workflows/x.yml@v1}}', ['workflow o/r/.github/workflows/x.yml@v1']],
    ['jobs: {a: {steps: [{parallel: [{uses: a/b@v1}, {parallel: [{uses: c/d@v1}]}]}]}}', ['action a/b@v1', 'action c/d@v1']],
    ['jobs: {a: {container: "node:20"}}', ['image node:20']],
    ['jobs: {a: {container: {image: "node:20", env: {image: x}}}}', ['image node:20']],
    ['jobs: {a: {services: {db: {image: "pg:1"}, image: {image: "pg:2"}, c: "pg:3"}}}', ['image pg:1', 'image pg:2', 'image pg:3']],
    ['jobs: {a: {container: "", services: {x: {image: }}}, b: {container: }}', []],
    ['jobs: {a: {steps: [{uses: docker://a}, {uses: ./a}, {uses: $/a}]}}', ['docker docker://a', 'local ./a', 'self $/a']],
    // not references
    ['uses: a/b@v1\nenv: {uses: a/b@v1}\ndefaults: {run: {uses: a/b@v1}}\njobs: {a: {env: {uses: a/b@v1}, outputs: {uses: a/b@v1}}}', []],
    ['jobs: {a: {steps: [{run: "uses: a/b@v1", with: {uses: a/b@v1}, env: {uses: a/b@v1}}]}}', []],
    ['jobs: {a: {strategy: {matrix: {uses: [a/b@v1], include: [{uses: a/b@v1}]}}}}', []],
    ['jobs: {a: {steps: {uses: a/b@v1}}}', []],
    ['jobs: [{uses: a/b@v1}]', []],
    ['runs: {steps: [{uses: a/b@v1}]}', []],
    ['', []],
    ['x', []],
    ['---\n', []],
  ] as const)('%s', ([text, wanted]) => {
    const { uses, problems } = read(text);
    expect(uses.map(({ kind, raw }) => `${kind} ${raw}`)).toEqual(wanted);
    expect(problems).toEqual([]);
  });

  test('of actions', () => {
    const { uses, kind } = read(
      'runs: {using: composite, steps: [{uses: a/b@v1}, {parallel: [{uses: c/d@v1}]}]}\njobs: {a: {uses: x/y@v1}}',
      'sub/action.yml',
    );
    expect([kind, ...uses.map(({ raw }) => raw)]).toEqual(['action', 'a/b@v1', 'c/d@v1']);
    const images = ['docker://alpine:3', 'Dockerfile'].map((image) => read(`runs: {using: docker, image: "${image}"}`, 'action.yaml').uses);
    expect(images.map((found) => found.map(({ kind: what, raw }) => [what, raw]))).toEqual([[['image', 'docker://alpine:3']], []]);
  });

  test('of pre-commit', () => {
    const text = `repos:
- repo: https://github.com/o/r
  rev: ${SHA}  # frozen: v1.2.3
  hooks: [{id: x}]
- repo: local
  hooks: [{id: y}]
- repo: meta
- {repo: ext::sh, rev: v1}
- {repo: https://github.com/o/r, rev: 1.0}
`;
    const { uses, kind } = read(text, '.pre-commit-config.yaml');
    expect(kind).toBe('pre-commit');
    expect(uses).toMatchObject([
      {
        kind: 'hook',
        raw: SHA,
        ref: SHA,
        url: 'https://github.com/o/r',
        host: 'github.com',
        owner: 'o',
        repo: 'r',
        comment: { version: 'v1.2.3' },
      },
      { kind: 'hook', raw: 'v1' },
    ]);
    expect(told(text, '.pre-commit-config.yaml')).toEqual([
      '8:24: "v1": the address of the repository is none of https, http, ssh',
      '9:39: rev is a number or a boolean, not text',
    ]);
  });

  test('dependabot.yml refers to nothing; its YAML is read all the same', () => {
    expect(read('version: 2\nupdates: [{package-ecosystem: github-actions}]', '.github/dependabot.yml')).toMatchObject({
      uses: [],
      problems: [],
    });
    expect(told('a: [', '.github/dependabot.yml')).toEqual([
      '1:5: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  test('other files', () => {
    expect(readUses(Buffer.from('jobs: {a: {uses: x/y@v1}}'), 'x.yml')).toEqual({ uses: [], problems: [], kind: undefined });
    expect(readUses(Buffer.from('jobs: {a: {uses: x/y@v1}}'), 'x.yml', true)).toMatchObject({
      uses: [{ raw: 'x/y@v1' }],
      kind: 'workflow',
    });
    expect(readUses(Buffer.from('repos: [{repo: https://h/x/y, rev: v1}]'), 'x.yml', true).uses).toHaveLength(1);
    const message = 'no workflow, no action and no configuration of pre-commit';
    expect(readUses(Buffer.from('a: b'), 'x.yml', true)).toEqual({
      uses: [],
      problems: [{ line: 1, column: 1, message }],
      kind: undefined,
    });
  });
});

describe('how a value is written', () => {
  test.for([
    ['plain', `- uses: ${PIN}`, true],
    ['single quotes', `- uses: '${PIN}'`, true],
    ['double quotes', `- uses: "${PIN}"`, true],
    ['white space in quotes', `- uses: " ${PIN}\t "`, true],
    ['a quoted key', `- "uses": ${PIN}`, true],
    ['an escaped key', `- "\\x75ses": ${PIN}`, true],
    ['a space before the colon', `- uses : ${PIN}`, true],
    ['tabs', `- uses:\t\t${PIN}\t`, true],
    ['an explicit key', `- ? uses\n        : ${PIN}`, true],
    ['on the next line', `- uses:\n          ${PIN}`, true],
    ['a tag', `- uses: !!str ${PIN}`, true],
    ['an anchor', `- uses: &x ${PIN}`, true],
    ['a flow map', `- { uses: ${PIN}, with: {a: b} }`, true],
    ['folded', `- uses: >-\n          ${PIN}`, false],
    ['literal', `- uses: |\n          ${PIN}\n`, false],
    ['escaped', `- uses: "\\x61${PIN.slice(1)}"`, false],
    ['a line continued', `- uses: "${PIN.slice(0, 30)}\\\n          ${PIN.slice(30)}"`, false],
  ] as const)('%s', ([, step, verbatim]) => {
    for (const text of [
      workflow(`      ${step}\n`),
      `\ufeff${workflow(`      ${step}`)}`,
      workflow(`      ${step}\n`).replaceAll('\n', '\r\n'),
    ]) {
      const { uses, problems, bytes } = read(text);
      expect(problems).toEqual([]);
      expect(uses.map(({ raw, verbatim: is }) => [raw, is])).toEqual([[PIN, verbatim]]);
      if (verbatim) expect(uses.map((use) => written(bytes, use))).toEqual([PIN]);
    }
  });

  test('places are bytes of the file, whatever stands before', () => {
    const odd = Buffer.concat([
      Buffer.from('\ufeffname: "é😀中"\nenv: # '),
      Buffer.from([0xff, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0xc0, 0xaf, 0xed, 0xa0, 0x80]), // no UTF-8
      Buffer.from(`\n  X: 😀\njobs: {"é": {uses: "😀/x@v1"}, b: {uses: o/r@v1}} # 😀 v2\n`),
    ]);
    const { uses, bytes } = read(odd);
    expect(uses.map((use) => [written(bytes, use), use.line, use.column, use.verbatim])).toEqual([
      ['😀/x@v1', 4, 21, true],
      ['o/r@v1', 4, 42, true],
    ]);
    const { comment } = uses[1] ?? {};
    expect(bytes.subarray(comment?.start, comment?.end).toString()).toBe('# 😀 v2');
  });

  test('quotes that the file does not close', () => {
    for (const quote of ['"', "'"]) {
      const { uses, problems } = read(`jobs: {a: {uses: ${quote}o/r@v1😀`);
      expect(uses.map(({ verbatim }) => verbatim)).toEqual([false]);
      expect(problems.map(({ message }) => message).join('\n')).toMatch(/not YAML: Missing closing/);
    }
  });

  test('bytes that are no UTF-8 are not the value', () => {
    const bytes = Buffer.concat([Buffer.from('jobs: {a: {uses: o/r@v1'), Buffer.from([0xff]), Buffer.from('}}')]);
    expect(readUses(bytes, PATH)).toMatchObject({ uses: [{ raw: 'o/r@v1\ufffd', verbatim: false }], problems: [{ line: 1, column: 18 }] });
  });
});

describe('aliases', () => {
  const shown = (text: string): readonly string[] => {
    const { uses, bytes } = read(text);
    return uses.map((use) =>
      `${use.line}:${use.column} ${written(bytes, use)} ${use.verbatim} ${use.anchor === undefined ? '' : `of ${use.anchor.line}:${use.anchor.column}`}`.trimEnd(),
    );
  };

  test('of a reference: each is told where it is used, and one of them can be written over', () => {
    expect(shown(workflow('      - uses: &co o/r@v1 # v1\n      - uses: *co\n      - uses: *co # v2\n'))).toEqual([
      '6:19 o/r@v1 true',
      '7:15 o/r@v1 false of 6:19',
      '8:15 o/r@v1 false of 6:19',
    ]);
    const { uses } = read(workflow('      - uses: &co o/r@v1 # v1\n      - uses: *co\n      - uses: *co # v2\n'));
    expect(uses.map(({ comment }) => comment?.version)).toEqual(['v1', 'v1', 'v2']);
  });

  test('of a text elsewhere: the first can be written over', () => {
    expect(shown(`env:\n  PIN: &p o/r@v1\n${workflow('      - uses: *p\n      - uses: *p\n')}`)).toEqual([
      '8:15 o/r@v1 true of 2:11',
      '9:15 o/r@v1 false of 2:11',
    ]);
  });

  test('of a step, steps, a job: what they hold is told once', () => {
    expect(shown('jobs:\n  a: &a\n    steps: &s\n      - &x {uses: o/r@v1}\n      - *x\n  b: *a\n  c: {steps: *s}\n')).toEqual([
      '4:19 o/r@v1 true',
    ]);
  });

  test('an anchor set anew', () => {
    expect(shown(workflow('      - uses: &x a/a@v1\n      - uses: *x\n      - uses: &x b/b@v1\n      - uses: *x\n'))).toEqual([
      '6:18 a/a@v1 true',
      '7:15 a/a@v1 false of 6:18',
      '8:18 b/b@v1 true',
      '9:15 b/b@v1 false of 8:18',
    ]);
  });

  test('merge keys, of which an own key takes the place', () => {
    const base = 'x: &x {uses: o/x@v1}\ny: &y {<<: *x, with: {}}\nz: &z {name: z}\n';
    expect(shown(`${base}jobs: {a: {steps: [{<<: *y}, {<<: [*z, *x]}]}}`)).toEqual(['1:14 o/x@v1 true']);
    expect(shown(`${base}jobs: {a: {steps: [{<<: *y, uses: p/q@v1}]}}`)).toEqual(['4:35 p/q@v1 true']);
    expect(shown(`j: &j {a: {uses: o/r@v1}}\njobs: {<<: *j, b: {uses: p/q@v1}}`)).toEqual(['1:18 o/r@v1 true', '2:26 p/q@v1 true']);
  });

  test('of nothing, and of what they stand in', () => {
    expect(told(workflow('      - uses: *x\n'))).toEqual(['6:15: no anchor "x" before this alias']);
    expect(told(workflow('      - &x {uses: o/r@v1, with: *x}\n'))).toEqual(['6:33: alias "x" stands in what it repeats']);
    expect(told('jobs: &x {a: {steps: [*x], container: *x}}')).toEqual([
      '1:23: alias "x" stands in what it repeats',
      '1:39: alias "x" stands in what it repeats',
    ]);
  });
});

describe('what is not as it should be', () => {
  test.for([
    ['      - uses: 1\n', '6:15: uses is a number or a boolean, not text'],
    ['      - uses: true\n', '6:15: uses is a number or a boolean, not text'],
    ['      - uses:\n', '6:14: uses is empty, not text'],
    ['      - uses: ""\n', '6:15: uses is empty'],
    ['      - uses: [a/b@v1]\n', '6:15: uses is a list, not text'],
    ['      - uses: {a: b}\n', '6:15: uses is a map, not text'],
    ['      - uses: a/b@v1\n        uses: c/d@v1\n', '7:9: key "uses" stands twice in one map'],
    ['      - uses: a/b@v1\n        "uses": c/d@v1\n', '7:9: key "uses" stands twice in one map'],
    ['      - uses: \uff41/b@v1\n', '6:15: "\uff41/b@v1": the owner holds U+FF41, which looks like "a": no owner has that'],
    ['      - uses: a\u202e/b@v1\n', '6:15: "a\\u{202e}/b@v1": the owner holds U+202E: no owner has that'],
    ['      - uses: a/b@v1\n---\non: push\n', '7:1: more than one document: only the first is read'],
    ['      - uses: a/b@v1\n   x\n', '7:1: not YAML: All mapping items must start at the same column'],
    ['      - uses: "https://u:secret@h/o/r@v1"\n', '6:16: "https://***@h/o/r@v1": the address holds a user or a password'],
  ] as const)('%s', ([steps, wanted]) => {
    expect(told(workflow(steps))).toEqual([wanted]);
  });

  test('a reference of thousands of characters', () => {
    const text = workflow(`      - uses: a/${'b'.repeat(3000)}@v1\n`);
    expect([read(text).uses, told(text)]).toEqual([[], ['6:15: uses is too long for a reference']]);
  });

  test('a key twice: both references are told', () => {
    expect(read(workflow('      - uses: a/b@v1\n        uses: evil/x@main\n')).uses.map(({ raw }) => raw)).toEqual([
      'a/b@v1',
      'evil/x@main',
    ]);
  });

  test('a text of the file that may be secret stands in no problem', () => {
    const secret = ['hunter', '2'].join('');
    for (const text of [
      `a: "\\q${secret}"`,
      `a: b\n${secret}`,
      `"a"${secret}`,
      `a: >${secret}\n`,
      `- a\n"${secret}`,
      `a: !${secret}> [`,
      `%${secret}\n---\n`,
    ]) {
      expect(JSON.stringify(read(text).problems)).not.toContain(secret);
    }
  });
});

describe('comments', () => {
  const comments = (text: string): readonly (string | undefined)[] => read(text).uses.map(({ comment }) => comment?.text);
  test.for([
    ['in a flow map the one behind it', '      - { uses: a/b@v1, with: {x: y} } # v1\n', ['v1']],
    ['two on a line have the same', '      - { uses: a/b@v1 }\n', [undefined]],
    ['of the next line is no comment of the value', '      - uses: a/b@v1\n        # v1\n', [undefined]],
    ['at the key of a value on the next line', '      - uses: # v0\n          a/b@v1 # v1\n', ['v1']],
    ['of a block stands at its header', '      - uses: >- # v1\n          a/b@v1\n', ['v1']],
    ['within quotes is none', '      - uses: "a/b@v1 # v1"\n', [undefined]],
    ['without white space before it is none', '      - uses: a/b@v1#v1\n', [undefined]],
  ] as const)('%s', ([, steps, wanted]) => {
    expect(comments(workflow(steps))).toEqual(wanted);
  });

  test('a fix may put one at the end of the line, where that is no part of a value', () => {
    const room = (steps: string): readonly (string | undefined)[] => {
      const { uses, bytes } = read(workflow(steps));
      return uses.map(({ commentAt }) =>
        commentAt === undefined ? undefined : bytes.subarray(0, commentAt).toString().split('\n').at(-1)?.trim(),
      );
    };
    expect(room('      - uses: a/b@v1 \t\n')).toEqual(['- uses: a/b@v1']);
    expect(room('      - { uses: a/b@v1, x: y }\r\n')).toEqual(['- { uses: a/b@v1, x: y }']);
    expect(room('      - uses: a/b@v1 # x\n')).toEqual([undefined]);
    expect(room('      - { uses: a/b@v1, name: "x\n          y" }\n')).toEqual([undefined]);
    expect(room('      - uses: >-\n          a/b@v1\n')).toEqual([undefined]);
    expect(room('      - uses: a/b@v1')).toEqual(['- uses: a/b@v1']);
  });
});
