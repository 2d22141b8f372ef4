import { beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { createTenants } from '../../../core/runtime/tenants.ts';
import { createBatch } from '../../../indexer/batch.ts';
import { NO_CORRELATION } from '../../../indexer/options.ts';
import { createRegistrations, MAX_DEVICES } from '../../../indexer/registrations/registrations.ts';
import { readDay } from '../../golden/recorded.ts';
import { AT, sipPacket } from '../seen.ts';
import { type RegisterToSend, registerPacket } from './register.ts';

const SECOND = 1_000_000;

describe('registrations as metrics', () => {
  let registry: ReturnType<typeof createMetrics>['registry'];
  let registrations: ReturnType<typeof createRegistrations>;
  let nowUs = AT;
  const begin = (maxLabelValues = 200): void => {
    ({ registry } = createMetrics());
    const tenants = createTenants([
      { name: 'acme', nodes: [], domains: ['acme.example'] },
      { name: 'bell', nodes: ['hep 202'], domains: [] },
    ]);
    const common = { registry, maxLabelValues, now: () => nowUs };
    registrations = createRegistrations({ ...common, ...(tenants === undefined ? {} : { tenants }) });
  };
  beforeEach(() => {
    nowUs = AT;
    begin();
  });

  /** Stores what was captured as one batch, at this second. */
  const saw = (at: number, ...said: readonly (Omit<RegisterToSend, 'atUs'> & { readonly at: number })[]): void => {
    const batch = createBatch(NO_CORRELATION);
    for (const { at: second, ...one } of said) batch.add(registerPacket({ ...one, atUs: AT + second * SECOND }));
    nowUs = AT + at * SECOND;
    registrations.saw(batch.registers(), nowUs);
  };

  /** Labels and value of what is not 0, after the scrapes that show it. */
  const counted = async (name: string): Promise<string[]> => {
    // Prometheus asks for all; the second time nothing is held back any more.
    await registry.metrics();
    await registry.metrics();
    const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
    return values
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`)
      .sort();
  };
  const totals = (): Promise<string[]> => counted('calltrail_registrations_total');

  it('count once, a challenge and the password that meets it together, as those of their tenant', async () => {
    saw(
      1,
      { at: 0, cseq: 1 },
      { at: 0.1, cseq: 1, status: 401 },
      { at: 0.2, cseq: 2 },
      { at: 0.3, cseq: 2, status: 200 },
    );
    expect(await totals()).toEqual(['acme hep 101 registered: 1']);
    expect(await counted('calltrail_registration_final_status_total')).toEqual(['200 registered: 1']);
  });

  it('count each refresh, and not what another sensor or a retransmission says again', async () => {
    const first = [
      { at: 0, cseq: 1 },
      { at: 0.1, cseq: 1 },
      { at: 0.3, cseq: 1, status: 200 },
    ];
    saw(1, ...first);
    saw(2, ...first.map((said) => ({ ...said, at: said.at + 0.05, sensor: 'hep 102' })));
    expect(await totals()).toEqual(['acme hep 101 registered: 1']);
    saw(32, { at: 30, cseq: 2 }, { at: 30.1, cseq: 2, status: 200 });
    expect(await totals()).toEqual(['acme hep 101 registered: 2']);
  });

  it('count a challenge that nobody meets after 64 s, and no sooner', async () => {
    saw(1, { at: 0, cseq: 1 }, { at: 0.1, cseq: 1, status: 407 });
    nowUs = AT + 60 * SECOND;
    expect(await totals()).toEqual([]);
    nowUs = AT + 65 * SECOND;
    expect(await totals()).toEqual(['acme hep 101 unauthorized: 1']);
  });

  it('count a password that is refused at once', async () => {
    saw(
      1,
      { at: 0, cseq: 1 },
      { at: 0.1, cseq: 1, status: 401 },
      { at: 0.2, cseq: 2 },
      { at: 0.3, cseq: 2, status: 401 },
    );
    expect(await totals()).toEqual(['acme hep 101 unauthorized: 1']);
    // Who tries again is a registration of its own.
    saw(
      3,
      { at: 2, cseq: 3 },
      { at: 2.1, cseq: 3, status: 401 },
      { at: 2.2, cseq: 4 },
      { at: 2.3, cseq: 4, status: 200 },
    );
    expect(await totals()).toEqual(['acme hep 101 registered: 1', 'acme hep 101 unauthorized: 1']);
  });

  it.each([
    [200, 'registered'],
    [302, 'redirected'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'timeout'],
    [488, 'rejected'],
    [503, 'failed'],
    [606, 'rejected'],
  ])('tell a final answer %i as %s', async (status, result) => {
    saw(1, { at: 0, cseq: 7 }, { at: 0.1, cseq: 7, status: 100 }, { at: 0.2, cseq: 7, status });
    expect(await totals()).toEqual([`acme hep 101 ${result}: 1`]);
  });

  it('count what nobody answers as a timeout', async () => {
    saw(1, { at: 0, cseq: 1 }, { at: 0.5, cseq: 1 });
    nowUs = AT + 70 * SECOND;
    expect(await totals()).toEqual(['acme hep 101 timeout: 1']);
    expect(await counted('calltrail_registration_final_status_total')).toEqual(['timeout timeout: 1']);
  });

  it('come in any order and in any number of batches', async () => {
    saw(1, { at: 0.3, cseq: 2, status: 200 });
    saw(2, { at: 0.1, cseq: 1, status: 401 }, { at: 0, cseq: 1 });
    saw(3, { at: 0.2, cseq: 2 });
    nowUs = AT + 100 * SECOND;
    expect(await totals()).toEqual(['acme hep 101 registered: 1']);
  });

  it('are left out, and told, when they are history', async () => {
    saw(4000, { at: 0, cseq: 1 }, { at: 0.1, cseq: 1, status: 200 }, { at: 0, cseq: 1, callId: 'phone-2' });
    expect(await totals()).toEqual([]);
    expect(await counted('calltrail_registrations_late_total')).toEqual([': 2']);
  });

  it('show every result of a place at 0 before the first moves', async () => {
    saw(1, { at: 0, cseq: 1 }, { at: 0.1, cseq: 1, status: 200 });
    const { values = [] } = (await registry.getSingleMetric('calltrail_registrations_total')?.get()) ?? {};
    expect(values).toHaveLength(8);
    expect(values.every(({ value }) => value === 0)).toBe(true);
  });

  it('keep to few labels, whoever sends them', async () => {
    begin(4);
    const said = Array.from({ length: 50 }, (_, i) => ({ at: 0, cseq: 1, callId: `c${i}`, sensor: `hep ${i}` }));
    saw(1, ...said, ...said.map((one) => ({ ...one, at: 0.1, status: 300 + said.indexOf(one) })));
    const nodes = new Set((await totals()).map((line) => line.split(' ').slice(1, -2).join(' ')));
    expect(nodes.size).toBeLessThanOrEqual(5);
    expect(nodes).toContain('other');
    expect((await counted('calltrail_registration_final_status_total')).length).toBeLessThanOrEqual(10);
  });

  it('are forgotten, the oldest first, when a scanner sends more than can be followed', async () => {
    const callId = 'x'.repeat(60_000);
    saw(1, { at: 0, cseq: 1, callId }, { at: 0, cseq: 1, callId: `${callId}y` });
    const note = { cseq: 1, status: 0, atUs: AT + SECOND, sensor: 'hep 101', hosts: [] };
    registrations.saw(
      Array.from({ length: MAX_DEVICES }, (_, i) => ({ ...note, key: `scan-${i}` })),
      AT + 2 * SECOND,
    );
    expect(await counted('calltrail_registrations_dropped_total')).toEqual([': 2']);
  });

  it('say nothing of messages that name no request', async () => {
    const batch = createBatch(NO_CORRELATION);
    for (const text of [
      'REGISTER sip:a SIP/2.0\nCSeq: 1 REGISTER\n\n',
      'REGISTER sip:a SIP/2.0\nCall-ID: a\nCSeq: 99999999999 REGISTER\n\n',
      'REGISTER sip:a SIP/2.0\nCall-ID: a\n\n',
      'SIP/2.0 999999 X\nCall-ID: a\nCSeq: 1 REGISTER\n\n',
      'SIP/2.0 200 OK\nCall-ID: a\nCSeq: 1 INVITE\n\n',
    ]) {
      batch.add(sipPacket(text));
    }
    expect(batch.registers()).toEqual([]);
    batch.clear();
    expect(batch.registers()).toEqual([]);
  });

  it('of the recording are five: four came in, and one has the wrong password', async () => {
    const { events } = await readDay('13-register-options-msg');
    const batch = createBatch(NO_CORRELATION);
    for (const event of events) batch.add(event);
    const notes = batch.registers();
    nowUs = notes.at(-1)?.atUs ?? 0;
    registrations.saw(notes, nowUs);
    nowUs += 70 * SECOND;
    await totals();
    const { values = [] } = (await registry.getSingleMetric('calltrail_registrations_total')?.get()) ?? {};
    const sum = (result: string): number =>
      values.reduce((total, { labels, value }) => total + (labels.result === result ? value : 0), 0);
    expect([sum('registered'), sum('unauthorized'), sum('timeout')]).toEqual([4, 1, 0]);
  });
});
