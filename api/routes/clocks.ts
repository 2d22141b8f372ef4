import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { askedBy } from '../access/fence.ts';
import { NO_ACT } from '../access/route.ts';
import { presentClocks, readClocks } from '../clocks/clocks.ts';
import { exportClocks } from '../clocks/metrics.ts';
import { Clocks } from '../clocks/schema.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../schemas.ts';

const MINUTE_US = 60_000_000;

export const clockRoutes = ({
  store,
  metrics,
  log,
}: Pick<ApiDeps, 'store' | 'metrics' | 'log'>): FastifyPluginAsyncTypebox => {
  return async (app) => {
    exportClocks(metrics.registry, store, log);
    app.get(
      '/api/clocks',
      {
        config: { ...NO_ACT, wholeSite: true },
        schema: {
          summary: 'How far the clocks of the nodes are apart, how they drift, and when one was set',
          querystring: Type.Object({
            minutes: Type.Integer({
              minimum: 1,
              maximum: 1440,
              default: 60,
              description: 'How far back exchanges are compared',
            }),
          }),
          response: { 200: Clocks, 400: Problem, 403: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const untilUs = Date.now() * 1000;
        const window = { sinceUs: untilUs - request.query.minutes * MINUTE_US, untilUs };
        return presentClocks(await readClocks(store, window, askedBy(request, reply)), window);
      },
    );
  };
};
