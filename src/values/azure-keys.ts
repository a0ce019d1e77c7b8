// Keys of Azure that hold a check of their own.
import { fromBase64 } from './base-n.ts';
import type { Checksum } from './checksum.ts';
import { ascii, BASE62, inBase, littleEndian, marvin32 } from './digests.ts';

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

export const azure: Checksum = {
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

export const azureEntra: Checksum = {
  summary: 'three digits, base 66, of Marvin32 over the first 37 characters',
  source: 'https://github.com/microsoft/security-utilities',
  // The published algorithm could not be run on an issued sample: it may confirm, but not refuse.
  verify: (secret) => (entraTail(secret.slice(0, 37)) === secret.slice(37) ? true : undefined),
  complete: entraTail,
};
