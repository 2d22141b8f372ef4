import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { MAX_FACTS, readAllHostNames } from '../../core/call/read/facts.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { askedBy } from '../access/fence.ts';
import { VIEW } from '../access/route.ts';
import { presentCall } from '../call/present.ts';
import type { RouteDeps } from '../deps.ts';
import { buildLadder, MUCH_STEPS } from '../ladder/build.ts';
import { logsOf } from '../ladder/facts.ts';
import { readStep } from '../ladder/one-step.ts';
import { HttpProblem } from '../problem.ts';
import { Call, Ladder, LogsAnswer, Problem, StepDetail } from '../schemas.ts';
import { isoOf } from '../time.ts';

const Params = Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) });
const Query = Type.Object({
  guesses: Type.Optional(
    Type.Boolean({
      description: 'Join legs without proof where one candidate alone fits; default: correlation.guesses',
    }),
  ),
});
const LadderQuery = Type.Object({
  ...Query.properties,
  raw: Type.Optional(
    Type.Enum(['all', 'small'], {
      description: `"small" leaves the captured texts out of a ladder of more than ${MUCH_STEPS} steps; default "all"`,
    }),
  ),
});
const errors = { 400: Problem, 404: Problem, 503: Problem, 504: Problem };

export const callRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  const { store, hosts } = deps;
  const find = (key: string, { guesses }: Static<typeof Query>, options: SelectOptions, logs = true) =>
    deps.find(key, { logs, ...(guesses === undefined ? {} : { guesses }) }, options);

  return async (app) => {
    app.get(
      '/api/calls/:key',
      {
        config: VIEW,
        schema: {
          summary: 'The call that an identifier belongs to',
          params: Params,
          querystring: Query,
          response: { 200: Call, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call, neighbours } = await find(request.params.key, request.query, options, false);
        return presentCall(call, neighbours, options);
      },
    );

    app.get(
      '/api/calls/:key/ladder',
      {
        config: VIEW,
        schema: {
          summary: 'Every message, event and log line of the call, in causal order',
          params: Params,
          querystring: LadderQuery,
          response: { 200: Ladder, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const names = readAllHostNames(store, options);
        // Whoever is waited for first may fail first.
        names.catch(() => undefined);
        const { call } = await find(request.params.key, request.query, options);
        const rawUpTo = request.query.raw === 'small' ? MUCH_STEPS : undefined;
        return buildLadder(store, call, hosts, options, names, rawUpTo);
      },
    );

    app.get(
      '/api/calls/:key/logs',
      {
        config: VIEW,
        schema: {
          summary: 'The log lines of every leg, in order',
          params: Params,
          querystring: Query,
          response: { 200: LogsAnswer, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, request.query, options);
        const lines = await logsOf(store, call, options);
        return {
          lines: lines.map(({ id, atUs, node, channel, level, file, line, text }) => ({
            id,
            at: isoOf(atUs),
            node,
            channel: channel === '' ? null : channel,
            level,
            file,
            line,
            text,
          })),
          truncated: lines.length >= MAX_FACTS.logs,
        };
      },
    );

    app.get(
      '/api/calls/:key/steps/:id',
      {
        config: VIEW,
        schema: {
          summary: 'One step of the ladder with everything that is known of it',
          params: Type.Object({ key: Type.String(), id: Type.String({ pattern: '^[0-9a-f]{16}$' }) }),
          querystring: Query,
          response: { 200: StepDetail, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, request.query, options);
        const { id } = request.params;
        const step = await readStep(store, call, id, options);
        if (step === undefined) throw new HttpProblem(404, 'unknown_step', `The call has no step "${id}".`);
        return step;
      },
    );
  };
};
