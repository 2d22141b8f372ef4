import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createLogLineReader } from '../../../collector/logfile/lines.ts';
import { createLogFileSource, type LogFileDeps } from '../../../collector/logfile/source.ts';
import { createLogLineConverter } from '../../../collector/logfile/to-event.ts';
import { fixedZone } from '../../../collector/logfile/zone.ts';
import { createMemoryBus } from '../../../core/bus/memory.ts';
import type { CaptureEvent, LogLineSeen } from '../../../core/model/capture-event.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Source } from '../../../core/runtime/source.ts';

/** A log file in a directory of its own, and sources that follow it one after the other. */

export interface Started {
  readonly source: Source;
  /** What the consumer of this source's bus has taken. */
  readonly taken: LogLineSeen[];
  readonly said: string[];
  metrics(): Promise<string>;
  /** Lets the consumer take nothing until the returned function is called. */
  hold(): () => void;
  /** Events in the bus, at most its capacity. */
  waiting(): number;
}

export interface Place {
  readonly directory: string;
  readonly path: string;
  readonly stateDir: string;
  start(over?: Partial<LogFileDeps>, capacity?: number): Promise<Started>;
  clean(): Promise<void>;
}

export function createPlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-log-'));
  const path = join(directory, 'freeswitch.log');
  const stateDir = join(directory, 'state');
  const sources: Source[] = [];
  return {
    directory,
    path,
    stateDir,
    async start(over = {}, capacity = 100_000) {
      const taken: LogLineSeen[] = [];
      const said: string[] = [];
      const metrics = createMetrics();
      const bus = createMemoryBus({ capacity, maxBatch: 50 });
      let gate: Promise<void> = Promise.resolve();
      bus.subscribe(async (batch: readonly CaptureEvent[]) => {
        await gate;
        for (const event of batch) if (event.kind === 'log') taken.push(event);
      });
      const say = (message: string): void => void said.push(message);
      const source = createLogFileSource({
        file: { path, node: 'fs1', utcOffsetMinutes: 0 },
        stateDir,
        bus,
        metrics,
        log: { info: say, warn: say, error: say },
        trustSenderClock: false,
        pollMs: 5,
        // Longer than any test: a slow machine must not make a cut look like an end.
        settleMs: 60_000,
        quietMs: 60_000,
        saveMs: 10,
        stopMs: 200,
        ...over,
      });
      sources.push(source);
      await source.start();
      return {
        source,
        taken,
        said,
        metrics: () => metrics.registry.metrics(),
        waiting: () => capacity - bus.room(),
        hold() {
          const { promise, resolve } = Promise.withResolvers<void>();
          gate = promise;
          return resolve;
        },
      };
    },
    async clean() {
      await Promise.all(sources.map((source) => source.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The ids of the lines of a file that is read in one go. */
export function idsOf(bytes: Buffer): string[] {
  const reader = createLogLineReader();
  const { toEvent } = createLogLineConverter({
    node: 'fs1',
    zone: fixedZone(0),
    trustSenderClock: false,
    firstOrder: 0,
  });
  return [...reader.push(bytes), ...reader.flush()].map((line) => toEvent(line, Date.now() * 1000).id);
}

/** Waits until it holds. */
export const until = (holds: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(holds, { timeout: 10_000, interval: 5 });
