import { expect, test } from 'vitest';
import { availabilityAt } from '../../src/contexts/availability.ts';
import { GITHUB, JOB, RUNNER, STRATEGY } from '../../src/contexts/builtin.ts';
import { constantCondition } from '../../src/contexts/constant.ts';
import { infer } from '../../src/contexts/infer.ts';
import { parseExpression } from '../../src/contexts/parse.ts';
import type { Scope } from '../../src/contexts/scope.ts';
import type { Expression } from '../../src/contexts/tree.ts';
import { arrayOf, BOOLEAN, closed, declared, NUMBER, open, STRING, type Type } from '../../src/contexts/types.ts';
import { untrustedIn } from '../../src/contexts/untrusted.ts';

const treeOf = (source: string): Expression => {
  const parsed = parseExpression(source);
  if (parsed.kind !== 'tree') throw new Error(parsed.problem.message);
  return parsed.tree;
};

const step: Type = declared(
  new Map<string, Type>([
    ['outputs', closed({ hit: STRING })],
    ['outcome', STRING],
  ]),
);
const SCOPE: Scope = {
  contexts: new Map<string, Type>([
    ['github', GITHUB],
    ['env', open(STRING)],
    ['job', JOB],
    ['runner', RUNNER],
    ['strategy', STRATEGY],
    ['steps', declared(new Map([['build', step]]))],
    ['matrix', closed({ os: STRING, versions: arrayOf(NUMBER), on: BOOLEAN, target: closed({ arch: STRING }) })],
  ]),
  functions: new Set(['hashfiles']),
  where: 'jobs.<id>.steps[*].run',
};

const faultsOf = (source: string): readonly string[] => {
  const faults: string[] = [];
  infer(treeOf(source), SCOPE, ({ at, end }, kind, message, { hint, certain = true } = {}) => {
    faults.push(`${source.slice(at, end)} | ${kind}${certain ? '' : '?'} | ${message}${hint === undefined ? '' : ` | ${hint}`}`);
  });
  return faults;
};

test.for([
  "github.event_name == 'push' && github.event.anything.goes[0].here",
  "contains(github.event.issue.labels.*.name, 'bug')",
  "contains(fromJSON('[1, 2]'), matrix.versions[0])",
  "format('{0} {{1}} {1}', matrix.os, 1)",
  "fromJSON(env.JSON).a.b['c']",
  "steps.build.outputs.hit || 'no'",
  "join(matrix.versions, ', ')",
  "case(matrix.on, 'a', github.ref == 'x', 'b', 'c')",
  "hashFiles('**/package-lock.json')",
  'matrix.target.arch',
  'matrix[env.NAME]',
  'github.event == null',
  'strategy.job-index',
  "job.services.db.ports['5432']",
  'github.run_attempt > 1',
  "matrix.arch || 'x64'",
])('nothing is wrong with %s', (source) => {
  expect(faultsOf(source)).toEqual([]);
});

test.for([
  [
    'secrets.TOKEN',
    'secrets | context | secrets is not available in jobs.<id>.steps[*].run | there is env, github, job, matrix, runner, steps, strategy',
  ],
  ['githb.ref', 'githb | context | there is no context githb | did you mean github?'],
  ['always()', 'always() | context | always() is not available in jobs.<id>.steps[*].run'],
  ["startWith('a', 'b')", "startWith('a', 'b') | function | there is no function startWith | did you mean startsWith?"],
  ["startsWith('a')", "startsWith('a') | function | startsWith takes 2 arguments, not 1"],
  ["toJSON('a', 'b')", "toJSON('a', 'b') | function | toJSON takes 1 argument, not 2"],
  ["format('{0} {1}', 1)", "format('{0} {1}', 1) | function | format asks for {1}, but gets 1 value"],
  ["format('{0}', 1, 2)", '2 | type | format has no {1} for this value'],
  ["format('{', 1)", "format('{', 1) | function | format has a brace that is no {0} | a brace is written twice: {{"],
  ["fromJSON('[1')", "'[1' | function | this text is not JSON"],
  ["case(matrix.os, 'a', 'b')", "matrix.os | function | condition 1 of case is a string, not a boolean | compare it: … == 'value'"],
  [
    "case(matrix.on, 'a', matrix.on, 'b')",
    "case(matrix.on, 'a', matrix.on, 'b') | function | case takes pairs of condition and value, and a value for the rest",
  ],
  ['steps.biuld.outputs.hit', 'biuld | property | steps has no biuld | did you mean build?'],
  ['steps.build.outputs.hits', 'hits | property? | steps.build.outputs has no hits | did you mean hit?'],
  ['github.events', 'events | property? | github has no events | did you mean event?'],
  ["github['eventname']", "'eventname' | property? | github has no eventname | did you mean event_name?"],
  ['github.repository.owner', 'owner | type | github.repository is a string and has no owner'],
  ["matrix.versions['a']", "'a' | type | an array is indexed with a string | a number is needed"],
  ['matrix[matrix.on]', 'matrix.on | type | an object is indexed with a boolean | a name is needed'],
  ["matrix.target == 'x'", "matrix.target == 'x' | type | an object is never equal to a string | compare a member of it, or toJSON(…)"],
  ['matrix.on > 1', 'matrix.on > 1 | type | > cannot order a boolean'],
  ['startsWith(github.event, matrix.os)', 'github.event | type | startsWith cannot do with an object as argument 1 | give it a text'],
] as const)('%s', ([source, wanted]) => {
  expect(faultsOf(source)).toEqual([wanted]);
});

test.for([
  ["'a' == 'A'", true],
  ["contains('abc', 'B') && 1", true],
  ["format('{0}', '') || ''", false],
  ['!null', true],
  ["'false'", true],
  ["'0' == 0", true],
  ['1 < 2 == true', true],
  ['github.ref', undefined],
  ['always()', undefined],
  ["hashFiles('a')", undefined],
] as const)('%s is always %s', ([source, wanted]) => {
  expect(constantCondition(treeOf(source))).toBe(wanted);
});

test.for([
  ['github.event.issue.title', ['github.event.issue.title']],
  ["github['event']['issue'].body", ['github.event.issue.body']],
  ['github.event.commits[0].message', ['github.event.commits.0.message']],
  ['join(github.event.commits.*.author.name)', ['github.event.commits.*.author.name']],
  ['github.event.*.body', ['github.event.*.body']],
  ['toJSON(github.event.issue)', ['github.event.issue']],
  ['toJSON(github)', ['github']],
  ['github.head_ref || github.ref_name', ['github.head_ref']],
  ["github.event_name == 'x' && github.head_ref", ['github.head_ref']],
  ["format('{0}', github.event.comment.body)", ['github.event.comment.body']],
  ["github.event.issue.title == 'x'", []],
  ["contains(github.event.comment.body, '/run')", []],
  ["github.event.comment.body && 'yes'", []],
  ['github.event.issue.number', []],
  ['github.event.pull_request.head.sha', []],
  ['github.event.pull_request', []],
] as const)('of %s an outsider writes %s', ([source, wanted]) => {
  expect(untrustedIn(treeOf(source)).map(({ path }) => path)).toEqual(wanted);
});

test('what may be used where', () => {
  const at = (kind: 'workflow' | 'action', path: string): string | undefined => {
    const found = availabilityAt(
      kind,
      path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    );
    return found === undefined
      ? undefined
      : `${found.where}: ${found.contexts.length} contexts, ${found.functions.join(' ')}, ${found.wants}`;
  };
  expect(at('workflow', 'run-name')).toBe('run-name: 3 contexts, , text');
  expect(at('workflow', 'jobs.a.if')).toBe('jobs.<id>.if: 4 contexts, always cancelled success failure, condition');
  expect(at('workflow', 'jobs.a.steps.0.if')).toBe(
    'jobs.<id>.steps[*].if: 10 contexts, always cancelled success failure hashfiles, condition',
  );
  expect(at('workflow', 'jobs.a.strategy.matrix.include.0.os')).toBe('jobs.<id>.strategy: 4 contexts, , any');
  expect(at('workflow', 'jobs.a.permissions.contents')).toBeUndefined();
  expect(at('workflow', 'on.push.branches.0')).toBeUndefined();
  expect(at('action', 'runs.steps.0.run')).toBe('runs.steps[*].*: 8 contexts, hashfiles, text');
});
