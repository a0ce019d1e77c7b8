import { expect, test } from 'vitest';
import { wordiness } from '../../src/values/bigrams.ts';
import { isFakeShape, isNoise, isPlaceholder, isTemplate, isWordy } from '../../src/values/words.ts';

// Deterministic random text: no token stands in this file.
function random(alphabet: string, length: number, seed: number): string {
  let state = seed * 2654435761 + 12345;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return alphabet.charAt(Math.floor((state / 2 ** 32) * alphabet.length));
  }).join('');
}
const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';
const sure = { id: 'acme-key', confidence: 0.9 };
const unsure = { id: 'generic', confidence: 0.55 };

test.for([
  'your_api_key_here',
  'AKIAIOSFODNN7EXAMPLE',
  'changeme',
  'CHANGE_ME',
  'xxxxxxxxxxxx',
  'password123',
  'my-secret-token',
  'test_key',
  'replace-with-token',
  'dummy-value',
  'aaaaaaaaaaaaaaaaaaaaaa',
  '********',
  'abc...xyz',
  'not-a-real-key',
  'P1aceholder-redacted',
])('placeholder: %s', (text) => {
  expect(isPlaceholder(text)).toBe(true);
});

test.for([
  '<your token>',
  '${TOKEN}',
  '$(cat key)',
  '{{ token }}',
  '<%= key %>',
  '%s',
  '$TOKEN',
  'op://vault/item/field',
  'process.env.TOKEN',
  'os.environ["TOKEN"]',
  '/run/secrets/db',
  'arn:aws:secretsmanager:eu-west-1:1:secret:x',
  '@Microsoft.KeyVault(SecretUri=x)',
  '[A-Za-z0-9]{32}',
  'getToken()',
  '%TOKEN%',
])('template: %s', (text) => {
  expect(isTemplate(text, `token = "${text}"`)).toBe(true);
});

test('a name inside a look-up is no value, a default after it is', () => {
  expect(isTemplate('ACME_TOKEN', 'x = os.getenv("ACME_TOKEN", "k7Qp2")')).toBe(true);
  expect(isTemplate('k7Qp2', 'x = os.getenv("ACME_TOKEN", "k7Qp2")')).toBe(false);
});

test.for([
  '0123456789abcdef0123456789abcdef',
  'abcdefghijklmnopqrst',
  '1a2b3c4d5e6f7g8h9i0j',
  'deadbeefdeadbeefdeadbeef',
  'abcd1234abcd1234abcd1234',
  'AbCdEfGhIjKlMnOpQrSt',
  '11112222333344445555',
])('made up: %s', (text) => {
  expect(isFakeShape(text)).toBe(true);
});

test.for([
  'getUserSessionToken',
  'access_token_lifetime',
  'application/x-www-form-urlencoded',
  'com.acme.security.tokens',
  'correct-horse-battery-staple',
])('words: %s', (text) => {
  expect(isWordy(text)).toBe(true);
});

test.for([
  ['base62', BASE62, 20],
  ['base62', BASE62, 40],
  ['hex', HEX, 32],
  ['hex', HEX, 64],
] as const)('random %s is none of these, %i characters', ([, alphabet, length]) => {
  const texts = Array.from({ length: 2000 }, (_, seed) => random(alphabet, length, seed + 1));
  const lost = texts.filter((t) => isNoise(t, `api_token = "${t}"`, unsure));
  expect(lost.length).toBeLessThan(25); // the entropy gate is set at about one in a hundred
  expect(texts.filter((t) => isNoise(t, `api_token = "${t}"`, sure))).toEqual([]);
  expect(Math.max(...texts.map(wordiness))).toBeLessThan(0);
});

test('short words inside a random body lose nothing', () => {
  const body = random(BASE62, 24, 99);
  for (const word of ['test', 'fake', 'demo', 'key', 'todo'])
    expect(isNoise(`${body.slice(0, 12)}${word}${body.slice(12)}`, '', sure)).toBe(false);
  expect(isNoise(`sk_test_${body}`, `key = "sk_test_${body}"`, unsure)).toBe(false);
});

const value = random(BASE62, 32, 7);
const hex = random(HEX, 40, 7);
test.for([
  { name: 'public key', line: `publicKey = "${value}"`, noise: true },
  { name: 'identifier', line: `"tokenId": "${value}"`, noise: true },
  { name: 'digest', line: `"token_sha256": "${hex}"`, noise: true },
  { name: 'cross-site token', line: `csrf_token = "${value}"`, noise: true },
  { name: 'wrong on purpose', line: `invalidToken := "${value}"`, noise: true },
  { name: 'snapshot is not hot', line: `snapshotToken := "${value}"`, noise: false },
  { name: 'plain', line: `client_secret: '${value}'`, noise: false },
])('name of the value: $name', ({ line, noise }) => {
  expect(isNoise(line.includes(hex) ? hex : value, line, unsure)).toBe(noise);
});

test('a value that repeats its name, or a user that repeats in the password, is noise', () => {
  expect(isNoise('SESSIONSIGNER', 'sessionSigner = "SESSIONSIGNER"', sure)).toBe(true);
  expect(isNoise('deploy', 'ftp://deploy:deploy@acme.net', sure)).toBe(true);
  expect(isNoise('k7Qp2vX', 'https://acme:k7Qp2vX@example.com/', sure)).toBe(true);
  expect(isNoise('k7Qp2vX', 'https://acme:k7Qp2vX@db.acme.net/', sure)).toBe(false);
});

test.for([
  ['f47ac10b-58cc-11e4-a567-0e02b2c3d479', true], // version 1: time and place
  ['f47ac10b-58cc-5372-a567-0e02b2c3d479', true], // version 5: a hash
  ['f47ac10b-58cc-4372-a567-0e02b2c3d479', false],
] as const)('UUID %s for an unsure rule', ([text, noise]) => {
  expect(isNoise(text, `api_token = "${text}"`, unsure)).toBe(noise);
});

test.for(['1.2.3-beta.4', '2026-11-21', 'jackson-databind-2.15.3', 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB'])(
  'no secret for an unsure rule: %s',
  (text) => {
    expect(isNoise(text, `token = "${text}"`, unsure)).toBe(true);
  },
);

test('a setter is given the secret, a look-up is given its name', () => {
  expect(isTemplate(value, `client.setClientSecret("${value}")`)).toBe(false);
  expect(isTemplate('acme-client', 'x = vault.get_secret("acme-client")')).toBe(true);
  expect(isTemplate('acme-client', 'x = secrets["acme-client"]')).toBe(true);
});

test.for([
  { name: 'ends in PAT', line: `ACME_PAT = "${value}"`, noise: false },
  { name: 'a field of a form', line: `<input name="authenticity_token" value="${value}">`, noise: true },
  { name: 'bundled', line: `,apiKey:"${value}",`, noise: true },
  { name: 'identifier without a separator', line: `tokenid = "${value}"`, noise: true },
])('name of the value, its form: $name', ({ line, noise }) => {
  expect(isNoise(value, line, unsure)).toBe(noise);
});

test('on this machine a weak password is noise, a strong one is not', () => {
  expect(isNoise('postgres1', 'postgres://acme:postgres1@localhost:5432/db', sure)).toBe(true);
  expect(isNoise(value, `postgres://acme:${value}@localhost:5432/db`, sure)).toBe(false);
  expect(isNoise(value, `postgres://acme:${value}@example.com/db`, sure)).toBe(true);
});

test('a rule that names its provider keeps made-up values, but no words', () => {
  const named = { id: 'acme-key', confidence: 0.6 };
  expect(isNoise('abcdef0123456789abcdef0123456789', 'ACME_KEY=abcdef0123456789abcdef0123456789', named)).toBe(false);
  expect(isNoise('abcdef0123456789abcdef0123456789', 'KEY=abcdef0123456789abcdef0123456789', unsure)).toBe(true);
  expect(isNoise('getAuthenticationTokenHandler', 'acme: getAuthenticationTokenHandler', sure)).toBe(true);
});

test('base64 of words, one digit over and over, a block three times', () => {
  const words = Buffer.from('service.region.acme-cloud.net').toString('base64');
  expect(isNoise(words, `api_key-${words}`, unsure)).toBe(true);
  expect(isPlaceholder(`acme-888888888888-888888888888-${hex}`)).toBe(true);
  expect(isFakeShape(`acme-1234-1234-1234-${hex}`)).toBe(true);
});
