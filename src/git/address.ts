import { BlockList, isIP } from 'node:net';

// IANA's registries of special-purpose addresses, of 2025: what is not reachable from everywhere, or leads to what is embedded in it.
const SPECIAL_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const GLOBAL_6 = '2000::/3';
const SPECIAL_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const listOf = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
};

/** An IPv4 address that translators write into an IPv6 one (RFC 6052), `64:ff9b::c000:201`. */
const translated = (address: string): string | undefined => {
  const match = /^64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/i.exec(address);
  if (match === null) return undefined;
  const [high, low] = [Number.parseInt(match[1] ?? '0', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
};

/** True for an address that is the same machine for everyone: none of this host, a local network, a cloud's metadata service. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 4) return !listOf(SPECIAL_4, 'ipv4').check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  const inside = translated(address);
  if (inside !== undefined) return isPublicAddress(inside);
  return listOf([GLOBAL_6], 'ipv6').check(address, 'ipv6') && !listOf(SPECIAL_6, 'ipv6').check(address, 'ipv6');
};
