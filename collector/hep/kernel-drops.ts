import { endianness } from 'node:os';
import { ipBytes } from './address.ts';

/**
 * How many datagrams the kernel dropped for want of room in a socket's receive buffer: the last column of the
 * socket's line in /proc/net/udp or /proc/net/udp6. Undefined when the socket has no line there.
 *
 * The kernel writes an address as 32-bit words in hexadecimal, each as the machine reads it, so with its bytes
 * reversed on a little-endian one; the port is plain.
 */
export function kernelDrops(table: string, host: string, port: number): number | undefined {
  const address = ipBytes(host);
  if (endianness() === 'LE') address.swap32();
  const local = `${address.toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] !== local) continue;
    const drops = Number(columns.at(-1));
    return Number.isInteger(drops) ? drops : undefined;
  }
  return undefined;
}
