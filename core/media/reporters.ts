import type { SeenMessage } from '../call/copies.ts';
import { hostAndPort } from '../model/host-and-port.ts';
import { type RtcpReport, readRtcp, roundTripMsOf } from './rtcp.ts';

/** One who sends RTCP reports about a leg's media, with what it said, oldest first. */
export interface Reporter {
  /** "host:port" it sends from. */
  readonly address: string;
  readonly reports: readonly Reported[];
}

export interface Reported {
  readonly seen: SeenMessage;
  readonly report: RtcpReport;
  readonly heard: readonly HeardInterval[];
}

/** What a reporter heard of one source since the report before. */
export interface HeardInterval {
  readonly ssrc: number;
  /** Packets that should have come; undefined in the first report, which has none before it. */
  readonly expected: number | undefined;
  /** 0 to 256. */
  readonly fractionLost: number;
  /** Units of the RTP clock. */
  readonly jitter: number;
  /** Between the sensor and the reporter; undefined where the answered sender report was not seen by the same sensor. */
  readonly roundTripMs: number | undefined;
}

/** Two clocks of one report round to within this, in 65536ths of a second: a millisecond. */
const SAME_NTP = 66;

/** The reporters of one leg in the order of their first reports. `messages` are RTCP, oldest first, copies merged. */
export function reportersOf(messages: readonly SeenMessage[]): readonly Reporter[] {
  const byAddress = new Map<string, Reported[]>();
  // Found by their time in steps of SAME_NTP: a hostile sender must not make every report be held against every other.
  const sentAt = new Map<string, { readonly ntp: number; readonly atUs: number }>();
  const highest = new Map<string, number>();
  for (const seen of messages) {
    const { payload, srcIp, srcPort } = seen.message;
    const report = readRtcp(payload.toString('utf8'));
    if (report === undefined || srcIp === '') continue;
    const address = hostAndPort(srcIp, srcPort);
    const heard = report.heard.map((block): HeardInterval => {
      const { ssrc, fractionLost, jitter, lsr = 0, dlsr = 0 } = block;
      const key = `${address} ${ssrc}`;
      const before = highest.get(key);
      if (block.highest !== undefined) highest.set(key, block.highest);
      const grown = before === undefined || block.highest === undefined ? undefined : block.highest - before;
      const step = Math.round(lsr / SAME_NTP);
      const answered = [step, step - 1, step + 1]
        .map((near) => sentAt.get(`${seen.message.sensor} ${near}`))
        .find((one) => lsr !== 0 && one !== undefined && Math.abs(one.ntp - lsr) <= SAME_NTP);
      // By the clock of the sensor, which saw both: then no two clocks need agree.
      const arrival = answered === undefined ? 0 : lsr + ((seen.atUs - answered.atUs) * 65_536) / 1_000_000;
      return {
        ...{ ssrc, fractionLost, jitter },
        expected: grown === undefined || grown < 0 ? undefined : grown,
        roundTripMs: answered === undefined ? undefined : roundTripMsOf(arrival, lsr, dlsr),
      };
    });
    if (report.ntp !== undefined) {
      sentAt.set(`${seen.message.sensor} ${Math.round(report.ntp / SAME_NTP)}`, { ntp: report.ntp, atUs: seen.atUs });
    }
    const known = byAddress.get(address);
    if (known === undefined) byAddress.set(address, [{ seen, report, heard }]);
    else known.push({ seen, report, heard });
  }
  return [...byAddress].map(([address, reports]) => ({ address, reports }));
}
