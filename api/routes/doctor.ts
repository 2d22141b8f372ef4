import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { askedBy } from '../access/fence.ts';
import { NO_ACT } from '../access/route.ts';
import type { ApiDeps } from '../deps.ts';
import { doctorOf } from '../doctor/doctor.ts';
import { Doctor } from '../doctor/schema.ts';
import { Problem } from '../schemas.ts';

export const doctorRoutes = ({ store, unmask }: Pick<ApiDeps, 'store' | 'unmask'>): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/doctor',
      {
        // Settings are of boxes, and boxes of the site.
        config: { ...NO_ACT, wholeSite: true },
        schema: {
          summary:
            'Which settings the switches and sensors of this site lack, told from its newest calls, and what to paste',
          response: { 200: Doctor, 403: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => doctorOf(store, unmask, askedBy(request, reply)),
    );
  };
};
