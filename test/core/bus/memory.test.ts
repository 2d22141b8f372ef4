import { describe, expect, test, vi } from 'vitest';
import { createMemoryBus } from '../../../core/bus/memory.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { busContract, events } from './contract.ts';

busContract('the memory bus', (options) => createMemoryBus({ ...options, retryMs: 1 }));

describe('the memory bus', () => {
  test('waits for more before it hands over a small batch', async () => {
    const bus = createMemoryBus({ capacity: 100, maxBatch: 10, lingerMs: () => 60_000 });
    const sizes: number[] = [];
    bus.subscribe(async (batch) => {
      sizes.push(batch.length);
    });
    await bus.publish(events(0, 3));
    await new Promise((resolve) => setImmediate(resolve));
    expect(sizes).toEqual([]);
    await bus.publish(events(3, 7));
    await vi.waitFor(() => expect(sizes).toEqual([10]));
    await bus.publish(events(10, 2));
    await bus.close();
    expect(sizes).toEqual([10, 2]);
  });

  test('waits as long as it is told to at that moment', async () => {
    let lingers = 60_000;
    const bus = createMemoryBus({ capacity: 100, lingerMs: () => lingers });
    const sizes: number[] = [];
    bus.subscribe(async (batch) => {
      sizes.push(batch.length);
    });
    lingers = 1;
    await bus.publish(events(0, 3));
    await vi.waitFor(() => expect(sizes).toEqual([3]));
  });

  test('does not wait for more when somebody waits for it to be drained', async () => {
    const bus = createMemoryBus({ capacity: 100, lingerMs: () => 60_000 });
    let consumed = 0;
    bus.subscribe(async (batch) => {
      consumed += batch.length;
    });
    await bus.publish(events(0, 3));
    await new Promise((resolve) => setImmediate(resolve));
    await bus.drained();
    expect(consumed).toBe(3);
  });

  test('gives up at the end of its time when closed, and counts what it lost', async () => {
    const metrics = createMetrics();
    const reasons: unknown[] = [];
    const bus = createMemoryBus({ capacity: 100, retryMs: 1, closeMs: 20, metrics, onReject: (e) => reasons.push(e) });
    bus.subscribe(() => Promise.reject(new Error('the store is away')));
    await bus.publish(events(0, 5));
    await bus.close();
    const text = await metrics.registry.metrics();
    expect(text).toContain('calltrail_lost_total{stage="bus",reason="closed"} 5');
    expect(text).toMatch(/calltrail_bus_retries_total [1-9]/);
    expect(text).toContain('calltrail_bus_capacity_events 100');
    expect(reasons.length).toBeGreaterThan(0);
  });

  test('counts as lost what nobody came to consume', async () => {
    const metrics = createMetrics();
    const bus = createMemoryBus({ capacity: 100, metrics });
    await bus.publish(events(0, 4));
    expect(await metrics.registry.metrics()).toContain('calltrail_bus_waiting_events 4');
    await bus.close();
    expect(await metrics.registry.metrics()).toContain('calltrail_lost_total{stage="bus",reason="closed"} 4');
  });

  test('keeps the order over many batches, with publishers that do not wait', async () => {
    const bus = createMemoryBus({ capacity: 10, maxBatch: 1000 });
    let next = 0;
    bus.subscribe(async (batch) => {
      for (const { id } of batch) {
        expect(Number.parseInt(id, 16)).toBe(next);
        next += 1;
      }
    });
    for (let i = 0; i < 200; i += 1) void bus.publish(events(i * 1000, 1000));
    await bus.drained();
    expect(next).toBe(200_000);
    await bus.close();
  });
});
