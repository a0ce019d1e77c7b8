import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DEMANDS,
  demandOf,
  isLooserPolicy,
  PIN_PATTERN,
  stricterPolicy,
  type Demand,
  type Kinship,
  type PinPolicy,
} from '../../src/config/pin-policy.ts';

test.for<[string, PinPolicy, string, Kinship, Demand, string | undefined]>([
  ['nothing is set', {}, 'a/b', '*', 'sha', undefined],
  ['one of the owner', {}, 'a/b', 'own', 'ref', undefined],
  ['one of pre-commit', {}, 'a/b', 'hooks', 'ref', undefined],
  ['all', { '*': 'ref' }, 'a/b', '*', 'ref', '*'],
  ['all is third parties', { '*': 'any' }, 'a/b', 'own', 'ref', undefined],
  ['an owner', { '*': 'ref', 'A/*': 'any' }, 'a/b', '*', 'any', 'A/*'],
  ['a repository', { 'a/*': 'any', 'a/B': 'sha' }, 'A/b', 'own', 'sha', 'a/B'],
  ['an owner before kinship', { own: 'sha', 'a/*': 'any' }, 'a/b', 'own', 'any', 'a/*'],
  ['an owner elsewhere is somebody else', { 'a/*': 'any' }, 'git.example/a/b', '*', 'sha', undefined],
  ['a host', { 'git.example/a/*': 'any' }, 'git.example/a/b', '*', 'any', 'git.example/a/*'],
])('%s', ([, policy, name, kinship, demand, by]) => {
  expect(demandOf(policy, name, kinship)).toEqual({ demand, by });
});

test.for<[string, boolean]>([
  ['own', true],
  ['*', true],
  ['acme/*', true],
  ['acme/tool.js', true],
  ['git.example.com:8443/acme/*', true],
  ['acme', false],
  ['*/tool', false],
  ['acme/to*', false],
  ['a/b/c/d', false],
  ['', false],
])('pattern %s', ([pattern, isOne]) => {
  expect(PIN_PATTERN.test(pattern)).toBe(isOne);
});

test('the stricter of two policies is as strict as each, for every repository', () => {
  const policies = fc.dictionary(fc.constantFrom('own', 'hooks', '*', 'a/*', 'a/x', 'A/X', 'b/*', 'b/y'), fc.constantFrom(...DEMANDS));
  const names = fc.constantFrom('a/x', 'a/y', 'b/x', 'b/y', 'c/z');
  const kinships = fc.constantFrom<Kinship>('own', 'hooks', '*');
  const rank = (policy: PinPolicy, name: string, kinship: Kinship): number => DEMANDS.indexOf(demandOf(policy, name, kinship).demand);
  let looser = 0;
  fc.assert(
    fc.property(policies, policies, names, kinships, (a, b, name, kinship) => {
      const both = stricterPolicy(a, b);
      expect(rank(both, name, kinship)).toBeGreaterThanOrEqual(Math.max(rank(a, name, kinship), rank(b, name, kinship)));
      if (rank(b, name, kinship) >= rank(a, name, kinship)) return;
      looser++;
      expect(isLooserPolicy(a, b)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(looser).toBeGreaterThan(100);
});
