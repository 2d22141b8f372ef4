import { describe, expect, it } from 'vitest';
import type { IpPacket } from '../../../core/pcap/ip.ts';
import { createIpFragments } from '../../../core/pcap/ip-fragments.ts';
import { createRandom, seed } from './random.ts';

const whole = Buffer.from(Array.from({ length: 4000 }, (_, index) => index & 255));

function fragment(from: number, to: number, id = 1): IpPacket {
  const last = to >= whole.length;
  const payload = whole.subarray(from, to);
  return { src: '192.0.2.1', dst: '192.0.2.2', protocol: 17, payload, fragment: { id, offset: from, last } };
}

describe('fragments of a packet', () => {
  it('make the packet when the last missing one comes, in any order and also when some come twice', () => {
    const random = createRandom(seed);
    for (let round = 0; round < 50; round++) {
      const parts = [fragment(0, 1480), fragment(1480, 2960), fragment(2960, 4000)];
      const order = [...parts, parts[random(3)]!]
        .map((part) => ({ part, key: random(1000) }))
        .sort((a, b) => a.key - b.key)
        .map(({ part }) => part);
      const fragments = createIpFragments();
      const made = order.map((part, index) => fragments.add(part, index)).filter((packet) => packet !== undefined);
      expect(made, `seed ${seed}`).toEqual([{ src: '192.0.2.1', dst: '192.0.2.2', protocol: 17, payload: whole }]);
    }
  });

  it('may overlap', () => {
    const fragments = createIpFragments();
    fragments.add(fragment(0, 2000), 1);
    expect(fragments.add(fragment(1480, 4000), 2)?.payload).toEqual(whole);
  });

  it('with a hole make none, though there are bytes enough', () => {
    const fragments = createIpFragments();
    fragments.add(fragment(0, 3000), 1);
    fragments.add(fragment(1480, 2960), 1);
    expect(fragments.add(fragment(3200, 4000), 2)).toBeUndefined();
    expect(fragments.add(fragment(2960, 3200), 3)?.payload).toEqual(whole);
  });

  it('of different packets are kept apart', () => {
    const fragments = createIpFragments();
    fragments.add(fragment(0, 1480, 1), 1);
    expect(fragments.add(fragment(1480, 4000, 2), 1)).toBeUndefined();
  });

  it('are given up after 30 s, or when too many packets are unfinished, and counted', () => {
    const late = createIpFragments();
    late.add(fragment(0, 1480, 1), 0);
    late.add(fragment(0, 1480, 2), 31_000_000);
    expect(late.lost()).toBe(1);
    const many = createIpFragments();
    for (let id = 0; id < 300; id++) many.add(fragment(0, 1480, id), id);
    expect(many.lost()).toBe(300 - 256);
    many.end();
    expect(many.lost()).toBe(300);
  });

  it('that reach beyond 65535 bytes end the packet', () => {
    const fragments = createIpFragments();
    const beyond = { ...fragment(0, 4000), fragment: { id: 1, offset: 65_528, last: true } };
    expect(fragments.add(beyond, 1)).toBeUndefined();
    expect(fragments.lost()).toBe(1);
  });

  it('are nothing a packet that is whole has to wait for', () => {
    const packet: IpPacket = { src: 'a', dst: 'b', protocol: 6, payload: whole };
    expect(createIpFragments().add(packet, 1)).toBe(packet);
  });
});
