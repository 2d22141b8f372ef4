import { describe, expect, test } from 'vitest';
import { placeText, readPlace } from '../../../core/bus/kafka/place.ts';
import { halvesOf, headerOf, RUN_HEADER, type Run, readRun, readRunHead, runsOf } from '../../../core/bus/kafka/run.ts';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { events } from './contract.ts';

const place = { journal: 'AbC-_123', from: 1000 };
const read = (run: Run, seen = -1) => readRun(run.value, readRunHead({ [RUN_HEADER]: headerOf(run) })!, seen);
const idsOf = (some: readonly CaptureEvent[]): string[] => some.map(({ id }) => id);
const large = (n: number): CaptureEvent[] => events(n, 1).map((event) => ({ ...event, text: 'x'.repeat(100_000) }));

describe('a message of the topic', () => {
  test('carries many small events, and a batch is cut at the same places again', () => {
    const batch = [...events(0, 50), ...large(50), ...large(51), ...large(52), ...events(53, 10)];
    const runs = runsOf(batch, place);
    expect(runs.map(({ first, records }) => [first, records])).toEqual([
      [1000, 52],
      [1052, 11],
    ]);
    expect(runsOf(batch, place)).toEqual(runs);
    expect(runs.flatMap((run) => idsOf(read(run).fresh))).toEqual(idsOf(batch));
  });

  test('is known again when it comes again, whole, in halves or as a part', () => {
    const [run] = runsOf(events(0, 9), place) as [Run];
    const [left, right] = halvesOf(run)!;
    expect([left.events, right.events]).toEqual([4, 5]);
    expect(idsOf([...read(left).fresh, ...read(right).fresh])).toEqual(idsOf(events(0, 9)));
    const seen = left.first + left.records - 1;
    const again = read(run, seen);
    expect([idsOf(again.fresh), again.repeated]).toEqual([idsOf(events(4, 5)), 4]);
    expect(read(right, run.first + 8)).toMatchObject({ fresh: [], repeated: 5, damaged: 0 });
    expect(halvesOf(runsOf(events(0, 1), place)[0]!)).toBeUndefined();
  });

  test('that is damaged at any byte loses no more than the record it hit and those behind a broken size', () => {
    const [run] = runsOf(events(0, 4), place) as [Run];
    const size = run.value.length / 4;
    for (let at = 0; at < run.value.length; at += 1) {
      const value = Buffer.from(run.value);
      value[at] = value[at]! ^ 0xff;
      const { fresh, count, damaged, repeated, unreadable } = readRun(value, { ...run }, -1);
      expect(count + damaged + repeated + unreadable).toBe(4);
      const hit = Math.floor(at / size);
      expect(idsOf(fresh).slice(0, hit)).toEqual(idsOf(events(0, hit)));
      expect(fresh.length).toBeLessThanOrEqual(4);
    }
    const cut = readRun(run.value.subarray(0, 2 * size + 7), { ...run }, -1);
    expect([cut.count, cut.damaged]).toEqual([2, 2]);
  });

  test('of another program is none of ours', () => {
    expect(readRunHead(undefined)).toBeUndefined();
    for (const header of ['', '1', '2 abc 0 1 1', '1 abc -1 1 1', '1 a\nb 0 1 1', '1 abc 0 1 1 1', '1 abc 0 1 1e99']) {
      expect([header, readRunHead({ [RUN_HEADER]: header })]).toEqual([header, undefined]);
    }
  });
});

describe('the place that a reader writes down', () => {
  test('says how far the batch goes that is on its way, and what of each journal came before', () => {
    const seen = new Map([
      ['one', 17],
      ['two', 4],
    ]);
    expect(readPlace(placeText({ to: 12, seen }), 5)).toEqual({ to: 12, seen });
  });

  test('keeps to what a broker takes: the journals that were heard of last', () => {
    const seen = new Map(Array.from({ length: 1000 }, (_, i) => [`journal${i}`, i * 1e12] as const));
    const text = placeText({ to: 1, seen });
    expect(text.length).toBeLessThan(4096);
    const read = readPlace(text, 1);
    expect([...read.seen]).toEqual([...seen].slice(-read.seen.size));
    expect(read.seen.size).toBeGreaterThan(100);
  });

  test('is nothing where another program wrote', () => {
    for (const text of ['', undefined, null, 'hello world', '3', '{"a":1}']) {
      expect(readPlace(text, 7).to).toBe(7);
    }
  });
});
