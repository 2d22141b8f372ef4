import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../api/diagnosis-schemas.ts';
import type { Call, Ladder } from '../../../api/schemas.ts';
import { PROTOCOL } from '../../../core/model/capture-event.ts';
import { createTenants } from '../../../core/runtime/tenants.ts';
import { NO_CORRELATION } from '../../../indexer/options.ts';
import { publish, yealink } from '../../core/media/telephone-reports.ts';
import { storeHand } from '../../generate/store.ts';
import { sipPacket } from '../../indexer/seen.ts';
import { openRecorded, type RecordedApi } from '../recorded.ts';
import { attribute, type ReadTrace, readTraceById, spansOf } from '../tempo/otlp-reader.ts';

describe('media of a ladder', { timeout: 120_000 }, () => {
  let api: RecordedApi;
  beforeAll(async () => {
    api = await openRecorded(['01-basic', '19-rtpengine-rtcp'], {
      hosts: { 'hep 101': 'kam1', '127.0.0.70': 'relay' },
    });
  }, 120_000);
  afterAll(() => api.close());

  const ladderOf = async (recording: string): Promise<Ladder> =>
    (
      await api.server.inject(`/api/calls/${encodeURIComponent(api.callIds[recording]?.[0] ?? '')}/ladder`)
    ).json<Ladder>();

  it('is one session on either side of a relay, with what each end reported as heard', async () => {
    const { media, lanes, steps } = await ladderOf('19-rtpengine-rtcp');
    expect(media.map(({ aAddress, bAddress }) => [aAddress, bAddress])).toEqual([
      ['127.0.0.70:46000', '127.0.0.31:20938'],
      ['127.0.0.53:42928', '127.0.0.70:46016'],
    ]);
    const [toSwitch, toPhone] = media;
    expect(toPhone).toMatchObject({ a: '127.0.0.53', b: '127.0.0.70', codec: 'audio PCMU', reports: 4 });
    expect(toPhone?.heardByA).toMatchObject({ packetsLost: 0, maxLossPercent: 0 });
    // 5 units of a clock of 8000 Hz.
    expect(toPhone?.heardByA?.maxJitterMs).toBeCloseTo(0.625, 3);
    expect(toPhone?.heardByA?.mos).toBeGreaterThan(4.3);
    expect(toSwitch?.heardByB).not.toBeNull();
    expect(steps.find(({ id }) => id === toPhone?.untilStep)?.title).toBe('BYE');
    expect(lanes.find(({ id }) => id === '127.0.0.70')?.name).toBe('relay');
    // The sensor of the proxy is at one end of all that it sees.
    expect(lanes.find(({ id }) => id === '127.0.0.10')?.name).toBe('kam1');
  });

  it('stands on the leg whose SDP has agreed on the addresses of its reports', async () => {
    const { steps } = await ladderOf('19-rtpengine-rtcp');
    const agreed = new Map<string, Set<string>>();
    for (const { callId, raw } of steps) {
      const [, host] = /^c=IN IP4 (\S+)/m.exec(raw) ?? [];
      const [, port] = /^m=audio (\d+)/m.exec(raw) ?? [];
      if (callId === null || host === undefined || port === undefined) continue;
      agreed.set(callId, (agreed.get(callId) ?? new Set()).add(`${host}:${port}`));
    }
    const reports = steps.filter(({ media }) => media);
    expect(reports.length).toBeGreaterThan(3);
    // RTCP is one port above its RTP (RFC 3550 §11).
    const below = (end: string | null): string => (end ?? '').replace(/\d+$/, (port) => String(Number(port) & ~1));
    for (const { callId, src, dst, title } of reports) {
      const own = agreed.get(callId ?? '') ?? new Set<string>();
      expect([title, [src, dst].map(below).some((end) => own.has(end))]).toEqual([title, true]);
      // And on no other: the two legs of the call have no address of their media in common.
      const others = [...agreed].filter(([other]) => other !== callId).flatMap(([, ends]) => [...ends]);
      expect(others.filter((end) => end === below(src) || end === below(dst))).toEqual([]);
    }
  });

  it('is one session a leg where hops only hand the SDP on', async () => {
    const { media } = await ladderOf('01-basic');
    expect(media).toHaveLength(2);
    expect(new Set(media.map(({ callId }) => callId)).size).toBe(2);
    for (const { sinceUs, untilUs, reports, heardByA } of media) {
      expect(untilUs).toBeGreaterThan(sinceUs);
      expect([reports, heardByA]).toEqual([0, null]);
    }
  });

  it('has what a telephone published of the call, on the band of its leg, in its trace, and told as a link', async () => {
    const [before] = (await ladderOf('01-basic')).media;
    if (before === undefined) throw new Error('no session');
    const [local, remote] = [endOf(before.aAddress), endOf(before.bAddress)];
    const told = {
      callId: before.callId,
      local,
      remote,
      lossPercent: 9,
      jitterMs: 17,
      roundTripMs: 88,
      mos: 2.8,
      r: 52,
    };
    const atUs = before.untilUs + 1_000_000;
    const packet = sipPacket(publish(yealink(told), 'published@phone'), { atUs, srcIp: local.ip });
    await storeHand(api.store, [packet, { ...packet, id: '00000000000000b1', sensor: 'hep 102' }]);
    const { media, steps } = await ladderOf('01-basic');
    expect(media[0]).toMatchObject({
      reports: 1,
      heardByA: {
        ...{ packetsLost: null, lossPercent: 9, maxLossPercent: null, discardPercent: 0, maxJitterMs: 17 },
        ...{ roundTripMs: 88, rFactor: 52, mos: 2.8, mosReported: true },
      },
      heardByB: null,
    });
    expect(media[1]).toMatchObject({ reports: 0, heardByA: null, heardByB: null });
    const [step, ...more] = steps.filter(({ title }) => title === 'Quality report');
    expect(step).toMatchObject({ callId: before.callId, media: true, method: null });
    expect([step?.seenBy.length, more]).toEqual([2, []]);
    const key = encodeURIComponent(before.callId);
    const call = (await api.server.inject(`/api/calls/${key}`)).json<Call>();
    expect(call.legs.every(({ callId }) => callId !== 'published@phone')).toBe(true);
    expect(call.links).toMatchObject([{ key: 'published@phone', why: 'quality_report' }]);
    expect(call.links[0]?.reason).toMatch(/^A telephone reported/);
    const q = encodeURIComponent(`{ span.sip.call_id = ${JSON.stringify(before.callId)} }`);
    const found = (await api.server.inject(`/tempo/api/search?q=${q}`)).json<{ traces: { traceID: string }[] }>();
    const answer = await api.server.inject(`/tempo/api/v2/traces/${found.traces[0]?.traceID}`);
    const spans = spansOf(readTraceById(answer.rawPayload).trace as ReadTrace);
    const heard = spans.filter(({ name }) => name.startsWith('RTP '));
    expect(heard.map(({ name }) => name)).toEqual([`RTP ${before.bAddress} → ${before.aAddress}`]);
    const said = (name: string) => attribute(heard[0]?.attributes, name);
    expect(['rtp.loss_percent', 'rtp.max_jitter_ms', 'rtp.mos', 'rtp.r_factor'].map(said)).toEqual([
      '9',
      '17',
      '2.8',
      '52',
    ]);
  });

  it('draws what a collector passed on with made-up addresses from its telephone, and counts it once', async () => {
    const before = await ladderOf('01-basic');
    const [session] = before.media;
    if (session === undefined) throw new Error('no session');
    const [published] = before.steps.filter(({ title }) => title === 'Quality report');
    const made = { srcIp: '1.1.1.1', srcPort: 1111, dstIp: '2.2.2.2', dstPort: 2222, sensor: 'hep 3333' };
    const passed = {
      ...made,
      protocol: PROTOCOL.rtcpXr,
      correlationId: session.callId,
      atUs: session.untilUs + 2_000_000,
    };
    const body = (published?.raw ?? '').replace(/^PUBLISH[^\r\n]*/, 'PUBLISH sip:collector@192.0.2.40 SIP/2.0');
    await storeHand(api.store, [sipPacket(body, passed)]);
    const { lanes, steps, media } = await ladderOf('01-basic');
    expect(media).toEqual(before.media);
    expect(lanes.filter(({ id }) => id === '1.1.1.1' || id === '2.2.2.2')).toEqual([]);
    const step = steps.filter(({ title }) => title === 'Quality report').at(-1);
    expect([step?.src, step?.from]).toEqual(['1.1.1.1:1111', endOf(session.aAddress).ip]);
  });

  it('has no report of a telephone of another tenant, and that of its own', async () => {
    const tenants = createTenants([
      { name: 'acme', nodes: [], domains: ['acme.example'] },
      { name: 'bell', nodes: [], domains: ['bell.example'] },
    ]);
    const callId = 'shared-secret@acme';
    const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
    const message = (start: string, cseq: string, body: string, atUs: number) =>
      sipPacket(
        `${start}\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${cseq.replace(' ', '')}\r\nFrom: <sip:1001@acme.example>;tag=a\r\n` +
          `To: <sip:1002@acme.example>${start.startsWith('INVITE') ? '' : ';tag=b'}\r\nCall-ID: ${callId}\r\nCSeq: ${cseq}\r\n` +
          `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        { atUs },
      );
    const beganUs = Date.UTC(2026, 10, 25) * 1000;
    const ends = { local: { ip: '192.0.2.9', port: 4000 }, remote: { ip: '192.0.2.31', port: 6000 } };
    const report = (domain: string, latePercent: number, atUs: number) =>
      sipPacket(publish(yealink({ callId, ...ends, latePercent }), `report@${domain}`, domain), { atUs });
    const correlation = { ...NO_CORRELATION, ...(tenants === undefined ? {} : { tenants }) };
    await storeHand(
      api.store,
      [
        message('INVITE sip:1002@acme.example SIP/2.0', '1 INVITE', sdp, beganUs),
        message(
          'SIP/2.0 200 OK',
          '1 INVITE',
          sdp.replaceAll('192.0.2.9', '192.0.2.31').replace('4000', '6000'),
          beganUs + 2e6,
        ),
        message('BYE sip:1002@acme.example SIP/2.0', '2 BYE', '', beganUs + 60e6),
        message('SIP/2.0 200 OK', '2 BYE', '', beganUs + 60_100_000),
        report('bell.example', 40, beganUs + 61e6),
      ],
      correlation,
    );
    const asked = async () => {
      const key = encodeURIComponent(callId);
      const { steps, media } = (await api.server.inject(`/api/calls/${key}/ladder`)).json<Ladder>();
      const { verdicts } = (await api.server.inject(`/api/calls/${key}/diagnosis`)).json<Diagnosis>();
      const links = (await api.server.inject(`/api/calls/${key}`)).json<Call>().links;
      return {
        reports: steps.filter((step) => step.media).length,
        late: media[0]?.heardByA?.discardPercent ?? null,
        verdicts: verdicts.map(({ id }) => id),
        links: links.map(({ key: to, why }) => `${to} ${why}`),
      };
    };
    expect(await asked()).toEqual({
      reports: 0,
      late: null,
      verdicts: [],
      links: ['report@bell.example other_tenant'],
    });
    await storeHand(api.store, [report('acme.example', 11, beganUs + 62e6)], correlation);
    expect(await asked()).toEqual({
      ...{ reports: 1, late: 11, verdicts: ['poor_quality'] },
      links: ['report@bell.example other_tenant', 'report@acme.example quality_report'],
    });
  });
});

const endOf = (address: string): { ip: string; port: number } => {
  const at = address.lastIndexOf(':');
  return { ip: address.slice(0, at), port: Number(address.slice(at + 1)) };
};
