import { expect, test } from 'vitest';
import { createBlocks, parseCidr } from '../../../core/runtime/cidr.ts';

test.each([
  ['192.0.2.9', { address: '192.0.2.9', prefix: 32, family: 'ipv4' }],
  ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8, family: 'ipv4' }],
  ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0, family: 'ipv4' }],
  ['2001:db8::/32', { address: '2001:db8::', prefix: 32, family: 'ipv6' }],
  ['::1', { address: '::1', prefix: 128, family: 'ipv6' }],
  ['::ffff:192.0.2.0/120', { address: '192.0.2.0', prefix: 24, family: 'ipv4' }],
])('reads %s', (text, block) => {
  expect(parseCidr(text)).toEqual(block);
});

test.each([
  '',
  'kam1',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0/8',
  '10.0.0.0/-1',
  'fe80::1%eth0',
])('takes "%s" for no block', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test('an address lies in a block whichever way it is written', () => {
  const holds = createBlocks(
    ['192.0.2.0/24', '2001:db8::/32', '::ffff:198.51.100.7', 'fe80::/10'].flatMap((text) => parseCidr(text) ?? []),
  );
  for (const inside of ['192.0.2.255', '::ffff:192.0.2.1', '2001:DB8:1::5', '198.51.100.7', 'fe80::1%eth0']) {
    expect([inside, holds(inside)]).toEqual([inside, true]);
  }
  for (const outside of ['192.0.3.0', '2001:db9::', '198.51.100.8', '::1', '', 'x']) {
    expect([outside, holds(outside)]).toEqual([outside, false]);
  }
});
