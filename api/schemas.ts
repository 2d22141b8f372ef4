import { type Static, Type } from 'typebox';
import { LEG_OUTCOMES, OUTCOMES } from '../core/call/types.ts';
import { ROLES } from '../core/model/roles.ts';
import { orNull } from './or-null.ts';
import { shown } from './privacy/shown.ts';

/**
 * The shapes that the HTTP API answers with. OpenAPI, the serialiser and the types of the code are all made from these,
 * so a field that is not here does not leave the house; and what is hidden of a field from whoever sees no numbers and names
 * (privacy/shown.ts). Times are ISO 8601 in UTC with microseconds.
 */

const Time = Type.String({
  description: 'ISO 8601, UTC, microseconds',
  examples: ['2026-11-21T10:21:38.752001Z'],
  ...shown('plain'),
});
const MaybeTime = orNull(Time);
const Text = Type.String();
const MaybeText = orNull(Text);
const Key = Type.String(shown('key'));
const MaybeKey = orNull(Key);
const Word = Type.String(shown('word'));
const MaybeWord = orNull(Word);
const Plain = Type.String(shown('plain'));
const Said = Type.String(shown('said'));

const OutcomeSchema = Type.Enum([...OUTCOMES]);

const LegOutcomeSchema = Type.Enum([...LEG_OUTCOMES]);

const durations = {
  pddMs: orNull(Type.Integer(), { description: 'From the beginning to the first ringing' }),
  ringMs: orNull(Type.Integer(), { description: 'From the first ringing to the answer or the end' }),
  setupMs: orNull(Type.Integer(), { description: 'From the beginning to the answer' }),
  talkMs: orNull(Type.Integer(), { description: 'From the answer to the end' }),
};

export const Party = Type.Object({
  number: Type.String({
    description: 'User part of the SIP address as it was written, "%2B" read as "+"',
    ...shown('person'),
  }),
  name: Type.String({ description: 'Display name, "" when there is none', ...shown('person') }),
});
export type Party = Static<typeof Party>;

export const Identifier = Type.Object({
  kind: Type.Enum(['call-id', 'channel', 'value', 'bridge', 'hub']),
  value: Key,
});
export type Identifier = Static<typeof Identifier>;

export const Leg = Type.Object({
  id: Type.String({
    description: 'Call-ID, or channel UUID for a channel that never had a SIP dialog',
    ...shown('key'),
  }),
  callId: MaybeKey,
  channels: Type.Array(
    Type.Object({
      uuid: Key,
      node: Type.String({ description: 'Configured name of the FreeSWITCH', ...shown('plain') }),
      name: Type.String({ description: 'Channel-Name', ...shown('said') }),
      direction: Type.Enum(['inbound', 'outbound', '']),
      hangupCause: MaybeWord,
    }),
  ),
  method: Type.String({
    description: 'Method that began the dialog: INVITE for a call; "" when no message was seen',
    ...shown('word'),
  }),
  from: Party,
  to: Party,
  parent: orNull(Key, { description: 'id of the leg that originated this one' }),
  startedAt: MaybeTime,
  ringingAt: MaybeTime,
  answeredAt: MaybeTime,
  endedAt: MaybeTime,
  ...durations,
  outcome: LegOutcomeSchema,
  finalStatus: orNull(Type.Integer(), { description: 'Final response to the INVITE' }),
  hangupCause: MaybeWord,
  hungUpBy: orNull(Type.Enum(['originator', 'answerer'])),
  messages: Type.Integer({ description: 'SIP messages of this leg, copies from several sensors counted once' }),
});
export type Leg = Static<typeof Leg>;

export const CallEdge = Type.Object({
  a: Identifier,
  b: Identifier,
  kind: Type.Enum(['merge', 'parent', 'bridge', 'link', 'guess']),
  tier: Type.Enum(['switch', 'protocol', 'wire', 'guess']),
  why: Type.String({ description: 'Code of the rule', ...shown('plain') }),
  reason: Type.String({ description: 'The rule as a sentence', ...shown('plain') }),
  since: Time,
  until: Time,
  evidence: Type.Object({
    table: Type.Enum(['messages', 'events', 'logs']),
    id: Plain,
    at: Time,
  }),
});
export type CallEdge = Static<typeof CallEdge>;

export const Gap = Type.Object({ node: Plain, stream: Plain, since: Time, until: Time, reason: Word });
export type Gap = Static<typeof Gap>;

const summary = {
  id: Type.String({
    description: 'A key that always leads to this call: the identifier of its first leg',
    ...shown('key'),
  }),
  method: Type.String({
    description: '"INVITE" for a call; REGISTER, MESSAGE, SUBSCRIBE, … for what is none',
    ...shown('word'),
  }),
  callIds: Type.Array(Key),
  channelUuids: Type.Array(Key),
  from: Party,
  to: Party,
  startedAt: MaybeTime,
  answeredAt: MaybeTime,
  endedAt: MaybeTime,
  ...durations,
  outcome: OutcomeSchema,
  attempts: Type.Object(
    {
      total: Type.Integer({ description: 'Legs that were dialled for this call' }),
      failed: Type.Integer({
        description: 'Of these, busy, not answered, rejected or failed; lost races do not count',
      }),
    },
    { description: 'What it took: an answered call with failed attempts was answered after a failover' },
  ),
  finalStatus: orNull(Type.Integer()),
  hangupCause: MaybeWord,
  hungUpBy: orNull(Type.Enum(['caller', 'callee', 'switch'])),
  nodes: Type.Array(Plain, { description: 'FreeSWITCH nodes and sensors that saw it' }),
  tenant: orNull(Plain, {
    description: 'Whose call it is (correlation.tenants); null when no leg of it says so',
  }),
  truncated: Type.Boolean({ description: 'True when the call is larger than what one answer holds' }),
};

export const CallSummary = Type.Object({ ...summary, legCount: Type.Integer() });
export type CallSummary = Static<typeof CallSummary>;

export const Call = Type.Object({
  ...summary,
  legs: Type.Array(Leg),
  edges: Type.Array(CallEdge),
  links: Type.Array(
    Type.Object({
      key: Type.String({ description: 'Identifier of the related call', ...shown('key') }),
      why: Plain,
      reason: Plain,
    }),
    { description: 'Related calls that are not this call' },
  ),
  gaps: Type.Array(Gap, { description: 'When a source that this call depends on could not tell us anything' }),
});
export type Call = Static<typeof Call>;

/** A call that a search found, and why it did. */
export const SearchHit = Type.Object({
  ...summary,
  legCount: Type.Integer(),
  trunk: orNull(Word, {
    description:
      'Far side of the leg that began it: gateway, endpoint, name of the host, else its address; null for whoever sees some tenants alone',
  }),
  matched: Type.Array(
    Type.Object({
      written: Type.String({
        description:
          'The number or name that led to it: as From or To of the call write it where it stands there, else its digits, or in lower case',
        ...shown('person'),
      }),
      in: Type.Array(Type.Enum([...ROLES]), { description: 'Where it stood: headers of SIP, fields of a channel' }),
    }),
    { description: 'Of a search for a number or a name: the written forms that matched' },
  ),
  tries: orNull(
    Type.Object({
      number: Type.Integer({ description: '1 for the first' }),
      total: Type.Integer({ description: 'How many there were so far' }),
      since: Type.String({ description: 'When the first of them began', ...shown('plain') }),
      before: orNull(Key, { description: 'id of the try before this one' }),
    }),
    {
      description:
        'With tries=true: the same caller called the same number again after a call that was not answered; null where he did not',
    },
  ),
});
export type SearchHit = Static<typeof SearchHit>;

export const SearchAnswer = Type.Object({
  calls: Type.Array(SearchHit),
  more: Type.Boolean({ description: 'True when older calls match that are not listed' }),
});
export type SearchAnswer = Static<typeof SearchAnswer>;

export const Lane = Type.Object({
  id: Text,
  name: Type.String({ description: "The host's name where one is known, else its address" }),
  addresses: Type.Array(Text),
});
export type Lane = Static<typeof Lane>;

export const Step = Type.Object(
  {
    id: Plain,
    kind: Type.Enum(['message', 'event', 'log', 'gap']),
    at: Time,
    atUs: Type.Number({
      description: 'Epoch µs, as drawn: where a clock was off it is none of the stored times, which are in `seenBy`',
    }),
    from: orNull(Text, {
      description: 'Lane id; for an event, log line or gap the lane it happened on',
    }),
    to: orNull(Text, { description: 'Lane id; null for what happens on one lane' }),
    title: Type.String({
      description: 'What to write on the arrow: "INVITE", "180 Ringing", "CHANNEL_ANSWER", the log text',
    }),
    detail: Type.String({ description: 'A second line: Request-URI, cause, file and line' }),
    callId: MaybeKey,
    channel: MaybeKey,
    transport: MaybeWord,
    src: MaybeText,
    dst: MaybeText,
    status: orNull(Type.Integer()),
    method: MaybeWord,
    media: Type.Boolean({ description: 'True for a report about media (RTCP, RTCP-XR, vq-rtcpxr) and no SIP message' }),
    level: orNull(Type.Integer(), { description: 'Log level 0–7' }),
    retransmission: Type.Boolean({ description: 'True for a repeated sending of an earlier step' }),
    flaw: Type.String({ description: 'Why the message could not be read in full, "" when it could', ...shown('word') }),
    seenBy: Type.Array(Type.Object({ sensor: Plain, at: Time })),
    raw: Type.String({
      description:
        'The SIP message or log line as captured; "" for an event and where it was not asked for, see /steps/{id}',
    }),
  },
  shown('step'),
);
export type Step = Static<typeof Step>;

const MaybeNumber = (description: string) => orNull(Type.Number(), { description });

const Heard = orNull(
  Type.Object({
    packetsLost: orNull(Type.Integer(), { description: 'As RTCP counts them' }),
    lossPercent: MaybeNumber('Of all packets; null where nobody said how many were sent'),
    maxLossPercent: MaybeNumber('The worst interval between two reports'),
    discardPercent: MaybeNumber('Came too late for the jitter buffer (RTCP-XR, vq-rtcpxr)'),
    maxJitterMs: MaybeNumber('The largest interarrival jitter'),
    roundTripMs: MaybeNumber('The longest round trip that the reporter itself tells (RTCP-XR, vq-rtcpxr)'),
    rFactor: MaybeNumber("0 to 100: the reporter's own, else an estimate; null where a reporter told its MOS alone"),
    mos: MaybeNumber("1 to 5: the reporter's own, else estimated by ITU-T G.107 from loss and jitter"),
    mosReported: Type.Boolean({ description: "True where R and MOS are the reporter's own" }),
  }),
);

export const MediaSession = Type.Object({
  id: Plain,
  callId: Key,
  a: Type.String({ description: 'Lane of the end that offered' }),
  b: Type.String({ description: 'Lane of the end that answered' }),
  aAddress: Type.String({ description: '"address:port" of RTP' }),
  bAddress: Text,
  codec: Type.String({ description: '"audio PCMU": what the answer chose' }),
  direction: Type.Enum(['sendrecv', 'sendonly', 'recvonly', 'inactive'], {
    description: "The answer's, as `a` sees it",
  }),
  sinceUs: Type.Number({ description: 'Epoch µs' }),
  untilUs: Type.Number(),
  sinceStep: Type.String({ description: 'id of the step that agreed on it', ...shown('plain') }),
  untilStep: orNull(Plain),
  reports: Type.Integer({ description: 'Reports about it: RTCP, RTCP-XR, and those of telephones (vq-rtcpxr)' }),
  heardByA: Heard,
  heardByB: Heard,
});
export type MediaSession = Static<typeof MediaSession>;

export const Ladder = Type.Object({
  lanes: Type.Array(Lane),
  steps: Type.Array(Step),
  media: Type.Array(MediaSession, { description: 'RTP that the two ends agreed on in SDP' }),
  truncated: Type.Boolean(),
});
export type Ladder = Static<typeof Ladder>;

export const LogLine = Type.Object({
  id: Plain,
  at: Time,
  node: Plain,
  channel: MaybeKey,
  level: Type.Integer(),
  file: Said,
  line: Type.Integer(),
  text: Said,
});
export type LogLine = Static<typeof LogLine>;

export const LogsAnswer = Type.Object({ lines: Type.Array(LogLine), truncated: Type.Boolean() });
export type LogsAnswer = Static<typeof LogsAnswer>;

export const StepDetail = Type.Object(
  {
    id: Plain,
    kind: Type.Enum(['message', 'event', 'log']),
    at: Time,
    raw: Type.String({ description: 'The message or line as captured' }),
    headers: Type.Record(Text, Type.Union([Text, Type.Array(Text)]), {
      description: 'Headers of a channel event',
      ...shown('headers'),
    }),
    partial: Type.Boolean({
      description:
        'The headers are only those that were new in this event: the one that it repeats is not stored any more',
    }),
  },
  shown('step'),
);
export type StepDetail = Static<typeof StepDetail>;

export const Health = Type.Object({
  status: Type.Enum(['ok', 'degraded']),
  version: Plain,
  store: Type.Object({
    state: Type.Enum(['up', 'down', 'none'], { description: '"none" for a process that opens no store' }),
  }),
  sources: Type.Array(
    Type.Object({
      name: Plain,
      state: Type.Enum(['up', 'connecting', 'down']),
      detail: Plain,
      lastSeenAt: MaybeTime,
    }),
  ),
});
export type Health = Static<typeof Health>;

/** For whoever restarts a process, or sends it work. */
export const Probe = Type.Object({ status: Type.String() });

export const Problem = Type.Object({
  error: Plain,
  message: Type.String({ description: 'A sentence for a person' }),
});
export type Problem = Static<typeof Problem>;
