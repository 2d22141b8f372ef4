import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { hideText } from '../../core/privacy/text.ts';
import { EVERYTHING, hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { askedBy } from '../access/fence.ts';
import { CHEAP, searchBy } from '../access/route.ts';
import { errorsAs } from '../answers.ts';
import { findTrace } from '../call/trace.ts';
import type { ApiDeps } from '../deps.ts';
import { integerParameter } from '../parameters.ts';
import { HIDES_ITSELF, sent, shownTo } from '../privacy/privacy.ts';
import { hideTrace, hideTraces } from '../privacy/trace.ts';
import { askedTraceQl } from '../privacy/traceql.ts';
import { badParameter, HttpProblem } from '../problem.ts';
import { CallSummary } from '../schemas.ts';
import { askedTraceId, unknownTrace } from '../tempo/asked-id.ts';
import type { Trace } from '../tempo/otlp.ts';
import { encodeTrace, encodeTraceById } from '../tempo/protobuf.ts';
import { readTrace } from '../tempo/read-trace.ts';
import { searchTraces, type TraceSearch } from '../tempo/search.ts';
import { presentAnswer } from '../tempo/search-answer.ts';
import { TAG_SCOPES, type TagValue, tagValuesOf } from '../tempo/tags.ts';
import { readTraceQl, refused } from '../tempo/traceql.ts';

const Id = Type.Object({ id: Type.String({ description: 'Trace id, 1 to 32 hex digits' }) });
const Tag = Type.Object({ tag: Type.String() });
const Window = {
  start: Type.Optional(Type.String({ description: 'Epoch seconds' })),
  end: Type.Optional(Type.String({ description: 'Epoch seconds' })),
  limit: Type.Optional(Type.String()),
};
const Search = Type.Object({
  q: Type.Optional(Type.String({ description: 'TraceQL: { field op value && … }' })),
  tags: Type.Optional(Type.String()),
  spss: Type.Optional(Type.String({ description: 'Spans shown of each trace' })),
  ...Window,
});
const response = { 200: Type.Unknown({ description: 'As Tempo answers it' }), ...errorsAs('text/plain') };
const Values = Type.Object({ q: Type.Optional(Type.String()), ...Window });

/** Calls whose values are offered for a tag. */
const VALUES_OF_CALLS = 500;
const MAX_VALUES = 5000;
const MAX_SECONDS = 9_000_000_000;

/**
 * Calls as traces for Grafana's Tempo data source: https://grafana.com/docs/tempo/latest/api_docs/, as far as that data
 * source asks. Errors are plain text, which it shows.
 */
export const tempoRoutes = (deps: ApiDeps): FastifyPluginAsyncTypebox => {
  const traceById = async (asked: string, options: SelectOptions): Promise<Trace> => {
    const traceId = askedTraceId(asked);
    const call = await findTrace(deps, traceId, options);
    if (call === undefined) throw unknownTrace(traceId);
    const trace = await readTrace(deps, traceId, call, options);
    const hidden = hiddenOf(options);
    return hidden === undefined ? trace : hideTrace(trace, hidden);
  };

  const tagValues = async (tag: string, query: ValuesQuery, options: SelectOptions): Promise<TagValue[]> => {
    const limit = integerParameter('limit', query.limit, { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
    const search = searchOf(query, VALUES_OF_CALLS, options);
    const { calls } = await searchTraces(deps, search, options);
    const shown = await shownTo(options, Type.Array(CallSummary), calls);
    return tagValuesOf(tag, shown, limit === 0 ? MAX_VALUES : Math.min(limit, MAX_VALUES));
  };

  return async (app) => {
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...HIDES_ITSELF.config };
    });
    app.setErrorHandler((error, request, reply) => {
      if (!(error instanceof HttpProblem)) throw error;
      // Of whoever was not let in nothing is known.
      const hidden = request.sight?.hidden;
      const message = hidden === undefined ? error.message : hideText(error.message, hidden);
      return sent(reply).code(error.status).type('text/plain; charset=utf-8').send(message);
    });
    app.get('/tempo/api/echo', { config: CHEAP, schema: { summary: 'Says that this is a Tempo' } }, (_request, reply) =>
      sent(reply).type('text/plain; charset=utf-8').send('echo'),
    );
    app.get(
      '/tempo/api/v2/traces/:id',
      {
        config: { act: 'view', about: ['id'] },
        schema: { summary: 'A call as a trace: TraceByIDResponse in protobuf, or JSON', params: Id, response },
      },
      async (request, reply) => {
        const trace = await traceById(request.params.id, askedBy(request, reply));
        return wantsJson(request) ? { trace } : protobuf(reply, encodeTraceById(trace));
      },
    );
    app.get(
      '/tempo/api/traces/:id',
      {
        config: { act: 'view', about: ['id'] },
        schema: { summary: 'A call as a trace: Trace in protobuf, or JSON', params: Id, response },
      },
      async (request, reply) => {
        const trace = await traceById(request.params.id, askedBy(request, reply));
        return wantsJson(request) ? { batches: trace.resourceSpans } : protobuf(reply, encodeTrace(trace));
      },
    );
    app.get(
      '/tempo/api/search',
      {
        config: searchBy('q'),
        schema: { summary: 'Calls that match a TraceQL filter, newest first', querystring: Search, response },
      },
      async (request, reply) => {
        if (request.query.tags) throw badParameter('tags', 'is not supported: write TraceQL into "q".');
        const limit = integerParameter('limit', request.query.limit, { min: 1, max: 1000, fallback: 20 });
        const spansEach = integerParameter('spss', request.query.spss, { min: 0, max: 100, fallback: 3 });
        const search = searchOf(request.query, limit, request);
        const answer = presentAnswer(await searchTraces(deps, search, askedBy(request, reply)), spansEach);
        return request.sight.hidden === undefined ? answer : hideTraces(answer, request.sight.hidden);
      },
    );
    app.get('/tempo/api/v2/search/tags', { config: CHEAP, schema: { summary: 'Fields of TraceQL, by scope' } }, () => ({
      scopes: TAG_SCOPES,
      metrics: {},
    }));
    app.get('/tempo/api/search/tags', { config: CHEAP, schema: { summary: 'Fields of TraceQL' } }, () => ({
      tagNames: TAG_SCOPES.flatMap(({ tags }) => tags),
    }));
    app.get(
      '/tempo/api/v2/search/tag/:tag/values',
      {
        config: searchBy('tag', 'q'),
        schema: { summary: 'Values that the newest calls have in a field', params: Tag, querystring: Values, response },
      },
      async (request, reply) => ({
        tagValues: await tagValues(request.params.tag, request.query, askedBy(request, reply)),
        metrics: {},
      }),
    );
    app.get(
      '/tempo/api/search/tag/:tag/values',
      {
        config: searchBy('tag', 'q'),
        schema: { summary: 'The same without types', params: Tag, querystring: Values, response },
      },
      async (request, reply) => ({
        tagValues: (await tagValues(request.params.tag, request.query, askedBy(request, reply))).map(
          ({ value }) => value,
        ),
      }),
    );
    for (const path of ['/tempo/api/metrics/query_range', '/tempo/api/metrics/query']) {
      app.get(path, { config: CHEAP, schema: { summary: 'TraceQL metrics: refused' } }, () => {
        throw refused('metrics are not supported');
      });
    }
  };
};

interface ValuesQuery {
  readonly q?: string;
  readonly start?: string;
  readonly end?: string;
  readonly limit?: string;
}

function searchOf(
  { q = '', start, end }: ValuesQuery,
  limit: number,
  { sight }: Pick<SelectOptions, 'sight'>,
): TraceSearch {
  const sinceUs = secondsParameter('start', start);
  const untilUs = secondsParameter('end', end);
  if (sinceUs !== undefined && untilUs !== undefined && sinceUs > untilUs) {
    throw badParameter('start', 'must not be later than "end".');
  }
  return {
    condition: askedTraceQl(readTraceQl(q), sight ?? EVERYTHING),
    limit,
    ...(sinceUs === undefined ? {} : { sinceUs }),
    // The whole of the last second.
    ...(untilUs === undefined ? {} : { untilUs: untilUs + 999_999 }),
  };
}

/** Epoch seconds as epoch µs; undefined when absent or 0, which Tempo takes for no bound. */
function secondsParameter(name: string, value: string | undefined): number | undefined {
  const seconds = integerParameter(name, value, { min: 0, max: MAX_SECONDS, fallback: 0 });
  return seconds === 0 ? undefined : seconds * 1_000_000;
}

const wantsJson = ({ headers: { accept = '' } }: FastifyRequest): boolean =>
  accept.includes('application/json') && !accept.includes('application/protobuf');

const protobuf = (reply: FastifyReply, bytes: Buffer): FastifyReply =>
  sent(reply).type('application/protobuf').send(bytes);
