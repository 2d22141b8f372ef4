import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** An address block: one address without "/", else as many as share its first `prefix` bits. */
export interface Cidr {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Undefined for text that is no block. One of IPv4-mapped IPv6 addresses is the IPv4 block that it stands for. */
export function parseCidr(text: string): Cidr | undefined {
  const [written = '', bits, ...rest] = text.trim().split('/');
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const longest = isIPv4(written) ? 32 : isIPv6(written) && !written.includes('%') ? 128 : 0;
  const prefix = bits === undefined ? longest : Number(bits);
  if (longest === 0 || prefix > longest) return undefined;
  const address = plainAddress(written);
  if (longest === 32) return { address, prefix, family: 'ipv4' };
  if (isIPv4(address) && prefix >= 96) return { address, prefix: prefix - 96, family: 'ipv4' };
  return { address, prefix, family: 'ipv6' };
}

/** The IPv4 address that an IPv4-mapped one stands for ("::ffff:192.0.2.1"), as a dual-stack socket names its peers. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(.+)$/i.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address;
}

/** Whether an address lies in one of the blocks. A zone ("%eth0") does not count. */
export function createBlocks(blocks: readonly Cidr[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix, family } of blocks) list.addSubnet(address, prefix, family);
  return (address) => {
    const plain = plainAddress(address.replace(/%.*$/, ''));
    if (isIPv4(plain)) return list.check(plain, 'ipv4');
    return isIPv6(plain) && list.check(plain, 'ipv6');
  };
}
