import { describe, expect, test } from 'vitest';
import { CHECKSUMS } from '../../src/values/checksums.ts';

const verify = (name: string, text: string): boolean | undefined => CHECKSUMS[name]?.verify(text);

// Sample numbers that the issuers, standards or manuals publish.
test.for([
  ['luhn', '4242424242424242'],
  ['card', '4539 5787 6362 1486'],
  ['iban', 'GB82 WEST 1234 5698 7654 32'],
  ['iban', 'DE89370400440532013000'],
  ['iban', 'FR1420041010050500013M02606'],
  ['aba', '111000025'],
  ['nhs', '943 476 5919'],
  ['de-steuer-id', '86 095 742 719'],
  ['dni', '12345678Z'],
  ['nie', 'X1234567L'],
  ['codice-fiscale', 'RSSMRA85T10A562S'],
  ['pesel', '44051401359'],
  ['bsn', '111222333'],
  ['se-pnr', '811228-9874'],
  ['no-fnr', '15021951940'],
  ['hetu', '131052-308T'],
  ['aadhaar', '9999 4105 7058'],
  ['cpf', '111.444.777-35'],
  ['cnpj', '11.222.333/0001-81'],
  ['cnpj', '12ABC34501DE35'],
  ['cn-id', '11010519491231002X'],
  ['tfn', '123 456 782'],
  ['abn', '51 824 753 556'],
  ['vin', '1M8GDM9AXKP042788'],
  ['ahv', '756.9217.0769.85'],
  ['tckn', '10000000146'],
  ['nif-pt', '123456789'],
  ['be-rrn', '85.07.30-033.28'],
  ['egn', '7523169263'],
  ['cnp', '1630615123457'],
  ['cuit', '20-26756539-3'],
  ['rut', '12.345.678-5'],
  ['at-svnr', '1237 010180'],
  ['pps', '1234567T'],
  ['imei', '490154203237518'],
  ['mrz', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
  ['fr-nir', '255081416802538'],
  ['ca-sin', '130 692 544'],
  ['bech32', 'nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5'], // NIP-19
  ['base58check', '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ'], // Bitcoin wiki, WIF
  ['azure-his', `${'a'.repeat(52)}JQQJ99ALN5Z0000LZENeS003NUGT3OrW`], // NuGetGallery ApiKeyV5.cs
] as const)('%s holds on a published sample', ([name, text]) => {
  expect(verify(name, text)).toBe(true);
});

// Each with one character changed, or with a date that is none.
test.for([
  ['card', '4242424242424242'], // a published test number
  ['iban', 'GB82WEST12345698765431'],
  ['iban', 'ZZ82WEST12345698765432'],
  ['nhs', '9434765918'],
  ['de-steuer-id', '12345678901'],
  ['dni', '12345678A'],
  ['pesel', '44451401359'],
  ['se-pnr', '811328-9874'],
  ['cpf', '11111111111'],
  ['cn-id', '11010519491331002X'],
  ['us-ssn', '666-12-3456'],
  ['us-ssn', '078-05-1120'],
  ['uk-nino', 'BG123456C'],
  ['uuid4', '550e8400-e29b-11d4-a716-446655440000'],
  ['bech32', 'nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe4'],
  ['base58check', '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK'],
  ['jwt', 'eyJhbGciOiJIUzI1.bm90IGpzb24.c2lnbmF0dXJl'],
  ['discord', 'Tm90QVNub3dmbGFrZUF0QWxs.YYYYYY.abc'],
  ['pem', '-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----'],
  ['basic-auth', 'bm9jb2xvbmhlcmU='],
] as const)('%s refuses %s', ([name, text]) => {
  expect(verify(name, text)).toBe(false);
});

// No check to hold: an older or opaque form, or a shape that proves nothing.
test.for([
  ['github', `ghr_${'aB3'.repeat(12)}`],
  ['github', `github_pat_${'aB3'.repeat(20)}`],
  ['gitlab-routable', `glpat-${'aB3x'.repeat(5)}`],
  ['us-ssn', '536-22-1234'],
  ['uk-nino', 'AB123456C'],
  ['uuid4', '550e8400-e29b-41d4-a716-446655440000'],
  ['azure-his', 'c2hvcnQ='],
  ['sentry', `sntryu_${'0a'.repeat(32)}`],
] as const)('%s cannot tell about %s', ([name, text]) => {
  expect(verify(name, text)).toBeUndefined();
});

describe('complete() makes what verify() accepts, and only that', () => {
  test.for([
    ['github', `ghp_${'aB3x9'.repeat(6)}`, 6],
    ['github', `npm_${'aB3x9'.repeat(6)}`, 6],
    ['gitlab-routable', `glpat-${'aB3'.repeat(9)}`, 13],
    ['packagist', `packagist_ort_${'0a'.repeat(30)}`, 8],
    ['grafana', `glsa_${'aB3x'.repeat(8)}_`, 8],
    ['grafana', `glsa_${'aB3x'.repeat(8)}`, 9],
    ['synapse', 'syt_YWxpY2U_abcdefghijabcdefghij', 7],
    ['synapse', `mat_${'aB3x9'.repeat(6)}`, 7],
    ['polar', `polar_oat_${'aB3x'.repeat(9)}7`, 6],
    ['unkey', `sk_abcdefghunkeyv1${'abcdefghk'.repeat(4)}`, 6],
    ['nats', `SU${'ABCD'.repeat(13)}`, 4],
    ['stellar', `S${'ABC'.repeat(17)}`, 4],
    ['bech32', 'AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN', 6],
    ['azure-his', `${'abc1'.repeat(19)}+ASt`, 8],
    ['azure-his', `${'abc'.repeat(11)}AzCa`, 7],
    ['azure-his', `${'abc'.repeat(14)}AzSe`, 6],
    ['azure-his', `${'abcd'.repeat(11)}AzFu`, 8],
    ['azure-his', `${'abcd'.repeat(13)}JQQJ99ALAC${'A'.repeat(14)}ACOG`, 4],
    ['azure-entra', `abc8Q~${'a'.repeat(31)}`, 3],
    ['iban', 'DE8937040044053201300', 1],
    ['cpf', '529982247', 2],
    ['be-rrn', '850730123', 2],
    ['bip39', 'legal winner thank year wave sausage worth useful legal winner thank', 5],
  ] as const)('%s', ([name, body, width]) => {
    const end = CHECKSUMS[name]?.complete?.(body) ?? '';
    expect(end).toHaveLength(width);
    expect(verify(name, body + end)).toBe(true);
    expect(verify(name, `${body}${end.slice(0, -1)}${end.endsWith('1') ? '2' : '1'}`)).not.toBe(true);
  });
});

test('private keys of every encoding parse, prose between the lines does not', () => {
  const ed25519 = Buffer.from(`302e020100300506032b657004220420${'5a'.repeat(32)}`, 'hex').toString('base64');
  const pem = `-----BEGIN PRIVATE KEY-----\n${ed25519}\n-----END PRIVATE KEY-----`;
  const openssh = Buffer.concat([Buffer.from('openssh-key-v1\0\0\0\0\x04none'), Buffer.from(Array.from({ length: 64 }, (_, i) => i * 3))]);
  expect(verify('pem', pem)).toBe(true);
  expect(verify('pem', pem.replaceAll('\n', String.raw`\n`))).toBe(true);
  expect(verify('pem', `-----BEGIN OPENSSH PRIVATE KEY-----\n${openssh.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`)).toBe(true);
  expect(verify('pem', `-----BEGIN PRIVATE KEY-----\n${'aZ3+kP9x'.repeat(16)}\n`)).toBe(false); // too few different characters for 128 of base64
  expect(verify('pem-base64', Buffer.from(pem).toString('base64'))).toBe(true);
  expect(verify('pem-base64', Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64'))).toBe(false);
});

test('a JWT needs a header of JSON; without alg it is undecided', () => {
  const part = (text: string): string => Buffer.from(text).toString('base64url');
  const payload = part('{"sub":"x"}');
  expect(verify('jwt', `${part('{"alg":"HS256"}')}.${payload}.c2ln`)).toBe(true);
  expect(verify('github', `ghs_17_${part('{"alg":"RS256"}')}.${payload}.c2ln`)).toBe(true);
  expect(verify('jwt', `${part('{"typ":"x"}')}.${payload}.c2ln`)).toBeUndefined();
  expect(verify('jwt', `${part('{"alg"')}.${payload}.c2ln`)).toBe(false);
  expect(verify('jwt-base64', Buffer.from(`${part('{"alg":"HS256"}')}.${payload}.c2ln`).toString('base64'))).toBe(true);
});
