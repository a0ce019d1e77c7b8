import { expect, test } from 'vitest';
import { fillPlaceholders } from '../../src/values/placeholders.ts';

const fill = (text: string, rule = 'acme-pat'): string =>
  fillPlaceholders(text, rule, (checksum, token) => {
    if (checksum === 'nobody') throw new Error('no check digits');
    return `<${checksum} of ${token}>`;
  });

test('one placeholder is one value within a rule, another in other rules and with a tag', () => {
  const [a, b, c] = fill('{{hex:32}} {{hex:32}} {{hex:32#other}}').split(' ');
  expect(a).toMatch(/^[0-9a-f]{32}$/);
  expect(b).toBe(a);
  expect(c).not.toBe(a);
  expect(fill('{{hex:32}}', 'other-rule')).not.toBe(a);
  // The values are part of the rule files' tests: they must not change from one version to the next.
  expect(a).toBe('9f049e52b19d8cf9cd7030ace93977fe');
  expect(fill('{{base62:20}}', 'x')).toBe('XNEvZSGWgeQ7lk49uSgC');
});

test.for([
  ['hex', /^[0-9a-f]{500}$/],
  ['HEX', /^[0-9A-F]{500}$/],
  ['digits', /^[0-9]{500}$/],
  ['lower', /^[a-z]{500}$/],
  ['upper', /^[A-Z]{500}$/],
  ['alpha', /^[A-Za-z]{500}$/],
  ['lowernum', /^[a-z0-9]{500}$/],
  ['uppernum', /^[A-Z0-9]{500}$/],
  ['base62', /^[A-Za-z0-9]{500}$/],
  ['base64', /^[A-Za-z0-9+/]{500}$/],
  ['base64url', /^[A-Za-z0-9_-]{500}$/],
  ['base32', /^[A-Z2-7]{500}$/],
  ['base32low', /^[a-z2-7]{500}$/],
  ['crockford', /^[0-9A-HJKMNP-TV-Z]{500}$/],
  ['base58', /^[1-9A-HJ-NP-Za-km-z]{500}$/],
  ['bech32', /^[ac-hj-np-z02-9]{500}$/],
  ['word', /^\w{500}$/],
] as const)('{{%s:500}} draws from its alphabet, and from all of it', ([name, wanted]) => {
  const text = fill(`{{${name}:500}}`);
  expect(text).toMatch(wanted);
  expect(new Set(text).size).toBeGreaterThan(name === 'digits' ? 9 : 15);
});

test('check digits are those of the token before them', () => {
  expect(fill('key="ab_{{check:github}}"')).toBe('key="ab_<github of ab_>"');
  expect(fill('x=ghp_{{hex:3}}{{check:github}};')).toMatch(/^x=ghp_([0-9a-f]{3})<github of ghp_\1>;$/);
  expect(() => fill('{{check:nobody}}')).toThrow('no check digits');
});

test('encodings, and what is no placeholder', () => {
  expect(fill('{{base64=a:b}} {{hex=AB}} {{base64url=??>}}')).toBe('YTpi 4142 Pz8-');
  expect(fill('{{ value }} {{nothing:3}} {{hex:}} ${{ secrets.A }}')).toBe('{{ value }} {{nothing:3}} {{hex:}} ${{ secrets.A }}');
  expect(fill('{{base64={"a":{"b":1}}}}')).toBe(Buffer.from('{"a":{"b":1}}').toString('base64'));
});
