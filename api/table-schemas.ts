import { type Static, Type } from 'typebox';
import { orNull } from './or-null.ts';
import { shown } from './privacy/shown.ts';
import { Leg, Step } from './schemas.ts';

/** Flat rows: what `schemas.ts` nests, as tables need it. Times are ISO 8601 in UTC with microseconds. */

const Text = Type.String();
const MaybeText = orNull(Text);
const Person = Type.String(shown('person'));
const { properties: leg } = Leg;
const { properties: step } = Step;

export const StepRow = Type.Object(
  {
    id: step.id,
    at: step.at,
    sinceMs: Type.Number({ description: 'Milliseconds since the call began' }),
    kind: step.kind,
    leg: orNull(Text, { description: 'Letter of the leg, as on the ladder' }),
    from: orNull(Text, {
      description: 'Name of the host; for an event or log line where it happened',
    }),
    to: orNull(Text, { description: 'Name of the host; null for what happens on one' }),
    title: step.title,
    detail: step.detail,
    body: Type.String({ description: 'Hosts, title and detail in one line, for a list of lines', ...shown('said') }),
    method: step.method,
    status: step.status,
    failed: Type.Boolean({ description: 'A final response that ended an attempt' }),
    level: orNull(Text, { description: 'Log level by name' }),
    retransmission: step.retransmission,
    flaw: step.flaw,
    callId: step.callId,
    channel: step.channel,
    transport: step.transport,
    src: MaybeText,
    dst: MaybeText,
    sensors: Type.String({ description: 'Who saw it, separated by ", "', ...shown('plain') }),
  },
  shown('step'),
);
export type StepRow = Static<typeof StepRow>;

export const StepTable = Type.Object({ steps: Type.Array(StepRow), truncated: Type.Boolean() });

export const LegRow = Type.Object({
  id: leg.id,
  leg: Type.String({ description: 'Letter of the leg, as on the ladder' }),
  parent: orNull(Text, { description: 'Letter of the leg that originated this one' }),
  callId: leg.callId,
  method: leg.method,
  fromNumber: Person,
  fromName: Person,
  toNumber: Person,
  toName: Person,
  startedAt: leg.startedAt,
  ringingAt: leg.ringingAt,
  answeredAt: leg.answeredAt,
  endedAt: leg.endedAt,
  pddMs: leg.pddMs,
  ringMs: leg.ringMs,
  setupMs: leg.setupMs,
  talkMs: leg.talkMs,
  outcome: leg.outcome,
  finalStatus: leg.finalStatus,
  hangupCause: leg.hangupCause,
  hungUpBy: leg.hungUpBy,
  messages: leg.messages,
  channels: Type.String({ description: 'UUIDs, separated by ", "', ...shown('key') }),
  nodes: Type.String({ description: 'Switches, separated by ", "', ...shown('plain') }),
});
export type LegRow = Static<typeof LegRow>;

export const LegTable = Type.Object({ legs: Type.Array(LegRow), truncated: Type.Boolean() });
