import { quoted } from '../report/quoted.ts';
import { asText, at, entriesOf, entry, hasExpression } from '../lint/nodes.ts';
import { BOTH, WORKFLOW, type Report, type Rule } from '../lint/rule.ts';
import type { TreeNode } from '../lint/tree.ts';

const MAX_INPUTS = 25; // docs.github.com: workflow syntax, on.workflow_dispatch.inputs

const positive = (node: TreeNode | undefined, name: string, isWhole: boolean, report: Report): void => {
  const given = asText(node);
  if (given === undefined || hasExpression(given.text)) return;
  if (typeof given.value !== 'number') return; // the schema says so
  if (given.value < 0) report(given, `${name} must be more than 0`);
  else if (given.value === 0) report(given, `${name} should be more than 0`, { severity: 'warning' });
  else if (isWhole && !Number.isInteger(given.value)) report(given, `${name} must be a whole number`);
};

export const numberRange: Rule = {
  id: 'number-range',
  severity: 'error',
  summary: 'a number is not one that can be there',
  kinds: BOTH,
  check: ({ jobs, steps }, report) => {
    for (const { node } of jobs) {
      positive(at(node, 'timeout-minutes'), 'timeout-minutes', false, report);
      positive(at(node, 'strategy', 'max-parallel'), 'max-parallel', true, report);
    }
    for (const { node } of steps) positive(at(node, 'timeout-minutes'), 'timeout-minutes', false, report);
  },
};

export const tooManyInputs: Rule = {
  id: 'too-many-inputs',
  severity: 'error',
  summary: 'a workflow that is started by hand asks for too much',
  kinds: WORKFLOW,
  check: ({ triggers }, report) => {
    for (const { name, at: where, config } of triggers) {
      const inputs = name === 'workflow_dispatch' ? entriesOf(at(config, 'inputs')) : [];
      if (inputs.length > MAX_INPUTS) report(where, `${inputs.length} inputs, and ${MAX_INPUTS} are allowed`);
    }
  },
};

export const containerImage: Rule = {
  id: 'container-image',
  severity: 'error',
  summary: 'a container has no image, or half of its credentials',
  kinds: WORKFLOW,
  check: ({ jobs }, report) => {
    for (const { node } of jobs) {
      const containers = [...node.entries.filter(({ key }) => key.text === 'container'), ...entriesOf(at(node, 'services'))];
      for (const { key, value } of containers) {
        if (value.kind === 'scalar' && value.text === '') report(key, `${quoted(key.text)} names no image`);
        if (value.kind !== 'map' || value.entries.some((one) => hasExpression(one.key.text))) continue;
        const image = at(value, 'image');
        if (image === undefined) report(key, `${quoted(key.text)} has no image`);
        const credentials = at(value, 'credentials');
        if (credentials?.kind !== 'map') continue;
        const missing = ['username', 'password'].filter((name) => at(credentials, name) === undefined);
        if (missing.length > 0)
          report(
            entry(value, 'credentials')?.key ?? credentials,
            `credentials are a username and a password; ${missing.join(' and ')} is missing`,
          );
      }
    }
  },
};

export const mergeKey: Rule = {
  id: 'merge-key',
  severity: 'error',
  summary: 'a YAML merge key, which the forge does not read',
  kinds: BOTH,
  check: ({ root, forge }, report) => {
    if (forge !== 'github') return;
    const walk = (node: TreeNode): void => {
      if (node.kind === 'list') for (const item of node.items) walk(item);
      if (node.kind !== 'map') return;
      for (const { key, value } of node.entries) {
        if (key.text === '<<' && key.style === 'plain') report(key, '<< merges nothing here: the forge reads aliases, but no merge keys');
        walk(value);
      }
    };
    if (root !== undefined) walk(root);
  },
};

export const unusedAnchor: Rule = {
  id: 'unused-anchor',
  severity: 'warning',
  summary: 'an anchor that no alias refers to',
  kinds: BOTH,
  check: ({ tree }, report) => {
    for (const { message, ...where } of tree.unusedAnchors) report(where, `no alias refers to the anchor ${quoted(message)}`);
  },
};
