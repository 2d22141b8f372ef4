import { type Static, Type } from 'typebox';
import { STATES } from '../../core/doctor/check.ts';
import { orNull } from '../or-null.ts';
import { shown } from '../privacy/shown.ts';

const Plain = Type.String(shown('plain'));

export const Doctor = Type.Object({
  calls: Type.Integer({ description: 'The newest calls that were looked at' }),
  packets: Type.Integer(),
  events: Type.Integer(),
  lines: Type.Integer({ description: 'Log lines' }),
  quiet: Type.Array(Plain, {
    description:
      'Sensors and switches that were heard within a day and are in none of these calls: of them nothing can be told',
  }),
  checks: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Of the check: uuid_as_call_id, capture_id, …', ...shown('plain') }),
      title: Plain,
      weight: Type.Enum(['needed', 'useful'], {
        description: '"useful": calls are whole without it, and say more with it',
      }),
      why: Type.String({ description: 'What it costs not to have it', ...shown('plain') }),
      findings: Type.Array(
        Type.Object({
          of: Type.String({ description: 'The switch or sensor', ...shown('plain') }),
          software: orNull(Plain, { description: 'What it runs on, where its messages say so' }),
          state: Type.Enum([...STATES], { description: '"unknown": too little was seen to tell' }),
          saw: Type.String({ description: 'What was seen, in figures', ...shown('plain') }),
          remedies: Type.Array(
            Type.Object({
              system: Type.String({ description: 'Whose file it is', ...shown('plain') }),
              file: Plain,
              lines: Type.String({ description: 'To paste', ...shown('plain') }),
            }),
          ),
        }),
      ),
    }),
    { description: 'In the order in which they matter' },
  ),
});
export type Doctor = Static<typeof Doctor>;
