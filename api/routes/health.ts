import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CHEAP } from '../access/route.ts';
import { tenantMetrics } from '../access/seen-metrics.ts';
import type { ApiDeps } from '../deps.ts';
import { hideMetrics } from '../privacy/metrics.ts';
import { sent } from '../privacy/privacy.ts';
import { Health, Probe } from '../schemas.ts';
import { isoOf } from '../time.ts';

/** What a load balancer and Kubernetes ask without a password: they learn whether it works, and nothing else. */
const OPEN = { act: 'none', open: true, cost: 'nothing' } as const;

/** Of a process that has no store when none is given. */
export interface HealthDeps extends Pick<ApiDeps, 'metrics' | 'sources' | 'version' | 'access' | 'stopping'> {
  readonly store?: Pick<ApiDeps['store'], 'ping'>;
}

const isUp = async (store: HealthDeps['store']): Promise<boolean> => store === undefined || (await store.ping());

export const healthRoutes = ({
  store,
  metrics,
  sources,
  version,
  access,
  stopping,
}: HealthDeps): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/healthz',
      {
        config: OPEN,
        schema: { summary: 'Health, with the state of every source', response: { 200: Health, 503: Health } },
      },
      async (request, reply) => {
        const storeUp = await isUp(store);
        const states = sources();
        // A FreeSWITCH that is away is no reason to restart this process; a store that is away makes it useless.
        reply.code(storeUp ? 200 : 503);
        // Whoever has not said who he is, or sees some tenants alone, learns whether it works, and not of what the site is made.
        const known = access === undefined || access.anonymous || request.viewer.name !== '';
        const shown = known && request.sight.only === undefined;
        return {
          status: storeUp && states.every(({ state }) => state === 'up') ? ('ok' as const) : ('degraded' as const),
          version: shown ? version : '',
          store: { state: store === undefined ? ('none' as const) : storeUp ? ('up' as const) : ('down' as const) },
          sources: (shown ? states : []).map(({ name, state, detail, lastSeenMs }) => ({
            name,
            state,
            detail,
            lastSeenAt: lastSeenMs === 0 ? null : isoOf(lastSeenMs * 1000),
          })),
        };
      },
    );

    app.get(
      '/livez',
      { config: OPEN, schema: { summary: 'Whether the process runs at all', response: { 200: Probe } } },
      async () => ({
        status: 'ok',
      }),
    );

    app.get(
      '/readyz',
      { config: OPEN, schema: { summary: 'Whether it wants work now', response: { 200: Probe, 503: Probe } } },
      async (_request, reply) => {
        const why = stopping?.() === true ? 'stopping' : (await isUp(store)) ? 'ok' : 'the store is away';
        return reply.code(why === 'ok' ? 200 : 503).send({ status: why });
      },
    );

    app.get('/metrics', { config: CHEAP, schema: { summary: 'Prometheus text' } }, async (request, reply) => {
      const { registry } = metrics;
      reply.header('content-type', registry.contentType);
      if (request.sight.only !== undefined) {
        return sent(reply).send(hideMetrics(await tenantMetrics(registry, request.sight.only), request.sight));
      }
      for (const { name, state } of sources()) metrics.sourceUp(name, state === 'up');
      return sent(reply).send(hideMetrics(await registry.metrics(), request.sight));
    });
  };
};
