// The check characters and structures that make a token provable without asking its provider.
import { base32 } from '../base32.ts';
import { azure, azureEntra } from './azure-keys.ts';
import { bech32Check, fromBase32, fromBase64, holdsBase58Check, holdsBech32, jsonOf } from './base-n.ts';
import { shape, tail, type Checksum } from './checksum.ts';
import { ascii, BASE58, BASE62, crc16, crc32, crc32c, inBase, littleEndian } from './digests.ts';
import { decodesTo, holdsBasicAuth, holdsJwt, holdsPrivateKey, holdsPypiMacaroon, holdsSentryOrg, holdsSnowflake } from './key-shapes.ts';
import { holdsMnemonic, lastWord } from './mnemonic.ts';
import { byTrial, PEOPLE } from './people-ids.ts';

const crcBase62 = (text: string): string => inBase(crc32(ascii(text)), BASE62, 6);
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
const upper32 = (bytes: Uint8Array): string => base32(bytes).toUpperCase();

const strkey = (prefix: RegExp, bytes: number, summary: string, source: string): Checksum => ({
  summary,
  source,
  verify: (secret) => {
    const raw = prefix.test(secret) ? fromBase32(secret) : undefined;
    if (raw === undefined || raw.length !== bytes) return false;
    const sum = crc16(raw.subarray(0, -2));
    return raw.at(-2) === (sum & 255) && raw.at(-1) === sum >> 8 && upper32(raw) === secret;
  },
  complete: (body) => {
    const raw = fromBase32(body.padEnd(Math.ceil((bytes * 8) / 5), 'A'))?.slice(0, bytes - 2) ?? new Uint8Array();
    const sum = crc16(raw);
    // The body's last character may carry bits that belong to the check: only what follows it is returned.
    return upper32(Uint8Array.of(...raw, sum & 255, sum >> 8)).slice(body.length);
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
  'azure-entra': azureEntra,
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
