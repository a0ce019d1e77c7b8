import { describe, expect, test } from 'vitest';
import { parseContainer, parseHook, parseReference, withoutPassword } from '../../src/uses/reference.ts';

const sha1 = '8e5e7e5a'.repeat(5);
const sha256 = '8e5e7e5a'.repeat(8);
const digest = `sha256:${'ab'.repeat(32)}`;

describe('what stands at uses', () => {
  test.for([
    [`actions/checkout@${sha1}`, { kind: 'action', owner: 'actions', repo: 'checkout', ref: sha1 }],
    [`o/r/sub/dir@v1`, { kind: 'action', owner: 'o', repo: 'r', subpath: 'sub/dir', ref: 'v1' }],
    ['o/r@feature/x', { kind: 'action', owner: 'o', repo: 'r', ref: 'feature/x' }],
    ['o/r@pkg@1.2.3', { kind: 'action', owner: 'o', repo: 'r', ref: 'pkg@1.2.3' }],
    [`o/r@${sha256}`, { kind: 'action', owner: 'o', repo: 'r', ref: sha256 }],
    [`o/r@${sha1}-evil`, { kind: 'action', owner: 'o', repo: 'r', ref: `${sha1}-evil` }],
    ['./x', { kind: 'local', subpath: 'x' }],
    ['./', { kind: 'local' }],
    ['../x', { kind: 'local', subpath: '../x' }],
    ['.\\x\\y', { kind: 'local', subpath: 'x\\y' }],
    [`./act@${sha1}`, { kind: 'local', subpath: `act@${sha1}` }],
    ['$/my-action', { kind: 'self', subpath: 'my-action' }],
    ['$/', { kind: 'self' }],
    ['docker://ubuntu:24.04', { kind: 'docker', repo: 'ubuntu', ref: '24.04' }],
    [`docker://ghcr.io/o/i@${digest}`, { kind: 'docker', host: 'ghcr.io', repo: 'o/i', digest }],
    [`docker://localhost:5000/o/i:1@${digest}`, { kind: 'docker', host: 'localhost:5000', repo: 'o/i', ref: '1', digest }],
    [
      `https://code.example.org/o/r/sub@${sha1}`,
      { kind: 'action', url: 'https://code.example.org/o/r', host: 'code.example.org', owner: 'o', repo: 'r', subpath: 'sub', ref: sha1 },
    ],
    [
      'http://Git.Example:3000/o/r@v1',
      { kind: 'action', url: 'http://Git.Example:3000/o/r', host: 'git.example:3000', owner: 'o', repo: 'r', ref: 'v1' },
    ],
  ] as const)('%s', ([raw, wanted]) => {
    expect(parseReference(raw, 'step')).toEqual(wanted);
  });

  test('of a job it is a workflow', () => {
    const subpath = '.github/workflows/ci.yml';
    expect(parseReference(`o/r/${subpath}@v1`, 'job')).toEqual({ kind: 'workflow', owner: 'o', repo: 'r', subpath, ref: 'v1' });
    expect(parseReference(`./${subpath}`, 'job')).toEqual({ kind: 'local', subpath });
    expect(parseReference(`$/${subpath}`, 'job')).toEqual({ kind: 'self', subpath });
  });
});

describe('what could be misread', () => {
  test.for([
    ['actions/checkout', 'no @ and nothing behind it: a tag, a branch or a commit'],
    ['actions/checkout@', 'nothing stands behind the @'],
    ['checkout@v4', '"checkout" is no owner/repository'],
    ['/checkout@v4', 'the owner is missing'],
    ['actions/@v4', 'the repository is missing'],
    ['actions/checkout@${{ matrix.v }}', 'an expression is not allowed here'],
    ['\u0430ctions/checkout@v4', 'the owner holds U+0430: no owner has that'],
    ['\uff41ctions/checkout@v4', 'the owner holds U+FF41, which looks like "a": no owner has that'],
    ['act\u202eions/checkout@v4', 'the owner holds U+202E: no owner has that'],
    ['act\u200bions/checkout@v4', 'the owner holds U+200B: no owner has that'],
    ['actions/check\u{1d428}ut@v4', 'the repository holds U+1D428, which looks like "o": no repository has that'],
    ['actions\uff0fcheckout@v4', '"actions\uff0fcheckout" is no owner/repository'],
    ['-o/r@v4', '"-o" is no owner'],
    ['../../x/r@v4', undefined], // a path
    ['o/..@v4', '".." is no repository'],
    ['o\\r/x@v4', 'the owner holds U+005C: no owner has that'],
    ['o/r @v4', 'the repository holds U+0020: no repository has that'],
    ['o/r%2e@v4', 'the repository holds U+0025: no repository has that'],
    ['o/r?x@v4', 'the repository holds U+003F: no repository has that'],
    ['o/r#x@v4', 'the repository holds U+0023: no repository has that'],
    ['o/r@--upload-pack=x', '"--upload-pack=x" is no name of a tag or branch'],
    ['o/r@a..b', '"a..b" is no name of a tag or branch'],
    ['o/r@a@{1}', '"a@{1}" is no name of a tag or branch'],
    ['o/r@v1^{}', 'what stands behind the @ holds U+005E: no tag or branch has that'],
    ['o/r@v1:x', 'what stands behind the @ holds U+003A: no tag or branch has that'],
    ['o/r@v1*', 'what stands behind the @ holds U+002A: no tag or branch has that'],
    ['o/r@v1 x', 'what stands behind the @ holds U+0020: no tag or branch has that'],
    ['o/r@v1\u200d', 'what stands behind the @ holds U+200D: no tag or branch has that'],
    ['o/r@v1\ufffd', 'what stands behind the @ holds U+FFFD: no tag or branch has that'],
    ['o/r@x.lock', '"x.lock" is no name of a tag or branch'],
    ['o/r@/x', '"/x" is no name of a tag or branch'],
    ['$/x@v1', 'a reference to the own repository has no @: it is of the same commit'],
    ['$/../x', '"../x" is no path in a repository'],
    ['./x\u202e', 'the path holds U+202E'],
    ['docker://ubuntu@latest', '"latest" is no digest'],
    ['docker://Ubuntu', '"Ubuntu" is no name of an image'],
    ['docker://ubuntu:', '"" is no tag of an image'],
    ['docker://${{ matrix.image }}', 'an expression is not allowed here'],
    ['ext::sh -c x@v1', '"ext:" is not known here'],
    ['ssh://git@host/o/r@v1', '"ssh:" is not known here'],
    ['file:///o/r@v1', '"file:" is not known here'],
    ['https://host@v1', 'the address holds a user or a password'],
    ['https://u:p@host/o/r@v1', 'the address holds a user or a password'],
    ['https:///o/r@v1', 'no https://host/owner/repository@ref'],
    ['https://ho st/o/r@v1', 'the host is no name of a host'],
    ['https://g\u0456thub.com/o/r@v1', 'the host holds U+0456: write it as xn--…'],
    ['https://github\u3002com/o/r@v1', 'the host holds U+3002: write it as xn--…'],
    ['https://-x/o/r@v1', 'the host is no name of a host'],
  ] as const)('%s', ([raw, fault]) => {
    const found = parseReference(raw, 'step');
    expect(found.fault).toBe(fault);
    if (fault !== undefined) expect(Object.keys(found).sort()).toEqual(['fault', 'kind']);
  });

  test('a strange path leaves no doubt about the repository', () => {
    const fault = '"./x/../y" is no path in a repository';
    expect(parseReference(`o/r/./x/../y@v1`, 'step')).toEqual({ kind: 'action', owner: 'o', repo: 'r', ref: 'v1', fault });
  });
});

test.for([
  ['node:20', { repo: 'node', ref: '20' }],
  ['docker://node:20', { repo: 'node', ref: '20' }],
  [`registry.example.org:5000/a/b-c_d@${digest}`, { host: 'registry.example.org:5000', repo: 'a/b-c_d', digest }],
  ['[::1]:5000/a', { host: '[::1]:5000', repo: 'a' }],
  ['a/b', { repo: 'a/b' }],
  ['${{ matrix.image }}', {}],
  ['a//b', { fault: '"a//b" is no name of an image' }],
  [`a@sha256:${'ab'.repeat(31)}`, { fault: `"sha256:${'ab'.repeat(16)}a…" is no digest` }],
] as const)('an image: %s', ([raw, wanted]) => {
  expect(parseContainer(raw)).toEqual({ kind: 'image', ...wanted });
});

test.for([
  ['https://github.com/psf/black', { url: 'https://github.com/psf/black', host: 'github.com', owner: 'psf', repo: 'black' }],
  ['https://gitlab.com/a/b/c.git/', { url: 'https://gitlab.com/a/b/c.git', host: 'gitlab.com', owner: 'a/b', repo: 'c' }],
  ['git@github.com:o/r.git', { url: 'git@github.com:o/r.git', host: 'github.com', owner: 'o', repo: 'r' }],
  ['ssh://git@host:22/o/r', { url: 'ssh://git@host:22/o/r', host: 'host:22', owner: 'o', repo: 'r' }],
  ['git://host/r', { url: 'git://host/r', host: 'host', repo: 'r' }],
] as const)('the repository of a hook: %s', ([address, wanted]) => {
  expect(parseHook(address, 'v1')).toEqual({ kind: 'hook', ...wanted, ref: 'v1' });
});

test.for([
  'ext::sh -c touch% x',
  'fd::17',
  '--upload-pack=touch x',
  '-oProxyCommand=x@host:y',
  'ssh://-oProxyCommand=x/o/r',
  'ssh://-ox@host/o/r',
  'git@-host:o/r',
  'git@host::o/r',
  'file:///etc/x',
  '/etc/x',
  '../x',
  'https://u:p@host/o/r',
  'https://host/o/r?x',
  'https://host/../r',
  'https://host\n/o/r',
  'ftp://host/o/r',
  '',
])('no address of a hook: %s', (address) => {
  const found = parseHook(address, 'v1');
  expect(found?.fault).toBeDefined();
  expect(Object.keys(found ?? {}).sort()).toEqual(['fault', 'kind']);
  expect(found?.fault).not.toContain('u:p');
});

test('hooks of the repository itself refer to nobody', () => {
  expect(['local', 'meta', 'builtin'].map((address) => parseHook(address, 'v1'))).toEqual([undefined, undefined, undefined]);
});

test('a password is not kept', () => {
  expect(withoutPassword('https://u:p@host/o/r@v1')).toBe('https://***@host/o/r@v1');
  expect(withoutPassword('https://u:p@q@host/o/r@v1')).toBe('https://***@host/o/r@v1');
  expect(withoutPassword('https://u:p@host')).toBe('https://***@host');
  expect(withoutPassword('https://host/o/r@v1')).toBe('https://host/o/r@v1');
  expect(withoutPassword(`docker://host/i@${digest}`)).toBe(`docker://host/i@${digest}`);
});
