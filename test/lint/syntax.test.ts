import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WORKFLOW_PARSER } from '../../src/lint/schema.ts';
import { syntax } from '../../src/lint/syntax.ts';
import { lintFiles } from './pages.ts';

const lint = async (text: string, path = '.github/workflows/a.yml') =>
  (await lintFiles(new Map([[path, text]]), [syntax])).map(({ severity, line, column, message, hint }) =>
    [`${line}:${column} ${severity}: ${message}`, ...(hint === undefined ? [] : [hint])].join(' | '),
  );

test('the version that reports name is the one that is bundled', () => {
  const read = (path: string): { readonly version?: string; readonly devDependencies?: Readonly<Record<string, string>> } =>
    JSON.parse(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')) as { readonly version?: string };
  expect(read('node_modules/@actions/workflow-parser/package.json').version).toBe(WORKFLOW_PARSER);
  expect(read('package.json').devDependencies?.['@actions/workflow-parser']).toBe(WORKFLOW_PARSER);
});

const JOB = 'jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n';

test.for([
  {
    name: 'aliases',
    text: `on: push\njobs:\n  a: &a\n    runs-on: ubuntu-latest\n    env: &env { A: 1 }\n    steps: &steps\n      - run: make\n        env: *env\n  b: *a\n  c:\n    runs-on: ubuntu-latest\n    steps: *steps\n`,
  },
  { name: 'parallel steps', text: `on: push\n${JOB}      - parallel:\n          - run: make\n          - uses: actions/checkout@v5\n` },
  {
    name: 'steps in the background',
    text: `on: push\n${JOB}      - id: serve\n        run: make serve\n        background: true\n      - wait: serve\n      - cancel: serve\n`,
  },
  { name: 'self references', text: `on: push\n${JOB}      - uses: $/build\n` },
  {
    name: 'an environment without a deployment',
    text: `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    environment: { name: test, deployment: false }\n    steps:\n      - run: make\n`,
  },
  { name: 'events without filters', text: `on: [push, repository_dispatch, workflow_dispatch]\n${JOB}      - run: make\n` },
  { name: 'an input that is a name alone', text: `on:\n  workflow_dispatch:\n    inputs:\n      level:\n${JOB}      - run: make\n` },
  {
    name: 'a schedule with a zone',
    text: `on:\n  schedule:\n    - cron: "0 5 * * *"\n      timezone: Europe/Athens\n${JOB}      - run: make\n`,
  },
  {
    name: 'models and attestations',
    text: `on: push\npermissions: { models: read, attestations: write, id-token: write }\n${JOB}      - run: make\n`,
  },
  {
    name: 'a snapshot of the runner',
    text: `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    snapshot: { image-name: built }\n    steps:\n      - run: make\n`,
  },
  {
    name: 'how a job uses caches',
    text: `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    cache-mode: read\n    steps:\n      - run: make\n`,
  },
  { name: 'a queue', text: `on: push\nconcurrency: { group: a, queue: max }\n${JOB}      - run: make\n` },
])('is known: $name', async ({ text }) => {
  expect(await lint(text)).toEqual([]);
});

test.for([
  {
    name: 'a key',
    text: `on: push\n${JOB}      - run: make\n        shel: bash\n`,
    says: ['7:9 error: "shel" is no key that may stand here | did you mean "shell"?'],
  },
  { name: 'a value', text: `on: pushes\n${JOB}      - run: make\n`, says: ['1:5 error: "pushes" is no value that may stand here'] },
  {
    name: 'something missing',
    text: 'on: push\njobs:\n  build:\n    steps:\n      - run: make\n',
    says: ['3:3 error: "runs-on" is missing'],
  },
  { name: 'a list', text: `on: push\nname: [a]\n${JOB}      - run: make\n`, says: ['2:7 error: a list may not stand here'] },
  {
    name: 'a step without anything',
    text: `on: push\n${JOB}      - name: a\n`,
    says: ['6:9 error: a step needs something to do | run or uses'],
  },
  {
    name: 'a key twice, in other letters',
    text: `on: push\nname: a\nNAME: b\n${JOB}      - run: make\n`,
    says: ['3:1 error: "NAME" stands there twice; keys do not tell upper from lower case here'],
  },
  {
    name: 'a key twice',
    text: `on: push\nname: a\nname: b\n${JOB}      - run: make\n`,
    says: ['3:1 error: key "name" stands twice in one map'],
  },
  { name: 'nothing', text: '\n', says: ['1:1 error: the file is empty'] },
  { name: 'nothing but comments', text: '# nothing\n', says: ['1:1 warning: the file has nothing but comments'] },
  { name: 'a list in place of a workflow', text: '- on\n', says: ['1:1 error: the file is no map of keys'] },
])('is told with its place: $name', async ({ text, says }) => {
  expect(await lint(text)).toEqual(says);
});

test('of other forges the schema knows not all', async () => {
  expect(await lint(`on: push\nenable-openid-connect: true\n${JOB}      - run: make\n`, '.forgejo/workflows/a.yml')).toEqual([
    expect.stringMatching(/^2:1 warning: /),
  ]);
});

test('what stands in a wrong place is not shown where it could be a secret', async () => {
  const secret = ['ghp', 'x8Kd02mLq9Zr5TyUw3VbA1cD4eF6gH7iJ8k'].join('_');
  const [said = ''] = await lint(`on: push\npermissions: ${secret}\n${JOB}      - run: make\n`);
  expect(said).toMatch(/^2:14 error: /);
  expect(said).not.toContain(secret.slice(8));
});

test('of an action: keys that the runner passes over are warnings, and each colour of the marketplace is known', async () => {
  const action = (more: string): string => `name: a\ndescription: b\n${more}runs:\n  using: node24\n  main: a.js\n`;
  expect(await lint(action('branding: { icon: box, color: black }\n'), 'action.yml')).toEqual([]);
  expect((await lint(action('branding: { icon: box, color: pink }\n'), 'action.yml')).map((said) => said.slice(0, 12))).toEqual([
    '3:31 error: ',
  ]);
  expect((await lint(action('env: { A: 1 }\n'), 'action.yml')).map((said) => said.split(' ', 2).join(' '))).toEqual(['3:1 warning:']);
});
