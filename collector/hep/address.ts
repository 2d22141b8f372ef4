import { ipv4Bytes, ipv4Text, ipv6Bytes, ipv6Text } from '../../core/pcap/address.ts';

/** The text of the address of `length` bytes at `at`; "" for a length other than 4 and 16. */
export function ipText(bytes: Buffer, at: number, length: number): string {
  if (length === 4) return ipv4Text(bytes, at);
  return length === 16 ? ipv6Text(bytes, at) : '';
}

/** The 4 or 16 bytes of an address; none for "". Throws a RangeError for text that is no address. */
export function ipBytes(text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  const bytes = ipv4Bytes(text) ?? ipv6Bytes(text);
  if (bytes === undefined) throw new RangeError(`"${text}" is no IP address`);
  return bytes;
}

export function isAllZero(bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) if (bytes[index] !== 0) return false;
  return true;
}
