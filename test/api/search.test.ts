import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMatches } from '../../api/call/matches.ts';
import { searchCalls } from '../../api/call/search.ts';
import { callIdNode, channelNode, nodeText } from '../../core/model/edge.ts';
import { reversed } from '../../core/model/number.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { makeDay } from '../generate/day.ts';
import { scatter } from '../generate/delivery.ts';
import { eventsOf } from '../generate/property.ts';
import { createRandom } from '../generate/random.ts';
import { storeHand } from '../generate/store.ts';

const SEED = 5;
const LONG_AFTER_US = 4_000_000_000_000_000;

describe('a search', { timeout: 120_000 }, () => {
  let dir: string;
  let store: Store;
  const { truth, sightings } = makeDay({ seed: SEED, calls: 30 });
  const spoken = truth.calls.filter(({ topology }) => topology !== 'keep-alive' && topology !== 'registration');
  const sip = truth.calls.flatMap(({ nodes }) => [...nodes]).filter((node) => node.startsWith('c:'));
  const questions = [
    ...sip.slice(0, 12).map((node) => ({ text: nodeText(node), limit: 50 })),
    ...truth.calls
      .slice(0, 6)
      .flatMap(({ nodes }) => [...nodes].slice(-1).map((node) => ({ text: nodeText(node), limit: 50 }))),
    { text: '1', limit: 50 },
    { text: '555', limit: 50 },
    { text: '01', limit: 500 },
    { text: '192.0.2.1', limit: 50 },
    { text: 'no such thing', limit: 50 },
  ];
  const ask = (nowUs: number) =>
    Promise.all(questions.map((question) => searchCalls({ store, guesses: false, nowUs }, question)));

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'calltrail-search-'));
    store = await openStore({ kind: 'embedded', path: dir }, silentLog);
    for (const hand of scatter(eventsOf(sightings), createRandom(SEED), 2)) await storeHand(store, hand);
  });
  afterAll(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('answers the same from the list of calls as from the edges', async () => {
    const walked = await ask(LONG_AFTER_US);
    const newest = await searchCalls({ store, guesses: false, nowUs: LONG_AFTER_US }, { text: '', limit: 500 });
    const linker = createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0 });
    expect(await linker.pass()).toBeGreaterThan(20);
    expect(await ask(LONG_AFTER_US)).toEqual(walked);
    // What is too young for its row is put together anew, and that is the same again.
    expect(await ask(0)).toEqual(walked);
    expect(walked.filter(({ calls }) => calls.length > 0).length).toBeGreaterThan(12);
    const listed = await searchCalls({ store, guesses: false, nowUs: LONG_AFTER_US }, { text: '', limit: 500 });
    for (const { calls } of [newest, listed]) {
      const starts = calls.map(({ startedAt }) => startedAt);
      expect(starts).toEqual(starts.toSorted().reverse());
      const found = new Set(
        calls.flatMap(({ callIds, channelUuids }) => [...callIds.map(callIdNode), ...channelUuids.map(channelNode)]),
      );
      expect(spoken.filter(({ nodes }) => ![...nodes].some((node) => found.has(node)))).toEqual([]);
    }
  });

  it('takes the list of calls instead of the edges, so that a call costs one look-up', async () => {
    const asked: string[] = [];
    const counting: Store = {
      ...store,
      select: (sql, ...rest) => {
        asked.push(sql);
        return store.select(sql, ...rest);
      },
    };
    const [node] = [...(truth.calls[0]?.nodes ?? [])].filter((one) => one.startsWith('c:'));
    const [root] = (
      await searchCalls({ store, guesses: false, nowUs: LONG_AFTER_US }, { text: nodeText(node ?? 'c:'), limit: 1 })
    ).calls;
    asked.length = 0;
    const { calls } = await searchCalls(
      { store: counting, guesses: false, nowUs: LONG_AFTER_US },
      { text: root?.id ?? '', limit: 1 },
    );
    expect(calls).toEqual([root]);
    expect(asked).toHaveLength(1);
  });

  it.each([3000, 5000])('finds the newest of %i legs that match a number', async (count) => {
    const T0 = 1_763_720_498_000_000;
    const number = `0049891${count}`;
    const row = (i: number, us: number): Row<'identifiers'> => ({
      kind: 'number_reversed',
      value: reversed(number.slice(2)),
      node: `c:${count}-${i}@h`,
      roles: 1,
      since: us,
      until: us + 1,
      arrived: us,
    });
    const rows = Array.from({ length: count }, (_, i) => row(i, T0 + ((i * 7919) % count) * 1000));
    // Of two legs another part, which makes them the newest.
    await store.insert('identifiers', rows, `rows ${count}`);
    await store.insert('identifiers', [row(4, T0 + 9_000_000), row(5, T0 + 9_000_000)], `later ${count}`);
    const ends = rows.map(({ node, until }) => ({ node, untilUs: node === row(4, 0).node ? T0 + 9_000_001 : until }));
    ends[5] = { node: row(5, 0).node, untilUs: T0 + 9_000_001 };
    const expected = ends.sort((a, b) => b.untilUs - a.untilUs || (a.node < b.node ? -1 : 1));
    expect(await findMatches(store, { text: number, limit: 10 })).toEqual(expected.slice(0, 10));
    const until = await findMatches(store, { text: number, limit: 2, untilUs: T0 });
    expect(until).toEqual([{ node: row(0, 0).node, untilUs: T0 + 1 }]);
    const since = await findMatches(store, { text: number, limit: 9, sinceUs: T0 + 8_000_000 });
    expect(since.map(({ node }) => node)).toEqual([row(4, 0).node, row(5, 0).node]);
  });
});
