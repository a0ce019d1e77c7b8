import { expect, test } from 'vitest';
import { isPublicAddress } from '../../src/git/address.ts';
import { isNamed, parseRemoteUrl, protocolOf, withoutCredentials } from '../../src/git/remote-url.ts';

test.for([
  'https://github.com/actions/checkout',
  'https://github.com/actions/checkout.git',
  'https://Git.Example.com:8443/a/b',
  'http://git.lan:3000/a/b',
  'git://127.0.0.1:9418/a.git',
  'ssh://git.example.com/a/b',
  'file:///srv/git/a.git',
  'https://[2001:db8::1]:443/a',
])('%s is a URL', (url) => {
  expect(parseRemoteUrl(url)?.text).toBe(url);
});

test.for([
  '',
  'actions/checkout',
  '--upload-pack=touch x',
  '-oProxyCommand=x',
  'ext::sh -c touch% x',
  'ext::https://github.com/a/b',
  'fd::17',
  'http::https://x.example/a',
  'https::x',
  'ftp://x.example/a',
  'https:/github.com/a/b',
  'https://github.com',
  'https:///a/b',
  'file://host/a',
  'https://user@github.com/a/b',
  'https://user:password@github.com/a/b',
  'https://github.com\\@evil.example/a',
  'https://github.com@evil.example/a',
  'https://github.com#@evil.example/a',
  'https://github.com/a/b?x=https://y',
  'https://github.com/a/b#c',
  'https://github.com/a/../../b',
  'https://github.com/./a',
  'https://github.com/a b',
  'https://github.com/a\n/b',
  'https://github.com/a\u0000b',
  'https://-x.example/a',
  'https://x-.example-/a',
  'https://a..b/c',
  'https://gіthub.com/a/b', // a Cyrillic і
  'https://github.com/аctions/checkout',
  'ssh://-oProxyCommand=x/a',
  'https://github.com:99999999/a',
  `https://github.com/${'a'.repeat(3000)}`,
])('%j is none', (url) => {
  expect(parseRemoteUrl(url)).toBeUndefined();
});

test.for([
  ['https://x.example/a', 'https'],
  ['ssh://git@x.example/a', 'ssh'],
  ['git@x.example:a/b', 'ssh'],
  ['x.example:a/b', 'ssh'],
  ['/srv/git/a.git', 'file'],
  ['./a:b', 'file'],
  ['C:\\git\\a', 'file'],
  ['file:///srv/a', 'file'],
  ['ext::sh -c x', undefined],
  ['ext://x', undefined],
  ['ftp://x.example/a', undefined],
  ['HTTPS://x.example/a', undefined],
] as const)('git would go to %s over %s', ([url, protocol]) => {
  expect(protocolOf(url)).toBe(protocol);
});

test('hosts are named with their port and their protocol, https unless it says so', () => {
  const named = (url: string, ...hosts: readonly string[]): boolean => {
    const parsed = parseRemoteUrl(url);
    return parsed !== undefined && isNamed(parsed, hosts);
  };
  expect(named('https://GitHub.com/a/b', 'github.com')).toBe(true);
  expect(named('https://github.com:443/a/b', 'github.com')).toBe(true);
  expect(named('https://github.com/a/b', 'https://GitHub.com/')).toBe(true);
  expect(named('https://github.com:8443/a/b', 'github.com')).toBe(false);
  expect(named('https://github.com:8443/a/b', 'github.com:8443')).toBe(true);
  expect(named('https://api.github.com/a/b', 'github.com')).toBe(false);
  expect(named('https://github.com.evil.example/a/b', 'github.com')).toBe(false);
  expect(named('https://xgithub.com/a/b', 'github.com')).toBe(false);
  expect(named('http://github.com/a/b', 'github.com')).toBe(false);
  expect(named('git://github.com/a/b', 'github.com')).toBe(false);
  expect(named('http://git.lan:3000/a/b', 'http://git.lan:3000')).toBe(true);
  expect(named('https://git.lan:3000/a/b', 'http://git.lan:3000')).toBe(false);
  expect(named('https://github.com/a/b', '', '*', '.', 'https://')).toBe(false);
});

test('what is printed of a URL has no credentials in it', () => {
  expect(withoutCredentials('https://user:pass@x.example/a')).toBe('https://x.example/a');
  expect(withoutCredentials('https://token@x.example/a@b')).toBe('https://x.example/a@b');
  expect(withoutCredentials('https://us@er:p@ss@x.example/a')).toBe('https://x.example/a');
  expect(withoutCredentials('git@x.example:a/b')).toBe('git@x.example:a/b');
  expect(withoutCredentials('https://x.example/\u001b[31m\u202e')).toBe('https://x.example/?[31m?');
});

test.for(['1.1.1.1', '8.8.8.8', '140.82.121.4', '2606:4700::1111', '2001:4860:4860::8888', '64:ff9b::808:808'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.for([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.2.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2001:db8::1',
  '2001::1',
  '2002:7f00:1::',
  '64:ff9b::7f00:1',
  '64:ff9b::a01:203',
  '64:ff9b:1::1',
  'localhost',
  '',
  '2130706433',
  '0x7f.1',
])('%j is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
