import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvent } from '../../collector/esl/event.ts';
import { createEventMemory } from '../../collector/esl/event-memory.ts';
import { cleanValue, isSecretName } from '../../collector/esl/secrets.ts';
import { createMemoryBus } from '../../core/bus/memory.ts';
import { type EventFact, readEvents } from '../../core/call/read/facts.ts';
import type { ChannelEventSeen } from '../../core/model/capture-event.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import { startIndexer } from '../../indexer/indexer.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { createRandom } from '../generate/random.ts';
import { readRecording } from '../replay/recording.ts';
import { openEmptyStore } from '../system/empty-store.ts';

/** Channels whose events are fewer than an answer may hold. */
const AT_ONCE = 50;
const RECORDINGS = join(import.meta.dirname, '../recordings');
const TEXTS = (name: string, value: unknown): unknown =>
  Array.isArray(value) ? value.map((v) => cleanValue(name, v)) : cleanValue(name, String(value));

/** What was sent, read in the plainest way. */
function sent(body: Buffer): Record<string, unknown> {
  const all = Object.entries(JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  return Object.fromEntries(
    all.filter(([name]) => !isSecretName(name)).map(([name, value]) => [name, TEXTS(name, value)]),
  );
}

/** The bodies of all events of each connection of all recordings. */
async function recordedBodies(): Promise<Buffer[][]> {
  const connections: Buffer[][] = [];
  for (const name of readdirSync(RECORDINGS).filter((name) => /^\d/.test(name))) {
    for (const node of (await readRecording(join(RECORDINGS, name))).esl) {
      for (const frames of node.connections) {
        const events = frames.filter(({ type }) => type === 'text/event-json');
        connections.push(events.map(({ bytes }) => bytes.subarray(bytes.indexOf('\n\n') + 2)));
      }
    }
  }
  return connections;
}

describe('events of all recordings', () => {
  const random = createRandom(7);
  let store: Store;
  let connections: Buffer[][];
  const expected = new Map<string, Record<string, unknown>>();

  beforeAll(async () => {
    store = await openEmptyStore();
    connections = await recordedBodies();
  });
  afterAll(async () => {
    await store.close();
  });

  /** What a collector makes of them that begins to listen with the first of these bodies. */
  const collect = (bodies: readonly Buffer[]): ChannelEventSeen[] => {
    const memory = createEventMemory();
    return bodies.map((body) => {
      const reading = readEvent(body, { node: 'fs1', arrivedUs: Date.now() * 1000, trustSenderClock: true, memory });
      if (!reading.ok) throw new Error(reading.reason);
      expected.set(reading.event.id, sent(body));
      return reading.event;
    });
  };

  const index = async (events: readonly ChannelEventSeen[]): Promise<void> => {
    const bus = createMemoryBus({ capacity: 1e6, maxBatch: random.int(500, 2000) });
    startIndexer({ bus, store, metrics: createMetrics(), log: silentLog, correlation: NO_CORRELATION });
    await bus.publish(events);
    await bus.close();
  };

  const stored = async (): Promise<EventFact[]> => {
    const channels = await store.select<{ channel: string }>('SELECT DISTINCT channel FROM events');
    const facts: EventFact[] = [];
    for (let i = 0; i < channels.length; i += AT_ONCE) {
      const some = channels.slice(i, i + AT_ONCE).map(({ channel }) => channel);
      facts.push(...(await readEvents(store, some, { outline: false })));
    }
    return facts;
  };

  const expectAll = async (): Promise<void> => {
    const facts = await stored();
    expect(facts).toHaveLength(expected.size);
    for (const { id, headers, partial } of facts) {
      expect(partial).toBe(false);
      expect(headers).toEqual(expected.get(id));
    }
  };

  it('are read back as they were sent, most of them stored as what was new in them', { timeout: 120_000 }, async () => {
    await index(connections.flatMap(collect));
    expect(expected.size).toBeGreaterThan(4000);
    await expectAll();
    const [rows] = await store.select<{ changes: number }>('SELECT countIf(whole = 0) AS changes FROM events');
    expect(rows?.changes).toBeGreaterThan(expected.size / 2);
  });

  it('are the same when they come again in any order and over a connection with other memories', {
    timeout: 120_000,
  }, async () => {
    await index(random.shuffled(connections.flatMap(collect)));
    await index(connections.flatMap((bodies) => collect(random.shuffled(bodies))));
    await index(connections.flatMap((bodies) => collect(bodies.slice(random.int(0, bodies.length - 1)))));
    await expectAll();
    await store.command('OPTIMIZE TABLE events FINAL');
    await expectAll();
    const [rows] = await store.select<{ n: number }>('SELECT count() AS n FROM events');
    expect(rows?.n).toBe(expected.size);
  });

  it('tell parties and times in the outline as they do in full', async () => {
    const [one] = await store.select<{ channel: string }>(
      "SELECT channel FROM events WHERE name = 'CHANNEL_HANGUP_COMPLETE' AND whole = 0 LIMIT 1",
    );
    const outline = await readEvents(store, [one?.channel ?? ''], { outline: true });
    expect(outline.length).toBeGreaterThan(2);
    for (const { id, headers } of outline) expect(headers).toEqual(expected.get(id));
  });

  it('are marked and say less, but nothing wrong, when what they repeat is lost', { timeout: 120_000 }, async () => {
    await store.command('ALTER TABLE events DELETE WHERE whole = 1 SETTINGS mutations_sync = 1');
    const facts = await stored();
    expect(facts.length).toBeGreaterThan(expected.size / 2);
    for (const { id, headers, partial } of facts) {
      expect(partial).toBe(true);
      expect(Object.keys(headers).length).toBeGreaterThan(0);
      expect(expected.get(id)).toMatchObject(headers);
    }
  });
});
