import { describe, expect, it } from 'vitest';
import { arrange, DEFAULT_LANES, hasBoxes, isOffLanes } from '../../../core/ladder/lanes.ts';
import { bandsOf, bandsThrough, type MediaSession } from '../../../core/ladder/media.ts';
import { bandText } from '../../../core/ladder/media-words.ts';
import { opinionOf } from '../../../core/media/heard.ts';
import { LANES, step } from './steps.ts';

const session = (change: Partial<MediaSession>): MediaSession => ({
  ...{ id: 'm', callId: 'one', a: 'a', b: 'c', aAddress: '192.0.2.0:4000', bAddress: '192.0.2.2:6000' },
  ...{ codec: 'audio PCMU', direction: 'sendrecv', sinceUs: 0, untilUs: 1, sinceStep: 's2', untilStep: 's5' },
  ...{ reports: 0, heardByA: null, heardByB: null },
  ...change,
});
const places = new Map(Array.from({ length: 10 }, (_, i) => [`s${i}`, i] as const));
const heard = {
  ...{ packetsLost: 1, lossPercent: 0.5, maxLossPercent: 2, discardPercent: null, maxJitterMs: 12 },
  ...{ roundTripMs: null, rFactor: 82, mos: 4.1, mosReported: false },
};

describe('media on a ladder', () => {
  it('passes through the lines from its agreement to the step that ends it', () => {
    const bands = bandsOf([session({}), session({ id: 'n', sinceStep: 's4', untilStep: null })], LANES, places);
    const through = bandsThrough(bands, [0, 1, 2, 3, 4, 5, 6]).map((own) => own.map(({ id }) => id).join(''));
    expect(through).toEqual(['', '', 'm', 'm', 'mn', 'n', 'n']);
  });

  it('stands between the lanes of its two ends, whichever of them offered', () => {
    const [band] = bandsOf([session({ a: 'c', b: 'a' })], LANES, places);
    expect(band).toMatchObject({ left: 0, span: 2, aLeft: false });
    expect(bandsOf([session({ a: 'gone' })], LANES, places)).toEqual([]);
  });

  it('says what is heard on which side', () => {
    const [right] = bandsOf([session({ heardByB: heard, reports: 3 })], LANES, places);
    expect(bandText(right!)).toBe('→ loss 0.5 % (at worst 2.0 %), jitter 12 ms, MOS ≈ 4.1');
    const [left] = bandsOf([session({ a: 'c', b: 'a', heardByB: heard, reports: 3 })], LANES, places);
    expect(bandText(left!)).toMatch(/^← /);
    const told = { ...heard, maxLossPercent: null, discardPercent: 4, roundTripMs: 88, mos: 3.1, mosReported: true };
    const [phone] = bandsOf([session({ heardByB: told, reports: 1 })], LANES, places);
    expect(bandText(phone!)).toBe('→ loss 0.5 %, late 4.0 %, jitter 12 ms, round trip 88 ms, MOS 3.1, R 82');
    const unknown = {
      ...told,
      lossPercent: null,
      discardPercent: null,
      maxJitterMs: null,
      roundTripMs: null,
      rFactor: null,
    };
    const [quiet] = bandsOf([session({ heardByA: { ...unknown, mos: null }, reports: 1 })], LANES, places);
    expect(bandText(quiet!)).toBe('reported without figures');
    expect(bandText(bandsOf([session({})], LANES, places)[0]!)).toBe('no reports');
  });

  it('is scored as G.107 has it: 4.4 without loss, less with loss and with jitter, nothing for a codec without figures', () => {
    const mosOf = (name: string, lossPercent: number, jitterMs: number) =>
      opinionOf({ lossPercent, jitterMs }, { name, clockRate: 8000 })?.mos;
    expect(mosOf('PCMU', 0, 0)).toBeCloseTo(4.4, 1);
    expect(mosOf('G729', 0, 0)).toBeCloseTo(4.1, 1);
    expect(mosOf('opus', 0, 0)).toBeUndefined();
    const worse = [0, 1, 5, 20, 100].map((loss) => mosOf('pcma', loss, 5)!);
    expect([...worse].sort((a, b) => b - a)).toEqual(worse);
    expect(mosOf('PCMU', 0, 300)!).toBeLessThan(mosOf('PCMU', 0, 10)!);
    expect(mosOf('PCMU', 100, 5000)).toBe(1);
  });
});

describe('lanes', () => {
  const steps = [
    step({ id: '1' }),
    step({ id: '2', from: 'b', to: 'c' }),
    step({ id: '3', kind: 'event', from: 'c', to: null }),
  ];
  const ids = (lanes: readonly { readonly id: string }[]) => lanes.map(({ id }) => id);

  it('stand in the order that is wanted, those that it does not name behind', () => {
    const { shown } = arrange(LANES, steps, [], { ...DEFAULT_LANES, order: ['c', 'nowhere', 'a'] });
    expect(ids(shown)).toEqual(['c', 'a', 'b']);
  });

  it('that are hidden take with them only what is on no other lane', () => {
    const { shown, hidden, steps: all } = arrange(LANES, steps, [], { ...DEFAULT_LANES, hidden: ['c'] });
    expect([ids(shown), ids(hidden)]).toEqual([['a', 'b'], ['c']]);
    expect(all.filter((one) => isOffLanes(one, new Set(['c']))).map(({ id }) => id)).toEqual(['3']);
  });

  it('of one box become one when that is wanted, and its messages to itself stay', () => {
    const boxes = [
      { id: '10.0.0.1', name: 'fs1', addresses: ['10.0.0.1'] },
      { id: '10.0.0.9', name: '10.0.0.9', addresses: ['10.0.0.9'] },
      { id: '[fd00::1]:5060', name: 'fs1', addresses: ['[fd00::1]:5060'] },
    ];
    const between = [
      step({ id: '1', from: '10.0.0.1', to: '[fd00::1]:5060' }),
      step({ id: '2', from: '10.0.0.9', to: '[fd00::1]:5060' }),
    ];
    const { shown, steps: moved } = arrange(boxes, between, [], { ...DEFAULT_LANES, boxes: true });
    expect(shown).toEqual([{ id: '10.0.0.1', name: 'fs1', addresses: ['10.0.0.1', '[fd00::1]:5060'] }, boxes[1]]);
    expect(moved.map(({ from, to }) => [from, to])).toEqual([
      ['10.0.0.1', '10.0.0.1'],
      ['10.0.0.9', '10.0.0.1'],
    ]);
    expect([hasBoxes(boxes), hasBoxes(LANES)]).toEqual([true, false]);
  });
});
