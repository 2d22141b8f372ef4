import type { MessageFact } from '../../../core/call/read/messages.ts';
import type { Figures, Heard } from '../../../core/media/heard.ts';
import { type MediaReport, readReport } from '../../../core/media/read-report.ts';
import type { RtcpReport } from '../../../core/media/rtcp.ts';
import type { Step } from '../../schemas.ts';

/** RTP from one end to another, as far as reports of media tell of it. */
export interface MediaStream {
  /** Says which one it is among all of the call. */
  readonly key: string;
  readonly callId: string;
  /** "host:port" who sends, and who hears: of RTCP, or of RTP where a telephone's report tells it. */
  readonly src: string;
  readonly dst: string;
  /** Reports about it, oldest first. One report of a telephone may be of both directions. */
  readonly steps: readonly Step[];
  /** Lane of the one who hears, or who sends where that one is not heard of. */
  readonly lane: string;
  readonly ssrcs: readonly number[];
  readonly packetsSent?: number;
  readonly octetsSent?: number;
  /** The figures of whoever hears it; undefined when that one did not report. */
  readonly heard?: HeardStream;
}

/** The worst of all reports but for the losses counted, which are those of the last. */
export interface HeardStream {
  /** Undefined where RTCP has not counted. */
  readonly packetsLost?: number;
  /** Of what was expected since the report before, or as the last says of the whole. */
  readonly maxLossPercent?: number;
  readonly wholeLossPercent?: number;
  readonly discardPercent?: number;
  /** In units of the stream's clock, and in milliseconds where a reporter says that. */
  readonly maxJitter?: number;
  readonly maxJitterMs?: number;
  readonly maxRoundTripMs?: number;
  /** The reporter's own, of its last report. */
  readonly rFactor?: number;
  readonly mos?: number;
}

/** A step of the ladder with the report that it stands for. */
export interface ReportStep {
  readonly step: Step;
  readonly callId: string;
  readonly report: MediaReport;
}

/**
 * The steps that are reports about media and can be read, each report once: one that was published over several hops is a
 * step of each.
 */
export function reportSteps(steps: readonly Step[], messages: ReadonlyMap<string, MessageFact>): ReportStep[] {
  const published = new Set<string>();
  return steps.flatMap((step) => {
    const message = step.kind === 'message' && step.media ? messages.get(step.id) : undefined;
    const report = message === undefined ? undefined : readReport(message);
    if (message === undefined || report === undefined) return [];
    const key = `${message.callId}\0${report.body}`;
    if (report.body !== '' && published.has(key)) return [];
    published.add(key);
    return [{ step, callId: message.callId, report }];
  });
}

interface Growing {
  readonly callId: string;
  readonly src: string;
  readonly dst: string;
  readonly steps: Set<Step>;
  lane: string;
  sent: RtcpReport['sent'];
  /** By source: the last count, as it is of all packets so far. */
  readonly lost: Map<number, number>;
  readonly ssrcs: Set<number>;
  heard: HeardStream | undefined;
}

/**
 * The streams that the reports of a call tell of, in the order of their first report. A report from A to B says what A has
 * sent to B and what it has heard from there; it stands under what was heard. Reports whose ends nobody said are of no
 * stream.
 */
export function mediaOf(reports: readonly ReportStep[]): MediaStream[] {
  const streams = new Map<string, Growing>();
  const streamOf = (callId: string, src: string, dst: string): Growing => {
    const key = `${callId}\0${src}\0${dst}`;
    const known = streams.get(key);
    if (known !== undefined) return known;
    const fresh = { callId, src, dst, steps: new Set<Step>(), lane: '', sent: undefined, heard: undefined };
    const stream: Growing = { ...fresh, lost: new Map(), ssrcs: new Set() };
    streams.set(key, stream);
    return stream;
  };
  for (const { step, callId, report } of reports) {
    const { src, dst } = step;
    const { rtcp, heard } = report;
    if (rtcp !== undefined && src !== null && dst !== null) {
      const sending = streamOf(callId, src, dst);
      if (rtcp.sent !== undefined) sending.sent = rtcp.sent;
      if (heard.length === 0) {
        sending.lane ||= step.from ?? '';
        sending.steps.add(step);
      }
      const { lost } = streamOf(callId, dst, src);
      for (const { ssrc, packetsLost } of rtcp.heard) lost.set(ssrc, packetsLost);
    }
    for (const one of heard) {
      if (one.by === '' || one.of === '') continue;
      const hearing = streamOf(callId, one.of, one.by);
      hearing.heard = worseOf(hearing.heard, one);
      if (one.ssrc !== undefined) hearing.ssrcs.add(one.ssrc);
      hearing.lane = step.from ?? '';
      hearing.steps.add(step);
    }
  }
  // Of a stream without a report of its own nothing is known but what the other direction says beside.
  return [...streams].filter(([, { steps }]) => steps.size > 0).map(([key, growing]) => streamFrom(key, growing));
}

function streamFrom(key: string, growing: Growing): MediaStream {
  const { callId, src, dst, steps, lane, sent, lost, ssrcs, heard } = growing;
  const packetsLost = [...lost.values()].reduce((sum, count) => sum + count, 0);
  return {
    ...{ key, callId, src, dst, steps: [...steps], lane, ssrcs: [...ssrcs] },
    ...(sent === undefined ? {} : { packetsSent: sent.packets, octetsSent: sent.octets }),
    ...(heard === undefined ? {} : { heard: { ...heard, ...(lost.size === 0 ? {} : { packetsLost }) } }),
  };
}

/** What is known of a stream once another report of it is read. */
export function worseOf(
  before: HeardStream | undefined,
  { figures, span }: Pick<Heard, 'figures' | 'span'>,
): HeardStream {
  const { lossPercent, discardPercent, jitterUnits, jitterMs, roundTripMs, rFactor, mos }: Figures = figures;
  const worst = (name: keyof HeardStream, value: number | undefined): HeardStream =>
    value === undefined ? {} : { [name]: Math.max(before?.[name] ?? 0, value) };
  const last = (name: keyof HeardStream, value: number | undefined): HeardStream =>
    value === undefined ? {} : { [name]: value };
  return {
    ...before,
    ...(span === 'whole'
      ? last('wholeLossPercent', rounded(lossPercent))
      : worst('maxLossPercent', rounded(lossPercent))),
    ...last('discardPercent', rounded(discardPercent)),
    ...worst('maxJitter', jitterUnits),
    ...worst('maxJitterMs', jitterMs),
    ...worst('maxRoundTripMs', roundTripMs),
    ...last('rFactor', rFactor),
    ...last('mos', mos),
  };
}

const rounded = (percent: number | undefined): number | undefined =>
  percent === undefined ? undefined : Math.round(percent * 100) / 100;
