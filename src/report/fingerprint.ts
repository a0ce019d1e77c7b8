import { createHash } from 'node:crypto';
import { base32 } from '../base32.ts';

const digest = (...parts: readonly string[]): string => base32(createHash('sha256').update(parts.join('\0')).digest()).slice(0, 26); // 130 bits

/**
 * Fingerprint of a secret that its rule guarantees to have at least 80 bits: the same wherever it stands.
 * @param rule id with its room, `leak/github-pat`
 */
export const secretFingerprint = (rule: string, secret: string): string => `kei1:${digest('kei/fp/1', rule, secret)}`;

/** What a place fingerprint needs of a line: a hash of it with the secret taken out and white space collapsed. */
export const lineDigest = (before: string, after: string): string =>
  digest('kei/fp/line', `${before}\u0001${after}`.replace(/\s+/g, ' ').trim());

/**
 * Fingerprint of a place: for what could be guessed from a hash of itself.
 * @param line what `lineDigest` gave
 * @param ordinal counts equal (rule, path, line) within a file, from 0
 */
export const placeFingerprint = (rule: string, path: string, line: string, ordinal: number): string =>
  `kei1c:${digest('kei/fp/1c', rule, path, line, String(ordinal))}`;
