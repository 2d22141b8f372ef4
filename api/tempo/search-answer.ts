import type { CallSummary } from '../schemas.ts';
import { durationNsOf, nameOf, serviceOf, usOf } from './fields.ts';
import { attributesOf, type KeyValue, nanosOf } from './otlp.ts';
import { type TraceAnswer, traceIdOfSummary } from './search.ts';
import { spanIdOf } from './span.ts';

/**
 * tempopb.SearchResponse as JSON. Grafana reads it strictly: one name that it does not know fails the whole query, and
 * integers of 64 bits must be text.
 */
export interface SearchResponse {
  readonly traces: readonly TraceSearchMetadata[];
  readonly metrics: {
    readonly inspectedTraces: number;
    readonly inspectedBytes: string;
    readonly totalBlocks: number;
    readonly completedJobs: number;
    readonly totalJobs: number;
  };
}

export interface TraceSearchMetadata {
  readonly traceID: string;
  readonly rootServiceName: string;
  readonly rootTraceName: string;
  readonly startTimeUnixNano: string;
  readonly durationMs: number;
  readonly spanSets: readonly {
    readonly matched: number;
    readonly spans: readonly {
      readonly spanID: string;
      readonly name: string;
      readonly startTimeUnixNano: string;
      readonly durationNanos: string;
      readonly attributes: readonly KeyValue[];
    }[];
  }[];
}

/** `spansEach` is how many spans of a trace are wanted; a call shows one, its root. Not all jobs are done when older calls were not looked at. */
export const presentAnswer = ({ calls, inspected, more }: TraceAnswer, spansEach: number): SearchResponse => ({
  traces: calls.map((call) => presentTrace(call, spansEach)),
  metrics: {
    inspectedTraces: inspected,
    inspectedBytes: '0',
    totalBlocks: 0,
    completedJobs: 1,
    totalJobs: more ? 2 : 1,
  },
});

function presentTrace(call: CallSummary, spansEach: number): TraceSearchMetadata {
  const traceID = traceIdOfSummary(call);
  const startTimeUnixNano = nanosOf(usOf(call.startedAt ?? ''));
  const durationNs = durationNsOf(call);
  const root = {
    spanID: spanIdOf(traceID, 'call'),
    name: nameOf(call),
    startTimeUnixNano,
    durationNanos: String(durationNs),
    attributes: attributesOf({
      'sip.call_id': call.id,
      'sip.from': call.from.number,
      'sip.to': call.to.number,
      'sip.status': call.finalStatus ?? undefined,
      'sip.outcome': call.outcome,
      tenant: call.tenant ?? undefined,
    }),
  };
  return {
    traceID,
    rootServiceName: serviceOf(call),
    rootTraceName: nameOf(call),
    startTimeUnixNano,
    durationMs: Math.min(0xffffffff, Math.round(durationNs / 1e6)),
    spanSets: [{ matched: 1, spans: [root].slice(0, spansEach) }],
  };
}
