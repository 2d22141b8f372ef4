import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRtcp } from '../../../core/media/rtcp.ts';
import { openRecorded, type RecordedApi } from '../recorded.ts';
import { attribute, type ReadSpan, type ReadTrace, readTraceById, spansOf } from './otlp-reader.ts';

interface StoredReport {
  readonly ns: string;
  readonly src: string;
  readonly dst: string;
  readonly said: {
    readonly sender_information: { readonly packets: number };
    readonly report_blocks: readonly { packets_lost: number; ia_jitter: number; fraction_lost: number }[];
  };
}

describe.each(['19-rtpengine-rtcp', '34-asterisk-rtcp'])('media in traces, as %s reported it', (recording) => {
  let api: RecordedApi;
  let spans: readonly ReadSpan[];
  let callId: string;
  let reports: StoredReport[];

  beforeAll(async () => {
    api = await openRecorded([recording]);
    const [most] = await api.store.select<{ callId: string }>(
      `SELECT call_id AS callId FROM messages WHERE protocol = 5 GROUP BY call_id ORDER BY count() DESC, call_id LIMIT 1`,
    );
    callId = most?.callId ?? '';
    const q = encodeURIComponent(`{ span.sip.call_id = ${JSON.stringify(callId)} }`);
    const found = (await api.server.inject(`/tempo/api/search?q=${q}`)).json<{ traces: { traceID: string }[] }>();
    const answer = await api.server.inject(`/tempo/api/v2/traces/${found.traces[0]?.traceID}`);
    expect(answer.statusCode, answer.body).toBe(200);
    spans = spansOf(readTraceById(answer.rawPayload).trace as ReadTrace);
    const callIds = [...new Set(spans.map(({ attributes }) => attribute(attributes, 'sip.call_id') ?? ''))];
    const rows = await api.store.select<Omit<StoredReport, 'said'> & { payload: string }>(
      `SELECT concat(toString(toUnixTimestamp64Micro(at)), '000') AS ns, payload,
         concat(replaceOne(toString(src_ip), '::ffff:', ''), ':', toString(src_port)) AS src,
         concat(replaceOne(toString(dst_ip), '::ffff:', ''), ':', toString(dst_port)) AS dst
       FROM messages WHERE protocol = 5 AND call_id IN {callIds:Array(String)} ORDER BY at`,
      { callIds },
    );
    reports = rows.map(({ payload, ...row }) => ({ ...row, said: JSON.parse(payload) }));
    expect(reports.length).toBeGreaterThan(4);
  }, 60_000);
  afterAll(() => api?.close());

  const media = (): ReadSpan[] => spans.filter(({ name }) => name.startsWith('RTP '));
  const text = (span: ReadSpan, key: string): string => attribute(span.attributes, key) ?? '';

  it('each direction that a report tells of is a span under its leg', () => {
    const heard = new Set(reports.map(({ src, dst }) => `${dst} → ${src}`));
    expect(new Set(media().map((span) => `${text(span, 'src')} → ${text(span, 'dst')}`))).toEqual(heard);
    for (const span of media()) {
      const leg = spans.find(({ spanId }) => span.parentSpanId?.equals(spanId) === true);
      expect(leg?.name).toMatch(/^leg /);
      expect(text(span, 'sip.call_id')).toBe(attribute(leg?.attributes, 'sip.call_id'));
      expect(span.status).toBeDefined();
    }
  });

  it('has every report once, as an event', () => {
    const told = spans.flatMap(({ name, events = [] }) =>
      events.filter((event) => event.name === 'RTCP report').map(({ timeUnixNano }) => [timeUnixNano, name]),
    );
    expect(told.map(([ns]) => ns).toSorted()).toEqual(reports.map(({ ns }) => ns).toSorted());
    for (const [, name] of told) expect(name).toMatch(/^RTP /);
  });

  it('says what was sent, what of it was lost, and how much it jittered at worst', () => {
    for (const span of media()) {
      const of = (src: string, dst: string) =>
        reports.filter((report) => report.src === text(span, src) && report.dst === text(span, dst));
      const blocks = of('dst', 'src').flatMap(({ said }) => said.report_blocks);
      expect(Number(text(span, 'rtp.max_jitter'))).toBe(Math.max(...blocks.map(({ ia_jitter }) => ia_jitter)));
      expect(Number(text(span, 'rtp.packets_lost'))).toBe(blocks.at(-1)?.packets_lost);
      const worst = Math.max(...blocks.map(({ fraction_lost }) => fraction_lost));
      expect(Number(text(span, 'rtp.max_loss_percent'))).toBeCloseTo((worst * 100) / 256, 1);
      const sent = of('src', 'dst').at(-1)?.said.sender_information.packets;
      expect(text(span, 'rtp.packets_sent')).toBe(sent === undefined ? '' : String(sent));
      expect(text(span, 'rtcp.reports')).toBe(String(of('dst', 'src').length));
    }
  });
});

describe('a media report', () => {
  const block = { source_ssrc: 7, fraction_lost: 64, packets_lost: '-3', ia_jitter: '20' };

  it('is read with numbers as numbers or as text', () => {
    const text = JSON.stringify({ sender_information: { packets: '50', octets: 8000 }, report_blocks: [block] });
    expect(readRtcp(text)).toEqual({
      sent: { packets: 50, octets: 8000 },
      heard: [{ ssrc: 7, fractionLost: 64, packetsLost: -3, jitter: 20 }],
    });
  });

  it('that says nothing, or nonsense, is none, and no failure of ours', () => {
    for (const text of [
      ...[
        '',
        '{',
        'null',
        '[]',
        '"x"',
        '5',
        '{}',
        '{"report_blocks":5}',
        '{"report_blocks":[null,[],{"source_ssrc":{}}]}',
      ],
      ...['{"sender_information":{"packets":1e999,"octets":1}}', '{"__proto__":{"report_blocks":[1]}}'],
      JSON.stringify({ report_blocks: [{ ...block, packets_lost: 'many' }] }),
    ]) {
      expect(readRtcp(text), text).toBeUndefined();
    }
    const many = JSON.stringify({ report_blocks: Array.from({ length: 1000 }, () => block) });
    expect(readRtcp(many)?.heard).toHaveLength(31);
  });
});
