import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CHECKSUMS } from '../../src/values/checksums.ts';
import { newKeyText, parseKey } from '../../src/values/key.ts';

const fixed = newKeyText((count) => new Uint8Array(count).fill(7));

test('a new key is read back, has a public name, and holds the check that its rule asks', () => {
  const text = newKeyText(randomBytes);
  expect(text).toMatch(/^keikey_[0-9A-Za-z]{50}$/);
  expect(text).not.toBe(newKeyText(randomBytes));
  expect(CHECKSUMS['kei-git']?.verify(text)).toBe(true);
  const key = parseKey(`  ${text}\r\n`);
  expect(key?.id).toMatch(/^[a-z2-7]{8}$/);
  expect(key?.id).toBe(parseKey(text)?.id);
  expect(key?.id).not.toBe(parseKey(fixed)?.id);
});

test('no character is likelier than another: bytes from 248 on are left out', () => {
  const text = newKeyText((count) => Uint8Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 255 : 61)));
  expect(text.slice(7, -6)).toBe('z'.repeat(44));
});

test.for([
  { name: 'nothing', text: '' },
  { name: 'cut', text: fixed.slice(0, -1) },
  { name: 'a character changed', text: `${fixed.slice(0, 20)}x${fixed.slice(21)}` },
  { name: 'two lines', text: `${fixed}\n${fixed}` },
  { name: 'another prefix', text: fixed.replace('keikey', 'heikey') },
])('no key: $name', ({ text }) => expect(parseKey(text)).toBeUndefined());

test('each purpose has a key of its own', () => {
  const key = parseKey(fixed);
  const body = fixed.slice(7, -6);
  const own = createHmac('sha256', body).update('kei/key/1\0terms').digest();
  expect(key?.hmac('terms', 'x')).toEqual(createHmac('sha256', own).update('x').digest());
  expect(key?.hmac('terms', 'x')).not.toEqual(key?.hmac('tokens', 'x'));
});
