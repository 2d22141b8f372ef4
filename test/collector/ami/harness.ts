import { onTestFinished } from 'vitest';
import { type AmiDeps, createAmiSource } from '../../../collector/ami/client.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Source } from '../../../core/runtime/source.ts';
import { type AmiReplayOptions, type AmiReplayServer, createAmiReplayServer } from '../../replay/ami-server.ts';
import { createKeepingBus, type KeepingBus } from '../esl/harness.ts';

export interface Setup {
  readonly source: Source;
  readonly server: AmiReplayServer;
  readonly bus: KeepingBus;
  readonly logged: readonly string[];
  /** The counters as Prometheus reads them. */
  metrics(): Promise<string>;
}

export const ACCOUNT = { username: 'calltrail', password: 'trail s3cret' } as const;

type Deps = Partial<Omit<AmiDeps, 'node'>> & { readonly node?: Partial<AmiDeps['node']> };

/** A replay server and a started source for it; both are closed when the test is over. */
export async function setUp(serverOptions: Partial<AmiReplayOptions> = {}, deps: Deps = {}): Promise<Setup> {
  const server = await createAmiReplayServer({ ...ACCOUNT, ...serverOptions });
  onTestFinished(() => server.close());
  return { server, ...startSource(server.port, deps) };
}

export function startSource(port: number, { node, ...deps }: Deps = {}): Omit<Setup, 'server'> {
  const bus = createKeepingBus();
  const metrics = createMetrics();
  const logged: string[] = [];
  const source = createAmiSource({
    node: { name: 'ast1', host: '127.0.0.1', port, ...ACCOUNT, ...node },
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
