import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CHEAP } from '../access/route.ts';
import type { ApiDeps } from '../deps.ts';
import { LEDGER_METRICS, ledgerOf, type Value } from '../ledger/ledger.ts';
import { Ledger } from '../ledger/schema.ts';
import { Problem } from '../schemas.ts';

export const ledgerRoutes = ({ metrics }: Pick<ApiDeps, 'metrics'>): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/ledger',
      {
        config: { ...CHEAP, wholeSite: true },
        schema: {
          summary: 'What came in, what is stored, what waits and what was lost, at every stage of this process',
          response: { 200: Ledger, 403: Problem },
        },
      },
      async () => {
        const { registry } = metrics;
        // All are asked in one turn: counters that are read one after the other would not add up.
        const asked = LEDGER_METRICS.flatMap((name) => {
          const metric = registry.getSingleMetric(name);
          return metric === undefined ? [] : [metric.get()];
        });
        return ledgerOf(new Map((await Promise.all(asked)).map(({ name, values }) => [name, values as Value[]])));
      },
    );
  };
};
