import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { OUTCOMES } from '../../core/call/types.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { askedBy } from '../access/fence.ts';
import { searchBy } from '../access/route.ts';
import { searchCalls } from '../call/search.ts';
import type { ApiDeps } from '../deps.ts';
import { integerParameter, listParameter, windowParameters } from '../parameters.ts';
import { badParameter } from '../problem.ts';
import { Problem, SearchAnswer } from '../schemas.ts';

const Query = Type.Object({
  q: Type.Optional(
    Type.String({
      description:
        'A number in any written form or its end, a name, a Call-ID, a channel UUID, an IP address; empty for the newest calls',
    }),
  ),
  from: Type.Optional(Type.String({ description: 'ISO 8601 or epoch ms' })),
  to: Type.Optional(Type.String({ description: 'ISO 8601 or epoch ms' })),
  tenant: Type.Optional(Type.String({ description: 'Only calls of this tenant (correlation.tenants), by its name' })),
  outcome: Type.Optional(
    Type.String({ description: `Only calls that ended so, separated by commas: ${OUTCOMES.join(', ')}` }),
  ),
  node: Type.Optional(Type.String({ description: 'Only calls that this switch or sensor saw, by its name' })),
  trunk: Type.Optional(
    Type.String({ description: 'Only calls that began at, or left over, this trunk (`trunk` of an answer)' }),
  ),
  tries: Type.Optional(
    Type.Boolean({ description: 'Also tell which calls are repeated tries; costs a few look-ups. Default: false' }),
  ),
  live: Type.Optional(
    Type.Boolean({ description: 'It is asked again and again: the audit has the same question once in ten minutes' }),
  ),
  limit: Type.Optional(Type.String({ description: '1 to 500, default 50' })),
});

const MAX_QUERY = 1024;
const MAX_NAME = 256;

export const searchRoutes = ({ store, guesses, hosts, switches = new Set() }: ApiDeps): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/search',
      {
        config: { ...searchBy('q', 'tenant'), again: 'live' },
        schema: {
          summary: 'Calls that match, newest first, one entry a call',
          querystring: Query,
          response: { 200: SearchAnswer, 400: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const { q = '', from, to, limit, tenant = '', node = '', trunk = '', outcome, tries = false } = request.query;
        if (q.length > MAX_QUERY) throw badParameter('q', `must be at most ${MAX_QUERY} characters long.`);
        for (const [name, value] of Object.entries({ node, trunk })) {
          if (value.length > MAX_NAME) throw badParameter(name, `must be at most ${MAX_NAME} characters long.`);
        }
        const window = windowParameters(from, to);
        const outcomes = listParameter('outcome', outcome, OUTCOMES);
        const question = {
          text: q,
          limit: integerParameter('limit', limit, { min: 1, max: 500, fallback: 50 }),
          tries,
          ...(tenant === '' ? {} : { tenant }),
          ...(node === '' ? {} : { node }),
          ...(trunk === '' ? {} : { trunk }),
          ...window,
          ...(outcomes.length === 0 ? {} : { outcomes: new Set(outcomes) }),
        };
        const places = { names: createHostNames(hosts), nodes: switches };
        return searchCalls({ store, guesses, places, options: askedBy(request, reply) }, question);
      },
    );
  };
};
