/**
 * What an RTCP report (RFC 3550 §6.4) says, as rtpengine and Asterisk write it into JSON for HEP type 5. Both write some
 * numbers as text; Asterisk's own `ssrc` is another one in each report, so nothing here goes by it.
 */
export interface RtcpReport {
  /** What the reporter has sent so far; undefined for a receiver report. */
  readonly sent?: { readonly packets: number; readonly octets: number };
  /** What it has heard, one block a source. */
  readonly heard: readonly HeardBlock[];
}

export interface HeardBlock {
  /** The source that is spoken of. */
  readonly ssrc: number;
  /** Of the packets since the report before, in 256ths. */
  readonly fractionLost: number;
  /** Since the beginning; negative where packets came twice. */
  readonly packetsLost: number;
  /** Interarrival jitter in units of the stream's clock, 8000 a second for most codecs of telephones. */
  readonly jitter: number;
}

/** A report has 31 blocks at most. */
const MAX_BLOCKS = 31;

/** Undefined for a text that is no report, or tells of nothing. */
export function readRtcp(text: string): RtcpReport | undefined {
  const report = recordOf(parsed(text));
  if (report === undefined) return undefined;
  const blocks = Array.isArray(report.report_blocks) ? report.report_blocks.slice(0, MAX_BLOCKS) : [];
  const heard = blocks.map(blockOf).filter((block) => block !== undefined);
  const info = recordOf(report.sender_information);
  const [packets, octets] = [numberOf(info?.packets), numberOf(info?.octets)];
  const sent = packets === undefined || octets === undefined ? undefined : { packets, octets };
  if (sent === undefined && heard.length === 0) return undefined;
  return { ...(sent === undefined ? {} : { sent }), heard };
}

function blockOf(value: unknown): HeardBlock | undefined {
  const block = recordOf(value);
  const [ssrc, fractionLost] = [numberOf(block?.source_ssrc), numberOf(block?.fraction_lost)];
  const [packetsLost, jitter] = [numberOf(block?.packets_lost), numberOf(block?.ia_jitter)];
  if (ssrc === undefined || fractionLost === undefined || packetsLost === undefined || jitter === undefined) {
    return undefined;
  }
  return { ssrc, fractionLost, packetsLost, jitter };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Anybody may send anything: it stays what it is, a report that nobody can read.
    return undefined;
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
