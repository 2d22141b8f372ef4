import { Type } from 'typebox';
import { orNull } from '../or-null.ts';

const Count = Type.Number({ minimum: 0 });
const Lost = Type.Array(Type.Object({ reason: Type.String(), count: Count }));
/** Everything counts since this process began, and is of this process alone. */
export const Ledger = Type.Object({
  balances: Type.Boolean({
    description: 'Whether what came in is passed on, waiting or lost, to the event, at each stage',
  }),
  network: Type.Object({ lost: Lost }, { description: 'Datagrams that the system dropped before they could be read' }),
  sources: Type.Array(
    Type.Object({
      name: Type.String(),
      received: Type.Array(Type.Object({ kind: Type.String(), count: Count })),
      rejected: Lost,
    }),
  ),
  stages: Type.Array(
    Type.Object({
      name: Type.String({ description: 'sources, journal, "topic, written", "topic, read", store' }),
      in: orNull(Type.Number({ description: 'Events; null where another process counts them' })),
      passed: Count,
      waiting: Count,
      lost: Lost,
      difference: orNull(
        Type.Number({ description: 'in - passed - waiting - lost: 0, or something is wrong with Calltrail' }),
      ),
    }),
  ),
  lagMessages: orNull(
    Type.Number({ description: 'Messages of the topic that are not stored yet; null without Kafka' }),
  ),
  tables: Type.Array(Type.Object({ table: Type.String(), rows: Count })),
});
