import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ladder } from '../../../api/schemas.ts';
import { openRecorded, type RecordedApi } from '../recorded.ts';

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
});
