import type { FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createStatusServer } from '../../api/server.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';

interface Now {
  storeUp: boolean;
  stopping: boolean;
}

const serve = async (now: Now): Promise<FastifyInstance> => {
  const server = await createStatusServer({
    ...{ metrics: createMetrics(), log: silentLog, version: 'test', sources: () => [] },
    store: { ping: async () => now.storeUp },
    stopping: () => now.stopping,
  });
  onTestFinished(() => server.close());
  return server;
};

describe('what a supervisor asks', () => {
  test('lives as long as it answers, and wants work while its store is there and it is not on its way out', async () => {
    const now = { storeUp: true, stopping: false };
    const server = await serve(now);
    const answers = async () =>
      Promise.all(['/livez', '/readyz', '/healthz'].map(async (url) => (await server.inject({ url })).statusCode));
    expect(await answers()).toEqual([200, 200, 200]);
    now.storeUp = false;
    expect(await answers()).toEqual([200, 503, 503]);
    expect((await server.inject({ url: '/readyz' })).json()).toEqual({ status: 'the store is away' });
    now.storeUp = true;
    now.stopping = true;
    expect(await answers()).toEqual([200, 503, 200]);
    expect((await server.inject({ url: '/readyz' })).json()).toEqual({ status: 'stopping' });
  });
});
