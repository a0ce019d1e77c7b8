import { expect, test } from 'vitest';
import { emptyLayer, parseConfig, parseLayer, splitKey, valueOf } from '../../src/config/layer.ts';
import { explainConfig, isLooser, loosen, mergeConfig, showValue, type Layers } from '../../src/config/merge.ts';
import { DEFAULTS, KEYS, type KeyName } from '../../src/config/keys.ts';
import { UsageError } from '../../src/errors.ts';

const repository = (text: string) => parseLayer(text, 'kei.toml');
const floor = (text: string) => parseLayer(text, '/home/a/.config/kei-git/config.toml');

const changed = (layers: Layers): Record<string, string> =>
  Object.fromEntries(
    explainConfig(mergeConfig(layers))
      .filter(({ origins }) => origins.join() !== 'default')
      .map(({ key, value, origins }) => [key, `${JSON.stringify(value)} from ${origins.join(' and ')}`]),
  );

test('nothing set: defaults, all said to be so', () => {
  const merged = mergeConfig({ repository: emptyLayer('kei.toml'), trusted: false });
  expect(merged.config).toEqual(DEFAULTS);
  expect(explainConfig(merged).map(({ origins }) => origins)).toEqual(Array.from({ length: KEYS.length }, () => ['default']));
});

test('options over kei.toml over floor, in a trusted repository', () => {
  const layers: Layers = {
    floor: floor('[leak]\ndecode = 5\njobs = 2\nfail-on = "warning"\nrules = ["terms.toml"]\n'),
    repository: repository('[leak]\nfail-on = "error"\n\njobs = 3\n'),
    trusted: true,
    options: { 'leak.jobs': 4, 'leak.max-file-size': '1M', 'workflow.pins.min-age': '30d' },
  };
  expect(changed(layers)).toEqual({
    'leak.decode': '5 from /home/a/.config/kei-git/config.toml:2',
    'leak.fail-on': '"error" from kei.toml:2',
    'leak.jobs': '4 from option --jobs',
    'leak.max-file-size': '1048576 from option --max-file-size',
    'workflow.pins.min-age': '2592000000 from option --min-age',
  });
  expect(mergeConfig(layers).refused).toEqual([]);
});

test('without a floor the repository speaks for itself', () => {
  const text = '[leak]\nbuiltin = false\nfail-on = "error"\n[check]\nskip = ["leak"]\n';
  const { config, refused } = mergeConfig({ repository: repository(text), trusted: false });
  expect([config.leak.builtin, config.check.skip, refused]).toEqual([false, ['leak'], []]);
});

test.for<[KeyName, string, string, unknown, string | undefined]>([
  ['leak.categories', '["secret", "personal"]', '["secret"]', ['secret', 'personal'], 'stays ["secret", "personal"]'],
  ['leak.categories', '["secret"]', '["personal"]', ['secret', 'personal'], 'becomes ["secret", "personal"]'],
  ['leak.categories', '["secret"]', '["personal", "secret"]', ['personal', 'secret'], undefined],
  ['leak.builtin', 'true', 'false', true, 'stays true'],
  ['leak.builtin', 'false', 'true', true, undefined],
  ['leak.decode', '3', '2', 3, 'stays 3'],
  ['leak.decode', '3', '4', 4, undefined],
  ['leak.max-file-size', '"10M"', '"1M"', 10_485_760, 'stays "10M"'],
  ['leak.fail-on', '"warning"', '"error"', 'warning', 'stays "warning"'],
  ['leak.fail-on', '"warning"', '"note"', 'note', undefined],
  ['leak.honour-inline', '["gitleaks:allow"]', '["gitleaks:allow", "nosec"]', ['gitleaks:allow'], 'stays ["gitleaks:allow"]'],
  ['leak.honour-inline', '["gitleaks:allow"]', '[]', [], undefined],
  ['leak.archives', '1', '0', 1, 'stays 1'],
  ['leak.archives-at', '["check", "ci"]', '["ci"]', ['check', 'ci'], 'stays ["check", "ci"]'],
  ['leak.jobs', '1', '9', 9, undefined],
  ['check.skip', '[]', '["leak"]', [], 'stays []'],
  ['check.fail-on', '"error"', '"warning"', 'warning', undefined],
  ['policy.head-ignores', 'false', 'true', false, 'stays false'],
  ['policy.head-ignores', 'true', 'false', false, undefined],
  ['workflow.forge', '"https://a.example"', '"https://b.example"', 'https://a.example', 'stays "https://a.example"'],
  ['workflow.hosts', '["a.example"]', '["a.example", "b.example"]', ['a.example'], 'stays ["a.example"]'],
  ['workflow.pins.max-age', '"1h"', '"2h"', 3_600_000, 'stays "1h"'],
  ['workflow.pins.max-age', '"1h"', '"30m"', 1_800_000, undefined],
  ['workflow.pins.offline', 'false', 'true', false, 'stays false'],
  ['workflow.pins.strict-network', 'true', 'false', true, 'stays true'],
  ['workflow.policy', '{ "a/*" = "sha" }', '{ "a/*" = "ref" }', { 'a/*': 'sha' }, 'stays { "a/*" = "sha" }'],
  ['workflow.policy', '{ "a/*" = "sha" }', '{ "a/*" = "sha", own = "sha" }', { 'a/*': 'sha', own: 'sha' }, undefined],
  [
    'workflow.policy',
    '{ own = "sha" }',
    '{ "a/*" = "ref", hooks = "sha" }',
    { 'a/*': 'sha', own: 'sha', hooks: 'sha' },
    'becomes { own = "sha", hooks = "sha", "a/*" = "sha" }',
  ],
  ['workflow.lint.skip', '[]', '["workflow/x"]', [], 'stays []'],
])('%s: floor %s, untrusted repository %s', ([key, mine, theirs, expected, refusal]) => {
  const [table, name] = splitKey(key);
  const layer = (value: string) => `[${table}]\n\n${name} = ${value}\n`;
  const { config, refused } = loosen(floor(layer(mine)), repository(layer(theirs)), false);
  expect(valueOf(config, key)).toEqual(expected);
  expect(refused).toEqual(
    refusal === undefined
      ? []
      : [
          {
            key,
            file: 'kei.toml',
            position: { line: 3, column: 1 },
            sentence: `${name} in [${table}] ${refusal}: a repository that is not trusted cannot loosen your own settings`,
          },
        ],
  );
  expect(loosen(floor(layer(mine)), repository(layer(theirs)), true).refused).toEqual([]);
});

test('a floor with one key guards the defaults of the others too', () => {
  const { config, refused } = loosen(floor('[leak]\ndecode = 5'), repository('[leak]\nbuiltin = false'), false);
  expect(config.leak).toMatchObject({ builtin: true, decode: 5 });
  expect(refused).toHaveLength(1);
});

test('both had a say', () => {
  expect(
    changed({ floor: floor('leak.categories = ["secret"]'), repository: repository('leak.categories = ["personal"]'), trusted: false }),
  ).toEqual({
    'leak.categories': '["secret","personal"] from /home/a/.config/kei-git/config.toml:1 and kei.toml:1',
  });
});

test('what is printed can be read again', () => {
  const text = '[workflow.pins]\nmax-age = "90m"\n[workflow.policy]\nown = "sha"\n"acme/*" = "ref"\n';
  const { config, origins } = mergeConfig({ repository: repository(text), trusted: true });
  const shown = explainConfig({ config, origins })
    .filter(({ key }) => key.startsWith('workflow.p'))
    .map(({ key, value }) => `${key} = ${showValue(key, value)}\n`);
  expect(parseConfig(shown.join(''), 'kei.toml').workflow).toEqual(config.workflow);
});

test('an option that does not fit', () => {
  const wrong = () => mergeConfig({ repository: emptyLayer('kei.toml'), trusted: false, options: { 'leak.decode': 99 } });
  expect(wrong).toThrow(new UsageError('--decode must be a whole number from 0 to 8'));
});

test.for<[KeyName, unknown, unknown, boolean]>([
  ['leak.fail-on', 'note', 'error', true],
  ['leak.fail-on', 'error', 'error', false],
  ['leak.categories', ['secret', 'personal'], ['personal', 'secret'], false],
  ['leak.categories', ['secret', 'personal'], ['secret'], true],
  ['check.skip', ['leak'], ['leak', 'counts'], true],
  ['check.skip', ['leak', 'counts'], ['counts'], false],
  ['leak.rules', ['a.toml'], undefined, false],
  ['leak.jobs', 3, 1, false],
  ['workflow.actions-url', undefined, 'https://a.example', true],
  ['workflow.policy', {}, { 'a/*': 'sha' }, false],
  ['workflow.policy', {}, { 'a/*': 'ref' }, true],
  ['workflow.policy', { 'a/*': 'sha' }, {}, true], // a may be the owner, of whom a ref is enough
  ['workflow.policy', { 'a/b': 'ref' }, {}, false],
  ['workflow.policy', { 'A/b': 'ref' }, { 'a/B': 'ref' }, false],
  ['workflow.policy', { 'a/*': 'sha' }, { 'a/*': 'sha', 'a/b': 'any' }, true],
])('isLooser %s: %j, then %j', ([key, before, after, expected]) => {
  expect(isLooser(key, before, after)).toBe(expected);
});
