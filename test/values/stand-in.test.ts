import { expect, test } from 'vitest';
import { namedBefore, namedBy, nameOf, plainOf, tokenOf } from '../../src/values/stand-in.ts';

const MAC = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');

test('a token names its rule and ends in 50 bits of the keyed hash', () => {
  expect(tokenOf('github-pat', MAC)).toBe('<github-pat:aerukz4jvp>');
  expect(tokenOf('a b/<c>', MAC)).toBe('<a-b--c-:aerukz4jvp>');
  expect(plainOf('.x')).toBe('<xx>');
  expect(nameOf('x'.repeat(200))).toHaveLength(100);
});

test.for([
  ['<github-pat:aerukz4jvp>', 'github-pat'],
  ['<github-pat>', 'github-pat'],
  ['<github-pat:aerukz4jvpm>', undefined], // eleven characters
  ['<github-pat:aerukz4jv>', undefined],
  ['<github-pat:AERUKZ4JVP>', undefined],
  ['<github-pat:aerukz4jv1>', undefined], // 1 is no base32
  ['<github pat:aerukz4jvp>', undefined],
  ['x<github-pat>', undefined],
  ['<github-pat>\n', undefined],
] as const)('%s', ([text, name]) => {
  expect(namedBy(text)).toBe(name);
});

test.for([
  ['aerukz4jvp', 'x <acme-entry:aerukz4jvp> y', 'acme-entry'],
  ['aerukz4jvp>', 'x <acme-entry:aerukz4jvp> y', 'acme-entry'],
  ['aerukz4jvp', 'acme-entry:aerukz4jvp>', undefined],
  ['aerukz4jvp', '<acme-entry:aerukz4jvp', undefined],
  ['aerukz4jvp', '<acme-entry: aerukz4jvp>', undefined],
  ['hunter2hunter2', '<acme-entry:hunter2hunter2>', undefined],
] as const)('%s in %s', ([ending, line, name]) => {
  expect(namedBefore(ending, () => line)).toBe(name);
});
