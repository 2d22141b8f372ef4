import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { askedBy } from '../access/fence.ts';
import { NO_ACT } from '../access/route.ts';
import type { ApiDeps } from '../deps.ts';
import { KnownNames, readNames } from '../names/read.ts';
import { Problem } from '../schemas.ts';

export const nameRoutes = ({ store }: Pick<ApiDeps, 'store'>): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/names',
      {
        config: NO_ACT,
        schema: {
          summary: 'Names of switches, sensors, trunks and tenants of the last 30 days, by which calls can be searched',
          response: { 200: KnownNames, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => readNames(store, Date.now(), askedBy(request, reply)),
    );
  };
};
