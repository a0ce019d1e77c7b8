import { asText, at, entriesOf, hasExpression } from '../lint/nodes.ts';
import { BOTH, WORKFLOW, type Report, type Rule } from '../lint/rule.ts';
import type { ScalarNode } from '../lint/tree.ts';
import { conditionOf, labelsOf } from './steps.ts';
import { PRIVILEGED } from './exposure.ts';

export const selfHostedRunner: Rule = {
  id: 'self-hosted-runner',
  severity: 'warning',
  summary: 'what a pull request brings runs on a machine of your own',
  kinds: WORKFLOW,
  check: ({ triggers, jobs }, report) => {
    const events = triggers.map(({ name }) => name).filter((name) => name === 'pull_request' || PRIVILEGED.includes(name));
    if (events.length === 0) return;
    for (const job of jobs) {
      const label = labelsOf(job).find(({ text }) => text.toLowerCase() === 'self-hosted');
      if (label === undefined) continue;
      report(label, `${events.join(' and ')} may be anybody's in a public repository, and it runs on a machine of your own`, {
        hint: 'use a hosted runner for it, or one that is thrown away after each job',
        ...(conditionOf(job.node) === '' ? {} : { severity: 'note' }),
      });
    }
  },
};

function tellImage(image: ScalarNode | undefined, report: Report): void {
  const name = image?.text.replace(/^docker:\/\//, '');
  if (image === undefined || name === undefined || name === '' || hasExpression(name) || name.includes('@sha256:')) return;
  const tag = /:([\w.-]+)$/.exec(name)?.[1];
  const isMoving = tag === undefined || tag === 'latest';
  report(image, `${isMoving ? 'the image is whatever is newest' : 'the image may be another one tomorrow'}: it has no digest`, {
    hint: 'pin it: IMAGE:TAG@sha256:…',
  });
}

export const unpinnedImage: Rule = {
  id: 'unpinned-image',
  severity: 'note',
  summary: 'an image without a digest',
  kinds: BOTH,
  check: ({ jobs, steps, root }, report) => {
    for (const { node } of jobs) {
      const container = at(node, 'container');
      tellImage(asText(container) ?? asText(at(container, 'image')), report);
      for (const { value } of entriesOf(at(node, 'services'))) tellImage(asText(value) ?? asText(at(value, 'image')), report);
    }
    for (const { uses } of steps) if (uses?.text.startsWith('docker://') === true) tellImage(uses, report);
    const image = asText(at(root, 'runs', 'image'));
    if (image?.text.startsWith('docker://') === true) tellImage(image, report);
  },
};
