import { describe, expect, it } from 'vitest';
import { makeDay, TOPOLOGIES } from './day.ts';
import { buildGraph, correlationOf } from './graph.ts';
import { faultText, judge } from './judge.ts';
import { checkSeed, eventsOf, WEATHERS } from './property.ts';

/** The first of CALLTRAIL_SEEDS seeds; `npm run property` checks hundreds. */
const SEEDS = Number(process.env.CALLTRAIL_SEEDS ?? WEATHERS.length + 2);
const CALLS = 60;

describe('the join over generated days', () => {
  it.for(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'finds every proven identifier and none of another call, in any order: seed %i',
    async (seed) => {
      const result = await checkSeed(seed, CALLS);
      expect(result.calls).toBeGreaterThanOrEqual(CALLS);
      expect(result.failures, `seed ${seed}, ${result.weather}`).toEqual([]);
    },
  );

  it.for(TOPOLOGIES.map(([name]) => name))('joins the calls of a site that does nothing but %s', async (name) => {
    const tenants = name === 'betweenTenants' ? 'switches' : 'none';
    const { truth, sightings } = makeDay({ seed: 7, calls: 15, only: [name], tenants });
    const { asked, expected, faults } = await judge(
      truth,
      sightings,
      buildGraph([eventsOf(sightings)], correlationOf(tenants)),
    );
    expect(faults.map(faultText)).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(15);
    // Whoever asks for a call's identifier is told the whole call, where all is heard: nothing was too weak to be asked.
    const shared = truth.calls.flatMap(({ nodes }) => [...nodes]).filter((node) => truth.ownersOf(node).length > 1);
    const pairs = truth.calls.reduce((sum, { nodes }) => {
      const asking = [...nodes].filter((node) => !node.startsWith('v:'));
      return sum + asking.length * nodes.size;
    }, 0);
    if (shared.length === 0) expect(expected).toBe(pairs);
  });

  it('joins what is of two tenants where nobody says that there are any', async () => {
    for (const tenants of ['switches', 'domains'] as const) {
      const day = makeDay({ seed: 7, calls: 60, tenants, acrossTenants: true });
      const unsaid = buildGraph([eventsOf(day.sightings)]);
      const { faults } = await judge(day.truth, day.sightings, unsaid);
      expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['wrong']));
    }
  });

  it('is the same day again from the same seed', () => {
    const [one, again] = [makeDay({ seed: 3, calls: 40 }), makeDay({ seed: 3, calls: 40 })];
    expect(eventsOf(one.sightings)).toEqual(eventsOf(again.sightings));
    expect(eventsOf(makeDay({ seed: 4, calls: 40 }).sightings)).not.toEqual(eventsOf(one.sightings));
  });
});

describe('the judge', () => {
  it('says what is wrong and what is missing', async () => {
    const { truth, sightings } = makeDay({ seed: 5, calls: 4, only: ['bridged'] });
    const [first, second] = truth.calls;
    const [stranger] = second?.nodes ?? [];
    if (first === undefined || stranger === undefined) throw new Error('two calls are needed');
    const graph = buildGraph([eventsOf(sightings)]);
    // The truth is told that one identifier of the second call is of the first.
    second?.nodes.delete(stranger);
    first.nodes.add(stranger);
    const { faults } = await judge(truth, sightings, graph);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['wrong']));
    const silent = await judge(truth, sightings, buildGraph([[]]));
    expect(silent.faults.every(({ kind }) => kind === 'missing')).toBe(true);
    expect(silent.faults.length).toBe(silent.expected);
  });
});
