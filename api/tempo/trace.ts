import type { FoundCall } from '../../core/call/find.ts';
import type { LegFacts } from '../../core/call/legs.ts';
import type { MessageFact } from '../../core/call/read/messages.ts';
import type { Party } from '../../core/call/types.ts';
import { reasonOf } from '../call/reasons.ts';
import { mediaOf, reportSteps } from '../ladder/media/streams.ts';
import type { Ladder, Step } from '../schemas.ts';
import { linksOf } from './links.ts';
import { mediaSpan } from './media-span.ts';
import { attributesOf, nanosOf, type ResourceSpans, SPAN_KIND, type Span, type Trace } from './otlp.ts';
import { eventOf, spanIdOf } from './span.ts';
import { statusOf, statusOfFinal } from './status.ts';
import { type Transaction, transactionsOf } from './transactions.ts';

/** What a trace is made of: the call, its ladder, and the stored messages that are drawn there by id. */
export interface TraceFacts {
  readonly traceId: string;
  readonly call: FoundCall;
  readonly ladder: Ladder;
  readonly messages: ReadonlyMap<string, MessageFact>;
  readonly version: string;
}

/** Of a resource that nobody named: Grafana drops the spans of one without a service.name. */
const UNKNOWN_SERVICE = 'unknown';

/** The name of a call's span, in traces and in lists of them. */
export const callName = (method: string, from: Party, to: Party): string =>
  `${method} ${from.number || '?'} → ${to.number || '?'}`;

/**
 * A call as a trace: the root span is the call, its children are the legs, and theirs the transactions, with every message
 * as an event of its transaction, and the streams of media, with the reports about them. What else happened (events of the
 * switch) is an event of its leg; log lines are left to the logs, as a leg has thousands. Legs that were found to belong together are linked, with the rule that says so.
 */
export function traceOf({ traceId, call, ladder, messages, version }: TraceFacts): Trace {
  const nameOfLane = new Map(ladder.lanes.map(({ id, name }) => [id, name]));
  const spans = new Map<string, Span[]>();
  const put = (service: string, span: Span): void => {
    const name = service === '' ? UNKNOWN_SERVICE : service;
    const known = spans.get(name);
    if (known === undefined) spans.set(name, [span]);
    else known.push(span);
  };
  const transactions = transactionsOf(ladder, messages);
  const media = mediaOf(reportSteps(ladder.steps, messages));
  const told = new Set([...transactions, ...media].flatMap(({ steps }) => steps));
  const eventsOf = stepsByLeg(
    call,
    ladder.steps.filter((step) => !told.has(step) && step.kind !== 'log'),
  );

  put(firstNodeOf(call), rootSpan(traceId, call, ladder.truncated, eventsOf.get(undefined) ?? []));
  const links = linksOf(call);
  for (const leg of call.legs) {
    const own = links.filter(({ from }) => from === leg);
    put(nodeOf(leg), {
      ...legSpan(traceId, leg),
      events: (eventsOf.get(leg) ?? []).map(eventOf),
      links: own.map(({ to, kind, edges }) => ({
        traceId,
        spanId: spanIdOf(traceId, 'leg', to.id),
        attributes: attributesOf({
          kind,
          tier: [...new Set(edges.map(({ tier }) => tier))].join(' '),
          why: edges.map(({ why }) => why).join(' '),
          reason: edges.map(({ why }) => reasonOf(why)).join(' '),
        }),
      })),
    });
  }
  const legOf = new Map(call.legs.flatMap((leg) => (leg.callId === undefined ? [] : [[leg.callId, leg] as const])));
  const parentOf = (callId: string): string => {
    const leg = legOf.get(callId);
    return leg === undefined ? spanIdOf(traceId, 'call') : spanIdOf(traceId, 'leg', leg.id);
  };
  for (const transaction of transactions) {
    const { server, callId } = transaction;
    put(nameOfLane.get(server) ?? server, transactionSpan(traceId, parentOf(callId), transaction));
  }
  for (const stream of media) {
    put(nameOfLane.get(stream.lane) ?? stream.lane, mediaSpan(traceId, parentOf(stream.callId), stream));
  }
  const scope = { name: 'calltrail', version };
  return {
    resourceSpans: [...spans].map(
      ([service, own]): ResourceSpans => ({
        resource: { attributes: attributesOf({ 'service.name': service }) },
        scopeSpans: [{ scope, spans: own }],
      }),
    ),
  };
}

/** Steps by the leg that they belong to; those of none under undefined. */
function stepsByLeg({ legs }: FoundCall, steps: readonly Step[]): Map<LegFacts | undefined, Step[]> {
  const byCallId = new Map<string, LegFacts>();
  const byChannel = new Map<string, LegFacts>();
  for (const leg of legs) {
    if (leg.callId !== undefined) byCallId.set(leg.callId, leg);
    for (const { uuid } of leg.channels) byChannel.set(uuid, leg);
  }
  const groups = new Map<LegFacts | undefined, Step[]>();
  for (const step of steps) {
    const leg = byChannel.get(step.channel ?? '') ?? byCallId.get(step.callId ?? '');
    const group = groups.get(leg);
    if (group === undefined) groups.set(leg, [step]);
    else group.push(step);
  }
  return groups;
}

/** The switch that carried a leg, else the first sensor that saw it. */
const nodeOf = ({ channels, dialog }: LegFacts): string => channels[0]?.node ?? dialog?.sensors[0] ?? '';

/** The first of the names that a list shows of the call, so that list and trace name one service. */
function firstNodeOf({ legs }: FoundCall): string {
  const names = legs.flatMap(({ channels, dialog }) => [
    ...channels.map(({ node }) => node),
    ...(dialog?.sensors ?? []),
  ]);
  return names.sort()[0] ?? '';
}

function rootSpan(traceId: string, call: FoundCall, truncated: boolean, steps: readonly Step[]): Span {
  const { facts, legs, component } = call;
  const { root, outcome, finalStatus, hangupCause, hungUpBy } = facts;
  const method = root.dialog?.method ?? 'INVITE';
  return {
    traceId,
    spanId: spanIdOf(traceId, 'call'),
    parentSpanId: '',
    name: callName(method, root.from, root.to),
    kind: SPAN_KIND.internal,
    startTimeUnixNano: nanosOf(facts.startedUs),
    endTimeUnixNano: nanosOf(Math.max(facts.startedUs, facts.lastUs)),
    attributes: attributesOf({
      'sip.call_id': root.id,
      'sip.method': method,
      'sip.from': root.from.number,
      'sip.from_name': root.from.name,
      'sip.to': root.to.number,
      'sip.status': finalStatus,
      'sip.outcome': outcome,
      'sip.hangup_cause': hangupCause,
      'sip.hung_up_by': hungUpBy,
      'sip.legs': legs.length,
      tenant: component.tenant,
      truncated: truncated ? true : undefined,
    }),
    events: steps.map(eventOf),
    links: [],
    status: statusOf(facts),
  };
}

function legSpan(traceId: string, leg: LegFacts): Omit<Span, 'events' | 'links'> {
  const { from, to, dialog, channels, outcome, finalStatus, hangupCause, hungUpBy } = leg;
  return {
    traceId,
    spanId: spanIdOf(traceId, 'leg', leg.id),
    parentSpanId: spanIdOf(traceId, 'call'),
    name: `leg ${from.number || '?'} → ${to.number || '?'}`,
    kind: SPAN_KIND.internal,
    startTimeUnixNano: nanosOf(leg.startedUs),
    endTimeUnixNano: nanosOf(Math.max(leg.startedUs, leg.lastUs)),
    attributes: attributesOf({
      'sip.call_id': leg.callId,
      'sip.method': dialog?.method,
      'sip.from': from.number,
      'sip.from_name': from.name,
      'sip.to': to.number,
      'sip.status': finalStatus,
      'sip.outcome': outcome,
      'sip.hangup_cause': hangupCause,
      'sip.hung_up_by': hungUpBy,
      'sip.channel': channels.map(({ uuid }) => uuid).join(' '),
      'sip.channel_name': channels.map(({ name }) => name).join(' '),
    }),
    status: statusOf(leg),
  };
}

function transactionSpan(traceId: string, parentSpanId: string, transaction: Transaction): Span {
  const { key, callId, method, inside, steps, finalStatus } = transaction;
  const times = steps.map(({ atUs }) => atUs);
  const [first] = steps;
  return {
    traceId,
    spanId: spanIdOf(traceId, 'transaction', key),
    parentSpanId,
    name: inside && method === 'INVITE' ? 're-INVITE' : method,
    kind: SPAN_KIND.server,
    startTimeUnixNano: nanosOf(Math.min(...times)),
    endTimeUnixNano: nanosOf(Math.max(...times)),
    attributes: attributesOf({
      'sip.call_id': callId,
      'sip.method': method,
      'sip.status': finalStatus,
      src: first?.src ?? undefined,
      dst: first?.dst ?? undefined,
      'network.transport': first?.transport ?? undefined,
    }),
    events: steps.map(eventOf),
    links: [],
    status: statusOfFinal(finalStatus),
  };
}
