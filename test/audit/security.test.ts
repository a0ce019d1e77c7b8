import { describe, expect, test } from 'vitest';
import { lint } from './lint.ts';

/** Severities of one rule, in order of place, each with what it points at. */
const of = (rule: string, text: string, files: readonly string[] = []): readonly string[] =>
  lint(text, { files })
    .filter((finding) => finding.rule === `workflow/${rule}`)
    .map(({ severity, start, end }) => `${severity} ${Buffer.from(text).subarray(start, end).toString()}`);

const workflow = (on: string, steps: string, job = ''): string => `on: ${on}
permissions: {}
jobs:
  one:
    runs-on: ubuntu-latest
${job.replace(/^(?=.)/gm, '    ')}
    steps:
${steps.replace(/^(?=.)/gm, '      ')}
`;

describe('permissions-missing', () => {
  test.for([
    { on: 'push', wanted: ['note one'] },
    { on: '[push, workflow_call]', wanted: ['note one'] },
    { on: 'workflow_call', wanted: [] }, // those of the caller hold
  ])('on: $on', ({ on, wanted }) => {
    const text = workflow(on, '- run: make').replace('permissions: {}\n', '');
    expect(of('permissions-missing', text).map((one) => one.split(':')[0])).toEqual(wanted);
  });
});

describe('script-injection', () => {
  const title = '- run: echo ${{ github.event.issue.title }}';
  test.for([
    { name: 'anybody', on: 'issues', job: '', wanted: 'error' },
    { name: 'anybody, among other events', on: '[push, issue_comment]', job: '', wanted: 'error' },
    { name: 'a member sets the label', on: '{ issues: { types: [labeled] } }', job: '', wanted: 'warning' },
    { name: 'the author is asked for', on: 'issues', job: "if: github.event.issue.author_association == 'OWNER'", wanted: 'warning' },
    { name: 'a person must agree', on: 'issues', job: 'environment: guarded', wanted: 'warning' },
    { name: 'a caller brings it', on: 'workflow_call', job: '', wanted: 'warning' },
    { name: 'no event brings it', on: 'push', job: '', wanted: 'note' },
  ])('$name: $wanted', ({ on, job, wanted }) => {
    expect(of('script-injection', workflow(on, title, job))).toEqual([`${wanted} github.event.issue.title`]);
  });

  test.for([
    {
      name: 'a pull request of a fork has no secrets',
      on: 'pull_request',
      run: '${{ github.head_ref }}',
      wanted: ['warning github.head_ref'],
    },
    { name: 'with secrets', on: 'pull_request_target', run: '${{ github.head_ref || 1 }}', wanted: ['error github.head_ref'] },
    {
      name: 'who may push',
      on: 'push',
      run: '${{ github.event.commits[0].message }}',
      wanted: ['warning github.event.commits[0].message'],
    },
    {
      name: 'after workflows of any branch',
      on: '{ workflow_run: { workflows: [a] } }',
      run: '${{ github.event.workflow_run.head_branch }}',
      wanted: ['error github.event.workflow_run.head_branch'],
    },
    {
      name: 'after workflows of one',
      on: '{ workflow_run: { workflows: [a], branches: [main] } }',
      run: '${{ github.event.workflow_run.head_branch }}',
      wanted: ['warning github.event.workflow_run.head_branch'],
    },
    { name: 'a whole object', on: 'issues', run: '${{ toJSON(github.event) }}', wanted: ['error github.event'] },
    { name: 'a comparison', on: 'issues', run: "${{ github.event.issue.title == 'x' }}", wanted: [] },
    { name: 'a number', on: 'issues', run: '${{ github.event.issue.number }}', wanted: [] },
  ])('$name', ({ on, run, wanted }) => {
    expect(of('script-injection', workflow(on, `- run: echo ${run}`))).toEqual(wanted);
  });

  test('a variable is as untrusted as what it holds, when it is put into the script', () => {
    const steps =
      '- run: echo ${{ env.TITLE }} ${{ env.SAFE }}\n- run: echo "$TITLE"\n- uses: a/b@v1\n  with:\n    script: ${{ env.TITLE }}';
    expect(of('script-injection', workflow('issues', steps, 'env:\n  TITLE: ${{ github.event.issue.title }}\n  SAFE: x'))).toEqual([
      'error env.TITLE',
    ]);
  });

  test('inputs that an action runs are scripts', () => {
    const use = (uses: string, input: string): readonly string[] =>
      of('script-injection', workflow('issues', `- uses: ${uses}\n  with:\n    ${input}: \${{ github.event.issue.body }}`));
    expect(use('actions/github-script@v8', 'script')).toEqual(['error github.event.issue.body']);
    expect(use('Nick-Fields/retry@v3', 'command')).toEqual(['error github.event.issue.body']);
    expect(use('actions/github-script@v8', 'result-encoding')).toEqual([]);
    expect(use('some/action@v8', 'script')).toEqual([]);
  });

  test('the hint says what to write', () => {
    const hints = (steps: string): readonly (string | undefined)[] =>
      lint(workflow('issues', steps)).flatMap(({ rule, hint }) => (rule === 'workflow/script-injection' ? [hint] : []));
    expect(hints('- run: echo ${{ github.event.issue.title }}')).toEqual([
      'put TITLE: ${{ github.event.issue.title }} under env of the step, and write "$TITLE" in the script',
    ]);
    expect(hints('- shell: pwsh\n  run: echo ${{ github.event.issue.title }}')).toEqual([
      'put TITLE: ${{ github.event.issue.title }} under env of the step, and write $env:TITLE in the script',
    ]);
  });
});

describe('untrusted-checkout', () => {
  const head = 'ref: ${{ github.event.pull_request.head.sha }}';
  const checkout = (input: string): string => `- uses: actions/checkout@v5\n  with:\n    ${input}\n`;
  test.for([
    { name: 'and run', on: 'pull_request_target', steps: `${checkout(head)}- run: make`, wanted: ['error'] },
    { name: 'and run, as a local action', on: 'pull_request_target', steps: `${checkout(head)}- uses: ./build`, wanted: ['error'] },
    { name: 'and only read', on: 'pull_request_target', steps: `${checkout(head)}- run: cat VERSION`, wanted: ['warning'] },
    { name: 'and run by a fixed program before', on: 'pull_request_target', steps: `- run: make\n${checkout(head)}`, wanted: ['warning'] },
    {
      name: 'the merge',
      on: 'pull_request_target',
      steps: `${checkout('ref: refs/pull/${{ github.event.number }}/merge')}- run: npm ci`,
      wanted: ['error'],
    },
    {
      name: 'the fork',
      on: 'workflow_run',
      steps: `${checkout('repository: ${{ github.event.workflow_run.head_repository.full_name }}')}- run: ./x`,
      wanted: ['error'],
    },
    { name: 'by a script', on: 'issue_comment', steps: '- run: |\n    gh pr checkout 1\n    npm test', wanted: ['error'] },
    { name: 'without privileges', on: 'pull_request', steps: `${checkout(head)}- run: make`, wanted: [] },
    {
      name: 'the base',
      on: 'pull_request_target',
      steps: `${checkout('ref: ${{ github.event.pull_request.base.sha }}')}- run: make`,
      wanted: [],
    },
    { name: 'nothing named', on: 'pull_request_target', steps: '- uses: actions/checkout@v5\n- run: make', wanted: [] },
  ])('$name', ({ on, steps, wanted }) => {
    expect(of('untrusted-checkout', workflow(on, steps)).map((one) => one.split(' ', 1)[0])).toEqual(wanted);
  });

  test.for([
    { name: 'another event', condition: "github.event_name == 'pull_request'", wanted: [] },
    { name: 'only own branches', condition: 'github.event.pull_request.head.repo.full_name == github.repository', wanted: ['warning'] },
    { name: 'a label', condition: "contains(github.event.pull_request.labels.*.name, 'safe')", wanted: ['warning'] },
  ])('a condition: $name', ({ condition, wanted }) => {
    const text = workflow('[pull_request, pull_request_target]', `${checkout(head)}- run: make`, `if: ${condition}`);
    expect(of('untrusted-checkout', text).map((one) => one.split(' ', 1)[0])).toEqual(wanted);
  });
});

describe('credentials-persisted', () => {
  const upload = (checkout: string, version: string, path: string, more = ''): readonly string[] =>
    of(
      'credentials-persisted',
      workflow(
        'push',
        `- uses: actions/checkout@${checkout}\n- uses: actions/upload-artifact@${version}\n  with:\n    path: ${path}\n${more}`,
      ),
    );
  test('only where the token is in what is uploaded', () => {
    const hidden = '    include-hidden-files: true';
    expect(upload('v4', 'v4', '.', hidden)).toEqual(['warning .']);
    expect(upload('v4', 'v3', './')).toEqual(['warning ./']);
    expect(upload('v4', `${'a'.repeat(40)} # v4.3.6`, '${{ github.workspace }}')).toEqual(['warning ${{ github.workspace }}']);
    expect(upload('v4', `${'a'.repeat(40)} # v4.4.0`, '.')).toEqual([]);
    expect(upload('v4', 'v4', '.')).toEqual([]);
    expect(upload('v4', 'v4', 'dist', hidden)).toEqual([]);
    expect(upload('v6', 'v4', '.', hidden)).toEqual([]);
    expect(upload(`${'a'.repeat(40)} # v6.0.1`, 'v4', '.', hidden)).toEqual([]);
    expect(upload('v4\n  with:\n    persist-credentials: false', 'v4', '.', hidden)).toEqual([]);
  });
});

test('environment-file: a variable of an outsider in a line that writes the file', () => {
  const env = '  env:\n    BODY: ${{ github.event.comment.body }}\n    SAFE: x\n';
  const run = (script: string): readonly string[] => of('environment-file', workflow('issue_comment', `- run: |\n    ${script}\n${env}`));
  expect(run('echo "B=$BODY" >> "$GITHUB_ENV"')).toEqual(['warning $BODY']);
  expect(run('echo "${BODY}" | tee -a $GITHUB_PATH')).toEqual(['warning ${BODY']);
  expect(run('echo "B=$SAFE" >> "$GITHUB_ENV"')).toEqual([]);
  expect(run('echo "$BODY"; echo x >> "$OTHER"; : $GITHUB_ENV')).toEqual([]);
});

test('lockfile-unused: only where the file is there, and npm would use it', () => {
  const run = (script: string, files: readonly string[]): readonly string[] =>
    of('lockfile-unused', workflow('push', `- run: |\n    ${script}`), files);
  expect(run('npm install', ['package-lock.json'])).toEqual(['note npm install']);
  expect(run('npm i --ignore-scripts && npm test', ['package-lock.json'])).toEqual(['note npm i --ignore-scripts']);
  expect(run('npm install', [])).toEqual([]);
  expect(run('npm install -g pnpm', ['package-lock.json'])).toEqual([]);
  expect(run('npm install typescript', ['package-lock.json'])).toEqual([]);
  expect(run('cd web && npm install', ['package-lock.json'])).toEqual([]);
  expect(run('npm ci', ['package-lock.json'])).toEqual([]);
});

test('cache-poisoning: only before something is published, for a release', () => {
  const publish = (on: string, steps: string): readonly string[] => of('cache-poisoning', workflow(on, steps));
  const go = '- uses: actions/setup-go@v6\n';
  const tags = '{ push: { tags: [v*] } }';
  expect(publish(tags, `${go}- run: gh release create`)).toEqual(['warning actions/setup-go@v6']);
  expect(publish('release', `${go}- uses: goreleaser/goreleaser-action@v6`)).toEqual(['warning actions/setup-go@v6']);
  expect(publish('push', `${go}- run: gh release create`)).toEqual([]);
  expect(publish(tags, `${go}- run: go test`)).toEqual([]);
  expect(publish(tags, `- run: gh release create\n${go}`)).toEqual([]);
  expect(publish(tags, '- uses: actions/setup-go@v3\n- run: gh release create')).toEqual([]);
  expect(publish(tags, '- uses: actions/setup-go@v6\n  with:\n    cache: false\n- run: gh release create')).toEqual([]);
  expect(publish(tags, '- uses: actions/setup-node@v6\n  with:\n    cache: npm\n- run: npm publish')).toEqual([
    'warning actions/setup-node@v6',
  ]);
  expect(publish(tags, '- uses: actions/setup-node@v6\n- run: npm publish --dry-run')).toEqual([]);
});

test('hardcoded-credentials: the password is in no part of the finding', () => {
  const password = ['sword', 'fish', '-', 42].join('');
  const text = workflow(
    'push',
    '- run: make',
    `services:\n  db:\n    image: a\n    credentials:\n      username: u\n      password: ${password}`,
  );
  const [finding, ...others] = lint(text).filter(({ rule }) => rule === 'workflow/hardcoded-credentials');
  expect(others).toEqual([]);
  expect(finding?.severity).toBe('error');
  expect(JSON.stringify(finding)).not.toContain(password);
});

test('comments for zizmor count, by its names', () => {
  const title = (mark: string): readonly (readonly [string, boolean])[] =>
    lint(workflow('issues', `- run: echo \${{ github.event.issue.title }} # ${mark}`))
      .filter(({ rule }) => rule === 'workflow/script-injection')
      .map(({ severity, extra }) => [severity, extra?.['allowed'] !== undefined]);
  expect(title('zizmor: ignore[template-injection] numbers only')).toEqual([['note', true]]);
  expect(title('zizmor: ignore[artipacked, script-injection]')).toEqual([['note', true]]);
  expect(title('zizmor: ignore[artipacked]')).toEqual([['error', false]]);
});
