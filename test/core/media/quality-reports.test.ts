import { describe, expect, it } from 'vitest';
import { jitterMsIn, missedPercentOf, opinionOf } from '../../../core/media/heard.ts';
import { readReport } from '../../../core/media/read-report.ts';
import { readRtcp } from '../../../core/media/rtcp.ts';
import { readVq } from '../../../core/media/vq.ts';
import { readXr } from '../../../core/media/xr.ts';
import { PROTOCOL } from '../../../core/model/capture-event.ts';
import { createRandom, seed } from '../pcap/random.ts';
import { audioCodes, polycom, publish, ringCentral, snom, TELEPHONES, yealink } from './telephone-reports.ts';

const ENDS = { local: { ip: '192.0.2.9', port: 40_000 }, remote: { ip: '192.0.2.31', port: 20_000 } };
const TOLD = { callId: 'a1b2@h', ...ENDS };

/** src/modules/protocol/rtcpxr/parser_rtcpxr.c of captagent: its last brace is written over the one before. */
const captagent = (block: Readonly<Record<string, number>>): string =>
  JSON.stringify({ Extended_report_information: { identifier: 7, ...block } }).slice(0, -1);

describe('an extended report', () => {
  it('of captagent is read although its last brace is missing, fractions of 256 and MOS in tenths', () => {
    const said = {
      loss_rate: 64,
      discard_rate: 32,
      round_trip_delay: 80,
      end_sys_delay: 60,
      R_fact: 78,
      MOS_LQ: 38,
      MOS_CQ: 36,
    };
    const block = {
      ssrc: 7,
      figures: { lossPercent: 25, discardPercent: 12.5, roundTripMs: 80, endSystemMs: 60, rFactor: 78, mos: 3.8 },
    };
    expect(readXr(captagent(said))).toEqual([block]);
    expect(readXr(`${captagent(said)}}`)).toEqual([block]);
  });

  it('has no R and no MOS where 127 says that they are unavailable, nor where a value is none', () => {
    for (const [r, mos] of [
      [127, 127],
      [0, 0],
      [101, 9],
      [255, 51],
    ] as const) {
      const [block] = readXr(captagent({ loss_rate: 0, R_fact: r, MOS_LQ: mos, MOS_CQ: mos }));
      expect([r, block?.figures]).toEqual([r, { lossPercent: 0 }]);
    }
    const [limits] = readXr(
      captagent({ R_fact: 100, MOS_LQ: 127, MOS_CQ: 10, round_trip_delay: 65_535, end_sys_delay: 0 }),
    );
    expect(limits?.figures).toEqual({ rFactor: 100, mos: 1 });
  });

  it('of heplify is none where its block has no type, and the better MOS is that of listening, whatever its name', () => {
    const zeros = { fraction_lost: 0, fraction_discard: 0, round_trip_delay: 0, end_system_delay: 0 };
    expect(readXr(JSON.stringify({ type: 200, report_blocks_xr: { type: 0, id: 0, ...zeros } }))).toEqual([]);
    expect(
      readXr(JSON.stringify({ type: 207, report_blocks_xr: { type: 7, id: 9, ...zeros, fraction_lost: 128 } })),
    ).toEqual([{ ssrc: 9, figures: { lossPercent: 50, discardPercent: 0 } }]);
    const metrics = { ssrc: 9, loss_rate: 0, discard_rate: 0, r_factor: 88, mos_cq: 4.1, mos_lq: 3.9 };
    expect(readXr(JSON.stringify({ voip_metrics: metrics }))[0]?.figures).toMatchObject({ rFactor: 88, mos: 4.1 });
    expect(
      readXr(JSON.stringify({ voip_metrics: { ...metrics, mos_cq: 12.7, mos_lq: 0 } }))[0]?.figures.mos,
    ).toBeUndefined();
  });

  it('is no report of a sender who has sent nothing, although zeros stand where a sender report has its counts', () => {
    const info = { packets: 0, octets: 0, ntp_timestamp_sec: 0, ntp_timestamp_usec: 0 };
    expect(readRtcp(JSON.stringify({ type: 207, sender_information: info, report_blocks: null }))).toBeUndefined();
    expect(readRtcp(JSON.stringify({ type: 200, sender_information: info, report_blocks: [] }))?.sent?.packets).toBe(0);
    const block = { source_ssrc: 7, fraction_lost: 0, packets_lost: 0, ia_jitter: 4 };
    const receiver = readRtcp(JSON.stringify({ type: 201, sender_information: info, report_blocks: [block] }));
    expect([receiver?.sent, receiver?.heard.length]).toEqual([undefined, 1]);
  });

  it('that says nothing, or nonsense, is none', () => {
    for (const text of [
      ...[
        '',
        '{',
        '[]',
        'null',
        '{"Extended_report_information":',
        '{"Extended_report_information":5}',
        '{"voip_metrics":[]}',
      ],
      ...['{"report_blocks_xr":[null,{"type":7}]}', captagent({ loss_rate: 256, discard_rate: -1, R_fact: 1e9 })],
    ]) {
      expect(readXr(text), text).toEqual([]);
    }
    const many = Array.from({ length: 1000 }, () => ({ type: 7, fraction_lost: 1 }));
    expect(readXr(JSON.stringify({ report_blocks_xr: many }))).toHaveLength(31);
  });
});

describe("a telephone's report", () => {
  it.each(Object.entries(TELEPHONES))('of %s names its dialog and the two ends of its RTP', (_, telephone) => {
    expect(readVq(telephone(TOLD))).toMatchObject({
      ...{ kind: 'session', callId: 'a1b2@h', localAddress: '192.0.2.9:40000', remoteAddress: '192.0.2.31:20000' },
    });
  });

  it('tells loss, what came too late, jitter, delay, R and MOS of what it heard', () => {
    const told = yealink({ ...TOLD, lossPercent: 2.5, latePercent: 1, jitterMs: 12, roundTripMs: 88, mos: 3.6, r: 71 });
    expect(readVq(told)?.local).toEqual({
      expected: 2000,
      figures: {
        ...{
          lossPercent: 2.5,
          discardPercent: 1,
          jitterMs: 12,
          roundTripMs: 88,
          endSystemMs: 97,
          rFactor: 71,
          mos: 3.6,
        },
      },
    });
    expect(readVq(told)?.remote).toBeUndefined();
    expect(readVq(told)?.localSsrc).toBe(0x24271b8b);
    expect(readVq(told)?.remoteSsrc).toBeUndefined();
    expect(readVq(audioCodes({ ...TOLD, mos: 3.2 }))?.local?.figures).toMatchObject({ rFactor: 93, mos: 3.2 });
  });

  it('tells what the far end heard apart from what it heard itself', () => {
    const report = readVq(snom({ ...TOLD, lossPercent: 12, jitterMs: 7 }));
    expect(report?.local?.figures).toMatchObject({ lossPercent: 0, jitterMs: 4 });
    expect(report?.remote?.figures).toEqual({ lossPercent: 12, discardPercent: 0, jitterMs: 7 });
    const alert =
      'VQAlertReport\nType=NLR Severity=Critical Dir=remote\nMetrics:\nCallID:x\nPacketLoss:NLR=9.0 JDR=0.0\n';
    expect(readVq(alert)).toMatchObject({ kind: 'alert', local: undefined, remote: { figures: { lossPercent: 9 } } });
    expect(readVq(alert.replace('Dir=remote', 'Dir=local'))).toMatchObject({ local: {}, remote: undefined });
  });

  it('of a draft is read, its sources in decimal; MOS is that of listening, without the delay of its own buffer', () => {
    const report = readVq(polycom(TOLD));
    expect([report?.localSsrc, report?.remoteSsrc]).toEqual([3_825_483_318, 2_017_446_972]);
    expect(report?.local?.figures).toMatchObject({ mos: 3.8, rFactor: 94 });
  });

  it('has no figures where zeros or 127 stand for what was not measured', () => {
    expect(readVq(ringCentral(TOLD))?.local).toEqual({
      expected: undefined,
      figures: { lossPercent: 0, discardPercent: 1, jitterMs: 0 },
    });
    const text =
      'VQSessionReport\nCallID:x\nLocalMetrics:\nPacketLoss:NLR=101 JDR=\nDelay:RTD=65535\nQualityEst:RLQ=127 RCQ=176 MOSLQ=12.7\n';
    expect(readVq(text)?.local).toBeUndefined();
    expect(readVq('VQSessionReport\nCallID:(null)\n')?.callId).toBe('');
  });

  it('is read in any case, with white space and with an IPv6 address', () => {
    const text =
      'vqIntervalReport : CallTerm\r\n callid :  a@h  \r\nLOCALADDR : ip = 2001:db8::1 port = 5004 ssrc = 1a3b5c7d\r\n' +
      'RemoteAddr: IP=[2001:db8::2]:6004\r\nlocalmetrics:\r\npacketloss : nlr = 4.5\r\n';
    expect(readVq(text)).toMatchObject({
      ...{ kind: 'interval', callId: 'a@h', localAddress: '[2001:db8::1]:5004', remoteAddress: '[2001:db8::2]:6004' },
      ...{ localSsrc: 0x1a3b5c7d, local: { figures: { lossPercent: 4.5 } } },
    });
    for (const odd of ['IP=10.0.0.1', 'IP=10.0.0.1 PORT=70000', 'IP=<script> PORT=5', 'PORT=5', '']) {
      expect(readVq(`VQSessionReport\nLocalAddr:${odd}\n`)?.localAddress).toBe('');
    }
  });
});

describe('a report about media', () => {
  const source = { srcIp: '192.0.2.9', srcPort: 40_001, dstIp: '192.0.2.31', dstPort: 20_001 };
  const read = (text: string, protocol: number = PROTOCOL.rtcpXr) =>
    readReport({ ...source, protocol, payload: Buffer.from(text) });

  it('says who heard whom: of RTCP and XR who sent it and to whom, of a telephone what it tells', () => {
    const block = { source_ssrc: 7, fraction_lost: 64, packets_lost: 3, ia_jitter: 80 };
    const both = {
      report_blocks: [block],
      report_blocks_xr: { type: 7, id: 7, fraction_lost: 32, fraction_discard: 0 },
    };
    expect(read(JSON.stringify(both), PROTOCOL.rtcp)?.heard).toEqual([
      {
        ...{ format: 'rtcp', by: '192.0.2.9:40001', of: '192.0.2.31:20001', ports: 'rtcp', ssrc: 7 },
        ...{ span: 'interval', expected: undefined, figures: { lossPercent: 25, jitterUnits: 80 } },
      },
      {
        ...{ format: 'xr', by: '192.0.2.9:40001', of: '192.0.2.31:20001', ports: 'rtcp', ssrc: 7 },
        ...{ span: 'whole', expected: undefined, figures: { lossPercent: 12.5, discardPercent: 0 } },
      },
    ]);
    const bare = snom({ ...TOLD, lossPercent: 12 });
    const heard = read(bare)?.heard ?? [];
    expect(heard.map(({ format, by, of, ports, ssrc }) => [format, by, of, ports, ssrc])).toEqual([
      ['vq', '192.0.2.9:40000', '192.0.2.31:20000', 'rtp', 0x1f634ea2],
      ['vq', '192.0.2.31:20000', '192.0.2.9:40000', 'rtp', 0x014ea261],
    ]);
    expect(read(publish(bare, 'p@h'))?.heard).toEqual(heard);
    expect(read(publish(bare, 'p@h'))?.body).toBe(bare);
    expect(read(publish(bare, 'p@h'), PROTOCOL.sip)).toBeUndefined();
  });

  it('cut at any byte never tells another figure than the whole does', () => {
    const whole = Buffer.from(publish(yealink({ ...TOLD, lossPercent: 12.5, mos: 3.9, r: 71 }), 'p@h'));
    const figures = read(whole.toString())?.heard[0]?.figures ?? {};
    expect(figures.mos).toBe(3.9);
    for (let end = 0; end < whole.length; end++) {
      const cut = readReport({ ...source, protocol: PROTOCOL.rtcpXr, payload: whole.subarray(0, end) });
      for (const [name, value] of Object.entries(cut?.heard[0]?.figures ?? {})) {
        expect([end, name, value]).toEqual([end, name, figures[name as keyof typeof figures]]);
      }
    }
    const json = captagent({ loss_rate: 64, R_fact: 78, MOS_LQ: 38 });
    for (let end = 0; end < json.length; end++) expect(read(json.slice(0, end))).toBeUndefined();
  });

  it('damaged in any way is read or is none, and has no figure outside of its range', () => {
    const random = createRandom(seed);
    const texts = [
      ...Object.values(TELEPHONES).flatMap((telephone) => [telephone(TOLD), publish(telephone(TOLD), 'p@h')]),
      captagent({ loss_rate: 64, R_fact: 78, MOS_LQ: 38 }),
    ];
    for (let i = 0; i < 3000; i++) {
      const bytes = Buffer.from(texts[random(texts.length)] ?? '');
      for (let change = 0; change <= random(6); change++) {
        const at = random(bytes.length);
        if (random(2) === 0) bytes[at] = random(256);
        else bytes.copyWithin(at, random(bytes.length));
      }
      for (const protocol of [PROTOCOL.rtcp, PROTOCOL.rtcpXr]) {
        for (const { figures } of readReport({ ...source, protocol, payload: bytes })?.heard ?? []) {
          const { lossPercent = 0, discardPercent = 0, mos = 1, rFactor = 0, jitterMs = 0, roundTripMs = 0 } = figures;
          const inRange = [lossPercent, discardPercent, rFactor].every((one) => one >= 0 && one <= 100);
          expect([seed, i, inRange && mos >= 1 && mos <= 5 && jitterMs >= 0 && roundTripMs >= 0]).toEqual([
            seed,
            i,
            true,
          ]);
        }
      }
    }
  });

  it('that is made to be slow to read is read through like any', () => {
    const many = (text: string): string =>
      `VQSessionReport\nLocalMetrics:\n${text.repeat(Math.ceil(60_000 / text.length))}`;
    for (const text of ['nlr = ', 'CallID:  ', 'a', ' ', 'moslq=', 'START=', 'x=', 'LocalAddr:IP=[', '\n:']) {
      expect(read(many(text))?.heard ?? []).toEqual([]);
    }
  });
});

describe('what was heard', () => {
  const PCMU = { name: 'PCMU', clockRate: 8000 };

  it('is lost to the ear on the way or in the jitter buffer, and is never more than all', () => {
    expect(missedPercentOf({ lossPercent: 2, discardPercent: 3 })).toBe(5);
    expect(missedPercentOf({ lossPercent: 80, discardPercent: 40 })).toBe(100);
    expect(missedPercentOf({ jitterMs: 4 })).toBeUndefined();
  });

  it('jitters in milliseconds, whoever counts', () => {
    expect([jitterMsIn({ jitterUnits: 240 }, 8000), jitterMsIn({ jitterMs: 30 }, 8000)]).toEqual([30, 30]);
    expect([jitterMsIn({ jitterUnits: 240 }, 0), jitterMsIn({}, 8000)]).toEqual([undefined, undefined]);
  });

  it('is judged by who heard it, and estimated where that one has no opinion', () => {
    expect(opinionOf({ mos: 3.1, rFactor: 60, lossPercent: 0 }, PCMU)).toEqual({ mos: 3.1, rFactor: 60, said: true });
    expect(opinionOf({ rFactor: 70 }, PCMU)?.mos).toBeCloseTo(3.6, 2);
    const estimate = opinionOf({ lossPercent: 0, discardPercent: 8, roundTripMs: 40 }, PCMU);
    expect(estimate).toMatchObject({ said: false });
    expect(estimate?.mos).toBeLessThan(3.6);
    expect(opinionOf({ lossPercent: 8 }, { name: 'opus', clockRate: 48_000 })).toBeUndefined();
    expect(opinionOf({ jitterMs: 8 }, PCMU)).toBeUndefined();
  });
});
