import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { askedBy } from '../access/fence.ts';
import { VIEW } from '../access/route.ts';
import type { RouteDeps } from '../deps.ts';
import { diagnosisOf } from '../diagnosis/diagnosis.ts';
import { Diagnosis } from '../diagnosis-schemas.ts';
import { Problem } from '../schemas.ts';

export const diagnosisRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/calls/:key/diagnosis',
      {
        config: VIEW,
        schema: {
          summary: 'Why the call went as it did, with the rows that prove it, and what evidence is missing',
          params: Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) }),
          response: { 200: Diagnosis, 400: Problem, 404: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await deps.find(request.params.key, {}, options);
        return diagnosisOf(deps.store, call, Date.now() * 1000, options);
      },
    );
  };
};
