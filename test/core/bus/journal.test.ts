import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Bus } from '../../../core/bus/bus.ts';
import { createJournalBus, type JournalBusOptions } from '../../../core/bus/journal/bus.ts';
import type { BatchPlace } from '../../../core/bus/journal/handover.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { busContract, events } from './contract.ts';

const base = mkdtempSync(join(tmpdir(), 'calltrail-journal-'));
let made = 0;
/** Journals of processes that are said to be dead. */
const abandoned: { readonly bus: Bus; readonly release: () => void }[] = [];
afterAll(async () => {
  for (const { bus, release } of abandoned) {
    release();
    await bus.close();
  }
  rmSync(base, { recursive: true, force: true });
});

busContract('the journal', ({ capacity, maxBatch }) =>
  createJournalBus({ directory: join(base, String(made++)), capacity, maxBatch, maxEvents: capacity, retryMs: 1 }),
);

interface Seen {
  readonly ids: string[];
  readonly batches: string[][];
  readonly lost: () => Promise<string[]>;
}

describe('the journal', () => {
  const directory = (): string => join(base, String(made++));
  const idsOf = (from: number, count: number): string[] => events(from, count).map(({ id }) => id);

  /** Takes all that a journal hands over until it is empty. */
  async function readAll(path: string, more: Partial<JournalBusOptions> = {}): Promise<Seen> {
    const metrics = createMetrics();
    const bus = await createJournalBus({ directory: path, capacity: 1000, retryMs: 1, metrics, ...more });
    const batches: string[][] = [];
    bus.subscribe(async (batch) => {
      batches.push(batch.map(({ id }) => id));
    });
    await bus.drained();
    await bus.close();
    return { ids: batches.flat(), batches, lost: () => lostOf(metrics) };
  }

  async function lostOf(metrics: Metrics): Promise<string[]> {
    const text = await metrics.registry.metrics();
    return text.split('\n').filter((line) => line.startsWith('calltrail_lost_total{'));
  }

  /** A journal whose process ends without a word: nothing is closed, nothing more is handed over. */
  async function killed(path: string, count: number, takes: number, more: Partial<JournalBusOptions> = {}) {
    const bus = await createJournalBus({ directory: path, capacity: 1000, maxBatch: 10, retryMs: 1, ...more });
    const taken: string[][] = [];
    const stuck = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    abandoned.push({ bus, release: never.resolve });
    bus.subscribe(async (batch) => {
      taken.push(batch.map(({ id }) => id));
      if (taken.length > takes) {
        stuck.resolve();
        await never.promise;
      }
    });
    for (let i = 0; i < count; i += 5) await bus.publish(events(i, Math.min(5, count - i)));
    await stuck.promise;
    return taken;
  }

  test('hands over after a kill what was acknowledged and not stored, beginning with the batch that was on its way', async () => {
    const path = directory();
    const before = await killed(path, 95, 3);
    const after = await readAll(path);
    expect(after.batches[0]).toEqual(before[3]);
    expect([...before.slice(0, 3).flat(), ...after.ids]).toEqual(idsOf(0, 95));
    expect(await after.lost()).toEqual([]);
  });

  test('says where a batch stands: as before for the one that was on its way, and under a name of its own for all others', async () => {
    const path = directory();
    const placesOf = async (takes: number): Promise<BatchPlace[]> => {
      const bus = await createJournalBus({ directory: path, capacity: 1000, maxBatch: 10, retryMs: 1 });
      const places: BatchPlace[] = [];
      const stuck = Promise.withResolvers<void>();
      const never = Promise.withResolvers<void>();
      abandoned.push({ bus, release: never.resolve });
      await bus.publish(events(0, 30));
      bus.subscribe(async (_batch, place) => {
        places.push(place);
        if (places.length <= takes) return;
        stuck.resolve();
        await never.promise;
      });
      await stuck.promise;
      return places;
    };
    const first = await placesOf(1);
    const second = await placesOf(2);
    expect(second[0]).toEqual(first[1]);
    const numbers = [...first, ...second.slice(1)].map(({ from }) => from);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(4);
    expect(second[1]!.journal).toBe(second[2]!.journal);
    expect(second[1]!.journal).not.toBe(first[0]!.journal);
  });

  test('has nothing to hand over after an orderly end', async () => {
    const path = directory();
    const bus = await createJournalBus({ directory: path, capacity: 100 });
    bus.subscribe(async () => {});
    await bus.publish(events(0, 30));
    await bus.close();
    expect((await readAll(path)).ids).toEqual([]);
  });

  test('leaves on disk what the store did not take before its end, and counts none of it as lost', async () => {
    const path = directory();
    const metrics = createMetrics();
    const bus = await createJournalBus({ directory: path, capacity: 100, closeMs: 20, retryMs: 1, metrics });
    bus.subscribe(() => Promise.reject(new Error('the store is away')));
    await bus.publish(events(0, 30));
    await bus.close();
    expect(await lostOf(metrics)).toEqual([]);
    expect((await readAll(path)).ids).toEqual(idsOf(0, 30));
  });

  test('forgets a record that was cut at any byte, keeps all before it and goes on behind it', async () => {
    const path = directory();
    await killed(path, 20, 0, { maxBatch: 1 });
    const name = readdirSync(path).find((file) => file.endsWith('.records')) ?? '';
    const whole = readFileSync(join(path, name));
    const last = whole.length / 20;
    for (let cut = 1; cut <= last; cut += 1) {
      const torn = directory();
      mkdirSync(torn);
      writeFileSync(join(torn, name), whole.subarray(0, whole.length - cut));
      const bus = await createJournalBus({ directory: torn, capacity: 1000 });
      await bus.publish(events(100, 2));
      const ids: string[] = [];
      bus.subscribe(async (batch) => {
        ids.push(...batch.map(({ id }) => id));
      });
      await bus.close();
      expect(ids).toEqual([...idsOf(0, 19), ...idsOf(100, 2)]);
    }
  });

  test('gives up a damaged record alone, counted, and the rest of a file whose next record cannot be found', async () => {
    const path = directory();
    await killed(path, 20, 0, { maxBatch: 1 });
    const name = readdirSync(path).find((file) => file.endsWith('.records')) ?? '';
    const whole = readFileSync(join(path, name));
    const size = whole.length / 20;
    const damage = (at: number): string => {
      const damaged = directory();
      mkdirSync(damaged);
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0xff;
      writeFileSync(join(damaged, name), bytes);
      // A file behind it: the one that is written to is cut at its damage instead.
      writeFileSync(join(damaged, `${String(whole.length).padStart(16, '0')}.records`), '');
      return damaged;
    };
    const body = await readAll(damage(5 * size + 40));
    expect(body.ids).toEqual([...idsOf(0, 5), ...idsOf(6, 14)]);
    expect(await body.lost()).toEqual(['calltrail_lost_total{stage="journal",reason="damaged"} 1']);
    const head = await readAll(damage(5 * size + 3));
    expect(head.ids).toEqual(idsOf(0, 5));
  });

  test('does not slow senders down while the store is away, and reads back from disk what memory did not keep', async () => {
    const path = directory();
    const bus = await createJournalBus({ directory: path, capacity: 10, maxBatch: 7, retryMs: 1 });
    let away = true;
    const ids: string[] = [];
    bus.subscribe(async (batch) => {
      if (away) throw new Error('the store is away');
      ids.push(...batch.map(({ id }) => id));
    });
    for (let i = 0; i < 200; i += 4) await bus.publish(events(i, 4));
    expect(bus.room()).toBe(Number.POSITIVE_INFINITY);
    away = false;
    await bus.drained();
    await bus.close();
    expect(ids).toEqual(idsOf(0, 200));
  });

  test('does not slow senders down for a store that hangs either', async () => {
    const bus = await createJournalBus({ directory: directory(), capacity: 10, maxBatch: 7, retryMs: 1, stuckMs: 5 });
    const hanging = Promise.withResolvers<void>();
    let stored = 0;
    bus.subscribe(async (batch) => {
      await hanging.promise;
      stored += batch.length;
    });
    for (let i = 0; i < 200; i += 4) await bus.publish(events(i, 4));
    hanging.resolve();
    await bus.close();
    expect(stored).toBe(200);
  });

  test('makes senders wait when it is full, and takes more as soon as the store does', async () => {
    const path = directory();
    const limits = { maxBytes: 256 * 1024 } as const;
    const bus = await createJournalBus({ directory: path, capacity: 100_000, maxBatch: 100, retryMs: 1, limits });
    let away = true;
    let stored = 0;
    bus.subscribe(async (batch) => {
      if (away) throw new Error('the store is away');
      stored += batch.length;
    });
    let published = 0;
    const sending = (async () => {
      for (let i = 0; i < 3000; i += 50) {
        await bus.publish(events(i, 50));
        published = i + 50;
      }
    })();
    await vi.waitFor(() => expect(bytesIn(path)).toBeGreaterThan(200 * 1024), 15_000);
    const [before, size] = [published, bytesIn(path)];
    expect(before).toBeLessThan(3000);
    expect(size).toBeLessThanOrEqual(limits.maxBytes + 64 * 1024);
    away = false;
    await sending;
    await bus.drained();
    expect(stored).toBe(3000);
    await bus.close();
  });

  test('gives up what waited longest when it is told to, and counts every event of it', async () => {
    const path = directory();
    const metrics = createMetrics();
    const limits = { maxBytes: 512 * 1024, whenFull: 'drop_oldest' } as const;
    const bus = await createJournalBus({ directory: path, capacity: 50, maxBatch: 20, retryMs: 1, limits, metrics });
    let away = true;
    const ids: string[] = [];
    bus.subscribe(async (batch) => {
      if (away) throw new Error('the store is away');
      ids.push(...batch.map(({ id }) => id));
    });
    for (let i = 0; i < 6000; i += 50) await bus.publish(events(i, 50));
    away = false;
    await bus.drained();
    const [lost = ''] = await lostOf(metrics);
    const count = Number(lost.split(' ').at(-1));
    expect(lost).toContain('reason="full"');
    expect(count).toBeGreaterThan(0);
    expect(ids.length + count).toBe(6000);
    // The batch that was on its way was not given up; behind it the oldest are missing, and none of the youngest.
    expect(ids.slice(20)).toEqual(idsOf(6000 - (ids.length - 20), ids.length - 20));
    await bus.close();
  });

  test('gives up what is too old, and counts it', async () => {
    const path = directory();
    const metrics = createMetrics();
    let nowMs = Date.now();
    const limits = { maxBytes: 512 * 1024, maxAgeMs: 3_600_000 };
    const bus = await createJournalBus({
      directory: path,
      capacity: 100_000,
      retryMs: 1,
      limits,
      metrics,
      now: () => nowMs,
    });
    for (let i = 0; i < 1000; i += 50) await bus.publish(events(i, 50));
    nowMs += 2 * 3_600_000;
    await bus.publish(events(1000, 1));
    let stored = 0;
    expect((await lostOf(metrics)).join()).toContain('reason="too_old"');
    bus.subscribe(async (batch) => {
      stored += batch.length;
    });
    await bus.drained();
    const [lost = ''] = await lostOf(metrics);
    expect(stored + Number(lost.split(' ').at(-1))).toBe(1001);
    await bus.close();
  });

  test('goes on by itself when the disk takes writes again', async () => {
    const path = directory();
    const said: string[] = [];
    const limits = { maxBytes: 512 * 1024 };
    const options = { directory: path, capacity: 1000, retryMs: 1, limits } as const;
    const bus = await createJournalBus({ ...options, say: (_level, sentence) => said.push(sentence) });
    rmSync(path, { recursive: true });
    const publishing = bus.publish(events(0, 3));
    await vi.waitFor(() => expect(said.join()).toContain('the journal cannot be written: ENOENT'), 15_000);
    expect(bus.room()).toBe(0);
    mkdirSync(path);
    await publishing;
    const ids: string[] = [];
    bus.subscribe(async (batch) => {
      ids.push(...batch.map(({ id }) => id));
    });
    await bus.drained();
    expect(ids).toEqual(idsOf(0, 3));
    await bus.close();
  });
});

const bytesIn = (path: string): number =>
  readdirSync(path).reduce((sum, name) => sum + (statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0), 0);
