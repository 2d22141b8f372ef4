import { integerOf, type JsonRecord, parsedJson, recordOf } from './json.ts';

/**
 * What an RTCP report (RFC 3550 §6.4) says, as rtpengine and Asterisk write it into JSON for HEP type 5. Both write some
 * numbers as text; Asterisk's own `ssrc` is another one in each report, so nothing here goes by it.
 */
export interface RtcpReport {
  /** What the reporter has sent so far; undefined for a receiver report. */
  readonly sent?: { readonly packets: number; readonly octets: number };
  /** The reporter's clock at the sender report: the middle 32 bits of its NTP time, seconds in 65536ths. */
  readonly ntp?: number;
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
  /** Extended highest sequence number received: what it grows by from report to report was expected. */
  readonly highest?: number;
  /** Of the last sender report that came from the source its `ntp`, and how long ago it came; 0 when none came. */
  readonly lsr?: number;
  readonly dlsr?: number;
}

/**
 * A − LSR − DLSR of RFC 3550 §6.4.1 in milliseconds: the round trip between whoever sent the sender report and whoever
 * answered it. All in 65536ths of a second, modulo 2³²; `arrival` is by the clock of the sender report's sender. Undefined when
 * the block answers no sender report.
 */
export function roundTripMsOf(arrival: number, lsr: number, dlsr: number): number | undefined {
  if (lsr === 0) return undefined;
  const rtt = (arrival - lsr - dlsr) % 2 ** 32;
  const wrapped = rtt < 0 ? rtt + 2 ** 32 : rtt;
  // Clocks that run apart make a round trip of less than nothing: that is none.
  return wrapped >= 2 ** 31 ? 0 : (1000 * wrapped) / 65_536;
}

/** RTCP packet type (RFC 3550 §12.1). */
const SENDER_REPORT = 200;
/** A report has 31 blocks at most. */
const MAX_BLOCKS = 31;

/** Undefined for a text that is no report, or tells of nothing. */
export function readRtcp(text: string): RtcpReport | undefined {
  const report = recordOf(parsedJson(text));
  if (report === undefined) return undefined;
  const blocks = Array.isArray(report.report_blocks) ? report.report_blocks.slice(0, MAX_BLOCKS) : [];
  const heard = blocks.map(blockOf).filter((block) => block !== undefined);
  const info = recordOf(report.sender_information);
  // heplify fills the sender's counts with zeros where a receiver reports, or where it is no such report at all.
  const isSender = report.type === undefined || integerOf(report.type) === SENDER_REPORT;
  const [packets, octets] = isSender ? [integerOf(info?.packets), integerOf(info?.octets)] : [];
  const sent = packets === undefined || octets === undefined ? undefined : { packets, octets };
  if (sent === undefined && heard.length === 0) return undefined;
  const ntp = sent === undefined ? undefined : ntpOf(info);
  return { ...(sent === undefined ? {} : { sent }), ...(ntp === undefined ? {} : { ntp }), heard };
}

/** 1970 in seconds of NTP, which count from 1900 (RFC 5905 §6). */
const NTP_1970 = 2_208_988_800;

/** rtpengine writes both words as they are on the wire, Asterisk seconds since 1970 and microseconds. */
function ntpOf(info: JsonRecord | undefined): number | undefined {
  const [seconds, rest] = [integerOf(info?.ntp_timestamp_sec), integerOf(info?.ntp_timestamp_usec)];
  if (seconds === undefined || rest === undefined || seconds < 0 || rest < 0) return undefined;
  const isWire = seconds >= NTP_1970;
  const whole = isWire ? seconds : seconds + NTP_1970;
  const fraction = isWire ? rest / 2 ** 32 : rest / 1_000_000;
  return (whole % 65_536) * 65_536 + Math.floor(Math.min(fraction, 1) * 65_536);
}

function blockOf(value: unknown): HeardBlock | undefined {
  const block = recordOf(value);
  const [ssrc, fractionLost] = [integerOf(block?.source_ssrc), integerOf(block?.fraction_lost)];
  const [packetsLost, jitter] = [integerOf(block?.packets_lost), integerOf(block?.ia_jitter)];
  if (ssrc === undefined || fractionLost === undefined || packetsLost === undefined || jitter === undefined) {
    return undefined;
  }
  const [highest, lsr, dlsr] = [integerOf(block?.highest_seq_no), integerOf(block?.lsr), integerOf(block?.dlsr)];
  return {
    ...{ ssrc, fractionLost, packetsLost, jitter },
    ...(highest === undefined ? {} : { highest }),
    ...(lsr === undefined || dlsr === undefined ? {} : { lsr, dlsr }),
  };
}
