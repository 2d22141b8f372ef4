import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHostNames } from '../../../core/model/host-names.ts';
import { createPrefixes } from '../../../core/model/prefix.ts';
import { UNANSWERED_US } from '../../../indexer/outcomes/outcomes.ts';
import { MAX_COUNTS } from '../../../indexer/outcomes/tally.ts';
import { sipLeg } from './legs.ts';
import { type OutcomeStage, openStage } from './stage.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
/** Ahead of this machine's clock, and the beginning of a minute. */
const AT = Math.ceil((Date.now() + 3_600_000) / 60_000) * MINUTE;
const FIRST = AT / MINUTE;

const failed = (callId: string, over: { caller?: string; atUs?: number } = {}) =>
  sipLeg({ callId, atUs: AT, ...over, next: [[1000, 503]] });

describe('the counts of outcomes in the store', () => {
  let stage: OutcomeStage;
  beforeEach(async () => {
    stage = await openStage(AT);
  });
  afterEach(() => stage.close());

  it('have an attempt once, by the minute of its final answer, with all that it is told apart by and whose it was', async () => {
    const rings = { callId: 'rings', atUs: AT };
    await stage.pass(AT + 5 * SECOND, [...failed('bad'), ...sipLeg({ ...rings, next: [[500, 180]] })]);
    await stage.pass(AT + 62 * SECOND, sipLeg({ ...rings, next: [[61_000, 200]] }).slice(1));
    await stage.pass(AT + 90 * SECOND, sipLeg({ ...rings, next: [[89_000, 'BYE']] }).slice(1));
    const same = { tenant: 'none', trunk: '192.0.2.1', node: 'hep 101', sensors: 'hep 101', direction: 'unknown' };
    const rest = { cause: '', prefix: 'short', root: 1, attempts: 1 };
    expect(await stage.counts()).toEqual([
      { ...same, ...rest, minute: FIRST, class: 'network', code: '503', stage: '', samples: ['["bad"]'] },
      { ...same, ...rest, minute: FIRST + 1, class: 'answered', code: '200', stage: 'rang', samples: [] },
    ]);
  });

  it('have an INVITE that nobody answered in the minute in which it was given up', async () => {
    await stage.pass(AT + SECOND, sipLeg({ callId: 'silence', atUs: AT }));
    await stage.pass(AT + UNANSWERED_US + SECOND);
    expect(await stage.counts()).toMatchObject([{ minute: FIRST + 1, class: 'network', code: 'timeout', attempts: 1 }]);
  });

  it('hold five of the calls that failed, however many there were', async () => {
    await stage.pass(AT + 5 * SECOND, Array.from({ length: 12 }, (_, i) => failed(`bad-${i}`)).flat());
    const [row] = await stage.counts();
    expect(row).toMatchObject({ attempts: 12 });
    expect(JSON.parse((row as { samples: [string] }).samples[0])).toHaveLength(5);
  });

  it.each(['before', 'after'] as const)('are not counted twice when the store failed %s it took them', async (how) => {
    stage.breakCounts(how);
    await stage.pass(AT + 5 * SECOND, failed('one'));
    const before = await stage.countedUntil();
    stage.breakCounts('never');
    await stage.pass(AT + 70 * SECOND, failed('two', { atUs: AT + 61 * SECOND }));
    expect(await stage.counts()).toMatchObject([
      { minute: FIRST, attempts: 1 },
      { minute: FIRST + 1, attempts: 1 },
    ]);
    // Nobody may believe that a minute is whole while its counts wait.
    expect(before).toBe(0);
    expect(await stage.countedUntil()).toBe(FIRST);
  });

  it('are not written again by the next process', async () => {
    await stage.pass(AT + 2 * SECOND, failed('one'));
    stage.restart(AT + 3 * SECOND);
    await stage.pass(AT + 4 * SECOND, failed('one').slice(1));
    expect(await stage.counts()).toMatchObject([{ attempts: 1 }]);
  });

  it.each([
    ['before', 'counted'],
    ['after', 'counted'],
    ['before', 'outcomes'],
    ['after', 'outcomes'],
  ] as const)(
    'are there once when a process ends %s it has written into "%s", and another goes on',
    async (how, table) => {
      await stage.pass(AT + 2 * SECOND, failed('first'));
      stage.breakCounts(how, table);
      await stage.pass(AT + 5 * SECOND, [...failed('one'), ...failed('two')]);
      stage.breakCounts('never');
      stage.restart(AT + 6 * SECOND);
      await stage.pass(AT + 20 * SECOND, failed('three', { atUs: AT + 10 * SECOND }));
      await stage.pass(AT + 30 * SECOND);
      expect(await stage.counts()).toMatchObject([{ minute: FIRST, class: 'network', attempts: 4 }]);
    },
  );

  it('are bounded: what comes beyond is counted with another prefix, and is not lost', {
    timeout: 60_000,
  }, async () => {
    const calls = MAX_COUNTS + 50;
    const legs = Array.from({ length: calls }, (_, i) => {
      const called = String(4_910_000_000_0 + i * 1_000_000).padStart(11, '1');
      return failed(`n-${i}`).map((packet) => ({
        ...packet,
        payload: Buffer.from(packet.payload.toString().replaceAll('sip:2002@', `sip:+${called}@`)),
      }));
    });
    await stage.pass(AT + 5 * SECOND, legs.flat());
    const rows = (await stage.counts()) as { attempts: number; prefix: string; sensors: string }[];
    expect(rows).toHaveLength(MAX_COUNTS + 1);
    expect(rows.reduce((sum, { attempts }) => sum + Number(attempts), 0)).toBe(calls);
    expect(rows.filter(({ prefix }) => prefix === 'other')).toMatchObject([{ attempts: 50, sensors: 'other' }]);
  });

  it('keep hostile names as names', async () => {
    await stage.close();
    const trunk = `a'); DROP TABLE outcomes; --\u0000\r\n\u202e"<b>`;
    stage = await openStage(AT, { places: { names: createHostNames({ '192.0.2.1': trunk }), nodes: new Set() } });
    await stage.pass(AT + 5 * SECOND, failed('bad'));
    expect(await stage.counts()).toMatchObject([{ trunk: `a'); DROP TABLE outcomes; -- "<b>`, attempts: 1 }]);
  });
});

describe('the prefix of a called user', () => {
  const prefixes = createPrefixes();
  it.each([
    ['+4930123456', '+49301'],
    ['%2B4930123456', '+49301'],
    ['004930123456', '+49301'],
    ['493012345678', '+49301'],
    ['(030) 123-4567', '03012'],
    ['5550101', '55501'],
    ['1001', 'short'],
    ['110', 'short'],
    ['alice', 'name'],
    ["1'; DROP TABLE x", 'name'],
    ['', ''],
  ])('of %j is %j', (user, prefix) => {
    expect(prefixes.of(user)).toBe(prefix);
  });
});
