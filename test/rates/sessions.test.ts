import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostNames } from '../../core/model/host-names.ts';
import { UNANSWERED_US } from '../../indexer/outcomes/outcomes.ts';
import { type OutcomeStage, openStage } from '../indexer/outcomes/stage.ts';
import { answered, cancelled, challenged, forked, HOSTS, type Play, play, refused, refusedHere } from './played.ts';

const AT = Math.ceil((Date.now() + 3_600_000) / 60_000) * 60_000_000;

interface Session {
  readonly established: number;
  readonly completed: number | null;
  readonly srd: number | null;
  readonly failed_srd: number | null;
  readonly sdd: number | null;
  readonly sdt: number | null;
  readonly failed_sdt: number | null;
}

const NOTHING = { srd: null, failed_srd: null, sdd: null, sdt: null, failed_sdt: null };
const FAILED = { ...NOTHING, established: 0, completed: 0 };
const TALKED = { ...NOTHING, established: 1, completed: 1 };

/** Seconds to a hundredth, as they were played: a hop takes 0.4 ms. */
const CALLS: readonly (readonly [what: string, play: Play, session: Session])[] = [
  ['answered', answered(), { ...TALKED, srd: 0.5, sdd: 0.04, sdt: 10 }],
  ['answered, each message sent twice', answered({ repeated: true }), { ...TALKED, srd: 0.5, sdd: 0.04, sdt: 10 }],
  ['answered after a challenge, whose time counts', challenged, { ...TALKED, srd: 1, sdd: 0, sdt: 5 }],
  ['answered by one of three phones, once', forked, { ...TALKED, srd: 0.01, sdd: 0, sdt: 10 }],
  ['ended by a BYE for a dialog that is no more', answered({ bye: 481 }), { ...TALKED, srd: 0.5, sdt: 10 }],
  [
    'ended by a BYE that nobody answers: given up after 32 s',
    answered({ bye: 0 }),
    { ...TALKED, completed: 0, srd: 0.5, failed_sdt: 42 },
  ],
  ['busy at once', refused(486), { ...FAILED, failed_srd: 2.5 }],
  ['480 after it rang', refused(480, true), { ...FAILED, failed_srd: 0.5 }],
  ['503', refused(503), { ...FAILED, failed_srd: 2.5 }],
  ['cancelled while it rang', cancelled(true), { ...FAILED, failed_srd: 0.5 }],
  ['no gateway', refusedHere, { ...FAILED, failed_srd: 0.01 }],
  ['redirected', refused(302), FAILED],
  ['a challenge that nobody meets', refused(407), FAILED],
];

const calleeOf = (i: number): string => `+${49301 + i}55501`;
const prefixOf = (i: number): string => `+${49301 + i}`;

describe('the sessions of calls that were played', () => {
  let stage: OutcomeStage;
  beforeAll(async () => {
    stage = await openStage(AT, { places: { names: createHostNames(HOSTS), nodes: new Set() } });
    for (const [i, [, one]] of CALLS.entries()) {
      const { seen, overUs } = play(one, i + 1, AT + i * 180_000_000, calleeOf(i));
      await stage.pass(overUs + 1_000_000, seen);
      await stage.pass(overUs + UNANSWERED_US + 1_000_000);
    }
  }, 120_000);
  afterAll(() => stage.close());

  it.each(CALLS.map(([what, , session], i) => [what, i, session] as const))('%s', async (_, i, session) => {
    const rows = await stage.select(
      `SELECT established, completed, round(srd_seconds, 2) AS srd, round(failed_srd_seconds, 2) AS failed_srd,
         round(sdd_seconds, 2) AS sdd, round(sdt_seconds, 2) AS sdt, round(failed_sdt_seconds, 2) AS failed_sdt
       FROM view_sessions WHERE prefix = '${prefixOf(i)}'`,
    );
    expect(rows).toEqual([session]);
  });

  it('have the trunk, node and direction under which the attempt is counted', async () => {
    const placed = (view: string, where: string): Promise<unknown[]> =>
      stage.select(
        `SELECT DISTINCT tenant, trunk, node, direction, prefix FROM ${view} WHERE ${where} ORDER BY prefix`,
      );
    const sessions = await placed('view_sessions', '1');
    expect(sessions).toHaveLength(CALLS.length);
    expect(sessions.map((one) => ({ ...(one as object), tenant: 'none' }))).toEqual(
      await placed('view_rates', 'first_leg'),
    );
  });

  it('are completed in five of thirteen requests that are over', async () => {
    const [row] = await stage.select(
      "SELECT round(avg(completed), 4) AS scr FROM view_sessions WHERE outcome != 'in_progress'",
    );
    expect(row).toEqual({ scr: 0.3846 });
  });
});
