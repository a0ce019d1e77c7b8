// The check characters and structures that make a token provable without asking its provider.
import { bech32Check, fromBase32, fromBase64, holdsBase58Check, holdsBech32, jsonOf, toBase32 } from './base-n.ts';
import { ascii, BASE58, BASE62, crc16, crc32, crc32c, inBase, marvin32 } from './digests.ts';
import { decodesTo, holdsBasicAuth, holdsJwt, holdsPrivateKey, holdsPypiMacaroon, holdsSentryOrg, holdsSnowflake } from './key-shapes.ts';
import { holdsMnemonic, lastWord } from './mnemonic.ts';
import { byTrial, PEOPLE } from './people-ids.ts';

export interface Checksum {
  /** One line: what is computed over what. */
  readonly summary: string;
  /** Where the algorithm is described. */
  readonly source: string;
  /** true: holds. false: does not hold, so the text is no such secret. undefined: cannot tell, for example an older form without check. */
  verify(secret: string): boolean | undefined;
  /** What to append to `body` so that the whole verifies; for tests of rules. */
  complete?(body: string): string;
}

/** A format whose last characters are computed from what `split` finds before them. */
function tail(summary: string, source: string, body: RegExp, width: number, sum: (body: string, whole: string) => string): Checksum {
  const of = (text: string): string | undefined => {
    const m = body.exec(text);
    return m === null ? undefined : sum(m[1] ?? m[0], text);
  };
  return {
    summary,
    source,
    verify: (secret) => {
      const want = of(secret.slice(0, -width));
      return want === undefined ? undefined : want === secret.slice(-width);
    },
    complete: (text) => of(text) ?? '',
  };
}

const shape = (summary: string, source: string, verify: (secret: string) => boolean | undefined): Checksum => ({ summary, source, verify });

const crcBase62 = (text: string): string => inBase(crc32(ascii(text)), BASE62, 6);
const littleEndian = (n: number): Uint8Array => Uint8Array.of(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const githubTail = tail(
  'CRC-32 of the 30 random characters, base62, 6 digits',
  'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
  /^(?:gh[opsu]|npm)_([0-9A-Za-z]{30})$/,
  6,
  crcBase62,
);

const github: Checksum = {
  ...githubTail,
  verify: (secret) => (/^ghs_\d+_eyJ/.test(secret) ? holdsJwt(secret) : githubTail.verify(secret)),
};

const keiKey = tail('CRC-32 of the 44 random characters, base62, 6 digits', '#the-key', /^keikey_([0-9A-Za-z]{44})$/, 6, crcBase62);

const ROUTABLE = /^((?:[a-z0-9_-]+-)?gl[a-z]{1,8}-(?:t\d_)?)([A-Za-z0-9_-]{27,300})$/;

const gitlabRoutable: Checksum = {
  summary: 'length of the payload (2) and CRC-32 of all before (7), both base36',
  source: 'https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/authn/token_field/generator/routable_token.rb',
  verify: (secret) => {
    const m = /^(.+?)\.(?:0[0-9a-z]\.)?([0-9a-z]{2})([0-9a-z]{7})$/.exec(secret);
    if (m === null) return undefined;
    const claimed = Number.parseInt(m[2] ?? '', 36);
    return claimed < (m[1] ?? '').length && inBase(crc32(ascii(secret.slice(0, -7))), BASE36, 7) === m[3];
  },
  complete: (body) => {
    const m = ROUTABLE.exec(body);
    const lengthField = m === null ? '' : `.01.${inBase((m[2] ?? '').length, BASE36, 2)}`;
    return lengthField + inBase(crc32(ascii(body + lengthField)), BASE36, 7);
  },
};
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

// Signature inside the key -> seeds of the services that mint it. microsoft/security-utilities, IdentifiableMetadata.cs.
const SAS = ['Send0000', 'Listen00', 'Manage00', 'System00', 'Unknown0'];
const AZURE_SEEDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['+ASt', ['Default0']],
  ['+ABa', ['AbAcct00']],
  ['ACDb', ['MastRW00', 'MastRO00', 'SystRW00', 'SystRO00', 'SysAll00', 'Resour00', 'Encryp00']],
  ['APIM', ['Tenant00', 'Gatewy00', 'GitKey00', 'IoTHub00']],
  ['+AMC', ['Classic0']],
  ['+SQL', ['UsrPwd00']],
  ['AzCa', ['Access00']],
  ['+ACR', ['ACRDflt0']],
  ['AzSe', ['PAdmin00', 'Query000']],
  ['AzFu', ['Functi00', 'Master00', 'System00']],
  ['+AEh', SAS],
  ['+ARm', SAS],
  ['+ASb', SAS],
  ['AIoT', ['IoTHub00', 'DpsKey00', 'Device00']],
]);
// [characters before the check, bytes before the check, total characters] of the three key sizes
const AZURE_SIZES = [
  [80, 60, 88],
  [37, 28, 44],
  [46, 35, 52],
  [48, 36, 56],
] as const;

/** Base64 of key bytes and check for `body` (which ends with the signature), as the seed's service would write it. */
function azureKey(body: string, seed: string): string | undefined {
  const size = AZURE_SIZES.find(([chars]) => chars === body.length);
  const bytes = size === undefined ? undefined : fromBase64(`${body}AA`.slice(0, Math.ceil((size[1] * 8) / 6)));
  if (size === undefined || bytes === undefined) return undefined;
  const key = bytes.subarray(0, size[1]);
  return Buffer.from([...key, ...littleEndian(marvin32(key, seed))])
    .toString('base64')
    .padEnd(size[2], '=');
}

const plain64 = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');

/** Common annotated key: 80 characters, then 4 of the base62 (older: base64) of the Marvin hash. */
function annotatedTails(body: string): readonly string[] {
  const sum = littleEndian(marvin32(fromBase64(body) ?? new Uint8Array(), 'Default0'));
  const big = new DataView(Uint8Array.from(sum).buffer).getUint32(0);
  return [inBase(big, BASE62, 1).padEnd(6, '0').slice(0, 4), Buffer.from(sum.subarray(0, 3)).toString('base64')];
}

const azure: Checksum = {
  summary: 'Marvin32 over the key bytes with the seed of its service (identifiable keys, common annotated keys)',
  source: 'https://github.com/microsoft/security-utilities',
  verify: (secret) => {
    if (/^[A-Za-z0-9]{52}JQQJ9[9D]/.test(secret))
      return secret.length < 84 ? false : annotatedTails(secret.slice(0, 80)).includes(secret.slice(80, 84));
    const size = AZURE_SIZES.find(([, , total]) => total === secret.length);
    const body = secret.slice(0, size?.[0] ?? 0);
    const seeds = AZURE_SEEDS.get(body.slice(-4));
    if (size === undefined || seeds === undefined) return undefined;
    return seeds.some((seed) => plain64(azureKey(plain64(body), seed) ?? '') === plain64(secret));
  },
  complete: (body) => {
    if (body.length === 80 && /^.{52}JQQJ9[9D]/.test(body)) return annotatedTails(body)[0] ?? '';
    const seed = AZURE_SEEDS.get(body.slice(-4))?.[0];
    return seed === undefined ? '' : (azureKey(body, seed) ?? '').slice(body.length);
  },
};

const ENTRA = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~';
const entraTail = (body: string): string => inBase(marvin32(ascii(body), 'AadPwd00'), ENTRA, 6).slice(0, 3);

const GRAFANA = 'https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/satokengen.go';
const grafanaTail = tail(
  'CRC-32 of prefix and secret, 4 bytes little-endian, hex',
  GRAFANA,
  /^(gl[a-z]{1,4}_[0-9A-Za-z]{32})_$/,
  8,
  (body) => hex(littleEndian(crc32(ascii(body)))),
);
const grafana: Checksum = {
  summary: grafanaTail.summary,
  source: GRAFANA,
  verify: (secret) => {
    if (secret.startsWith('glc_')) return typeof jsonOf(secret.slice(4))?.['k'] === 'string';
    if (secret.startsWith('eyJ')) return typeof jsonOf(secret)?.['k'] === 'string';
    return grafanaTail.verify(secret);
  },
  complete: (body) => (body.endsWith('_') ? (grafanaTail.complete?.(body) ?? '') : `_${grafanaTail.complete?.(`${body}_`) ?? ''}`),
};

const SYNAPSE = 'https://github.com/element-hq/synapse/blob/develop/synapse/util/stringutils.py';
const synapse = tail('CRC-32 of all before the last underscore, base62, 6 digits', SYNAPSE, /^(sy[tlr]_.+)_$/, 6, crcBase62);
const mas = tail(
  'CRC-32 of all before the last underscore, base62 least significant digit first',
  SYNAPSE,
  /^(m[ac][tr]_[0-9A-Za-z]{30})_$/,
  6,
  (body) => {
    let out = '';
    for (let n = crc32(ascii(body)); n > 0; n = Math.floor(n / 62)) out += BASE62.charAt(n % 62);
    return out.padStart(6, '0');
  },
);
const matrix: Checksum = {
  summary: synapse.summary,
  source: SYNAPSE,
  verify: (secret) => synapse.verify(secret) ?? mas.verify(secret),
  complete: (body) => {
    const text = body.endsWith('_') ? body : `${body}_`;
    return text.slice(body.length) + (synapse.complete?.(text) || mas.complete?.(text) || '');
  },
};

/** NATS nkeys and Stellar strkeys: base32 of prefix, 32 bytes and CRC-16, low byte first. */
const strkey = (prefix: RegExp, bytes: number, summary: string, source: string): Checksum => ({
  summary,
  source,
  verify: (secret) => {
    const raw = prefix.test(secret) ? fromBase32(secret) : undefined;
    if (raw === undefined || raw.length !== bytes) return false;
    const sum = crc16(raw.subarray(0, -2));
    return raw.at(-2) === (sum & 255) && raw.at(-1) === sum >> 8 && toBase32(raw) === secret;
  },
  complete: (body) => {
    const raw = fromBase32(body.padEnd(Math.ceil((bytes * 8) / 5), 'A'))?.slice(0, bytes - 2) ?? new Uint8Array();
    const sum = crc16(raw);
    // The body's last character may carry bits that belong to the check: only what follows it is returned.
    return toBase32(Uint8Array.of(...raw, sum & 255, sum >> 8)).slice(body.length);
  },
});

const RIPPLE58 = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';

const TOKENS: Readonly<Record<string, Checksum>> = {
  github,
  'kei-git': keiKey,
  'gitlab-routable': gitlabRoutable,
  jwt: shape('header is JSON with alg, payload is JSON', 'https://www.rfc-editor.org/rfc/rfc7519', holdsJwt),
  'jwt-base64': shape('base64 of a JWT', 'https://www.rfc-editor.org/rfc/rfc7519', (secret) => decodesTo(secret, holdsJwt)),
  packagist: tail(
    'CRC-32 of prefix and 60 hex digits, hex',
    'https://packagist.com/docs/composer-authentication',
    /^packagist_[a-z]{3}_[0-9a-f]{60}$/,
    8,
    (body) => inBase(crc32(ascii(body)), '0123456789abcdef', 8),
  ),
  'azure-his': azure,
  'azure-entra': {
    summary: 'three digits, base 66, of Marvin32 over the first 37 characters',
    source: 'https://github.com/microsoft/security-utilities',
    // The published algorithm could not be run on an issued sample: it may confirm, but not refuse.
    verify: (secret) => (entraTail(secret.slice(0, 37)) === secret.slice(37) ? true : undefined),
    complete: entraTail,
  },
  cask: {
    summary: 'CRC-32 of all bytes but the last four',
    source: 'https://github.com/microsoft/cask/blob/main/docs/PrimaryKey.md',
    verify: (secret) => {
      const bytes = fromBase64(secret);
      if (bytes === undefined || bytes.length < 8) return false;
      const sum = crc32(bytes.subarray(0, -4));
      const stored = hex(bytes.subarray(-4));
      return stored === hex(littleEndian(sum)) || stored === inBase(sum, '0123456789abcdef', 8) ? true : undefined;
    },
  },
  grafana,
  sentry: shape(
    'organisation token: JSON with iat and org, then 32 bytes',
    'https://github.com/getsentry/sentry-cli/blob/master/src/utils/auth_token/org_auth_token.rs',
    holdsSentryOrg,
  ),
  pypi: shape(
    'version 2 macaroon with an index as location',
    'https://github.com/pypi/warehouse/blob/main/warehouse/macaroons/services.py',
    holdsPypiMacaroon,
  ),
  synapse: matrix,
  polar: tail(
    'CRC-32 of the 37 random characters, base62, 6 digits',
    'https://github.com/polarsource/polar/blob/main/server/polar/kit/crypto.py',
    /^polar_[a-z_]+_([0-9A-Za-z]{37})$/,
    6,
    crcBase62,
  ),
  unkey: tail(
    'CRC-32C of all before, base58, 6 digits',
    'https://github.com/unkeyed/unkey',
    /^[A-Za-z0-9_]+_[1-9A-HJ-NP-Za-km-z]{8}unkeyv1[1-9A-HJ-NP-Za-km-z]{36}$/,
    6,
    (body) => inBase(crc32c(ascii(body)), BASE58, 6),
  ),
  nats: strkey(/^S[AUNCOX]/, 36, 'CRC-16 of prefix and seed, low byte first', 'https://github.com/nats-io/nkeys/blob/main/strkey.go'),
  stellar: strkey(
    /^S/,
    35,
    'CRC-16 of version and seed, low byte first',
    'https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md',
  ),
  bech32: {
    summary: 'Bech32 (BIP 173)',
    source: 'https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki',
    verify: holdsBech32,
    complete: bech32Check,
  },
  base58check: shape('first four bytes of the double SHA-256', 'https://en.bitcoin.it/wiki/Base58Check_encoding', (secret) =>
    holdsBase58Check(secret),
  ),
  'xrp-seed': shape('Base58Check in Ripple’s alphabet', 'https://xrpl.org/docs/references/protocol/data-types/base58-encodings', (secret) =>
    holdsBase58Check(secret, RIPPLE58),
  ),
  bip39: {
    summary: 'last bits of the words are the start of the SHA-256 of the rest',
    source: 'https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki',
    verify: holdsMnemonic,
    complete: lastWord,
  },
  discord: shape('first part is base64 of a snowflake', 'https://hexdocs.pm/nostrum/Nostrum.Token.html', holdsSnowflake),
  pem: shape('two lines of base64 or more that decode to DER or openssh-key-v1', 'https://www.rfc-editor.org/rfc/rfc7468', holdsPrivateKey),
  'pem-base64': shape('base64 of a PEM private key', 'https://www.rfc-editor.org/rfc/rfc7468', (secret) =>
    decodesTo(secret, (text) => (/-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/.test(text) ? holdsPrivateKey(text) : false)),
  ),
  openssh: shape(
    'body begins with openssh-key-v1',
    'https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key',
    holdsPrivateKey,
  ),
  'basic-auth': shape('base64 of user:password', 'https://www.rfc-editor.org/rfc/rfc7617', holdsBasicAuth),
  // A version 4 UUID is still no proof of a secret: refuse the others, confirm none.
  uuid4: shape('version 4, RFC variant', 'https://www.rfc-editor.org/rfc/rfc9562', (secret) =>
    /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(secret) ? undefined : false,
  ),
};

export const CHECKSUMS: Readonly<Record<string, Checksum>> = {
  ...TOKENS,
  ...Object.fromEntries(
    Object.entries(PEOPLE).map(([name, id]): [string, Checksum] => [name, { ...id, complete: (body) => byTrial(body, id.verify) }]),
  ),
};
