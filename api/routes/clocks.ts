import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { askedBy } from '../access/fence.ts';
import { NO_ACT } from '../access/route.ts';
import { presentClocks, readClocks } from '../clocks/clocks.ts';
import { exportClocks } from '../clocks/metrics.ts';
import { Clocks } from '../clocks/schema.ts';
import type { ApiDeps } from '../deps.ts';
import { integerParameter, timeParameter } from '../parameters.ts';
import { Problem } from '../schemas.ts';

const MINUTES = { min: 1, max: 1440, fallback: 60 } as const;
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
            // Read here: a schema lets infinite numbers pass, whatever their maximum is.
            minutes: Type.Optional(
              Type.String({ description: 'How far back exchanges are compared: 1 to 1440, default 60' }),
            ),
            to: Type.Optional(
              Type.String({ description: 'ISO 8601 or epoch ms: the moment that is told of; now when absent' }),
            ),
          }),
          response: { 200: Clocks, 400: Problem, 403: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const minutes = integerParameter('minutes', request.query.minutes, MINUTES);
        const untilUs = timeParameter('to', request.query.to) ?? Date.now() * 1000;
        const window = { sinceUs: untilUs - minutes * MINUTE_US, untilUs };
        return presentClocks(await readClocks(store, window, askedBy(request, reply)), window);
      },
    );
  };
};
