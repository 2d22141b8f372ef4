import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHostNames } from '../../../core/model/host-names.ts';
import { LATE_US, OPEN_US, UNANSWERED_US } from '../../../indexer/outcomes/outcomes.ts';
import { channelEvent } from '../seen.ts';
import { sipLeg } from './legs.ts';
import { type OutcomeStage, openStage } from './stage.ts';

const SECOND = 1_000_000;
/** Ahead of this machine's clock, with which batches are stamped: everything is quiet at once. */
const AT = (Date.now() + 3_600_000) * 1000;
const OUTCOMES = 'calltrail_call_outcomes_total';

describe('the outcomes of calls', () => {
  let stage: OutcomeStage;
  beforeEach(async () => {
    stage = await openStage(AT);
  });
  afterEach(() => stage.close());

  /** Attempts by class. */
  const byClass = (): Promise<Record<string, number>> => stage.moved(OUTCOMES, 'tenant', 'trunk', 'node', 'direction');

  it('are counted when the INVITE has its final answer, while the call goes on, and not again when it ends', async () => {
    const talk = { callId: 'talk', atUs: AT };
    await stage.pass(AT + SECOND, sipLeg({ ...talk, next: [[500, 180]] }));
    expect(await byClass()).toEqual({});
    await stage.pass(
      AT + 5 * SECOND,
      sipLeg({
        ...talk,
        next: [
          [500, 180],
          [4000, 200],
        ],
      }).slice(2),
    );
    expect(await byClass()).toEqual({ 'class=answered': 1 });
    await stage.pass(AT + 60 * SECOND, sipLeg({ ...talk, next: [[59_000, 'BYE']] }).slice(1));
    await stage.pass(AT + 3600 * SECOND, sipLeg({ ...talk, next: [[3_599_000, 'BYE']] }).slice(1));
    expect(await byClass()).toEqual({ 'class=answered': 1 });
    expect(await stage.value('calltrail_call_attempts_late_total')).toBe(0);
  });

  it('have the class of the final answer', async () => {
    const classes = {
      ...{ 200: 'answered', 302: 'redirect', 403: 'network', 404: 'user', 408: 'network', 480: 'user', 486: 'user' },
      ...{ 488: 'network', 500: 'network', 503: 'network', 600: 'user', 603: 'user' },
    };
    const told = Object.entries(classes);
    const calls = told.flatMap(([status]) =>
      sipLeg({ callId: `got-${status}`, atUs: AT, next: [[1000, Number(status)]] }),
    );
    await stage.pass(AT + 2 * SECOND, calls);
    expect(await stage.moved('calltrail_call_final_status_total')).toEqual(
      Object.fromEntries(told.map(([status, kind]) => [`code=${status},class=${kind}`, 1])),
    );
    expect(await byClass()).toEqual({ 'class=answered': 1, 'class=redirect': 1, 'class=network': 5, 'class=user': 5 });
  });

  it('of a call that its caller gave up is "cancelled"', async () => {
    const next = [
      [500, 180],
      [3000, 'CANCEL'],
      [3010, 487],
    ] as const;
    await stage.pass(AT + 4 * SECOND, sipLeg({ callId: 'gone', atUs: AT, next }));
    expect(await byClass()).toEqual({ 'class=cancelled': 1 });
  });

  it('count a challenge, the INVITE with the password and a retransmission as one attempt', async () => {
    const asked = { callId: 'asked', atUs: AT };
    await stage.pass(
      AT + SECOND,
      sipLeg({
        ...asked,
        next: [
          [20, 407],
          [40, 'INVITE'],
          [540, 'INVITE'],
        ],
      }),
    );
    expect(await byClass()).toEqual({});
    await stage.pass(AT + 40 * SECOND, sipLeg({ ...asked, next: [[39_000, 200]] }).slice(1));
    expect(await byClass()).toEqual({ 'class=answered': 1 });
  });

  it('count a challenge that nobody met as "auth", once it is clear that nobody will', async () => {
    await stage.pass(AT + SECOND, sipLeg({ callId: 'scan', atUs: AT, next: [[20, 401]] }));
    expect(await byClass()).toEqual({});
    await stage.pass(AT + UNANSWERED_US + SECOND);
    expect(await byClass()).toEqual({ 'class=auth': 1 });
  });

  it('do not take a call that rings after a challenge for a refused one', async () => {
    const asked = { callId: 'asked', atUs: AT };
    await stage.pass(
      AT + SECOND,
      sipLeg({
        ...asked,
        next: [
          [20, 407],
          [40, 'INVITE'],
          [900, 180],
        ],
      }),
    );
    await stage.pass(AT + 100 * SECOND);
    expect(await byClass()).toEqual({});
    await stage.pass(AT + 121 * SECOND, sipLeg({ ...asked, next: [[120_000, 480]] }).slice(1));
    expect(await byClass()).toEqual({ 'class=user': 1 });
  });

  it('count an INVITE that nobody answers as a failure of the network, and as ineffective', async () => {
    await stage.pass(AT + SECOND, sipLeg({ callId: 'silence', atUs: AT }));
    await stage.pass(AT + UNANSWERED_US - SECOND);
    expect(await byClass()).toEqual({});
    await stage.pass(AT + UNANSWERED_US + SECOND);
    await stage.pass(AT + UNANSWERED_US + 11 * SECOND);
    expect(await byClass()).toEqual({ 'class=network': 1 });
    const parts = await stage.moved('calltrail_call_rate_parts_total', 'tenant', 'trunk', 'node', 'direction');
    expect(parts).toMatchObject({ 'part=ineffective': 1 });
  });

  it('leave out a re-INVITE of a dialog that began before anybody listened', async () => {
    const [, answer] = sipLeg({ callId: 'old', atUs: AT, next: [[10, 200]] });
    const [, reinvite] = sipLeg({ callId: 'old', atUs: AT, next: [[0, 'BYE']] });
    if (answer === undefined || reinvite === undefined) throw new Error('no messages');
    const payload = Buffer.from(reinvite.payload.toString().replaceAll('BYE', 'INVITE'));
    await stage.pass(AT + SECOND, [{ ...reinvite, payload }, answer]);
    await stage.pass(AT + 100 * SECOND);
    expect(await byClass()).toEqual({});
  });

  it('leave out history, and tell how much of it there was', async () => {
    const late = AT + LATE_US + 60 * SECOND;
    await stage.pass(late, sipLeg({ callId: 'yesterday', atUs: AT, next: [[1000, 503]] }));
    expect(await byClass()).toEqual({});
    expect(await stage.value('calltrail_call_attempts_late_total')).toBe(1);
  });

  it('are not counted again by the next process, which counts what happened since', async () => {
    const ringing = { callId: 'ringing', atUs: AT };
    const failed = { callId: 'failed', atUs: AT };
    await stage.pass(AT + SECOND, [
      ...sipLeg({ ...ringing, next: [[500, 180]] }),
      ...sipLeg({ ...failed, next: [[500, 503]] }),
    ]);
    expect(await byClass()).toEqual({ 'class=network': 1 });
    stage.restart(AT + 2 * SECOND);
    const ack = sipLeg({ ...failed, next: [[600, 503]] }).slice(1);
    await stage.pass(AT + 9 * SECOND, [...ack, ...sipLeg({ ...ringing, next: [[8000, 486]] }).slice(1)]);
    expect(await byClass()).toEqual({ 'class=user': 1 });
  });

  it('count each leg under its own trunk, and the call once', async () => {
    await stage.close();
    const names = createHostNames({ '192.0.2.1': 'carrier-a', '203.0.113.9:5060': 'carrier-b' });
    stage = await openStage(AT, { places: { names, nodes: new Set(['192.0.2.2']) } });
    const bLeg = channelEvent('CHANNEL_CREATE', {
      'Unique-ID': 'chan-b',
      'Call-Direction': 'outbound',
      'Channel-Name': 'sofia/external/2002',
      'Other-Leg-Unique-ID': 'chan-a',
      variable_sip_call_id: 'out',
    });
    const aLeg = channelEvent('CHANNEL_CREATE', {
      'Unique-ID': 'chan-a',
      'Call-Direction': 'inbound',
      'Channel-Name': 'sofia/internal/1001',
      variable_sip_call_id: 'in',
    });
    const originate = channelEvent('CHANNEL_ORIGINATE', {
      ...bLeg.headers,
      'Event-Name': 'CHANNEL_ORIGINATE',
      'Other-Type': 'originator',
    });
    const next = [[1000, 503]] as const;
    await stage.pass(AT + 2 * SECOND, [
      ...sipLeg({ callId: 'in', atUs: AT, next }),
      ...sipLeg({ callId: 'out', atUs: AT + 1000, caller: '192.0.2.2', callee: '203.0.113.9', next }),
      ...[aLeg, bLeg, originate].map((event) => ({ ...event, atUs: AT, arrivedUs: AT })),
    ]);
    expect(await stage.moved(OUTCOMES, 'tenant', 'node')).toEqual({
      'trunk=carrier-a,direction=inbound,class=network': 1,
      'trunk=carrier-b,direction=outbound,class=network': 1,
    });
    expect(await stage.moved('calltrail_calls_total')).toEqual({ 'tenant=none,direction=inbound,class=network': 1 });
  });

  it('fold trunks beyond the bound into "other", and tell how many attempts that were', async () => {
    await stage.close();
    stage = await openStage(AT, { maxLabelValues: 4 });
    const legs = [1, 2, 3, 4, 5].flatMap((host) =>
      sipLeg({ callId: `call-${host}`, atUs: AT, caller: `192.0.2.1${host}`, next: [[100, 503]] }),
    );
    await stage.pass(AT + SECOND, legs);
    const trunks = await stage.moved(OUTCOMES, 'tenant', 'node', 'direction', 'class');
    expect(Object.keys(trunks)).toHaveLength(3);
    expect(trunks).toMatchObject({ 'trunk=other': 3 });
    expect(await stage.value('calltrail_label_values_folded_total', { label: 'trunk' })).toBe(3);
  });

  it('show every class of a new trunk at 0 before it moves, so that increase() sees the first failures', async () => {
    const next = [[100, 503]] as const;
    const labels = { tenant: 'none', trunk: '192.0.2.1', node: 'hep 101', direction: 'unknown' };
    await stage.pass(AT + SECOND, sipLeg({ callId: 'first', atUs: AT, next }));
    expect(await stage.value(OUTCOMES, { ...labels, class: 'network' })).toBe(0);
    expect(await stage.value(OUTCOMES, { ...labels, class: 'network' })).toBe(1);
    expect(await stage.value(OUTCOMES, { ...labels, class: 'answered' })).toBe(0);
    await stage.pass(AT + 2 * SECOND, sipLeg({ callId: 'second', atUs: AT + SECOND, next }));
    expect(await stage.value(OUTCOMES, { ...labels, class: 'network' })).toBe(2);
  });

  it('come with the time to ring and the time to answer, what failed apart, and neither of a challenge', async () => {
    const rings = [
      [1500, 180],
      [8000, 200],
    ] as const;
    await stage.pass(AT + 9 * SECOND, [
      ...sipLeg({ callId: 'rings', atUs: AT, next: rings }),
      ...sipLeg({ callId: 'busy', atUs: AT, next: [[2500, 486]] }),
      ...sipLeg({ callId: 'moved', atUs: AT, next: [[2500, 302]] }),
      ...sipLeg({ callId: 'asked', atUs: AT, next: [[2500, 407]] }),
    ]);
    await stage.pass(AT + UNANSWERED_US + 10 * SECOND);
    const metric = async (name: string): Promise<number | undefined> =>
      (await stage.moved(name, 'trunk', 'direction'))[''];
    const sumOf = async (name: string): Promise<number | undefined> => {
      const moved = await stage.moved(name, 'trunk', 'direction');
      return Object.hasOwn(moved, '') ? metric(name) : undefined;
    };
    // Count and sum stand under the same labels: 1 attempt, and the seconds.
    expect(await sumOf('calltrail_call_srd_seconds')).toBeCloseTo(1 + 1.5);
    expect(await sumOf('calltrail_call_failed_srd_seconds')).toBeCloseTo(1 + 2.5);
    expect(await sumOf('calltrail_call_setup_seconds')).toBeCloseTo(1 + 8);
  });

  it('come with the calls that go on, also after a restart, and without those whose end nobody saw', async () => {
    const talk = { callId: 'talk', atUs: AT };
    const lost = { callId: 'lost', atUs: AT };
    const next = [[100, 200]] as const;
    await stage.pass(AT + SECOND, [...sipLeg({ ...talk, next }), ...sipLeg({ ...lost, next })]);
    expect(await stage.value('calltrail_calls_open', { tenant: 'none' })).toBe(2);
    stage.restart(AT + 2 * SECOND);
    await stage.pass(AT + 60 * SECOND, sipLeg({ ...talk, next: [[50_000, 'BYE']] }).slice(1));
    expect(await stage.value('calltrail_calls_open', { tenant: 'none' })).toBe(1);
    await stage.pass(AT + OPEN_US + 60 * SECOND);
    expect(await stage.value('calltrail_calls_open', { tenant: 'none' })).toBe(0);
  });
});
