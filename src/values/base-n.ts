// Decoders for the alphabets that keys are written in. undefined: a character outside the alphabet.
import { BASE58, sha256 } from './digests.ts';

const RFC4648_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const RFC4648_64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Standard or URL-safe base64, padding optional. */
export const fromBase64 = (text: string): Uint8Array | undefined =>
  RFC4648_64.test(text) && text.replace(/=+$/, '').length % 4 !== 1
    ? Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
    : undefined;

/** The JSON object that base64 text holds, or undefined. */
export function jsonOf(base64: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = fromBase64(base64);
  if (bytes === undefined || bytes[0] !== 0x7b) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function fromBase32(text: string): Uint8Array | undefined {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const c of text) {
    const v = RFC4648_32.indexOf(c);
    if (v < 0) return undefined;
    held = ((held << 5) | v) & 0xfff;
    bits += 5;
    if (bits >= 8) out.push((held >> (bits -= 8)) & 255);
  }
  return Uint8Array.from(out);
}

function fromBase58(text: string, alphabet: string = BASE58): Uint8Array | undefined {
  let n = 0n;
  for (const c of text) {
    const v = alphabet.indexOf(c);
    if (v < 0) return undefined;
    n = n * 58n + BigInt(v);
  }
  const zeros = /^(.)\1*/.exec(text);
  const lead = zeros?.[1] === alphabet.charAt(0) ? zeros[0].length : 0;
  const hex = n === 0n ? '' : n.toString(16);
  return Uint8Array.from([...new Uint8Array(lead), ...Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')]);
}

/** Base58Check: the last four bytes are the start of the double SHA-256 of the rest. */
export function holdsBase58Check(text: string, alphabet: string = BASE58): boolean {
  const bytes = fromBase58(text, alphabet);
  if (bytes === undefined || bytes.length < 10) return false;
  const sum = sha256(sha256(bytes.subarray(0, -4)));
  return bytes.subarray(-4).every((b, i) => b === sum[i]);
}

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

function polymod(values: readonly number[]): number {
  let c = 1;
  for (const v of values) {
    const top = c >>> 25;
    c = ((c & 0x1ffffff) << 5) ^ v;
    GENERATOR.forEach((g, i) => {
      if ((top >>> i) & 1) c ^= g;
    });
  }
  return c;
}

function bech32Values(text: string): number[] | undefined {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return undefined;
  const split = lower.lastIndexOf('1');
  if (split < 1) return undefined;
  const codes = [...lower.slice(0, split)].map((c) => c.charCodeAt(0));
  const body = [...lower.slice(split + 1)].map((c) => BECH32.indexOf(c));
  return body.includes(-1) ? undefined : [...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31), ...body];
}

/** Bech32 (BIP 173), not bech32m. The human-readable part is whatever stands before the last 1. */
export function holdsBech32(text: string): boolean {
  const values = bech32Values(text);
  return values !== undefined && polymod(values) === 1;
}

/** The six check characters for `text`, in its own case. */
export function bech32Check(text: string): string {
  const sum = polymod([...(bech32Values(text) ?? []), 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [0, 1, 2, 3, 4, 5].map((i) => BECH32.charAt((sum >>> (5 * (5 - i))) & 31)).join('');
  return text === text.toUpperCase() ? check.toUpperCase() : check;
}
