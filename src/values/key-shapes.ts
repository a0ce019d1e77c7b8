// Structure tests: does a text that looks like a key parse as one? No signature is checked, no secret is used.
import { fromBase64, jsonOf } from './base-n.ts';

const MIN_BODY = 64; // characters: the shortest private key, Ed25519 in PKCS#8, has exactly so many

/** The base64 body of PEM-like armour: BEGIN/END lines, header lines, escapes and indentation taken out. */
function armourBody(text: string): string {
  const start = /-----BEGIN [A-Z0-9 ]{0,60}-----/.exec(text);
  const tail = start === null ? text : text.slice(start.index + start[0].length);
  const end = tail.search(/-----END /);
  return (end < 0 ? tail : tail.slice(0, end))
    .replace(/\\+[rnt]|\\u000[aAdD]|&#x?[0-9aAdD]{1,3};/g, '\n')
    .replace(/^[ \t"'+>#*/|]*[A-Za-z][A-Za-z-]{2,30}: [^\n]*$/gm, '')
    .replace(/^=[A-Za-z0-9+/]{4}\s*$/gm, '')
    .replace(/[\s"'`,;+\\>#*|]+(?=$|\n)|(?:^|\n)[\s"'`>#*|]+|\s+/g, '');
}

/** DER length at `at`: [length, first byte after it], undefined when it does not parse. */
function derLength(bytes: Uint8Array, at: number): readonly [number, number] | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0x80 || first > 0x84) return undefined;
  if (first < 0x80) return [first, at + 1];
  let length = 0;
  for (let i = 1; i <= first - 0x80; i++) length = length * 256 + (bytes[at + i] ?? 0);
  return [length, at + 1 + first - 0x80];
}

/** A DER SEQUENCE that fills the bytes and begins with a small INTEGER (version) or another SEQUENCE (encrypted PKCS#8). */
function isPrivateDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const outer = derLength(bytes, 1);
  if (outer === undefined || Math.abs(outer[1] + outer[0] - bytes.length) > 8) return false;
  const inner = outer[1];
  return (bytes[inner] === 0x02 && bytes[inner + 1] === 1 && (bytes[inner + 2] ?? 9) <= 1) || bytes[inner] === 0x30;
}

const isOpenSsh = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 15)).toString('latin1') === 'openssh-key-v1\0';

/** true: DER or openssh-key-v1. undefined: base64 of a fair length that we cannot parse (encrypted, truncated, PGP). */
export function holdsPrivateKey(text: string): boolean | undefined {
  const body = armourBody(text);
  if (body.length < MIN_BODY - 8 || /[^A-Za-z0-9+/=]/.test(body)) return false;
  if (new Set(body.slice(0, 2000)).size < 16) return false;
  const bytes = fromBase64(body.replace(/=+$/, '').slice(0, body.length - (body.replace(/=+$/, '').length % 4 === 1 ? 1 : 0)));
  return bytes !== undefined && (isPrivateDer(bytes) || isOpenSsh(bytes)) ? true : undefined;
}

const ISSUED_JWT = /^(?:[A-Za-z]{2,6}_\d{1,12}_)?(ey[A-Za-z0-9_-]+={0,2})\.([A-Za-z0-9_-]*={0,2})\.([A-Za-z0-9_-]*)/;

/** Compact JWS or JWE: the header is JSON with `alg`; the payload is JSON, or sealed where the header has `enc`. undefined: JSON, but no `alg`. */
export function holdsJwt(text: string): boolean | undefined {
  const parts = ISSUED_JWT.exec(text);
  const header = parts?.[1] === undefined ? undefined : jsonOf(parts[1]);
  if (parts === null || header === undefined) return false;
  const readable = 'enc' in header || header['b64'] === false || jsonOf(parts[2] ?? '') !== undefined;
  return readable && typeof header['alg'] === 'string' ? true : readable ? undefined : false;
}

/** A Discord bot token begins with base64 of the bot's snowflake, 17 to 20 digits. */
export function holdsSnowflake(text: string): boolean {
  const bytes = fromBase64(text.split('.', 1)[0] ?? '');
  return bytes !== undefined && /^\d{17,20}$/.test(Buffer.from(bytes).toString('latin1'));
}

/** A PyPI token is a version 2 macaroon whose location field is a package index. */
export function holdsPypiMacaroon(text: string): boolean {
  const bytes = fromBase64(text.replace(/^pypi-/, ''));
  const length = bytes?.[2] ?? 0;
  if (bytes === undefined || bytes[0] !== 2 || bytes[1] !== 1 || bytes[3 + length] !== 2) return false;
  return /(?:^|\.)pypi\.org$/.test(Buffer.from(bytes.subarray(3, 3 + length)).toString('latin1'));
}

/** Sentry organisation token: JSON with `iat` and `org`, then 32 bytes. */
export function holdsSentryOrg(text: string): boolean | undefined {
  const parts = text.split('_');
  if (parts[0] !== 'sntrys') return undefined;
  const claims = jsonOf(parts[1] ?? '');
  return parts.length === 3 && claims !== undefined && 'iat' in claims && 'org' in claims && fromBase64(parts[2] ?? '')?.length === 32;
}

/** Base64 of `user:password` in printable ASCII. Structure only, so it never confirms. */
export function holdsBasicAuth(text: string): false | undefined {
  const bytes = fromBase64(text);
  return bytes !== undefined && /^[\x21-\x39\x3b-\x7e]{0,128}:[\x20-\x7e]{1,512}$/.test(Buffer.from(bytes).toString('latin1'))
    ? undefined
    : false;
}

/** Base64, perhaps in lines, of a text for which `holds` is asked. */
export function decodesTo(text: string, holds: (decoded: string) => boolean | undefined): boolean | undefined {
  const packed = text.replace(/\s+|\\[rn]/g, '');
  const bytes = fromBase64(packed.length % 4 === 1 ? packed.slice(0, -1) : packed);
  return bytes === undefined ? false : holds(Buffer.from(bytes).toString('latin1'));
}
