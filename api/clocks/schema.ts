import { type Static, Type } from 'typebox';
import { orNull } from '../or-null.ts';
import { shown } from '../privacy/shown.ts';

const Name = Type.String(shown('plain'));
const Time = Type.String({ description: 'ISO 8601, UTC, microseconds', ...shown('plain') });
const Seconds = orNull(
  Type.Object({ lower: Type.Number(), upper: Type.Number() }, { description: 'Between these, in seconds' }),
);

/** How far clocks are apart, as bounds: what lies between them is not known. */
export const Clocks = Type.Object({
  since: Time,
  until: Time,
  reference: orNull(Name, {
    description:
      'The node that the others are told against: the one that shares most exchanges; null where no two share one',
  }),
  nodes: Type.Array(
    Type.Object({
      node: Name,
      ahead: Type.Union([Seconds], { description: 'How far its clock is ahead; null where nothing is known of it' }),
    }),
  ),
  pairs: Type.Array(
    Type.Object({
      first: Name,
      second: Name,
      exchanges: Type.Integer({ description: 'Requests with responses that both saw' }),
      strays: Type.Integer({ description: 'Those that fit to nothing before and behind them' }),
      ahead: Type.Union([Seconds], { description: 'How far the second is ahead of the first' }),
      driftPpm: orNull(Type.Object({ lower: Type.Number(), upper: Type.Number() }), {
        description: 'How fast the second gains on the first since the last step, if it is steady; parts per million',
      }),
      steps: Type.Array(
        Type.Object({ since: Time, until: Time, by: Seconds }, { description: 'A clock was set between the two' }),
      ),
    }),
  ),
});
export type Clocks = Static<typeof Clocks>;
