import { type Static, Type } from 'typebox';
import { MISSING_IDS } from '../core/diagnosis/missing/missing.ts';
import { CAUSE_CLASSES, SIDES, VERDICT_IDS } from '../core/diagnosis/verdict.ts';
import { orNull } from './or-null.ts';
import { shown } from './privacy/shown.ts';

const Time = Type.String({ description: 'ISO 8601, UTC, microseconds', ...shown('plain') });

const Row = Type.Object({
  table: Type.Enum(['messages', 'events', 'logs', 'gaps']),
  id: Type.String({
    description: 'id of the step on the ladder; of a gap node, stream and beginning',
    ...shown('plain'),
  }),
  at: Time,
  says: Type.String(shown('said')),
});

export const VerdictSchema = Type.Object({
  id: Type.Enum([...VERDICT_IDS]),
  leg: orNull(Type.String(shown('key')), { description: 'id of the leg; null for the whole call' }),
  sentence: Type.String({ description: 'What happened', ...shown('said') }),
  cause: Type.Enum([...CAUSE_CLASSES], { description: '"normal" when nothing is broken' }),
  side: Type.Enum([...SIDES], { description: 'Who caused it' }),
  confidence: Type.Number({ description: '0 to 1; below 0.7 the evidence admits something else' }),
  evidence: Type.Array(Row, { description: 'The rows that prove it' }),
  checked: Type.Array(Type.String(shown('said')), { description: 'What was looked for and not found' }),
  refutedBy: Type.String({ description: 'What would show that it is wrong', ...shown('said') }),
  next: Type.String({ description: 'What to do next', ...shown('said') }),
});

const MissingSchema = Type.Object({
  id: Type.Enum([...MISSING_IDS]),
  source: Type.String({ description: 'The sensor or switch that did not report it', ...shown('plain') }),
  stream: Type.Enum(['packets', 'events', 'logs']),
  legs: Type.Array(Type.String(shown('key')), {
    description: 'ids of the legs that it is about; empty when it is about all that the source reports',
  }),
  hops: Type.Array(Type.String(shown('said')), { description: 'What is missing, and where it passed' }),
  since: orNull(Time, { description: 'null: before all that was seen' }),
  until: orNull(Time, { description: 'null: behind all that was seen' }),
  sentence: Type.String(shown('said')),
  evidence: Type.Array(Row, { description: 'The rows that make it due' }),
});

export const Diagnosis = Type.Object({
  call: Type.String({ description: 'id of the call', ...shown('key') }),
  verdicts: Type.Array(VerdictSchema, {
    description: 'The surest first; empty when nothing is wrong or nothing can be said',
  }),
  missing: Type.Array(MissingSchema, {
    description: 'Evidence that must have been there and is not, oldest first: what is not seen then proves nothing',
  }),
});
export type Diagnosis = Static<typeof Diagnosis>;
