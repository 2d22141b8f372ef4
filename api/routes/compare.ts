import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { compareCalls } from '../../core/compare/compare.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { askedBy } from '../access/fence.ts';
import { VIEW } from '../access/route.ts';
import { caseAt } from '../compare/case-at.ts';
import { nearestGood } from '../compare/nearest-good.ts';
import { type ComparedCall, presentComparison } from '../compare/present.ts';
import { ComparisonAnswer, NearestGood } from '../compare/schema.ts';
import type { RouteDeps } from '../deps.ts';
import { Problem } from '../schemas.ts';

const Key = Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' });
const errors = { 400: Problem, 404: Problem, 503: Problem, 504: Problem };

export const compareRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  const open = async (key: string, options: SelectOptions): Promise<ComparedCall> => {
    const { call } = await deps.find(key, {}, options);
    return { call, all: await caseAt(deps.store, call, options) };
  };
  return async (app) => {
    app.get(
      '/api/calls/:key/compare/:other',
      {
        config: { ...VIEW, about: ['key', 'other'] },
        schema: {
          summary: 'What differs between two calls once noise is removed, leg by leg and step by step',
          params: Type.Object({ key: Key, other: Key }),
          response: { 200: ComparisonAnswer, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { key, other } = request.params;
        const [left, right] = [await open(key, options), await open(other, options)];
        return presentComparison(left, right, compareCalls(left.all, right.all));
      },
    );

    app.get(
      '/api/calls/:key/nearest-good',
      {
        config: VIEW,
        schema: {
          summary:
            'The nearest call over the same trunk to such a number that was answered and of which nothing bad is said',
          params: Type.Object({ key: Key }),
          response: { 200: NearestGood, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await deps.find(request.params.key, {}, options);
        return nearestGood(deps, call, options);
      },
    );
  };
};
