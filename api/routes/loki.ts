import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { hiddenOf, kept } from '../../core/runtime/sight.ts';
import { askedBy } from '../access/fence.ts';
import { searchBy } from '../access/route.ts';
import type { ApiDeps } from '../deps.ts';
import { limitOf, secondsOf, stepsOf, tailOf } from '../loki/bounds.ts';
import { readNames, readSeries, readStats, readValues } from '../loki/catalogue.ts';
import { readFields, readFieldValues } from '../loki/detected-fields.ts';
import type { LegDeps } from '../loki/legs.ts';
import { type Plan, readLines } from '../loki/lines.ts';
import { evaluate, type Series, type Steps } from '../loki/metric.ts';
import { asContext, makePlan } from '../loki/plan.ts';
import { readQuery } from '../loki/read-query.ts';
import { timeNs, type Window, windowOf } from '../loki/read-times.ts';
import { refused } from '../loki/refusal.ts';
import { CATEGORIZE, streamsOf } from '../loki/streams.ts';
import type { LogQuery, MetricQuery } from '../loki/syntax.ts';
import { serveTail } from '../loki/tail-socket.ts';
import { verdictLines, verdictsAsked } from '../loki/verdicts.ts';
import { hideLabels } from '../privacy/log-lines.ts';
import { HIDES_ITSELF } from '../privacy/privacy.ts';

/** Every parameter is a text, and one that is said twice is a list. */
const Query = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]));
const asked = (...about: readonly string[]) =>
  ({ config: { ...searchBy(...about), ...HIDES_ITSELF.config }, schema: { hide: true, querystring: Query } }) as const;

const DEFAULT_LINES = 100;
/** The newest six hours, as Loki takes it where a question about labels says no time. */
const LABELS_NS = 21_600_000_000_000n;

const firstOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value;

const success = (data: unknown) => ({ status: 'success', data });

/** The part of Loki's API that a stock Grafana asks (docs/grafana.md). */
export const lokiRoutes = (deps: ApiDeps): FastifyPluginAsyncTypebox => {
  const { store, guesses, unmask } = deps;
  // A plan asks for the legs that may be seen alone, and so does the catalogue (loki/seen.ts).
  const legDeps = (request: FastifyRequest, reply: FastifyReply): LegDeps => ({
    ...{ store, guesses, unmask },
    options: kept(askedBy(request, reply)),
  });

  return async (app) => {
    await app.register(websocket, { options: { maxPayload: 64 * 1024 } });
    type Request = FastifyRequest<{ Querystring: Record<string, string | string[]> }>;
    const parameter = (request: Request, name: string): string | undefined => firstOf(request.query[name]);
    const queryOf = (request: Request): LogQuery | MetricQuery => readQuery(parameter(request, 'query') ?? '');
    const times = (request: Request): { start?: string; end?: string } => {
      const [start, end] = [parameter(request, 'start'), parameter(request, 'end')];
      return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
    };
    /** A question about labels at one moment is one about the time before it. */
    const labelWindow = (request: Request): Window => {
      const window = windowOf(times(request), LABELS_NS);
      return window.startNs < window.endNs
        ? window
        : { startNs: window.endNs > LABELS_NS ? window.endNs - LABELS_NS : 0n, endNs: window.endNs + 1n };
    };
    const logPlan = async (text: string | undefined, window: Window, legs: LegDeps): Promise<Plan> => {
      const query = readQuery(text ?? '');
      if (query.kind !== 'log') throw refused('parse error : only log queries are taken here');
      return makePlan(query, window, legs);
    };
    const maybePlan = async (request: Request, window: Window, legs: LegDeps): Promise<Plan | undefined> => {
      const text = parameter(request, 'query') ?? '';
      return text.trim() === '' ? undefined : logPlan(text, window, legs);
    };
    const metric = async (query: MetricQuery, steps: Steps, legs: LegDeps): Promise<Series[]> => {
      const found = await evaluate(query, steps, ({ log: lines, rangeNs }) => {
        const endNs = steps.firstNs + steps.stepNs * BigInt(steps.count - 1);
        return makePlan(lines, { startNs: steps.firstNs - rangeNs, endNs }, legs);
      });
      return found.map((series) => ({ ...series, metric: hideLabels(series.metric, hiddenOf(legs.options)) }));
    };

    app.get('/loki/api/v1/query', asked('query'), async (request, reply) => {
      const query = queryOf(request);
      if (query.kind === 'log') {
        throw refused(
          'log queries are not supported as an instant query type, please change your query to a range query type',
        );
      }
      const timeOf = timeNs('time', parameter(request, 'time')) ?? BigInt(Date.now()) * 1_000_000n;
      const series = await metric(query, { firstNs: timeOf, stepNs: 1n, count: 1 }, legDeps(request, reply));
      const result = series.flatMap(({ metric: labels, values: [value] }) =>
        value === undefined ? [] : [{ metric: labels, value: [secondsOf(timeOf), String(value)] }],
      );
      return success({ resultType: 'vector', result, stats: {} });
    });

    app.get('/loki/api/v1/query_range', asked('query'), async (request, reply) => {
      const query = queryOf(request);
      const window = windowOf(times(request));
      if (query.kind !== 'log') {
        const steps = stepsOf(window, parameter(request, 'step'));
        const series = await metric(query, steps, legDeps(request, reply));
        const result = series.map(({ metric: labels, values }) => ({
          metric: labels,
          values: values.flatMap((value, i) =>
            value === undefined ? [] : [[secondsOf(steps.firstNs + steps.stepNs * BigInt(i)), String(value)]],
          ),
        }));
        return success({ resultType: 'matrix', result: result.filter(({ values }) => values.length > 0), stats: {} });
      }
      const direction = parameter(request, 'direction')?.toLowerCase() === 'forward' ? 'forward' : 'backward';
      const limit = limitOf(parameter(request, 'limit'), DEFAULT_LINES);
      const legs = legDeps(request, reply);
      const judged = verdictsAsked(query);
      const lines =
        judged === undefined
          ? await readLines(await makePlan(asContext(query, window, limit), window, legs, true), {
              window,
              limit,
              direction,
            })
          : (await verdictLines(deps, judged, window, request, legs.options)).slice(0, limit);
      const flags = String(request.headers['x-loki-response-encoding-flags'] ?? '');
      const categorized = flags.split(',').some((flag) => flag.trim() === CATEGORIZE);
      return success({
        resultType: 'streams',
        ...(categorized ? { encodingFlags: [CATEGORIZE] } : {}),
        result: streamsOf(lines, categorized),
        stats: {},
      });
    });

    for (const path of ['/loki/api/v1/labels', '/loki/api/v1/label']) {
      app.get(path, asked('query'), async (request, reply) => {
        const window = labelWindow(request);
        const legs = legDeps(request, reply);
        const plan = await maybePlan(request, window, legs);
        return success(await readNames(store, legs.options, plan, window));
      });
    }

    app.get<{ Params: { name: string }; Querystring: Record<string, string | string[]> }>(
      '/loki/api/v1/label/:name/values',
      asked('name', 'query'),
      async (request, reply) => {
        const window = labelWindow(request);
        const legs = legDeps(request, reply);
        const plan = await maybePlan(request, window, legs);
        return success(await readValues(request.params.name, window, store, legs.options, plan));
      },
    );

    app.get('/loki/api/v1/series', asked('match[]', 'match'), async (request, reply) => {
      const window = labelWindow(request);
      const said = request.query['match[]'] ?? request.query.match ?? [];
      const texts = typeof said === 'string' ? [said] : said;
      if (texts.length === 0) throw refused('parse error : series needs match[]');
      const found: Record<string, string>[] = [];
      for (const text of texts.slice(0, MAX_MATCHES))
        found.push(...(await readSeries(await logPlan(text, window, legDeps(request, reply)), window)));
      return success([...new Map(found.map((labels) => [JSON.stringify(labels), labels])).values()]);
    });

    app.get('/loki/api/v1/index/stats', asked('query'), async (request, reply) => {
      const window = windowOf(times(request));
      return readStats(await logPlan(parameter(request, 'query'), window, legDeps(request, reply)), window);
    });

    app.get('/loki/api/v1/detected_fields', asked('query'), async (request, reply) => {
      const window = windowOf(times(request));
      const limit = limitOf(parameter(request, 'limit'), 1000);
      return {
        fields: await readFields(
          await logPlan(parameter(request, 'query'), window, legDeps(request, reply)),
          window,
          limit,
        ),
        limit,
      };
    });

    app.get<{ Params: { field: string }; Querystring: Record<string, string | string[]> }>(
      '/loki/api/v1/detected_field/:field/values',
      asked('field', 'query'),
      async (request, reply) => {
        const window = windowOf(times(request));
        const limit = limitOf(parameter(request, 'limit'), 1000);
        const plan = await logPlan(parameter(request, 'query'), window, legDeps(request, reply));
        return { values: await readFieldValues(plan, window, request.params.field, limit), limit };
      },
    );

    app.get(
      '/loki/api/v1/tail',
      { ...asked('query'), config: { ...searchBy('query'), cost: 'tail' }, websocket: true },
      (socket, request) => {
        const said = (name: string): string | undefined => firstOf(request.query[name]);
        const read = () => tailOf({ start: said('start'), limit: said('limit'), delayFor: said('delay_for') });
        serveTail(socket, said('query') ?? '', read, { ...deps, sight: request.sight });
      },
    );
  };
};

const MAX_MATCHES = 10;
