import { expect, test } from 'vitest';
import { addTrust, isTrusted, parseTrust, policyHash, revokeTrust, writeTrust, type TrustRecord } from '../../src/config/trust.ts';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const HASH = policyHash([file('kei.toml', 'a = 1\n')]);
const record = (repository: string, n: number): TrustRecord => ({
  repository,
  policy: `kei-policy1:${String(n).padStart(64, '0')}`,
  at: '2030-01-01T00:00:00.000Z',
});

test('the hash names paths and contents, whatever the order and the line ends', () => {
  expect(HASH).toBe('kei-policy1:d68f4fbd5e081a633c2e79d0ad5c8a793ae25babdc2704d209c8c560497b2a1c');
  const [a, b] = [file('kei.toml', 'a\n'), file('leak-matrix/x.toml', 'b\n')];
  expect(policyHash([a, b])).toBe(policyHash([b, a]));
  expect(policyHash([file('kei.toml', 'a = 1\r\n')])).toBe(HASH);
  const others = [
    [],
    [a],
    [b],
    [file('kei.toml', 'b\n'), file('leak-matrix/x.toml', 'a\n')],
    [a, file('leak-matrix/y.toml', 'b\n')],
    [file('kei.toml', 'a')],
  ];
  expect(new Set([...others, [a, b]].map(policyHash)).size).toBe(others.length + 1);
});

test('bytes that are no text are told apart', () => {
  const raw = (...bytes: number[]) => policyHash([{ path: 'kei.toml', bytes: Uint8Array.from(bytes) }]);
  expect(raw(0xff)).not.toBe(raw(0xfe));
});

test('trust is of these words in this repository', () => {
  const records = addTrust([], record('/a/.git', 1));
  expect(isTrusted(records, '/a/.git', { hash: record('', 1).policy })).toBe(true);
  expect(isTrusted(records, '/b/.git', { hash: record('', 1).policy })).toBe(false);
  expect(isTrusted(records, '/a/.git', { hash: record('', 2).policy })).toBe(false);
  expect(revokeTrust([...records, record('/b/.git', 1)], '/a/.git')).toEqual([record('/b/.git', 1)]);
});

test('the latest 16 of a repository are kept, and no other is touched', () => {
  let records = [record('/b', 0)] as readonly TrustRecord[];
  for (let n = 1; n <= 20; n++) records = addTrust(records, record('/a', n));
  records = addTrust(records, record('/a', 5));
  expect(records.filter(({ repository }) => repository === '/a').map(({ policy }) => Number(policy.slice(-2)))).toEqual([
    6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 5,
  ]);
  expect(records[0]).toEqual(record('/b', 0));
});

test('the file comes back as it was written, names of any kind', () => {
  const records = [record('/a "b"\n\u0007/é/.git', 1), record('C:\\x', 2)];
  expect(parseTrust(writeTrust(records), 'trust.toml')).toEqual(records);
  expect(parseTrust(writeTrust([]), 'trust.toml')).toEqual([]);
  expect(() => parseTrust('[[trust]]\nrepository = "/a"\nat = ""\npolicy = "1"', 'trust.toml')).toThrow(
    'trust.toml:4:10: policy in [[trust]] must be a hash',
  );
});
