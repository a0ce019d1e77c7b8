import { expect, test } from 'vitest';
import { judgeCoverage, judgeEntries, type UsingFile } from '../../src/lock/coverage.ts';
import { lockFindings } from '../../src/lock/fault.ts';
import { readLock } from '../../src/lock/read.ts';
import { readUses } from '../../src/uses/read.ts';
import { entry, lockText } from './locks.ts';

const CI = '.github/workflows/ci.yml';
const SHA = '0123456789'.repeat(4);

const file = (path: string, text: string): UsingFile => {
  const { uses, problems } = readUses(Buffer.from(text), path);
  return { path, uses, isPartial: problems.length > 0 };
};
const workflow = (uses: readonly string[], path = CI): UsingFile =>
  file(path, `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${uses.map((use) => `      - uses: ${use}\n`).join('')}`);
const caller = (use: string): UsingFile => file(CI, `on: push\njobs:\n  a:\n    uses: ${use}\n`);
const action = (path: string, uses: readonly string[]): UsingFile =>
  file(path, `name: a\nruns:\n  using: composite\n  steps:\n${uses.map((use) => `    - uses: ${use}\n`).join('')}`);

/** `path:line:column severity rule message` of all that is found. */
const judged = (text: string, files: readonly UsingFile[]): readonly string[] => {
  const { lock, faults } = readLock(Buffer.from(text));
  const all = lock === undefined ? faults : [...faults, ...judgeEntries(lock), ...judgeCoverage(lock, files)];
  return lockFindings(all).map(
    ({ path, line, column, severity, rule, message }) =>
      `${path === CI ? 'ci.yml' : (path ?? '').replace('.github/workflows/', '')}:${line}:${column} ${severity} ${rule.slice(14)} ${message}`,
  );
};

const whole = lockText({ [CI]: ['a/b@v1', 'c/d@v2'] }, [entry('a/b@v1', 'a', ['e/f@main']), entry('c/d@v2', 'b'), entry('e/f@main', 'c')]);

test.for<{ readonly name: string; readonly text?: string; readonly files: readonly UsingFile[]; readonly told: readonly string[] }>([
  { name: 'all fits', files: [workflow(['a/b@v1', 'c/d@v2'])], told: [] },
  { name: 'folders of one repository, and upper case', files: [workflow(['A/B/x@v1', 'a/b/y@v1', 'c/D@v2 # two'])], told: [] },
  {
    name: 'what no lock holds',
    files: [workflow(['a/b@v1', 'c/d@v2', './x', '$/y', 'docker://z:1', 'https://code.example.org/g/h@v1'])],
    told: [],
  },
  {
    name: 'a use that is not listed, told once',
    files: [workflow(['a/b@v1', 'c/d@v2', 'g/h@v1', 'g/h/x@v1'])],
    told: ['ci.yml:8:15 error uncovered g/h@v1 is not in the list of this workflow in .github/workflows/actions.lock'],
  },
  {
    name: 'a ref that was changed',
    files: [workflow(['a/b@v1', 'c/d@v3'])],
    told: [
      'ci.yml:7:15 error uncovered c/d@v3 is not in the list of this workflow in .github/workflows/actions.lock, which has v2',
      'actions.lock:6:11 warning stale c/d@v2 is listed, and .github/workflows/ci.yml does not use it',
    ],
  },
  {
    name: 'refs keep their case',
    files: [workflow(['a/b@v1', 'c/d@V2'])],
    told: [
      'ci.yml:7:15 error uncovered c/d@V2 is not in the list of this workflow in .github/workflows/actions.lock, which has v2',
      'actions.lock:6:11 warning stale c/d@v2 is listed, and .github/workflows/ci.yml does not use it',
    ],
  },
  {
    name: 'an object name',
    files: [workflow(['a/b@v1', 'c/d@v2', `g/h@${SHA}`])],
    told: ['ci.yml:8:15 error uncovered g/h@012345678901… is not in the list of this workflow in .github/workflows/actions.lock'],
  },
  {
    name: 'an object name in upper case',
    text: lockText({ [CI]: [`g/h@${SHA.replaceAll('9', 'a')}`] }, [
      entry(`g/h@${SHA.replaceAll('9', 'a')}`, 'x').replace(/sha1-x+/, `sha1-${SHA.replaceAll('9', 'a')}`),
    ]),
    files: [workflow([`g/h@${SHA.replaceAll('9', 'A')}`])],
    told: [],
  },
  {
    name: 'what is listed because something listed uses it',
    text: whole.replace("- 'c/d@v2'", "- 'c/d@v2'\n        - 'e/f@main'"),
    files: [workflow(['a/b@v1', 'c/d@v2'])],
    told: [],
  },
  {
    name: 'what an action of the repository uses is needed too',
    text: lockText({ [CI]: ['a/b@v1', 'c/d@v2', 'g/h@v1'] }, [entry('a/b@v1'), entry('c/d@v2'), entry('g/h@v1')]),
    files: [
      workflow(['./one', '$/tools/two/', 'c/d@v2']),
      action('one/action.yml', ['a/b@v1', './one']),
      action('tools/two/action.yaml', ['g/h@v1']),
    ],
    told: [],
  },
  {
    name: 'a workflow that cannot be read whole: nothing is called unused',
    files: [file(CI, 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n      - uses: [\n')],
    told: [],
  },
  {
    name: 'no such workflow',
    files: [],
    told: ['actions.lock:4:5 warning no-workflow there is no .github/workflows/ci.yml'],
  },
  {
    name: 'a workflow beside the lock',
    files: [
      workflow(['a/b@v1', 'c/d@v2']),
      workflow(['x/y@v1'], '.github/workflows/new.yml'),
      workflow(['./x'], '.github/workflows/own.yml'),
    ],
    told: [
      'new.yml:6:15 warning unlisted this workflow is not in .github/workflows/actions.lock: it runs what its references point to at that time',
    ],
  },
  {
    name: 'workflows of another forge',
    files: [workflow(['a/b@v1', 'c/d@v2']), workflow(['x/y@v1'], '.forgejo/workflows/new.yml')],
    told: [],
  },
  {
    name: 'an empty list',
    text: lockText({ [CI]: [] }, []),
    files: [workflow(['a/b@v1'])],
    told: ['ci.yml:6:15 error uncovered a/b@v1 is not in the list of this workflow in .github/workflows/actions.lock'],
  },
  {
    name: 'a called workflow by its tag',
    text: lockText({ [CI]: [] }, []),
    files: [caller('o/r/.github/workflows/x.yml@v1')],
    told: ['ci.yml:4:11 error uncovered o/r@v1 is not in the list of this workflow in .github/workflows/actions.lock'],
  },
  {
    name: 'a called workflow in the list',
    text: lockText({ [CI]: ['o/r@v1'] }, [entry('o/r@v1')]),
    files: [caller('o/r/.github/workflows/x.yml@v1')],
    told: [],
  },
  {
    name: 'a called workflow by its commit',
    text: lockText({ [CI]: [] }, []),
    files: [caller(`o/r/.github/workflows/x.yml@${SHA}`)],
    told: [],
  },
  {
    name: 'entries that are missing',
    text: lockText({ [CI]: ['a/b@v1', 'c/d@v2'] }, [entry('a/b@v1', 'a', ['e/f@main'])]),
    files: [workflow(['a/b@v1', 'c/d@v2'])],
    told: [
      'actions.lock:6:11 error missing-entry c/d@v2 has no entry in dependencies: what needs it does not run',
      'actions.lock:14:15 error missing-entry e/f@main has no entry in dependencies: what needs it does not run',
    ],
  },
  {
    name: 'an orphan, and what only it uses',
    text: whole.replace("        - 'a/b@v1'\n", ''),
    files: [workflow(['c/d@v2'])],
    told: [
      'actions.lock:7:5 warning orphan a/b@v1 is needed by no workflow',
      'actions.lock:19:5 warning orphan e/f@main is needed by no workflow',
    ],
  },
  {
    name: 'a broken lock',
    text: whole.replace('dependencies:', 'dependency:'),
    files: [workflow(['a/b@v1', 'c/d@v2'])],
    told: [
      'actions.lock:7:1 error broken it has the unknown key "dependency": the host ignores a broken lock without a word',
      'actions.lock:5:11 error missing-entry a/b@v1 has no entry in dependencies: what needs it does not run',
      'actions.lock:6:11 error missing-entry c/d@v2 has no entry in dependencies: what needs it does not run',
    ],
  },
])('$name', ({ text = whole, files, told }) => {
  expect(judged(text, files)).toEqual(told);
});

test('each finding has its own fingerprint, the same in each run', () => {
  const text = lockText({ [CI]: ['c/d@v2', 'c/d@v2'] }, []);
  const find = (): readonly string[] => {
    const { lock } = readLock(Buffer.from(text));
    return lock === undefined ? [] : lockFindings(judgeEntries(lock)).map(({ fingerprint }) => fingerprint);
  };
  expect(new Set(find()).size).toBe(2);
  expect(find()).toEqual(find());
});
