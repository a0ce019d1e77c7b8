import { expect, test } from 'vitest';
import { AUDIT } from '../../src/audit/rules.ts';
import { lint } from './lint.ts';

const EXPRESSIONS = AUDIT.filter(({ id }) => id.startsWith('expression-'));
/** `rule line pointed-at severity: message`. */
const faults = (text: string, local?: Readonly<Record<string, string>>): readonly string[] =>
  lint(text, local === undefined ? {} : { local }, EXPRESSIONS).map(({ rule, line = 0, start, end, severity, message }) => {
    const pointed = Buffer.from(text).subarray(start, end).toString();
    return `${rule.replace('workflow/', '')} ${line} ${pointed} ${severity}: ${message}`;
  });

const job = (steps: string, more = ''): string => `on: push
jobs:
  one:
    runs-on: ubuntu-latest
${more}    steps:
${steps.replace(/^/gm, '      ')}
`;

test('a step sees the steps before it, outputs of the job see all', () => {
  const text = job(
    '- run: echo ${{ steps.later.outputs.x }}\n- id: later\n  run: echo ${{ steps.later.outcome }}',
    '    outputs:\n      x: ${{ steps.later.outputs.x }}\n      y: ${{ steps.never.outputs.x }}\n',
  );
  expect(faults(text)).toEqual([
    'expression-property 7 never error: steps has no never',
    'expression-property 9 later error: steps has no later',
    'expression-property 11 later error: steps has no later',
  ]);
});

test('steps of a parallel group are steps', () => {
  const text = job(
    '- parallel:\n    - id: a\n      run: echo ${{ matrix.os }}\n    - run: echo "${{ oops"\n- run: echo ${{ steps.a.outputs.x }} ${{ steps.b.outcome }}',
  );
  expect(faults(text)).toEqual([
    'expression-property 8 os warning: matrix has no os',
    'expression-syntax 9 ${{ error: ${{ without }} behind it',
    'expression-property 10 b error: steps has no b',
  ]);
});

test('a job sees the jobs that it needs, and their outputs', () => {
  const text = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    outputs:
      tag: x
    steps:
      - run: make
  two:
    needs: One
    runs-on: ubuntu-latest
    if: needs.one.outputs.tag && needs.one.result
    steps:
      - run: echo \${{ needs.one.outputs.tga }} \${{ needs.three.result }}
  three:
    needs: [one, two]
    runs-on: ubuntu-latest
    steps:
      - run: echo \${{ needs.two.outputs.x }} \${{ contains(needs.*.result, 'failure') }}
`;
  expect(faults(text)).toEqual([
    'expression-property 14 tga error: needs.one.outputs has no tga',
    'expression-property 14 three error: needs has no three',
    'expression-property 19 x error: needs.two.outputs has no x',
  ]);
});

const matrix = (rows: string, use: string): readonly string[] =>
  faults(job(`- run: echo ${use}`, `    strategy:\n      matrix:\n${rows.replace(/^/gm, '        ')}\n`));

test.for([
  {
    name: 'rows',
    rows: 'os: [a, b]',
    use: '${{ matrix.os }} ${{ matrix.arch }}',
    wanted: ['expression-property 9 arch warning: matrix has no arch'],
  },
  { name: 'included', rows: 'os: [a]\ninclude:\n  - os: a\n    arch: x', use: '${{ matrix.arch }}', wanted: [] },
  { name: 'made at run time', rows: 'os: [a]\ninclude: ${{ fromJSON(vars.MORE) }}', use: '${{ matrix.arch }}', wanted: [] },
  { name: 'rows made at run time', rows: 'os: ${{ fromJSON(vars.OS) }}', use: '${{ matrix.os.name }}', wanted: [] },
  {
    name: 'lists of objects',
    rows: 'os: [{ name: a }]',
    use: '${{ matrix.os.nmae }}',
    wanted: ['expression-property 9 nmae warning: matrix.os has no nmae'],
  },
  { name: 'of several types', rows: 'os: [a, { name: b }]', use: '${{ matrix.os.name }}', wanted: [] },
  {
    name: 'an object in a text',
    rows: 'os: [{ name: a }]',
    use: 'x${{ matrix.os }}',
    wanted: ['expression-type 9 matrix.os warning: of an object only the word Object comes into the text'],
  },
])('matrix: $name', ({ rows, use, wanted }) => {
  expect(matrix(rows, use)).toEqual(wanted);
});

test('inputs of a workflow have the types of all events that give them', () => {
  const text = `on:
  workflow_call:
    inputs:
      tag: { type: string }
      deep: { type: boolean }
    secrets:
      token: { required: true }
    outputs:
      x: { value: '\${{ jobs.one.outputs.x }} \${{ jobs.two.outputs.x }} \${{ inputs.tag }}' }
jobs:
  one:
    runs-on: ubuntu-latest
    outputs: { x: 1 }
    steps:
      - run: echo \${{ inputs.tag }} \${{ inputs.deep.er }} \${{ inputs.tga }}
        env: { A: '\${{ secrets.token }} \${{ secrets.GITHUB_TOKEN }} \${{ secrets.other }}' }
`;
  expect(faults(text)).toEqual([
    'expression-property 9 two error: jobs has no two',
    'expression-type 15 er warning: inputs.deep is a boolean and has no er',
    'expression-property 15 tga warning: inputs has no tga',
    'expression-property 16 other warning: secrets has no other',
  ]);
});

test('what local actions and workflows give is known', () => {
  const local = {
    './a': 'name: a\noutputs:\n  x: { value: 1 }\nruns:\n  using: composite\n  steps: []\n',
    './.github/workflows/b.yml': 'on:\n  workflow_call:\n    outputs:\n      y: { value: 1 }\njobs: {}\n',
  };
  const text = `on: push
jobs:
  one:
    uses: ./.github/workflows/b.yml
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - { id: a, uses: ./a }
      - { id: c, uses: ./c }
      - run: echo \${{ steps.a.outputs.x }} \${{ steps.c.outputs.x }} \${{ needs.one.outputs.y }}
      - run: echo \${{ steps.a.outputs.y }} \${{ needs.one.outputs.x }}
`;
  expect(faults(text, local)).toEqual([
    'expression-property 12 y warning: steps.a.outputs has no y',
    'expression-property 12 x error: needs.one.outputs has no x',
  ]);
});

test('an action sees its inputs and steps, and no secrets', () => {
  const text = `name: a
inputs:
  who: { default: '\${{ github.actor }} \${{ inputs.who }}' }
outputs:
  x: { value: '\${{ steps.s.outputs.x }} \${{ steps.t.outputs.x }}' }
runs:
  using: composite
  steps:
    - { id: s, shell: bash, run: 'echo \${{ inputs.who }} \${{ inputs.whom }} \${{ secrets.X }}' }
`;
  expect(faults(text)).toEqual([
    'expression-context 3 inputs error: inputs is not available in inputs.*.default',
    'expression-property 5 t error: steps has no t',
    'expression-property 9 whom warning: inputs has no whom',
    'expression-context 9 secrets error: secrets is not available in runs.steps[*].*',
  ]);
});

test('of a known action, only what is nearly one of its outputs is told', () => {
  const text = job(
    '- { id: c, uses: actions/cache@v4 }\n- { id: f, uses: dorny/paths-filter@v3 }\n- run: echo ${{ steps.c.outputs.cache_hit }} ${{ steps.c.outputs.other }} ${{ steps.f.outputs.change }}',
  );
  expect(faults(text)).toEqual(['expression-property 8 cache_hit warning: steps.c.outputs has no cache_hit']);
});

test('an action in JavaScript sets its outputs itself', () => {
  expect(faults("name: a\noutputs:\n  x: { value: '${{ steps.no.outputs.x }}' }\nruns:\n  using: node24\n  main: a.js\n")).toEqual([]);
});

test('places are those of the file, in scalars of every style', () => {
  const text = job(
    [
      "- run: 'it''s ${{ bad.a }}'",
      '- run: "\\t${{ bad.b }}"',
      '- run: |\n    one\n      ${{ bad.c }} ${{ bad.d }}',
      '- run: >-\n    one\n    ${{ bad.e }}',
      '- run: ${{ bad.f }}',
    ].join('\n'),
  );
  const lines = text.split('\n');
  const named = lint(text, {}, EXPRESSIONS).map(({ line = 0, column = 0, endColumn = 0 }) =>
    lines[line - 1]?.slice(column - 1, endColumn - 1),
  );
  expect(named).toEqual(['bad', 'bad', 'bad', 'bad', 'bad', 'bad']);
});

test('what aliases repeat is judged in each place, and said once', () => {
  const text = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps: &steps
      - run: echo \${{ needs.one.result }}
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: *steps
  three:
    runs-on: ubuntu-latest
    steps: *steps
`;
  expect(faults(text)).toEqual(['expression-property 6 one error: needs has no one']);
});
