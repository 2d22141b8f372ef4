import { describe, expect, it } from 'vitest';
import type { SeenMessage } from '../../../core/call/copies.ts';
import { reportersOf } from '../../../core/media/reporters.ts';

interface Said {
  readonly atUs: number;
  readonly src: string;
  readonly sensor?: string;
  /** Seconds of NTP. */
  readonly sentAt?: number;
  readonly block?: Readonly<Record<string, number>>;
}

const seen = ({ atUs, src, sensor = 'relay', sentAt, block }: Said): SeenMessage => {
  const sender_information = { packets: 1, octets: 1, ntp_timestamp_sec: sentAt, ntp_timestamp_usec: 0 };
  const said = {
    ...(sentAt === undefined ? {} : { sender_information }),
    report_blocks:
      block === undefined ? [] : [{ source_ssrc: 1, fraction_lost: 0, packets_lost: 0, ia_jitter: 0, ...block }],
  };
  const message = { sensor, srcIp: src, srcPort: 4001, payload: Buffer.from(JSON.stringify(said)) };
  return { message, atUs, copies: [message], retransmission: false } as unknown as SeenMessage;
};

const NTP = 4_004_250_256;
const MIDDLE = (NTP % 65_536) * 65_536;

describe('reporters of a leg', () => {
  it('expected what the highest sequence number grew by, of each source alone; the first report has none before it', () => {
    const [one] = reportersOf([
      seen({ atUs: 0, src: '192.0.2.1', block: { highest_seq_no: 1000 } }),
      seen({ atUs: 1, src: '192.0.2.1', block: { highest_seq_no: 1250 } }),
      seen({ atUs: 2, src: '192.0.2.1', block: { source_ssrc: 2, highest_seq_no: 70_000 } }),
      seen({ atUs: 3, src: '192.0.2.1', block: { highest_seq_no: 1100 } }),
    ]);
    expect(one?.reports.map(({ heard }) => heard[0]?.expected)).toEqual([undefined, 250, undefined, undefined]);
  });

  it('take the round trip by the clock of the sensor, whatever the clocks of the ends say', () => {
    const [, answering] = reportersOf([
      seen({ atUs: 5_000_000, src: '192.0.2.1', sentAt: NTP }),
      seen({ atUs: 5_600_000, src: '192.0.2.2', block: { lsr: MIDDLE, dlsr: 32_768 } }),
    ]);
    expect(answering?.reports[0]?.heard[0]?.roundTripMs).toBeCloseTo(100, 3);
  });

  it('know no round trip where another sensor saw the sender report, and where none is answered', () => {
    const reporters = reportersOf([
      seen({ atUs: 5_000_000, src: '192.0.2.1', sentAt: NTP, sensor: 'other' }),
      seen({ atUs: 5_600_000, src: '192.0.2.2', block: { lsr: MIDDLE, dlsr: 32_768 } }),
      seen({ atUs: 5_700_000, src: '192.0.2.2', block: { lsr: 0, dlsr: 0 } }),
    ]);
    expect(reporters[1]?.reports.flatMap(({ heard }) => heard.map((one) => one.roundTripMs))).toEqual([
      undefined,
      undefined,
    ]);
  });
});
