import { setTimeout as sleep } from 'node:timers/promises';
import type { OtlpConfig } from '../../core/config/config.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { openCall } from '../call/finder.ts';
import { traceIdOfCall } from '../call/trace.ts';
import type { ApiDeps } from '../deps.ts';
import type { Trace } from './otlp.ts';
import { encodeTrace } from './protobuf.ts';
import { readTrace } from './read-trace.ts';

export interface ExporterDeps extends Pick<ApiDeps, 'store' | 'guesses' | 'unmask' | 'hosts' | 'version'> {
  readonly otlp: OtlpConfig;
  readonly metrics: Pick<Metrics, 'lost'>;
  readonly log: Log;
  /** Pause before the second attempt, doubled before each further one; default 1000. */
  readonly pauseMs?: number;
}

/** Sends traces of calls to an OpenTelemetry collector, one way. */
export interface TraceExporter {
  /** Takes calls, by id, to be sent. Does not wait. */
  offer(ids: readonly string[]): void;
  /** Resolves when all that was offered was sent or given up. */
  drained(): Promise<void>;
  /** Gives up what was not sent. Safe to call twice. */
  stop(): Promise<void>;
}

/** Calls that wait: a few minutes of a large site. What comes beyond it is counted as lost. */
const MAX_WAITING = 50_000;
/** Calls of one request, which are read at the same time. */
const BATCH = 8;
const ATTEMPTS = 5;
const TIMEOUT_MS = 10_000;
/** The collector asks for another attempt (OTLP specification, "Retryable Response Codes"). */
const RETRIABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * OTLP/HTTP in protobuf: ExportTraceServiceRequest has the same bytes as message Trace (both are ResourceSpans under
 * field 1). A call that is put together again is sent again, with the same ids. Losses are counted as stage "otlp".
 */
export function createTraceExporter(deps: ExporterDeps): TraceExporter {
  const { otlp, metrics, log, pauseMs = 1000 } = deps;
  const waiting = new Set<string>();
  const stopping = new AbortController();
  let working: Promise<void> | undefined;

  const traceOfCall = async (id: string): Promise<Trace | undefined> => {
    const options = { signal: stopping.signal };
    const call = (await openCall(deps, id, {}, options))?.call;
    return call === undefined ? undefined : readTrace(deps, traceIdOfCall(call), call, options);
  };

  /** One attempt: "again" when another one may help. */
  const post = async (body: Buffer): Promise<'sent' | 'again' | string> => {
    try {
      const response = await fetch(otlp.url, {
        method: 'POST',
        headers: { ...otlp.headers, 'content-type': 'application/x-protobuf' },
        body: new Uint8Array(body),
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      if (response.ok) return 'sent';
      return RETRIABLE.has(response.status) ? 'again' : `it answered ${response.status}`;
    } catch (error) {
      if (stopping.signal.aborted) return 'Calltrail stops';
      log.warn(`traces: ${otlp.url} cannot be reached: ${reasonOf(error)}`);
      return 'again';
    }
  };

  const send = async (body: Buffer, calls: number): Promise<void> => {
    let answer: string = 'again';
    for (let attempt = 0; attempt < ATTEMPTS && answer === 'again'; attempt++) {
      if (attempt > 0) await pause(pauseMs * 2 ** (attempt - 1), stopping.signal);
      answer = await post(body);
    }
    if (answer === 'sent') return;
    if (stopping.signal.aborted) {
      metrics.lost('otlp', 'stopped', calls);
      return;
    }
    metrics.lost('otlp', answer === 'again' ? 'unreachable' : 'refused', calls);
    const why = answer === 'again' ? `not after ${ATTEMPTS} attempts` : answer;
    log.error(`traces of ${calls} calls could not be sent to ${otlp.url}: ${why}`);
  };

  const work = async (): Promise<void> => {
    while (waiting.size > 0 && !stopping.signal.aborted) {
      const ids: string[] = [];
      for (const id of waiting) {
        if (ids.length === BATCH) break;
        ids.push(id);
        waiting.delete(id);
      }
      const read = await Promise.allSettled(ids.map(traceOfCall));
      const traces: Trace[] = [];
      for (const one of read) {
        if (one.status === 'fulfilled') {
          if (one.value !== undefined) traces.push(one.value);
          continue;
        }
        metrics.lost('otlp', stopping.signal.aborted ? 'stopped' : 'unread');
        if (!stopping.signal.aborted) log.error(`a trace could not be read for ${otlp.url}: ${one.reason}`);
      }
      const resourceSpans = traces.flatMap((trace) => trace.resourceSpans);
      if (resourceSpans.length > 0) await send(encodeTrace({ resourceSpans }), traces.length);
    }
    working = undefined;
  };

  return {
    offer(ids) {
      for (const id of ids) {
        if (waiting.size >= MAX_WAITING && !waiting.has(id)) metrics.lost('otlp', 'queue_full');
        else waiting.add(id);
      }
      if (waiting.size > 0 && !stopping.signal.aborted) working ??= work();
    },
    async drained() {
      while (working !== undefined) await working;
    },
    async stop() {
      stopping.abort();
      await working;
      if (waiting.size > 0) metrics.lost('otlp', 'stopped', waiting.size);
      waiting.clear();
    },
  };
}

/** Ends at once when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
