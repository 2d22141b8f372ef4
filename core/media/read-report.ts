import { PROTOCOL } from '../model/capture-event.ts';
import { hostAndPort } from '../model/host-and-port.ts';
import { type Heard, lossPercentOf } from './heard.ts';
import { type RtcpReport, readRtcp } from './rtcp.ts';
import type { VqMetrics, VqReport } from './vq.ts';
import { vqOf } from './vq-in.ts';
import { readXr } from './xr.ts';

/** A report about media as it came over HEP, read. */
export interface MediaReport {
  /** What RTCP alone has: who sent how much, and counts of the whole call. */
  readonly rtcp: RtcpReport | undefined;
  readonly heard: readonly Heard[];
  /** The same for one report that was seen on several hops, where a proxy writes into what carries it; "" for others. */
  readonly body: string;
}

/** What is needed of a stored message. */
export interface ReportSource {
  readonly protocol: number;
  readonly payload: Buffer;
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
}

/**
 * Reads HEP type 5 (RTCP as JSON, of heplify with XR in it) and type 35: XR as JSON (captagent, heplify), or the quality
 * report of a telephone, in the PUBLISH that brought it (heplify-xrcollector, and what the indexer files of a mirrored one)
 * or by itself. Undefined for what is no report, or tells of nothing.
 */
export function readReport(source: ReportSource): MediaReport | undefined {
  const { protocol, payload } = source;
  if (protocol !== PROTOCOL.rtcp && protocol !== PROTOCOL.rtcpXr) return undefined;
  const text = payload.toString('utf8');
  if (!/^\s*\{/.test(text)) {
    const found = vqOf(payload);
    const heard = found === undefined ? [] : heardInVq(found.report);
    return found === undefined || heard.length === 0 ? undefined : { rtcp: undefined, heard, body: found.body };
  }
  const rtcp = readRtcp(text);
  const heard = source.srcIp === '' ? [] : [...heardInRtcp(rtcp, source), ...heardInXr(text, source)];
  return rtcp === undefined && heard.length === 0 ? undefined : { rtcp, heard, body: '' };
}

const heardInRtcp = (rtcp: RtcpReport | undefined, source: ReportSource): Heard[] =>
  (rtcp?.heard ?? []).map(({ ssrc, fractionLost, jitter }) => ({
    ...{ format: 'rtcp', ...endsOf(source), ssrc, span: 'interval', expected: undefined },
    figures: { lossPercent: lossPercentOf(fractionLost), jitterUnits: jitter },
  }));

const heardInXr = (text: string, source: ReportSource): Heard[] =>
  readXr(text).map(({ ssrc, figures }) => ({
    ...{ format: 'xr', ...endsOf(source), ssrc, span: 'whole', expected: undefined, figures },
  }));

/** RTCP goes from whoever heard to whom it heard. */
export const endsOf = ({ srcIp, srcPort, dstIp, dstPort }: Omit<ReportSource, 'protocol' | 'payload'>) =>
  ({ by: hostAndPort(srcIp, srcPort), of: dstIp === '' ? '' : hostAndPort(dstIp, dstPort), ports: 'rtcp' }) as const;

function heardInVq(report: VqReport): Heard[] {
  const { kind, local, remote, localAddress, remoteAddress, localSsrc, remoteSsrc } = report;
  const heard = (metrics: VqMetrics | undefined, by: string, of: string, ssrc: number | undefined): Heard[] =>
    metrics === undefined
      ? []
      : [
          {
            ...{ format: 'vq', by, of, ports: 'rtp', ssrc, expected: metrics.expected, figures: metrics.figures },
            // An alert and an interval are about a part of the call, a session report about all of it.
            span: kind === 'session' ? 'whole' : 'interval',
          },
        ];
  return [
    ...heard(local, localAddress, remoteAddress, remoteSsrc),
    ...heard(remote, remoteAddress, localAddress, localSsrc),
  ];
}
