import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostNames } from '../../core/model/host-names.ts';
import { PART_NAMES, type PartName } from '../../core/rates/parts.ts';
import { RATIO_NAMES, RATIOS, type RatioName } from '../../core/rates/ratios.ts';
import { UNANSWERED_US } from '../../indexer/outcomes/outcomes.ts';
import { type OutcomeStage, openStage } from '../indexer/outcomes/stage.ts';
import {
  answered,
  cancelled,
  challenged,
  forked,
  HOSTS,
  type Play,
  play,
  refused,
  refusedHere,
  unanswered,
} from './played.ts';

/** Ahead of this machine's clock, with which batches are stamped: everything is quiet at once. */
const AT = Math.ceil((Date.now() + 3_600_000) / 60_000) * 60_000_000;
const MINUTES_US = 3 * 60_000_000;

/** Numerators and denominators, counted by hand. */
type Hand = readonly [
  bids: number,
  seizures: number,
  notRedirected: number,
  answered: number,
  delivered: number,
  effective: number,
  ineffective: number,
];

const CALLS: readonly (readonly [what: string, play: Play, hand: Hand])[] = [
  //                                                              bids seiz n3xx answ deli effe inef
  ['answered', answered(), [1, 1, 1, 1, 1, 1, 0]],
  ['answered, each message sent twice', answered({ repeated: true }), [1, 1, 1, 1, 1, 1, 0]],
  ['answered after a challenge', challenged, [1, 1, 1, 1, 1, 1, 0]],
  ['answered by one of three phones', forked, [2, 2, 2, 2, 2, 2, 0]],
  ['busy', refused(486), [1, 1, 1, 0, 1, 1, 0]],
  ['busy everywhere', refused(600), [1, 1, 1, 0, 1, 1, 0]],
  ['declined', refused(603), [1, 1, 1, 0, 1, 1, 0]],
  ['480 after it rang', refused(480, true), [1, 1, 1, 0, 1, 1, 0]],
  ['480 at once', refused(480), [1, 1, 1, 0, 1, 1, 0]],
  ['408 after it rang', refused(408, true), [1, 1, 1, 0, 1, 0, 1]],
  ['408 without a ring', refused(408), [1, 1, 1, 0, 0, 0, 1]],
  ['cancelled while it rang', cancelled(true), [1, 1, 1, 0, 1, 0, 0]],
  ['cancelled before it rang', cancelled(false), [1, 1, 1, 0, 0, 0, 0]],
  ['wrong number', refused(404), [1, 1, 1, 0, 0, 0, 0]],
  ['forbidden', refused(403), [1, 1, 1, 0, 0, 0, 0]],
  ['no common codec', refused(488), [1, 1, 1, 0, 0, 0, 0]],
  ['500', refused(500), [1, 1, 1, 0, 0, 0, 1]],
  ['502', refused(502), [1, 1, 1, 0, 0, 0, 0]],
  ['503', refused(503), [1, 1, 1, 0, 0, 0, 1]],
  ['504 after it rang', refused(504, true), [1, 1, 1, 0, 0, 0, 1]],
  ['redirected', refused(302), [1, 0, 0, 0, 0, 0, 0]],
  ['a challenge that nobody meets', refused(407), [1, 0, 1, 0, 0, 0, 0]],
  ['no answer at all', unanswered, [1, 1, 1, 0, 0, 0, 1]],
  ['no gateway: the caller gets a 503, and nothing was sent on', refusedHere, [2, 1, 2, 0, 0, 0, 2]],
];

/** Of all of them together; the ratios as fractions of what stands above. */
const SUM: Hand = [26, 23, 25, 5, 12, 10, 8];
const HAND_RATIOS: Readonly<Record<RatioName, number>> = {
  asr: 5 / 23,
  abr: 5 / 26,
  ner: 12 / 23,
  ser: 5 / 25,
  seer: 10 / 25,
  isa: 8 / 26,
};

const calleeOf = (i: number): string => `+${49301 + i}55501`;
const prefixOf = (i: number): string => `+${49301 + i}`;

describe('the rates of calls that were played', () => {
  let stage: OutcomeStage;
  beforeAll(async () => {
    stage = await openStage(AT, { places: { names: createHostNames(HOSTS), nodes: new Set() } });
    for (const [i, [, one]] of CALLS.entries()) {
      const { seen, overUs } = play(one, i + 1, AT + i * MINUTES_US, calleeOf(i));
      await stage.pass(overUs + 1_000_000, seen);
      await stage.pass(overUs + UNANSWERED_US + 1_000_000);
    }
  }, 120_000);
  afterAll(() => stage.close());

  const byHand = (hand: Hand): Record<PartName, number> =>
    Object.fromEntries(PART_NAMES.map((name, i) => [name, hand[i]])) as Record<PartName, number>;
  const sums = PART_NAMES.map((name) => `toUInt32(sum(${name})) AS ${name}`).join(', ');

  it.each(CALLS.map(([what, , hand], i) => [what, i, hand] as const))('%s', async (_, i, hand) => {
    const [row] = await stage.select(`SELECT ${sums} FROM view_rates WHERE prefix = '${prefixOf(i)}'`);
    expect(row).toEqual(byHand(hand));
  });

  it('are those of a hand-counted set, in the view and in what Prometheus scrapes', async () => {
    for (const [i, sum] of SUM.entries()) expect(CALLS.reduce((all, [, , hand]) => all + (hand[i] ?? 0), 0)).toBe(sum);
    const [row] = await stage.select(`SELECT ${sums} FROM view_rates`);
    expect(row).toEqual(byHand(SUM));
    const moved = await stage.moved('calltrail_call_rate_parts_total', 'tenant', 'trunk', 'node', 'direction');
    expect(moved).toEqual(Object.fromEntries(PART_NAMES.map((name, i) => [`part=${name}`, SUM[i]])));
    const ratios = RATIO_NAMES.map((name) => `sum(${RATIOS[name].of}) / sum(${RATIOS[name].among}) AS ${name}`);
    const [shares] = await stage.select<Record<RatioName, number>>(`SELECT ${ratios.join(', ')} FROM view_rates`);
    for (const name of RATIO_NAMES) expect(shares?.[name], name).toBeCloseTo(HAND_RATIOS[name], 12);
  });

  it('are told apart by trunk, node, direction and tenant, and by the leg that began the call', async () => {
    const rows = await stage.select<{ trunk: string; node: string; tenant: string; first: number; asr: number }>(
      `SELECT DISTINCT trunk, node, tenant, toUInt8(first_leg) AS first FROM view_rates
       WHERE prefix = '${prefixOf(3)}' ORDER BY first DESC, trunk`,
    );
    expect(rows).toContainEqual(expect.objectContaining({ trunk: 'carrier-a', node: 'fs1', tenant: 'none', first: 1 }));
    expect(rows).toContainEqual(expect.objectContaining({ node: 'fs1', tenant: 'none', first: 0 }));
  });

  it('have no value where nothing is in the denominator', async () => {
    const [row] = await stage.select(`SELECT asr, abr, ser FROM view_rates WHERE prefix = '${prefixOf(20)}'`);
    expect(row).toEqual({ asr: null, abr: 0, ser: null });
  });
});
