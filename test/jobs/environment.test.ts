import { expect, test } from 'vitest';
import { jobEnvironment } from '../../src/jobs/environment.ts';

const ASKED = { own: {}, bin: '/r/node_modules/.bin', windows: false, colour: false };

test('what our start took out of the environment is there again', () => {
  const base = {
    PATH: '/usr/bin',
    NODE_OPTIONS: '',
    KEI_ENV_NODE_OPTIONS: '--max-old-space-size=4096',
    NODE_EXTRA_CA_CERTS: '',
    KEI_ENV_NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    NODE_V8_COVERAGE: '',
    KEI_ENV_NODE_V8_COVERAGE: '',
    KEI_LEAK_KEY: 'stays',
    KEI_HOOK_PARENT: '42',
  };
  expect(jobEnvironment({ ...ASKED, base })).toEqual({
    PATH: '/r/node_modules/.bin:/usr/bin',
    NODE_OPTIONS: '--max-old-space-size=4096',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    KEI_LEAK_KEY: 'stays',
  });
});

test('the repository’s programs come first; the command’s own variables win', () => {
  expect(jobEnvironment({ ...ASKED, base: {} })).toEqual({ PATH: '/r/node_modules/.bin' });
  expect(jobEnvironment({ ...ASKED, base: { PATH: '/a:/b', A: '1' }, own: { A: '2', B: '' } })).toEqual({
    PATH: '/r/node_modules/.bin:/a:/b',
    A: '2',
    B: '',
  });
  const windows = { ...ASKED, windows: true, bin: String.raw`C:\r\node_modules\.bin` };
  expect(jobEnvironment({ ...windows, base: { Path: String.raw`C:\a` } })).toEqual({ Path: String.raw`C:\r\node_modules\.bin;C:\a` });
});

test.for([
  { name: 'on a terminal', base: {}, colour: true, env: { FORCE_COLOR: '1', CLICOLOR_FORCE: '1' } },
  { name: 'not elsewhere', base: {}, colour: false, env: {} },
  { name: 'as the person says', base: { FORCE_COLOR: '3' }, colour: true, env: { FORCE_COLOR: '3', CLICOLOR_FORCE: '1' } },
  { name: 'never against the person', base: { NO_COLOR: '1' }, colour: true, env: { NO_COLOR: '1' } },
])('colours: $name', ({ base, colour, env }) => {
  expect(jobEnvironment({ ...ASKED, base, colour })).toEqual({ PATH: ASKED.bin, ...env });
});
