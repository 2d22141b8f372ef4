import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyRetention } from '../../../core/store/retention.ts';
import type { Store } from '../../../core/store/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { message, SAMPLES } from './helpers.ts';

const DAY = 86_400_000_000;

describe('applyRetention', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(async () => {
    await store.close();
  });

  const ttl = async (): Promise<Record<string, number>> => {
    const tables = await store.select<{ name: string; days: string }>(
      "SELECT name, extract(engine_full, 'toIntervalDay\\\\((\\\\d+)\\\\)') AS days FROM system.tables WHERE database = currentDatabase() AND name != 'migrations' AND engine != 'View'",
    );
    return Object.fromEntries(tables.map(({ name, days }) => [name, Number(days)]));
  };

  test('is set by several processes at once as by one', async () => {
    const days = { messages: 7, events: 8, logs: 9, identifiers: 10, counts: 63, alerts: 11 };
    await Promise.all([1, 2, 3].map(() => applyRetention(store, days)));
    expect(await ttl()).toMatchObject({ messages: 7, gaps: 8, logs: 9, calls: 10, outcomes: 63, alerts: 11 });
    await applyRetention(store, { messages: 0, events: 0, logs: 0, identifiers: 0, counts: 0, alerts: 0 });
  });

  test('sets the days of each kind, changes them, and takes them away', async () => {
    await applyRetention(store, {
      messages: 30,
      events: 20,
      logs: 10,
      identifiers: 40,
      counts: 63,
      alerts: 400,
      audit: 365,
    });
    const first = {
      messages: 30,
      unreadable: 30,
      events: 20,
      gaps: 20,
      logs: 10,
      identifiers: 40,
      edges: 40,
      hosts: 40,
      births: 40,
      feed: 40,
      labels: 40,
      calls: 40,
      endings: 40,
      linker: 0,
      privacy_jobs: 0,
      holds: 0,
      outcomes: 63,
      heard: 63,
      registrations: 63,
      alerts: 400,
      audit: 365,
      // Set by their migrations: nobody needs more of them. What was counted is kept for two hours.
      detector: 2,
      leases: 30,
      counted: 0,
    };
    expect(await ttl()).toEqual(first);
    await applyRetention(store, { logs: 5, events: 0 });
    expect(await ttl()).toEqual({ ...first, logs: 5, events: 0, gaps: 0 });
    await applyRetention(store, { messages: 0, events: 0, logs: 0, identifiers: 0, counts: 0, alerts: 0, audit: 0 });
    const { detector: _, leases: __, ...kept } = await ttl();
    expect(new Set(Object.values(kept))).toEqual(new Set([0]));
  });

  test('changes nothing that is already so', async () => {
    await applyRetention(store, { messages: 3 });
    const versions = () =>
      store.select(
        "SELECT name, metadata_version, metadata_modification_time FROM system.tables WHERE name = 'messages'",
      );
    const mutations = () => store.select('SELECT count() AS n FROM system.mutations');
    const before = [await versions(), await mutations()];
    await applyRetention(store, { messages: 3 });
    expect([await versions(), await mutations()]).toEqual(before);
  });

  test('drops what arrived too long ago, of rows that were there before too, however old it was when it came', async () => {
    await applyRetention(store, { messages: 0, identifiers: 0 });
    const now = Date.now() * 1000;
    await store.insert(
      'messages',
      [
        message(1, { arrived: now }),
        message(2, { arrived: now - 40 * DAY }),
        message(3, { arrived: now - 41 * DAY }),
        // Old when it came, as a capture file is that is read today.
        message(4, { arrived: now, at: now - 400 * DAY }),
      ],
      'a',
    );
    await store.insert(
      'edges',
      [
        { ...SAMPLES.edges, arrived: now - 40 * DAY },
        { ...SAMPLES.edges, node: 'new', until: now - 400 * DAY, arrived: now },
      ],
      'b',
    );
    await applyRetention(store, { messages: 30, identifiers: 30 });
    await expect
      .poll(
        async () => {
          await store.command('OPTIMIZE TABLE messages FINAL');
          await store.command('OPTIMIZE TABLE edges FINAL');
          return store.select(
            'SELECT (SELECT count() FROM messages) AS messages, (SELECT groupArray(node) FROM edges) AS edges',
          );
        },
        { timeout: 15_000, interval: 200 },
      )
      .toEqual([{ messages: 2, edges: ['new'] }]);
  });

  test('throws for what is no number of days', async () => {
    await expect(applyRetention(store, { logs: -1 })).rejects.toThrow('logs');
    await expect(applyRetention(store, { logs: 1.5 })).rejects.toThrow('logs');
  });
});
