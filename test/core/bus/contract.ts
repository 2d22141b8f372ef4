import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Bus } from '../../../core/bus/bus.ts';
import type { CaptureEvent, LogLineSeen } from '../../../core/model/capture-event.ts';

export interface ContractOptions {
  readonly capacity: number;
  readonly maxBatch: number;
}

/**
 * What every bus promises. `create` makes an empty one whose pause after a rejection is short.
 * @param waitsForStore false for one with a store of its own between the two sides: it takes as much as that does
 */
export function busContract(
  name: string,
  create: (options: ContractOptions) => Bus | Promise<Bus>,
  { waitsForStore = true }: { readonly waitsForStore?: boolean } = {},
): void {
  describe(`${name} keeps the bus contract`, () => {
    const open: Bus[] = [];
    const make = async (options: Partial<ContractOptions> = {}): Promise<Bus> => {
      const bus = await create({ capacity: 100, maxBatch: 10, ...options });
      open.push(bus);
      return bus;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((bus) => bus.close()));
    });

    test('hands over everything once, in published order', async () => {
      const bus = await make();
      const seen: string[] = [];
      bus.subscribe(async (batch) => {
        seen.push(...batch.map(({ id }) => id));
      });
      for (let i = 0; i < 95; i += 5) await bus.publish(events(i, 5));
      await bus.drained();
      expect(seen).toEqual(events(0, 95).map(({ id }) => id));
    });

    test('keeps what is published before there is a consumer', async () => {
      const bus = await make();
      await bus.publish(events(0, 7));
      const seen: string[] = [];
      bus.subscribe(async (batch) => {
        seen.push(...batch.map(({ id }) => id));
      });
      await bus.drained();
      expect(seen).toHaveLength(7);
    });

    test('carries every field of an event, bytes included', async () => {
      const bus = await make();
      const packet: CaptureEvent = {
        kind: 'packet',
        id: '00112233445566ff',
        atUs: 1_700_000_000_123_456,
        arrivedUs: 1_700_000_000_123_999,
        sensor: 'edge "1"',
        protocol: 1,
        transport: 'udp',
        srcIp: '192.0.2.1',
        srcPort: 5060,
        dstIp: '2001:db8::1',
        dstPort: 65535,
        correlationId: '',
        payload: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
      };
      const seen: CaptureEvent[] = [];
      bus.subscribe(async (batch) => {
        seen.push(...batch);
      });
      await bus.publish([packet]);
      await bus.drained();
      expect(seen).toEqual([packet]);
    });

    test('hands over one batch at a time, and none larger than the limit', async () => {
      const bus = await make({ maxBatch: 10 });
      let running = 0;
      const sizes: number[] = [];
      bus.subscribe(async (batch) => {
        running += 1;
        expect(running).toBe(1);
        sizes.push(batch.length);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      });
      await bus.publish(events(0, 35));
      await bus.drained();
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
      expect(sizes.reduce((a, b) => a + b)).toBe(35);
    });

    test('repeats a rejected batch until it is taken, and skips nothing', async () => {
      const bus = await make({ maxBatch: 4 });
      const tries: string[][] = [];
      const taken: string[] = [];
      bus.subscribe(async (batch) => {
        const ids = batch.map(({ id }) => id);
        tries.push(ids);
        if (tries.length <= 3) throw new Error('the store is away');
        taken.push(...ids);
      });
      await bus.publish(events(0, 9));
      await bus.drained();
      expect(tries.slice(0, 4)).toEqual([tries[0], tries[0], tries[0], tries[0]]);
      expect(taken).toEqual(events(0, 9).map(({ id }) => id));
    });

    if (waitsForStore) {
      test('makes the publisher wait while it is full', async () => {
        const bus = await make({ capacity: 10, maxBatch: 5 });
        const gate = Promise.withResolvers<void>();
        bus.subscribe(() => gate.promise);
        let released = false;
        const publishing = bus.publish(events(0, 12)).then(() => {
          released = true;
        });
        await vi.waitFor(() => expect(bus.room()).toBe(0));
        await new Promise((resolve) => setImmediate(resolve));
        expect(released).toBe(false);
        gate.resolve();
        await publishing;
        await bus.drained();
        expect(bus.room()).toBe(10);
      });

      test('tells how much room is left, counting a batch until it is consumed', async () => {
        const bus = await make({ capacity: 10, maxBatch: 10 });
        const gate = Promise.withResolvers<void>();
        const started = Promise.withResolvers<void>();
        bus.subscribe(() => {
          started.resolve();
          return gate.promise;
        });
        expect(bus.room()).toBe(10);
        await bus.publish(events(0, 4));
        await started.promise;
        expect(bus.room()).toBe(6);
        gate.resolve();
        await bus.drained();
        expect(bus.room()).toBe(10);
      });
    }

    test('drained waits for what was published before, not for what comes after', async () => {
      const bus = await make({ maxBatch: 1 });
      await bus.drained();
      let consumed = 0;
      bus.subscribe(async () => {
        consumed += 1;
        // Something new for every event consumed: a bus that waited for all would never be drained.
        if (consumed < 50) void bus.publish(events(consumed, 1));
      });
      await bus.publish(events(0, 1));
      await bus.drained();
      expect(consumed).toBeLessThan(50);
      await vi.waitFor(() => expect(consumed).toBe(50), { timeout: 15_000 });
    });

    test('close hands over what is left and takes nothing more', async () => {
      const bus = await make();
      const seen: string[] = [];
      bus.subscribe(async (batch) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(...batch.map(({ id }) => id));
      });
      await bus.publish(events(0, 42));
      await bus.close();
      expect(seen).toHaveLength(42);
      await expect(bus.publish(events(42, 1))).rejects.toThrow('closed');
      await bus.close();
    });

    test('has one consumer', async () => {
      const bus = await make();
      bus.subscribe(async () => {});
      expect(() => bus.subscribe(async () => {})).toThrow('consumer');
    });
  });
}

export function events(from: number, count: number): LogLineSeen[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: 'log',
    id: (from + i).toString(16).padStart(16, '0'),
    atUs: 1_700_000_000_000_000 + from + i,
    arrivedUs: 1_700_000_000_000_000 + from + i,
    node: 'fs1',
    channel: '',
    level: 6,
    file: 'switch_core.c',
    func: 'main',
    line: 1,
    order: from + i,
    text: 'line',
  }));
}
