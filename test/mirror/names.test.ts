import { expect, test } from 'vitest';
import { freeName, lastPartOf, nameOf, safeRef, withNames } from '../../src/mirror/names.ts';
import { parseIdentity, parseObject, parseTree, toUtf8, writeIdentity, writeObject, writeTree } from '../../src/mirror/objects.ts';

const edit = (start: number, end: number, text: string) => ({
  start,
  end,
  bytes: Buffer.from(text),
  nameless: false,
  rule: 'leak/x',
  text,
});

test.for<readonly [string, string]>([
  ['<github-pat:ab12cd>', 'github-pat-ab12cd'],
  ['***', 'redacted'],
  ['../..', 'redacted'],
  ['a..b', 'a.b'],
  ['.hidden.', 'hidden'],
  ['', 'redacted'],
  ['caf\u00e9', 'caf'],
])('%s in a name is %s', ([text, name]) => {
  expect(nameOf(Buffer.from(text))).toBe(name);
});

test.for([
  { path: 'a/secret.txt', edits: [edit(2, 8, '<r:1>')], name: 'r-1.txt' },
  { path: 'secret/file', edits: [edit(0, 6, '<r:1>')], name: 'file' }, // of the folder: it is judged by itself
  { path: 'one/two.txt', edits: [edit(0, 7, '<r:1>')], name: 'r-1.txt' }, // across both
  { path: 'a/xx-yy', edits: [edit(2, 4, '<r:1>'), edit(5, 7, '<r:2>')], name: 'r-1-r-2' },
  { path: 'a/x', edits: [edit(2, 3, 'con')], name: 'redacted' },
  { path: 'a/.gitx', edits: [edit(6, 7, '..')], name: '.gitredacted' },
])('the last part of $path', ({ path, edits, name }) => {
  expect(lastPartOf(Buffer.from(path), { edits })).toBe(name);
});

test('names of refs and of people', () => {
  expect(withNames(Buffer.from('v1-secret'), { edits: [edit(3, 9, '<r:1>')] }).toString()).toBe('v1-r-1');
  expect(['a/.b', 'x.lock', '-x/y.', '/'].map(safeRef)).toEqual(['a/b', 'x', 'x/y', 'redacted/redacted']);
  const taken = new Set(['a']);
  expect([freeName('a', taken), freeName('a', taken), freeName('b', taken)]).toEqual(['a-2', 'a-3', 'b']);
});

test.for<readonly [string, string]>([
  ['A U Thor <a@example.com> 1700000000 +0100', 'A U Thor <a@example.com> 1700000000 +0100'],
  ['A <a@b> 1700000000 +051800', 'A <a@b> 1700000000 +051800'],
  [' <> 0 +0000', ' <> 0 +0000'],
  ['no address', 'no address <> 0 +0000'],
  ['A <a@b>', 'A <a@b> 0 +0000'],
  ['A <a <b>> 1 +0000', 'A  a  b  1 +0000 <> 0 +0000'],
  ['A <a@b> tomorrow', 'A <a@b> 0 +0000'],
])('the identity %s', ([line, written]) => {
  expect(writeIdentity(parseIdentity(line))).toBe(written);
});

test('objects are taken apart and put together', () => {
  const bytes = Buffer.from('tree 1\nparent 2\nparent 3\ngpgsig -----BEGIN\n two\n \n end\nauthor x\n\nmessage\n\nmore\n');
  const object = parseObject(bytes);
  expect(object.headers).toEqual([
    ['tree', '1'],
    ['parent', '2'],
    ['parent', '3'],
    ['gpgsig', '-----BEGIN\ntwo\n\nend'],
    ['author', 'x'],
  ]);
  expect(object.message.toString()).toBe('message\n\nmore\n');
  expect(parseObject(Buffer.from('tree 1\n')).message.length).toBe(0);
  expect(writeObject({ headers: [['a', 'b']], message: Buffer.from('c') }).toString()).toBe('a b\n\nc');
  const id = Buffer.alloc(20, 0xab).toString('latin1');
  const tree = writeTree([
    { mode: '100644', name: 'a.b', id },
    { mode: '40000', name: 'a', id },
    { mode: '100644', name: 'a-b', id },
  ]);
  expect(parseTree(tree, 20).map(({ name }) => name)).toEqual(['a-b', 'a.b', 'a']); // a folder sorts as a/
  const odd = Buffer.concat(['100664 x\0', '0040000 y\0', '100775 z\0'].flatMap((head) => [Buffer.from(head), Buffer.alloc(20)]));
  expect(parseTree(odd, 20).map(({ mode }) => mode)).toEqual(['100644', '40000', '100755']);
});

test.for([
  { encoding: undefined, bytes: Buffer.from('caf\u00e9'), text: 'caf\u00e9', kept: undefined },
  { encoding: 'ISO-8859-1', bytes: Buffer.from('caf\xe9', 'latin1'), text: 'caf\u00e9', kept: undefined },
  { encoding: 'Shift_JIS', bytes: Buffer.from([0x83, 0x65]), text: '\u30c6', kept: undefined },
  { encoding: 'x-unheard-of', bytes: Buffer.from([0xff, 0x41]), text: undefined, kept: 'x-unheard-of' },
  { encoding: 'x-unheard-of', bytes: Buffer.from('plain'), text: 'plain', kept: undefined },
  { encoding: 'a secret, not an encoding', bytes: Buffer.from([0xff]), text: undefined, kept: undefined },
])('text in $encoding', ({ encoding, bytes, text, kept }) => {
  const made = toUtf8(bytes, encoding);
  if (text !== undefined) expect(made.bytes.toString()).toBe(text);
  expect(made.encoding).toBe(kept);
});
