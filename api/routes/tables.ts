import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { passes } from '../../core/ladder/filter.ts';
import { askedBy } from '../access/fence.ts';
import { VIEW } from '../access/route.ts';
import { legRows, stepRows } from '../call/tables.ts';
import type { RouteDeps } from '../deps.ts';
import { buildLadder } from '../ladder/build.ts';
import { SHOW_WORDS, showParameter } from '../ladder/show.ts';
import { Problem } from '../schemas.ts';
import { LegTable, StepTable } from '../table-schemas.ts';

const Params = Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) });
const Query = Type.Object({
  guesses: Type.Optional(
    Type.Boolean({
      description: 'Join legs without proof where one candidate alone fits; default: correlation.guesses',
    }),
  ),
});
const StepsQuery = Type.Object({
  ...Query.properties,
  show: Type.Optional(Type.String({ description: `What has a row, ${SHOW_WORDS}` })),
});
const errors = { 400: Problem, 404: Problem, 503: Problem, 504: Problem };

/** One call as tables, for readers that know rows and columns only, such as Grafana's Infinity data source. */
export const tableRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  const { store, hosts, find } = deps;
  const wishes = ({ guesses }: Static<typeof Query>) => (guesses === undefined ? {} : { guesses });
  return async (app) => {
    app.get(
      '/api/calls/:key/steps',
      {
        config: VIEW,
        schema: {
          summary: 'The steps of the ladder as flat rows, in causal order',
          params: Params,
          querystring: StepsQuery,
          response: { 200: StepTable, ...errors },
        },
      },
      async (request, reply) => {
        const filter = showParameter(request.query.show);
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, wishes(request.query), options);
        const ladder = await buildLadder(store, call, hosts, options);
        const steps = ladder.steps.filter((step) => passes(step, filter));
        return { steps: stepRows(call, ladder, steps), truncated: ladder.truncated };
      },
    );

    app.get(
      '/api/calls/:key/legs',
      {
        config: VIEW,
        schema: {
          summary: 'The legs of the call as flat rows',
          params: Params,
          querystring: Query,
          response: { 200: LegTable, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, { ...wishes(request.query), logs: false }, options);
        return { legs: legRows(call), truncated: call.component.truncated };
      },
    );
  };
};
