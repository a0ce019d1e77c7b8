import { quoted } from '../report/quoted.ts';
import { asMap, at, entriesOf, hasExpression } from '../lint/nodes.ts';
import { BOTH, WORKFLOW, type Report, type Rule } from '../lint/rule.ts';
import type { ScalarNode } from '../lint/tree.ts';

// Of actions/languageservices, workflow-parser 0.3.61, model/converter/id-builder.
const ID = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const MAX_LENGTH = 99;

const judge = (id: ScalarNode, what: string, report: Report): void => {
  if (hasExpression(id.text)) return;
  if (!ID.test(id.text))
    report(id, `${quoted(id.text)} cannot be the id of a ${what}`, { hint: 'a letter or _ first, then letters, digits, - and _' });
  else if (id.text.startsWith('__'))
    report(id, `${quoted(id.text)} cannot be the id of a ${what}: ids that begin with __ are the runner's own`);
  else if (id.text.length > MAX_LENGTH) report(id, `the id of a ${what} is longer than ${MAX_LENGTH} characters`);
};

export const invalidId: Rule = {
  id: 'invalid-id',
  severity: 'error',
  summary: 'the id of a job, step, service or output has characters that none may have',
  kinds: BOTH,
  check: ({ jobs, steps, root }, report) => {
    for (const { key, node } of jobs) {
      judge(key, 'job', report);
      for (const one of entriesOf(asMap(at(node, 'outputs')))) judge(one.key, 'job output', report);
    }
    for (const { id } of steps) if (id !== undefined) judge(id, 'step', report);
    for (const one of entriesOf(at(root, 'on', 'workflow_call', 'outputs'))) judge(one.key, 'workflow output', report);
  },
};

export const repeatedStepId: Rule = {
  id: 'repeated-step-id',
  severity: 'error',
  summary: 'two steps of a job have the same id',
  kinds: BOTH,
  check: ({ steps }, report) => {
    const seen = new Map<unknown, Set<string>>();
    for (const { id, job } of steps) {
      if (id === undefined || hasExpression(id.text)) continue;
      const known = seen.get(job) ?? new Set<string>();
      seen.set(job, known);
      if (known.has(id.text.toLowerCase())) report(id, `another step has the id ${quoted(id.text)}; ids do not tell upper from lower case`);
      known.add(id.text.toLowerCase());
    }
  },
};

export const environmentName: Rule = {
  id: 'environment-name',
  severity: 'error',
  summary: 'the name of an environment variable cannot be one',
  kinds: BOTH,
  check: ({ root, jobs, steps }, report) => {
    const maps = [
      at(root, 'env'),
      ...jobs.flatMap(({ node }) => [
        at(node, 'env'),
        at(node, 'container', 'env'),
        ...entriesOf(at(node, 'services')).map(({ value }) => at(value, 'env')),
      ]),
      ...steps.map(({ node }) => at(node, 'env')),
    ];
    for (const { key } of maps.flatMap((map) => entriesOf(map))) {
      if (/[\s=&]/.test(key.text) && !hasExpression(key.text))
        report(key, `${quoted(key.text)} cannot be the name of a variable: no white space, = or &`);
    }
  },
};

export const stepsMissing: Rule = {
  id: 'missing-steps',
  severity: 'error',
  summary: 'a job has neither steps nor a workflow that it calls',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { key, node } of jobs) {
      if (node.entries.some((one) => one.key.text === 'steps' || one.key.text === 'uses')) continue;
      if (node.entries.some((one) => hasExpression(one.key.text))) continue;
      report(key, `job ${quoted(key.text)} has no steps`);
    }
  },
};
