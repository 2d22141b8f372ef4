import { createHash } from 'node:crypto';
import type { Step } from '../schemas.ts';
import { attributesOf, nanosOf, type SpanEvent } from './otlp.ts';

/** The id of a span: 16 hex digits that depend on the trace and on what the span stands for. */
export const spanIdOf = (traceId: string, what: 'call' | 'leg' | 'transaction' | 'media', key = ''): string =>
  createHash('sha256').update(`${traceId}\0${what}\0${key}`).digest('hex').slice(0, 16);

/** A step of the ladder as an event of a span. */
export function eventOf(step: Step): SpanEvent {
  const { atUs, title, detail, src, dst, method, status, retransmission, flaw, seenBy, channel, level, kind } = step;
  return {
    timeUnixNano: nanosOf(atUs),
    name: title === '' ? kind : title,
    attributes: attributesOf({
      src: src ?? undefined,
      dst: dst ?? undefined,
      method: status === null ? (method ?? undefined) : undefined,
      response: status ?? undefined,
      detail,
      channel: channel ?? undefined,
      level: level ?? undefined,
      retransmission: retransmission ? true : undefined,
      flaw,
      seen_by: seenBy.map(({ sensor }) => sensor).join(' '),
    }),
  };
}
