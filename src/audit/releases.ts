import { entry, hasExpression } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { Step, WorkflowTree } from '../lint/workflow.ts';
import { actionOf, conditionOf, inputOf, versionOf } from './steps.ts';

/** Actions that restore a cache: always, or where an input says so. From each action's own documentation. */
const CACHES: ReadonlyMap<string, { readonly input?: string; readonly defaultSince?: number }> = new Map<
  string,
  { input?: string; defaultSince?: number }
>([
  ['actions/cache', {}],
  ['actions/cache/restore', {}],
  ['swatinem/rust-cache', {}],
  ['mozilla-actions/sccache-action', {}],
  ['hendrikmuhs/ccache-action', {}],
  ['actions/setup-node', { input: 'cache' }],
  ['actions/setup-python', { input: 'cache' }],
  ['actions/setup-java', { input: 'cache' }],
  ['actions/setup-dotnet', { input: 'cache' }],
  ['actions/setup-go', { input: 'cache', defaultSince: 4 }],
  ['ruby/setup-ruby', { input: 'bundler-cache' }],
  ['pnpm/action-setup', { input: 'cache' }],
]);

const PUBLISHERS: readonly string[] = [
  'softprops/action-gh-release',
  'ncipollo/release-action',
  'actions/create-release',
  'actions/upload-release-asset',
  'pypa/gh-action-pypi-publish',
  'js-devtools/npm-publish',
  'goreleaser/goreleaser-action',
  'rubygems/release-gem',
  'actions/attest-build-provenance',
];
const PUBLISHES =
  /\b(?:(?:npm|pnpm|yarn|bun|cargo|poetry|uv|deno) publish|twine upload|gh release (?:create|upload)|docker push|gem push|mvn\b[^\n]* deploy|nuget push)\b/;

const restores = (step: Step, workflow: WorkflowTree): boolean => {
  const cache = CACHES.get(actionOf(step) ?? '');
  if (cache === undefined || conditionOf(step.node) !== '') return false;
  if (cache.input === undefined) return inputOf(step, 'lookup-only')?.text !== 'true';
  const value = inputOf(step, cache.input)?.text;
  if (value === undefined)
    return cache.defaultSince !== undefined && (versionOf(step, workflow)?.[0] ?? cache.defaultSince) >= cache.defaultSince;
  return value !== 'false' && value !== '' && !hasExpression(value);
};

const publishes = (step: Step): boolean => {
  const action = actionOf(step) ?? '';
  const pushes = action === 'docker/build-push-action' && inputOf(step, 'push')?.text === 'true';
  return (
    pushes || PUBLISHERS.includes(action) || (step.run !== undefined && PUBLISHES.test(step.run.text) && !/--dry-run/.test(step.run.text))
  );
};

/** It runs for a release: on `release`, or for tags and nothing else. */
const isRelease = ({ triggers }: WorkflowTree): boolean =>
  triggers.some(({ name, config }) => name === 'release' || (name === 'push' && entry(config, 'tags') !== undefined));

export const cachePoisoning: Rule = {
  id: 'cache-poisoning',
  severity: 'warning',
  summary: 'a release is made with a cache that other workflows may have filled',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    if (!isRelease(workflow)) return;
    for (const { steps } of workflow.jobs) {
      const published = steps.findIndex(publishes);
      for (const step of steps.slice(0, Math.max(0, published)))
        if (step.uses !== undefined && restores(step, workflow))
          report(step.uses, 'what this job publishes is built with a cache that other workflows of the default branch may have filled', {
            hint: 'build releases without a cache',
          });
    }
  },
};
