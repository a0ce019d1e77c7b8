import { describe, expect, test } from 'vitest';
import { readLock } from '../../src/lock/read.ts';
import { digest, entry, lockText } from './locks.ts';

const CI = '.github/workflows/ci.yml';
const whole = lockText({ [CI]: ['a/b@v1', 'c/d@v2'] }, [entry('a/b@v1', 'a', ['e/f@main']), entry('c/d@v2', 'b'), entry('e/f@main', 'c')]);

/** `line:column rule message`, without what every broken lock is told. */
const faults = (text: string | Uint8Array): readonly string[] =>
  readLock(Buffer.from(text)).faults.map(({ rule, message, place }) => {
    if (rule === 'workflow/lock-broken') expect(message).toMatch(/: the host ignores a broken lock without a word$/);
    return `${place.line}:${place.column} ${rule.slice(14)} ${message.replace(/: the host ignores.*/, '')}`;
  });

test('a whole lock is read with its places', () => {
  const { lock, faults: told } = readLock(Buffer.from(whole));
  expect(told).toEqual([]);
  expect(lock?.workflows.map(({ path, pins }) => [path, pins.map(({ key }) => key.id)])).toEqual([[CI, ['a/b@v1', 'c/d@v2']]]);
  expect([...(lock?.byId.keys() ?? [])]).toEqual(['a/b@v1', 'c/d@v2', 'e/f@main']);
  const first = lock?.byId.get('a/b@v1');
  expect(first?.uses.map(({ key }) => key.id)).toEqual(['e/f@main']);
  expect(first).toMatchObject({ ref: 'v1', hasIds: true, place: { line: 8, column: 5 }, commit: { oid: 'a'.repeat(40) } });
  const { start = 0, end = 0 } = first?.commit?.written ?? {};
  expect(Buffer.from(whole).subarray(start, end).toString()).toBe('a'.repeat(40));
});

const SHA256 = `sha256-${'d'.repeat(64)}`;

test.for([
  { name: 'nothing of all', text: "version: 'v0.0.2'\n", told: [] },
  { name: 'empty maps', text: 'version: v0.0.1\nworkflows: {}\ndependencies: {}\n', told: [] },
  { name: 'nothing behind keys', text: `version: v0.0.2\nworkflows:\n  ${CI}:\ndependencies:\n`, told: [] },
  { name: 'JSON', text: `{"version":"v0.0.2","workflows":{"${CI}":[]},"dependencies":{}}`, told: [] },
  { name: 'CRLF and a byte order mark', text: `\ufeff${whole.replaceAll('\n', '\r\n')}`, told: [] },
  { name: 'an alias', text: whole.replace("commit: 'sha1-a", "commit: &c 'sha1-a").replace(`'${digest('b')}'`, '*c'), told: [] },
  { name: 'sha256', text: whole.replace(digest('a'), SHA256), told: [] },
  { name: 'digits in upper case', text: whole.replace(digest('a'), digest('A')), told: [] },
  { name: 'a ref that looks like a number', text: whole.replaceAll('v2', '1.0').replace("ref: '1.0'", 'ref: 1.0'), told: [] },
  {
    name: 'a commit as ref has the name of a tag in its body',
    text: whole.replaceAll('a/b@v1', `a/b@${'a'.repeat(40)}`).replace("ref: 'v1'", "ref: 'v1.2.3'"),
    told: [],
  },
  {
    name: 'v0.0.1',
    text: `version: v0.0.1\nworkflows:\n  ${CI}: ['a/b@v1:${digest('a')}']\ndependencies:\n  'a/b@v1:${digest('a')}': {tag: v1, branch: main, commit: ${digest('a')}, owner_id: 1, repo_id: 2}\n`,
    told: [],
  },
  { name: 'nothing', text: '', told: ['1:1 broken it says no version'] },
  { name: 'a list', text: '- a\n', told: ['1:1 broken the file is no map'] },
  { name: 'no version', text: 'workflows: {}\n', told: ['1:1 broken it says no version'] },
  { name: 'an empty version', text: "version: ''\n", told: ['1:10 broken the version is empty'] },
  { name: 'no such version', text: 'version: two\n', told: ['1:10 broken "two" is no version of the format'] },
  {
    name: 'a version of tomorrow',
    text: 'version: v0.1.0\n',
    told: ['1:10 version version v0.1.0 of the format is not known here: nothing of it was judged'],
  },
  { name: 'an unknown key', text: "version: 'v0.0.2'\nworkflow: {}\n", told: ['2:1 broken it has the unknown key "workflow"'] },
  { name: 'a list of dependencies', text: 'version: v0.0.2\ndependencies: []\n', told: ['2:15 broken dependencies is no map'] },
  { name: 'a list of workflows', text: 'version: v0.0.2\nworkflows: [a]\n', told: ['2:12 broken workflows is no map'] },
  {
    name: 'a workflow that is a text',
    text: `version: v0.0.2\nworkflows:\n  ${CI}: a/b@v1\n`,
    told: [`3:29 broken the list of "${CI}" is no list`],
  },
  { name: 'a key that is a list', text: 'version: v0.0.2\n[a]: b\n', told: ['2:1 broken the file has a key that is no text'] },
  { name: 'a merge key', text: "version: 'v0.0.2'\n<<: {}\n", told: ['2:1 broken it has the unknown key "<<"'] },
  {
    name: 'two documents',
    text: `${whole}---\nversion: v0.0.2\n`,
    told: ['25:1 documents more than one document: only the first is read'],
  },
  { name: 'not UTF-8', text: Uint8Array.from([0xff, 0xfe, 0x76, 0]), told: ['1:1 broken not read: the file is not UTF-8'] },
  { name: 'too large', text: `${whole}#${' '.repeat(2 ** 20)}\n`, told: ['1:1 broken it is larger than 1 MB'] },
])('the file: $name', ({ text, told }) => {
  expect(faults(text)).toEqual(told);
});

test('what is not YAML is told with its place', () => {
  const told = faults(`${whole}  x: [\n`);
  expect(told.length).toBeGreaterThan(0);
  for (const one of told) expect(one).toMatch(/^2[3-6]:\d+ broken /);
  expect(told.join('\n')).toContain('not YAML: ');
});

const twice = (text: string): string => text.replace("        ref: 'v2'\n", "        ref: 'v2'\n        ref: 'v2'\n");

test.for([
  { name: 'a key twice', text: twice(whole), told: ['17:9 broken key "ref" stands twice in one map'] },
  {
    name: 'an entry twice',
    text: `${whole}${entry('c/d@v2', 'b')}`,
    told: ['25:5 broken key "c/d@v2" stands twice in one map'],
  },
  {
    name: 'an entry twice in two spellings',
    text: `${whole}${entry('C/d@v2', 'b')}`,
    told: ['25:5 broken C/d@v2 stands twice, first in line 15 in another spelling', '25:5 case C/d@v2 is not in lower case'],
  },
  {
    name: 'a workflow twice',
    text: whole.replace('dependencies:', `    '${CI}': []\ndependencies:`),
    told: [`7:5 broken key "${CI}" stands twice in one map`],
  },
  { name: 'upper case', text: whole.replaceAll('c/d', 'C/d'), told: ['15:5 case C/d@v2 is not in lower case'] },
  {
    name: 'no numbers',
    text: whole.replace(/ {8}owner_id: 1\n {8}repo_id: 2\n/, ''),
    told: ['8:5 broken a/b@v1 has no owner_id', '8:5 broken a/b@v1 has no repo_id'],
  },
  { name: 'no ref', text: whole.replace("        ref: 'v2'\n", ''), told: ['15:5 broken c/d@v2 has no ref'] },
  { name: 'no commit', text: whole.replace(`        commit: '${digest('b')}'\n`, ''), told: ['15:5 broken c/d@v2 has no commit'] },
  {
    name: 'nothing',
    text: whole.replace(/ {4}'c\/d@v2':\n( {8}.*\n)+/, "    'c/d@v2':\n"),
    told: ['ref', 'commit', 'owner_id', 'repo_id'].map((key) => `15:5 broken c/d@v2 has no ${key}`),
  },
  { name: 'a text for a map', text: `${whole}    'g/h@v1': x\n`, told: ['25:15 broken g/h@v1 is no map'] },
  {
    name: 'an unknown key',
    text: whole.replace("        ref: 'v2'\n", "        ref: 'v2'\n        tag: 'v2'\n"),
    told: ['17:9 broken c/d@v2 has the unknown key "tag"'],
  },
  {
    name: 'a commit without its algorithm',
    text: whole.replace(digest('b'), 'b'.repeat(40)),
    told: ['17:17 broken the commit of c/d@v2 is neither sha1- and 40 nor sha256- and 64 hexadecimal digits'],
  },
  {
    name: 'a commit of another length',
    text: whole.replace(digest('b'), SHA256.slice(0, -1)),
    told: ['17:17 broken the commit of c/d@v2 is neither sha1- and 40 nor sha256- and 64 hexadecimal digits'],
  },
  { name: 'a commit that is a map', text: whole.replace(`'${digest('b')}'`, '{}'), told: ['17:17 broken the commit of c/d@v2 is no text'] },
  {
    name: 'a number in quotes',
    text: whole.replace('owner_id: 1', "owner_id: '1'"),
    told: ['11:19 broken the owner_id of a/b@v1 is no positive number'],
  },
  { name: 'zero', text: whole.replace('repo_id: 2', 'repo_id: 0'), told: ['12:18 broken the repo_id of a/b@v1 is no positive number'] },
  {
    name: 'a fraction',
    text: whole.replace('repo_id: 2', 'repo_id: 2.5'),
    told: ['12:18 broken the repo_id of a/b@v1 is no positive number'],
  },
  {
    name: 'a ref that is not the one of the key',
    text: whole.replace("ref: 'v2'", "ref: 'v3'"),
    told: [`16:14 broken the ref of c/d@v2 is "v3", other than its key says`],
  },
  {
    name: 'a commit that is not the one of the key',
    text: whole.replaceAll('c/d@v2', `c/d@${'e'.repeat(40)}`),
    told: [`17:17 broken the commit of c/d@eeeeeeeeeeee… is another one than its key says`],
  },
  {
    name: 'a folder in a key',
    text: whole.replaceAll('c/d@v2', 'c/d/sub@v2'),
    told: ['6:11', '15:5'].map(
      (at) => `${at} broken "c/d/sub@v2" names no dependency, a folder of a repository has no key of its own: owner/repo@ref`,
    ),
  },
  {
    name: 'no ref in a key',
    text: whole.replaceAll('c/d@v2', 'c/d'),
    told: ['6:11', '15:5'].map((at) => `${at} broken "c/d" names no dependency, it has no @ref`),
  },
  {
    name: 'a key in Cyrillic',
    text: whole.replace("- 'c/d@v2'", "- '\u0441/d@v2'"),
    told: ['6:11 broken "\u0441/d@v2" names no dependency, the owner holds U+0441: no owner has that'],
  },
  { name: 'a number in a list', text: whole.replace("- 'c/d@v2'", '- 7'), told: ['6:11 broken "7" names no dependency, it has no @ref'] },
  {
    name: 'a map in a list',
    text: whole.replace("- 'c/d@v2'", '- c/d: v2'),
    told: [`6:11 broken an item of the list of "${CI}" is no text`],
  },
  {
    name: 'a circle',
    text: whole.replace(entry('e/f@main', 'c'), entry('e/f@main', 'c', ['a/b@v1'])),
    told: ['26:15 broken a/b@v1 is used by what it uses itself'],
  },
  {
    name: 'a circle of one',
    text: whole.replace(entry('e/f@main', 'c'), entry('e/f@main', 'c', ['e/f@main'])),
    told: ['26:15 broken e/f@main is used by what it uses itself'],
  },
])('an entry: $name', ({ text, told }) => {
  expect(faults(text)).toEqual(told);
});

test.for([
  { path: '/etc/passwd', why: 'does not begin at the root of the repository' },
  { path: '../../a.yml', why: 'leads out of the repository' },
  { path: 'c:a.yml', why: 'holds a character that is not allowed' },
  { path: String.raw`a\b.yml`, why: 'holds a character that is not allowed' },
  { path: '', why: 'is empty' },
])('the path of a workflow: "$path" $why', ({ path, why }) => {
  expect(faults(lockText({ [path]: [] }, []))).toEqual([`4:5 broken the path ${JSON.stringify(path).replaceAll('\\\\', '\\')} ${why}`]);
});

describe('hostile files', () => {
  test('more than a hundred faults: the others are counted', () => {
    const told = faults(`version: v0.0.2\n${Array.from({ length: 250 }, (_, at) => `k${at}: 1\n`).join('')}`);
    expect(told).toHaveLength(101);
    expect(told.at(-1)).toBe('102:1 broken and 150 faults more');
  });

  test('what could be a secret is not repeated', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const told = faults(`version: v0.0.2\n${secret}: 1\ndependencies:\n  a/b@${secret}: {ref: ${secret}x, commit: ${secret}}\n`).join('\n');
    expect(told).not.toContain(secret);
    expect(told.split('\n')).toHaveLength(5);
  });

  test('a long chain and many circles end', () => {
    const keys = Array.from({ length: 4000 }, (_, at) => `a/b@v${at}`);
    const chain = keys.map((key, at) => entry(key, 'a', [keys[at + 1] ?? key, keys[at + 2] ?? key]));
    expect(faults(lockText({}, chain))).toHaveLength(3);
  });
});
