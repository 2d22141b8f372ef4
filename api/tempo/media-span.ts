import type { MediaStream } from '../ladder/media/streams.ts';
import { attributesOf, nanosOf, SPAN_KIND, type Span, STATUS_CODE } from './otlp.ts';
import { eventOf, spanIdOf } from './span.ts';

const MAX_SSRCS = 8;

/** From the first report about it to the last; the media itself began some seconds earlier. */
export function mediaSpan(traceId: string, parentSpanId: string, stream: MediaStream): Span {
  const { key, callId, src, dst, steps, ssrcs, packetsSent, octetsSent, heard } = stream;
  const times = steps.map(({ atUs }) => atUs);
  return {
    traceId,
    spanId: spanIdOf(traceId, 'media', key),
    parentSpanId,
    name: `RTP ${src} → ${dst}`,
    kind: SPAN_KIND.internal,
    startTimeUnixNano: nanosOf(Math.min(...times)),
    endTimeUnixNano: nanosOf(Math.max(...times)),
    attributes: attributesOf({
      'sip.call_id': callId,
      src,
      dst,
      'rtp.ssrc': ssrcs.slice(0, MAX_SSRCS).join(' '),
      'rtp.packets_sent': packetsSent,
      'rtp.octets_sent': octetsSent,
      'rtp.packets_lost': heard?.packetsLost,
      'rtp.max_loss_percent': heard?.maxLossPercent,
      'rtp.loss_percent': heard?.wholeLossPercent,
      'rtp.discard_percent': heard?.discardPercent,
      'rtp.max_jitter': heard?.maxJitter,
      'rtp.max_jitter_ms': heard?.maxJitterMs,
      'rtp.max_round_trip_ms': heard?.maxRoundTripMs,
      'rtp.r_factor': heard?.rFactor,
      'rtp.mos': heard?.mos,
      'rtcp.reports': steps.length,
    }),
    events: steps.map(eventOf),
    links: [],
    status: { code: STATUS_CODE.unset, message: '' },
  };
}
