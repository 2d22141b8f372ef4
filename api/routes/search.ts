import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { OUTCOMES, type Outcome } from '../../core/call/types.ts';
import { searchCalls } from '../call/search.ts';
import type { ApiDeps } from '../deps.ts';
import { integerParameter, timeParameter } from '../parameters.ts';
import { badParameter } from '../problem.ts';
import { Problem, SearchAnswer } from '../schemas.ts';
import { signalOf } from '../signal.ts';

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
  limit: Type.Optional(Type.String({ description: '1 to 500, default 50' })),
});

const MAX_QUERY = 1024;

export const searchRoutes = ({ store, guesses }: ApiDeps): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/search',
      {
        schema: {
          summary: 'Calls that match, newest first, one entry a call',
          querystring: Query,
          response: { 200: SearchAnswer, 400: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const { q = '', from, to, limit, tenant = '', outcome } = request.query;
        if (q.length > MAX_QUERY) throw badParameter('q', `must be at most ${MAX_QUERY} characters long.`);
        const sinceUs = timeParameter('from', from);
        const untilUs = timeParameter('to', to);
        if (sinceUs !== undefined && untilUs !== undefined && sinceUs > untilUs) {
          throw badParameter('from', 'must not be later than "to".');
        }
        const question = {
          text: q,
          limit: integerParameter('limit', limit, { min: 1, max: 500, fallback: 50 }),
          ...(tenant === '' ? {} : { tenant }),
          ...outcomesOf(outcome),
          ...(sinceUs === undefined ? {} : { sinceUs }),
          ...(untilUs === undefined ? {} : { untilUs }),
        };
        return searchCalls({ store, guesses, options: { signal: signalOf(reply) } }, question);
      },
    );
  };
};

/** An empty list asks for all, as a dashboard's variable does when nothing is chosen. */
function outcomesOf(value = ''): { outcomes?: ReadonlySet<Outcome> } {
  const words = value.split(',').map((word) => word.trim());
  const wanted = words.filter((word) => word !== '');
  const outcomes = OUTCOMES.filter((outcome) => wanted.includes(outcome));
  const unknown = wanted.find((word) => !outcomes.some((outcome) => outcome === word));
  if (unknown !== undefined) {
    throw badParameter('outcome', `must be a list of ${OUTCOMES.join(', ')}, not "${unknown.slice(0, 100)}".`);
  }
  return outcomes.length === 0 ? {} : { outcomes: new Set(outcomes) };
}
