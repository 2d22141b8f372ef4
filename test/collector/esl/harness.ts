import { onTestFinished, vi } from 'vitest';
import { createEslSource, type EslDeps } from '../../../collector/esl/client.ts';
import type { Bus } from '../../../core/bus/bus.ts';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Source } from '../../../core/runtime/source.ts';
import { createEslReplayServer, type EslReplayOptions, type EslReplayServer } from '../../replay/esl-server.ts';

type Kind = CaptureEvent['kind'];

/** A bus that keeps what it was given, and that can be told to have no room. */
export interface KeepingBus extends Bus {
  readonly all: readonly CaptureEvent[];
  /** How many times publish was called. */
  calls(): number;
  of<K extends Kind>(kind: K): Extract<CaptureEvent, { kind: K }>[];
  /** From now on publish waits until the returned function is called. */
  block(): () => void;
  clear(): void;
}

export function createKeepingBus(): KeepingBus {
  const all: CaptureEvent[] = [];
  let calls = 0;
  let room = Promise.resolve();
  return {
    all,
    calls: () => calls,
    of: <K extends Kind>(kind: K) =>
      all.filter((seen): seen is Extract<CaptureEvent, { kind: K }> => seen.kind === kind),
    block() {
      const { promise, resolve } = Promise.withResolvers<void>();
      room = promise;
      return resolve;
    },
    clear: () => all.splice(0),
    async publish(events) {
      calls++;
      await room;
      all.push(...events);
    },
    room: () => 1000,
    subscribe: () => undefined,
    drained: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

export interface Setup {
  readonly source: Source;
  readonly server: EslReplayServer;
  readonly bus: KeepingBus;
  readonly logged: readonly string[];
  /** The counters as Prometheus reads them. */
  metrics(): Promise<string>;
}

export const PASSWORD = 'ClueCon';

/** A replay server and a started source for it; both are closed when the test is over. */
export async function setUp(
  serverOptions: Partial<EslReplayOptions> = {},
  deps: Partial<Omit<EslDeps, 'node'>> & { readonly node?: Partial<EslDeps['node']> } = {},
): Promise<Setup> {
  const server = await createEslReplayServer({ password: PASSWORD, ...serverOptions });
  onTestFinished(() => server.close());
  return { server, ...startSource(server.port, deps) };
}

export function startSource(
  port: number,
  { node, ...deps }: Partial<Omit<EslDeps, 'node'>> & { readonly node?: Partial<EslDeps['node']> } = {},
): Omit<Setup, 'server'> {
  const bus = createKeepingBus();
  const metrics = createMetrics();
  const logged: string[] = [];
  const source = createEslSource({
    node: { name: 'fs1', host: '127.0.0.1', port, password: PASSWORD, ...node },
    trustSenderClock: true,
    bus,
    metrics,
    log: (level, message) => logged.push(`${level} ${message}`),
    backoff: { minMs: 5, maxMs: 20 },
    ...deps,
  });
  onTestFinished(() => source.stop());
  void source.start();
  return { source, bus, logged, metrics: () => metrics.registry.metrics() };
}

/** Waits until the check passes, and fails with its message when that takes too long. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 8000, interval: 5 });
}
