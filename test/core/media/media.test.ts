import { describe, expect, it } from 'vitest';
import { delayOf, mosOfR, rFactor } from '../../../core/media/e-model.ts';
import { jitterMsOf, lossPercentOf, opinionOf } from '../../../core/media/heard.ts';
import { readRtcp, roundTripMsOf } from '../../../core/media/rtcp.ts';
import { switchCountersOf } from '../../../core/media/switch-counters.ts';

describe('the E-model', () => {
  it.each([
    [93.2, 4.41],
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ])('gives R %d the opinion %d, as ITU-T G.107 Annex B does', (r, mos) => {
    expect(Math.abs(mosOfR(r) - mos)).toBeLessThan(0.01);
  });

  it('ends at 1 and at 4.5', () => {
    expect([mosOfR(-5), mosOfR(0), mosOfR(100), mosOfR(120)]).toEqual([1, 1, 4.5, 4.5]);
  });

  it('takes 93.2 for G.711 without loss and delay, and 11 less for G.729', () => {
    expect(rFactor('PCMA', { lossPercent: 0, delayMs: 0 })).toBeCloseTo(93.2, 10);
    expect(rFactor('G729', { lossPercent: 0, delayMs: 0 })).toBeCloseTo(82.2, 10);
    expect(rFactor('opus', { lossPercent: 0, delayMs: 0 })).toBeUndefined();
  });

  it('takes Bpl percent of loss for half of what a codec can lose', () => {
    expect(rFactor('G729', { lossPercent: 19, delayMs: 0 })).toBeCloseTo(93.2 - 11 - 84 / 2, 10);
  });

  it('bends at 177.3 ms one way', () => {
    expect(rFactor('PCMU', { lossPercent: 0, delayMs: 177.3 })).toBeCloseTo(93.2 - 0.024 * 177.3, 10);
    expect(rFactor('PCMU', { lossPercent: 0, delayMs: 277.3 })).toBeCloseTo(93.2 - 0.024 * 277.3 - 11, 10);
  });

  it('hears half of the round trip', () => {
    expect(delayOf(10, 300)).toBe(190);
    const far = opinionOf({ lossPercent: 0, jitterUnits: 0, roundTripMs: 800 }, { name: 'PCMU', clockRate: 8000 });
    expect(far?.mos).toBeLessThan(3.6);
  });
});

describe('figures of RFC 3550', () => {
  it('loss is a fraction of 256, jitter counts the RTP clock', () => {
    expect([lossPercentOf(0), lossPercentOf(64), lossPercentOf(256)]).toEqual([0, 25, 100]);
    expect([jitterMsOf(240, 8000), jitterMsOf(480, 48_000)]).toEqual([30, 10]);
  });

  it('a round trip is A − LSR − DLSR: the example of §6.4.1 takes 6.125 s', () => {
    expect(roundTripMsOf(0xb710_8000, 0xb705_2000, 0x0005_4000)).toBe(6125);
  });

  it('a round trip goes on where the 32 bits begin anew, is never below nothing, and needs a sender report', () => {
    expect(roundTripMsOf(0x0000_8000, 0xffff_8000, 0x0000_8000)).toBe(500);
    expect(roundTripMsOf(0x1000_0000, 0x1000_0000, 0x0000_0100)).toBe(0);
    expect(roundTripMsOf(0x1000_0000, 0, 0)).toBeUndefined();
  });

  it('the time of a sender report is the same in both ways of writing it', () => {
    const of = (seconds: number, rest: number) =>
      readRtcp(
        JSON.stringify({
          sender_information: { packets: 1, octets: 1, ntp_timestamp_sec: seconds, ntp_timestamp_usec: rest },
        }),
      )?.ntp;
    const wire = of(1_795_261_456 + 2_208_988_800, 0.5 * 2 ** 32);
    expect(wire).toBe((656 << 16) + 0x8000);
    expect(of(1_795_261_456, 500_000)).toBe(wire);
  });
});

describe('counters of a switch', () => {
  const headers = (inMedia: string) => ({
    variable_rtp_audio_in_media_packet_count: inMedia,
    variable_rtp_audio_out_media_packet_count: '400',
    variable_rtp_audio_in_quality_percentage: '100.00',
    variable_rtp_audio_in_mos: '4.50',
  });

  it('have no quality where nothing came: it begins at 100 and nothing made it less', () => {
    expect(switchCountersOf(headers('0'))).toMatchObject({ inMedia: 0, outMedia: 400, quality: undefined });
    expect(switchCountersOf(headers('7'))).toMatchObject({ inMedia: 7, quality: 100 });
  });

  it('are none where an event has them not, or has no numbers', () => {
    expect(switchCountersOf({})).toBeUndefined();
    expect(switchCountersOf(headers('many'))).toBeUndefined();
    expect(switchCountersOf(headers('-1'))).toBeUndefined();
  });
});
