import { expect, test } from 'vitest';
import { emptyLayer, parseLayer } from '../../src/config/layer.ts';
import { explainConfig, isLooser, loosen, mergeConfig, type Layers } from '../../src/config/merge.ts';
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
    options: { 'leak.jobs': 4, 'leak.max-file-size': '1M' },
  };
  expect(changed(layers)).toEqual({
    'leak.decode': '5 from /home/a/.config/kei-git/config.toml:2',
    'leak.fail-on': '"error" from kei.toml:2',
    'leak.jobs': '4 from option --jobs',
    'leak.max-file-size': '1048576 from option --max-file-size',
  });
  expect(mergeConfig(layers).refused).toEqual([]);
});

test('without a floor the repository speaks for itself', () => {
  const text = '[leak]\nbuiltin = false\nfail-on = "error"\n[check]\nskip = ["leak"]\n';
  const { config, refused } = mergeConfig({ repository: repository(text), trusted: false });
  expect([config.leak.builtin, config.check.skip, refused]).toEqual([false, ['leak'], []]);
});

test.for<[string, string, string, unknown, string | undefined]>([
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
])('%s: floor %s, untrusted repository %s', ([key, mine, theirs, expected, refusal]) => {
  const [table = '', name = ''] = key.split('.');
  const layer = (value: string) => `[${table}]\n\n${name} = ${value}\n`;
  const { config, refused } = loosen(floor(layer(mine)), repository(layer(theirs)), false);
  expect(Object.entries(config).find(([t]) => t === table)?.[1]).toMatchObject({ [name]: expected });
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
])('isLooser %s: %j, then %j', ([key, before, after, expected]) => {
  expect(isLooser(key, before, after)).toBe(expected);
});
