import { beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../api/diagnosis-schemas.ts';
import { createMemoryBus } from '../../core/bus/memory.ts';
import { createFrameWriter } from '../../core/frame/writer.ts';
import type { CaptureEvent, GapSeen, PacketFrame } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { startIndexer } from '../../indexer/indexer.ts';
import { openRecorded } from '../api/recorded.ts';
import { CORRELATION } from '../generate/graph.ts';
import { readSeen } from '../golden/recorded.ts';

const SECOND = 1_000_000;
/** At this moment of the recording two calls are up; there five minutes pass in which they talk. */
const UP_US = 8 * SECOND;
const TALK_US = 300 * SECOND;
/** OPTIONS of each sensor's box and heartbeats of the switch come so often, for so long before. */
const KEEP_ALIVE_US = 17 * SECOND;
const BEFORE_US = 1_830 * SECOND;
/** Stretches are told in these. */
const THIRD_US = 20 * SECOND;

type Seen = Exclude<CaptureEvent, PacketFrame>;
interface Day {
  readonly events: readonly Seen[];
  /** When the last message of each Call-ID was seen. */
  readonly ends: ReadonlyMap<string, number>;
  readonly talk: { readonly sinceUs: number; readonly untilUs: number };
  /** Up in the talk, over before it, and begun behind it. */
  readonly keys: { readonly long: string; readonly before: string; readonly behind: string };
}

const moved = (event: Seen, byUs: number): Seen => ({
  ...event,
  ...(byUs === 0 ? {} : { id: stableId(event.id, byUs) }),
  ...{ atUs: event.atUs + byUs, arrivedUs: event.arrivedUs + byUs },
});

const textOf = (event: Seen): string => (event.kind === 'packet' ? event.payload.toString('latin1') : '');
const startOf = (events: readonly Seen[]): number => events[0]?.arrivedUs ?? 0;
const sourceOf = (event: Seen): string => (event.kind === 'packet' ? event.sensor : 'node' in event ? event.node : '');

/** A recording, half an hour before it another one of its site, and all the time what a site says when nobody calls. */
async function readDay(): Promise<Day> {
  const [earlier, recorded] = (await Promise.all(['02-uuid-as-callid', '01-basic'].map(readSeen))) as [Seen[], Seen[]];
  const [firstUs, sinceUs] = [startOf(recorded), startOf(recorded) + UP_US];
  const played = [
    ...earlier.map((event) => moved(event, firstUs - 1_800 * SECOND - startOf(earlier))),
    ...recorded.map((event) => moved(event, event.arrivedUs < sinceUs ? 0 : TALK_US)),
  ];
  const alive = [
    recorded.find((event) => event.kind === 'packet' && event.sensor === 'hep 101' && /^OPTIONS /.test(textOf(event))),
    recorded.find((event) => event.kind === 'packet' && event.sensor === 'hep 201' && /^OPTIONS /.test(textOf(event))),
    recorded.find((event) => event.kind === 'event' && event.name === 'HEARTBEAT'),
  ].map((event) => event!);
  const background: Seen[] = [];
  for (let at = firstUs - BEFORE_US; at < firstUs + TALK_US + 30 * SECOND; at += KEEP_ALIVE_US)
    background.push(...alive.map((event) => moved(event, at - event.arrivedUs)));
  const ends = new Map<string, number>();
  for (const event of played) {
    const callId = /^CSeq: \d+ INVITE/m.test(textOf(event)) ? /^Call-ID: (\S+)/m.exec(textOf(event))?.[1] : undefined;
    if (callId !== undefined) ends.set(callId, 0);
  }
  for (const event of played)
    for (const callId of ends.keys()) if (textOf(event).includes(callId)) ends.set(callId, event.atUs);
  return {
    events: [...background, ...played].sort((a, b) => a.arrivedUs - b.arrivedUs),
    ends,
    talk: { sinceUs, untilUs: sinceUs + TALK_US },
    keys: {
      long: '1564971-4d8f01@127.0.0.11',
      before: '1564972-4d8f01@127.0.0.11',
      behind: '2565071-4d8f01@127.0.0.11',
    },
  };
}

/** What is said to be missing of some calls of a day of which the store has these events, as the indexer stores them. */
async function missingIn(
  { ends }: Day,
  events: readonly Seen[],
  keys: readonly string[],
): Promise<readonly Diagnosis['missing'][]> {
  const { store, server, close } = await openRecorded([]);
  try {
    const bus = createMemoryBus({ capacity: 100_000 });
    startIndexer({ bus, store, metrics: createMetrics(), log: silentLog, correlation: CORRELATION });
    const writer = createFrameWriter();
    for (const event of events) if (event.kind === 'packet') writer.addSeen(event);
    await bus.publish([writer.take()!, ...events.filter(({ kind }) => kind !== 'packet')]);
    await bus.close();
    // As the linker writes them when a call is over.
    const rows = [...ends].map(([callId, until]) => ({ until, node: `c:${callId}`, since: until, arrived: until }));
    await store.insert('endings', rows, 'endings');
    const answers: Diagnosis['missing'][] = [];
    for (const key of keys) {
      const answer = await server.inject({ url: `/api/calls/${encodeURIComponent(key)}/diagnosis` });
      answers.push(answer.json<Diagnosis>().missing);
    }
    return answers;
  } finally {
    await close();
  }
}

const timesOf = ({ since, until }: Diagnosis['missing'][number]): number[] =>
  [since, until].map((time) => Date.parse(time ?? '') * 1000);

describe('silence while a call lasts', { timeout: 120_000 }, () => {
  let day: Day;
  beforeAll(async () => {
    day = await readDay();
  });

  const without = (source: string, sinceUs: number, untilUs: number): readonly Seen[] =>
    day.events.filter((one) => sourceOf(one) !== source || one.arrivedUs < sinceUs || one.arrivedUs > untilUs);
  const slice = () => ({ sinceUs: day.talk.sinceUs + 60 * SECOND, untilUs: day.talk.sinceUs + 200 * SECOND });
  const keys = () => [day.keys.long, day.keys.before, day.keys.behind];
  const expectTimes = (missing: Diagnosis['missing'][number] | undefined, sinceUs: number, untilUs: number): void => {
    const [since = 0, until = 0] = missing === undefined ? [] : timesOf(missing);
    expect([Math.abs(since - sinceUs), Math.abs(until - untilUs)].filter((off) => off > THIRD_US)).toEqual([]);
  };

  test('of nobody: nothing is missing of any call', async () => {
    const all = [...day.ends.keys()].filter((_, i) => i % 2 === 0);
    expect(await missingIn(day, day.events, all)).toEqual(all.map(() => []));
  });

  test.each([
    ['hep 201', 'sensor_silent'],
    ['fs1', 'switch_silent'],
  ])(
    'of %s, in which nothing of the call passed, is told with its time, and of the calls around it nothing',
    async (source, id) => {
      const { sinceUs, untilUs } = slice();
      const [long = [], ...others] = await missingIn(day, without(source, sinceUs, untilUs), keys());
      expect(long).toMatchObject([{ id, source, hops: [] }]);
      expectTimes(long[0], sinceUs, untilUs);
      expect(others).toEqual([[], []]);
    },
  );

  test('of a sensor until behind the call is told once, with what it would have reported; calls that begin in it lack the sensor', async () => {
    const { sinceUs } = slice();
    const [long = [], before, behind = []] = await missingIn(
      day,
      without('hep 101', sinceUs, Number.POSITIVE_INFINITY),
      keys(),
    );
    expect(long).toMatchObject([{ id: 'sensor_silent', source: 'hep 101' }]);
    expectTimes(long[0], sinceUs, day.ends.get(day.keys.long) ?? 0);
    expect(long[0]?.hops.toSorted()).toEqual([
      'BYE final from 127.0.0.10 to 127.0.0.31',
      'BYE final from 127.0.0.31 to 127.0.0.10',
      'BYE request from 127.0.0.10 to 127.0.0.31',
      'BYE request from 127.0.0.11 to 127.0.0.10',
      'BYE request from 127.0.0.31 to 127.0.0.10',
    ]);
    expect(long[0]?.evidence.length).toBeGreaterThan(0);
    expect(before).toEqual([]);
    expect(behind).toMatchObject([{ id: 'sensor_missing', source: 'hep 101' }]);
  });

  test('of a switch that is given up is told as the gap, and once; so is what of its channels never came', async () => {
    const { sinceUs } = slice();
    const untilUs = day.talk.untilUs + 6 * SECOND;
    const gap: GapSeen = {
      ...{ kind: 'gap', id: stableId('gap'), atUs: sinceUs, arrivedUs: untilUs, node: 'fs1', stream: 'events' },
      ...{ fromUs: sinceUs, untilUs, reason: 'no_heartbeat' },
    };
    const [long = [], before, behind = []] = await missingIn(day, [...without('fs1', sinceUs, untilUs), gap], keys());
    expect(long).toMatchObject([{ id: 'stream_gap', source: 'fs1', hops: expect.arrayContaining(['CHANNEL_HANGUP']) }]);
    expectTimes(long[0], sinceUs, untilUs);
    expect(before).toEqual([]);
    expect(behind).toMatchObject([{ id: 'stream_gap', source: 'fs1' }]);
  });
});
