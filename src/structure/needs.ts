import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';
import { hasExpression } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { Job, WorkflowTree } from '../lint/workflow.ts';

const lower = (text: string): string => text.toLowerCase();

const jobsById = ({ jobs }: WorkflowTree): ReadonlyMap<string, Job> => new Map(jobs.map((job) => [lower(job.id), job]));

export const unknownNeed: Rule = {
  id: 'unknown-need',
  severity: 'error',
  summary: 'a job needs one that is not in the workflow',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    const known = jobsById(workflow);
    const ids = workflow.jobs.map(({ id }) => id);
    for (const { needs } of workflow.jobs) {
      for (const need of needs) {
        if (known.has(lower(need.text)) || hasExpression(need.text)) continue;
        const near = nearest(need.text, ids);
        report(need, `no job ${quoted(need.text)} in this workflow`, near === undefined ? {} : { hint: `did you mean ${quoted(near)}?` });
      }
    }
  },
};

export const repeatedNeed: Rule = {
  id: 'repeated-need',
  severity: 'warning',
  summary: 'a job is needed twice by the same job',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { needs } of jobs) {
      const seen = new Set<string>();
      for (const need of needs) {
        if (seen.has(lower(need.text))) report(need, `job ${quoted(need.text)} is needed twice; ids do not tell upper from lower case`);
        seen.add(lower(need.text));
      }
    }
  },
};

/** The jobs of a cycle that a job is in, itself first; undefined: it is in none. Its shortest, so that what is shown is what must be cut. */
const cycleFrom = (start: Job, known: ReadonlyMap<string, Job>): readonly Job[] | undefined => {
  const from = new Map<Job, Job>();
  const queue: Job[] = [start];
  for (const job of queue) {
    for (const { text } of job.needs) {
      const next = known.get(lower(text));
      if (next === start) {
        const path = [job];
        for (let back = from.get(job); back !== undefined; back = from.get(back)) path.unshift(back);
        return path;
      }
      if (next === undefined || from.has(next)) continue;
      from.set(next, job);
      queue.push(next);
    }
  }
  return undefined;
};

export const needsCycle: Rule = {
  id: 'needs-cycle',
  severity: 'error',
  summary: 'jobs wait for each other in a circle',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    const known = jobsById(workflow);
    const told = new Set<Job>();
    for (const job of workflow.jobs) {
      if (told.has(job)) continue;
      const cycle = cycleFrom(job, known);
      if (cycle === undefined || cycle.some((one) => told.has(one))) continue;
      for (const one of cycle) told.add(one);
      report(job.key, `jobs that wait for each other: ${[...cycle, job].map(({ id }) => quoted(id)).join(' needs ')}`);
    }
  },
};
