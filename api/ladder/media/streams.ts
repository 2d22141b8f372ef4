import type { MessageFact } from '../../../core/call/read/messages.ts';
import { lossPercentOf, type RtcpReport, readRtcp } from '../../../core/media/rtcp.ts';
import { PROTOCOL } from '../../../core/model/capture-event.ts';
import type { Step } from '../../schemas.ts';

/** RTP from one end to another, as far as reports of media tell of it. */
export interface MediaStream {
  /** Says which one it is among all of the call. */
  readonly key: string;
  readonly callId: string;
  /** "host:port" of RTCP: who sends, and who hears. */
  readonly src: string;
  readonly dst: string;
  /** Reports about it, oldest first. Each report is one of one stream. */
  readonly steps: readonly Step[];
  /** Lane of the one who hears, or who sends where that one is not heard of. */
  readonly lane: string;
  readonly ssrcs: readonly number[];
  readonly packetsSent?: number;
  readonly octetsSent?: number;
  /** The figures of whoever hears it; undefined when that one did not report. */
  readonly heard?: Heard;
}

export interface Heard {
  readonly packetsLost: number;
  /** The worst interval between two reports, in percent. */
  readonly maxLossPercent: number;
  /** The largest, in units of the stream's clock. */
  readonly maxJitter: number;
}

interface Growing {
  readonly callId: string;
  readonly src: string;
  readonly dst: string;
  readonly steps: Step[];
  lane: string;
  sent: RtcpReport['sent'];
  /** By source: the last count, as it is of all packets so far. */
  readonly lost: Map<number, number>;
  maxFraction: number;
  maxJitter: number;
}

/**
 * The streams that the reports of a call tell of, in the order of their first report. A report from A to B says what A has
 * sent to B and what it has heard from there; it stands under what was heard. Reports that cannot be read, and those whose
 * ends the sender did not say, are of no stream.
 */
export function mediaOf(steps: readonly Step[], messages: ReadonlyMap<string, MessageFact>): MediaStream[] {
  const streams = new Map<string, Growing>();
  const streamOf = (callId: string, src: string, dst: string): Growing => {
    const key = `${callId}\0${src}\0${dst}`;
    let stream = streams.get(key);
    if (stream === undefined) {
      stream = {
        callId,
        src,
        dst,
        steps: [],
        lane: '',
        sent: undefined,
        lost: new Map(),
        maxFraction: 0,
        maxJitter: 0,
      };
      streams.set(key, stream);
    }
    return stream;
  };
  for (const step of steps) {
    const message = messages.get(step.id);
    if (step.kind !== 'message' || message?.protocol !== PROTOCOL.rtcp) continue;
    const { src, dst } = step;
    const report = readRtcp(message.payload.toString('utf8'));
    if (report === undefined || src === null || dst === null) continue;
    const [sending, hearing] = [streamOf(message.callId, src, dst), streamOf(message.callId, dst, src)];
    if (report.sent !== undefined) sending.sent = report.sent;
    sending.lane ||= report.heard.length === 0 ? (step.from ?? '') : sending.lane;
    for (const { ssrc, fractionLost, packetsLost, jitter } of report.heard) {
      hearing.lost.set(ssrc, packetsLost);
      hearing.maxFraction = Math.max(hearing.maxFraction, fractionLost);
      hearing.maxJitter = Math.max(hearing.maxJitter, jitter);
      hearing.lane = step.from ?? '';
    }
    (report.heard.length > 0 ? hearing : sending).steps.push(step);
  }
  // Of a stream without a report of its own nothing is known but what the other direction says beside.
  return [...streams].filter(([, { steps }]) => steps.length > 0).map(([key, growing]) => streamFrom(key, growing));
}

function streamFrom(key: string, growing: Growing): MediaStream {
  const { callId, src, dst, steps, lane, sent, lost, maxFraction, maxJitter } = growing;
  return {
    ...{ key, callId, src, dst, steps, lane, ssrcs: [...lost.keys()] },
    ...(sent === undefined ? {} : { packetsSent: sent.packets, octetsSent: sent.octets }),
    ...(lost.size === 0
      ? {}
      : {
          heard: {
            packetsLost: [...lost.values()].reduce((sum, count) => sum + count, 0),
            maxLossPercent: Math.round(lossPercentOf(maxFraction) * 100) / 100,
            maxJitter,
          },
        }),
  };
}
