import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { stringify } from 'csv-stringify/sync';
import { Type } from 'typebox';
import { ACTIONS } from '../access/audit.ts';
import { askedBy } from '../access/fence.ts';
import { readAudit } from '../audit/read.ts';
import type { ApiDeps } from '../deps.ts';
import { integerParameter, listParameter, windowParameters } from '../parameters.ts';
import { badParameter } from '../problem.ts';
import { Problem } from '../schemas.ts';
import { isoOf } from '../time.ts';

const Query = Type.Object({
  who: Type.Optional(Type.String({ description: 'The name, as it is written in the answer' })),
  action: Type.Optional(Type.String({ description: `Separated by commas: ${ACTIONS.join(', ')}; empty for all` })),
  about: Type.Optional(
    Type.String({ description: 'A part of what was asked for; a telephone number in any written form' }),
  ),
  from: Type.Optional(Type.String({ description: 'ISO 8601 or epoch ms' })),
  to: Type.Optional(Type.String({ description: 'ISO 8601 or epoch ms' })),
  limit: Type.Optional(Type.String({ description: '1 to 10000, default 100' })),
  format: Type.Optional(Type.String({ description: '"json" (default) or "csv"' })),
});

const Entry = Type.Object({
  at: Type.String({ description: 'ISO 8601, UTC, microseconds: when it was answered' }),
  who: Type.String({ description: 'The name; "" for whoever gave none where none is needed' }),
  via: Type.String({
    description: 'Who vouches for the name: basic, bearer (access.users), openid, grafana, anonymous',
  }),
  through: Type.String({ description: 'The user of the data source that asked for him; "" when he asked himself' }),
  address: Type.String(),
  action: Type.String(),
  about: Type.String({ description: "What was asked for: a search's text, a call's key, a query" }),
  reason: Type.String({ description: 'Why, in his own words, where one must be given' }),
  status: Type.Integer({ description: 'Of the answer; 499 when he went away before it' }),
});
const COLUMNS = Object.keys(Entry.properties);

const Answer = Type.Object({ acts: Type.Array(Entry) });

/** Who did what. */
export const auditRoutes = ({ store }: Pick<ApiDeps, 'store'>): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/audit',
      {
        config: { act: 'none', least: 'admin', wholeSite: true },
        schema: {
          summary: 'Who searched, looked at, took away or changed what, newest first',
          querystring: Query,
          response: { 200: Answer, 400: Problem, 403: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const { who = '', action, about = '', from, to, limit, format = 'json' } = request.query;
        if (format !== 'json' && format !== 'csv') throw badParameter('format', 'must be json or csv.');
        const question = {
          ...(who === '' ? {} : { who }),
          actions: listParameter('action', action, ACTIONS),
          about,
          ...windowParameters(from, to),
          limit: integerParameter('limit', limit, { min: 1, max: 10_000, fallback: 100 }),
        };
        const entries = await readAudit(store, question, askedBy(request, reply));
        const acts = entries.map(({ atUs, ...rest }) => ({ at: isoOf(Number(atUs)), ...rest }));
        if (format === 'json') return { acts };
        return reply
          .header('content-type', 'text/csv; charset=utf-8; header=present')
          .header('content-disposition', 'attachment; filename="audit.csv"')
          .send(toCsv(acts) as never);
      },
    );
  };
};

/** RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe there. */
const toCsv = (acts: readonly object[]): string =>
  stringify([...acts], { header: true, columns: COLUMNS, escape_formulas: true, record_delimiter: '\r\n' });

/** What is asked for tells of calls, whose ever they are. */
