import { type Static, Type } from 'typebox';
import { VERDICT_IDS } from '../../core/diagnosis/verdict.ts';
import { orNull } from '../or-null.ts';
import { shown } from '../privacy/shown.ts';
import { CallSummary } from '../schemas.ts';

const Plain = Type.String(shown('plain'));
const Said = Type.String(shown('said'));

const Difference = Type.Object({
  field: Plain,
  left: Type.String({ description: 'Without noise; "" where it is not there', ...shown('said') }),
  right: Said,
});

const Step = Type.Object({
  id: Type.String({ description: 'Of the step on the ladder of its call', ...shown('plain') }),
  kind: Type.Enum(['message', 'event', 'log']),
  at: Type.String({ description: 'ISO 8601, UTC, microseconds', ...shown('plain') }),
  sinceMs: Type.Number({ description: 'Milliseconds since its call began' }),
  title: Said,
  where: Type.String({ description: '"hop 2 ←" of a message, the switch of an event', ...shown('plain') }),
  times: Type.Integer({ description: 'How often it was sent' }),
});

const Side = Type.Object({
  call: CallSummary,
  verdicts: Type.Array(Type.Object({ id: Type.Enum([...VERDICT_IDS]), sentence: Said })),
});

export const ComparisonAnswer = Type.Object({
  left: Side,
  right: Side,
  differences: Type.Array(Difference, { description: 'Of the calls as a whole' }),
  legs: Type.Array(
    Type.Object({
      role: Type.String({
        description: 'The place of the leg in its call: "caller", "dialled 1", "dialled 1.2", "other 1"',
        ...shown('plain'),
      }),
      left: orNull(Type.String({ description: 'id of the leg', ...shown('key') })),
      right: orNull(Type.String(shown('key'))),
      differences: Type.Array(Difference),
      steps: Type.Array(
        Type.Object({
          is: Type.Enum(['same', 'changed', 'left', 'right'], {
            description: '"left", "right": on that side alone',
          }),
          left: orNull(Step),
          right: orNull(Step),
          differences: Type.Array(Difference),
        }),
      ),
    }),
  ),
  truncated: Type.Boolean({ description: 'A leg has more steps than are compared' }),
});
export type ComparisonAnswer = Static<typeof ComparisonAnswer>;

export const NearestGood = Type.Object({
  call: orNull(CallSummary),
  trunk: Type.String({
    description:
      'Of the leg that decided how the call went, as in the counts: a gateway, a name of `hosts`, an address',
    ...shown('word'),
  }),
  numberClass: Type.String({
    description: 'Of the number that was called: "+49301", "03012", "short", "name"',
    ...shown('said'),
  }),
  looked: Type.Integer({ description: 'Answered calls to such numbers that were looked at' }),
});
export type NearestGood = Static<typeof NearestGood>;
