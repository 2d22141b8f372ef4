import { endianness } from 'node:os';
import { expect, test } from 'vitest';
import { kernelDrops } from '../../../collector/hep/kernel-drops.ts';

const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  299: 0100007F:2364 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2066013 2 00000000e4a5ad26 4711
  300: 00000000:2364 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2066014 2 00000000e4a5ad27 3
`;
const udp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  301: 00000000000000000000000001000000:2364 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2066015 2 00000000e4a5ad28 12
`;

test.runIf(endianness() === 'LE')('finds the drops of a socket by its address and port', () => {
  expect(kernelDrops(udp, '127.0.0.1', 9060)).toBe(4711);
  expect(kernelDrops(udp6, '::1', 9060)).toBe(12);
});

test('finds those of a socket on all addresses', () => {
  expect(kernelDrops(udp, '0.0.0.0', 9060)).toBe(3);
});

test('knows nothing of a socket that is not listed', () => {
  expect(kernelDrops(udp, '127.0.0.1', 9061)).toBeUndefined();
  expect(kernelDrops(udp, '::1', 9060)).toBeUndefined();
  expect(kernelDrops('', '0.0.0.0', 9060)).toBeUndefined();
});
