import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { INCIDENT_STATES } from '../../core/alert/incident.ts';
import { askedBy } from '../access/fence.ts';
import { AlertDetail, AlertList } from '../alert-schemas.ts';
import { presentAlert, presentDetail } from '../alerts/present.ts';
import { readAlert, readAlerts } from '../alerts/read.ts';
import type { ApiDeps } from '../deps.ts';
import { integerParameter, listParameter, windowParameters } from '../parameters.ts';
import { HttpProblem } from '../problem.ts';
import { Problem } from '../schemas.ts';

const KINDS = ['failures', 'vanished', 'blind'] as const;

const Query = Type.Object({
  state: Type.Optional(
    Type.String({ description: `Separated by commas: ${INCIDENT_STATES.join(', ')}; empty for all` }),
  ),
  kind: Type.Optional(Type.String({ description: `Separated by commas: ${KINDS.join(', ')}; empty for all` })),
  from: Type.Optional(Type.String({ description: 'Still open then; ISO 8601 or epoch ms' })),
  to: Type.Optional(Type.String({ description: 'Begun by then; ISO 8601 or epoch ms' })),
  limit: Type.Optional(Type.String({ description: '1 to 500, default 50' })),
});

export const alertRoutes = ({ store }: ApiDeps): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/alerts',
      {
        schema: {
          summary: 'Spikes of failed calls, calls that vanished and blind sensors: open ones first, then the newest',
          querystring: Query,
          response: { 200: AlertList, 400: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const { state, kind, from, to, limit } = request.query;
        const window = windowParameters(from, to);
        const states = listParameter('state', state, INCIDENT_STATES);
        const kinds = listParameter('kind', kind, KINDS);
        const question = {
          ...window,
          states: states.length === 0 ? INCIDENT_STATES : states,
          kinds: kinds.length === 0 ? KINDS : kinds,
          limit: integerParameter('limit', limit, { min: 1, max: 500, fallback: 50 }),
        };
        const alerts = await readAlerts(store, question, askedBy(request, reply));
        return { alerts: alerts.map(presentAlert) };
      },
    );

    app.get(
      '/api/alerts/:id',
      {
        schema: {
          summary: 'One alert, with the minutes that decided and their scores drawn again',
          params: Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{16}$' }) }),
          response: { 200: AlertDetail, 400: Problem, 404: Problem, 503: Problem, 504: Problem },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const found = await readAlert(store, id, askedBy(request, reply));
        if (found === undefined) throw new HttpProblem(404, 'unknown_alert', `There is no alert "${id}".`);
        return presentDetail(found.alert, found.inputs);
      },
    );
  };
};
