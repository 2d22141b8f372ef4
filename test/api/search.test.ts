import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMatches, type SearchQuestion } from '../../api/call/matches.ts';
import { searchCalls } from '../../api/call/search.ts';
import { isoOf } from '../../api/time.ts';
import { packCallLine } from '../../core/call/call-line.ts';
import type { Outcome } from '../../core/call/types.ts';
import { callIdNode, channelNode, nodeText } from '../../core/model/edge.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { stableId } from '../../core/model/id.ts';
import { reversed } from '../../core/model/number.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { DAY_START_US, makeDay } from '../generate/day.ts';
import { scatter } from '../generate/delivery.ts';
import { eventsOf } from '../generate/property.ts';
import { createRandom } from '../generate/random.ts';
import { sipText, statusLine } from '../generate/sip-text.ts';
import { storeHand } from '../generate/store.ts';
import { openEmptyStore } from '../system/empty-store.ts';

const SEED = 5;
const LONG_AFTER_US = 4_000_000_000_000_000;
const places = { names: createHostNames({ '203.0.113.7': 'carrier' }), nodes: new Set(['10.0.0.31']) };

/** One caller who tries until he is answered, and calls again after that. */
const TRIES = [
  { callId: 'try-1@h', atUs: DAY_START_US, status: 486 },
  { callId: 'try-2@h', atUs: DAY_START_US + 40_000_000, status: 486 },
  { callId: 'try-3@h', atUs: DAY_START_US + 100_000_000, status: 200 },
  { callId: 'try-4@h', atUs: DAY_START_US + 200_000_000, status: 603 },
] as const;

function tried({ callId, atUs, status }: (typeof TRIES)[number]) {
  const packet = (afterMs: number, start: string, cseq: string, toTag: string) => {
    const isRequest = start.endsWith('SIP/2.0');
    const ends = ['203.0.113.7', '203.0.113.8'];
    const [srcIp = '', dstIp = ''] = isRequest ? ends : ends.toReversed();
    const payload = sipText({
      start,
      vias: [`SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK${callId}${cseq.replace(' ', '')}`],
      from: '"Anna Try" <sip:+49306100611@site.example>;tag=a',
      to: `<sip:0049891234567@site.example>${toTag}`,
      ...{ callId, cseq, more: ['P-Asserted-Identity: <tel:+49-30-6100600>'] },
    });
    const [sensor, us] = ['hep 9', atUs + afterMs * 1000];
    const ports = { srcPort: 5060, dstPort: 5060, protocol: 1, transport: 'udp' as const, correlationId: '' };
    const id = stableId(sensor, us, payload);
    return { kind: 'packet' as const, id, atUs: us, arrivedUs: us, sensor, srcIp, dstIp, ...ports, payload };
  };
  const bye = [
    packet(5000, 'BYE sip:0049891234567@site.example SIP/2.0', '2 BYE', ';tag=b'),
    packet(5010, statusLine(200), '2 BYE', ';tag=b'),
  ];
  return [
    packet(0, 'INVITE sip:0049891234567@site.example SIP/2.0', '1 INVITE', ''),
    packet(900, statusLine(status), '1 INVITE', ';tag=b'),
    ...(status === 200 ? bye : []),
  ];
}

/** Before all calls of the day. */
const EARLY_US = DAY_START_US - 36_000_000_000;

/** A row of the linker for a call of one dialog that began early, and ended long after all others. */
function callRowOf(id: string, outcome: Outcome, version: number): Row<'calls'> {
  const party = { number: '', name: '' };
  const line = packCallLine({
    ...{ id, startedUs: EARLY_US, untilUs: DAY_START_US, method: 'INVITE', from: party, to: party, legs: 1 },
    ...{ callIds: [id], channelUuids: [], nodes: [], truncated: false, outcome, attempts: { total: 0, failed: 0 } },
  });
  const times = { since: EARLY_US, until: DAY_START_US + 80_000_000_000, arrived: DAY_START_US };
  const numbers = { from_number: '', to_number: '', final_status: 0, hangup_cause: '', tenant: '' };
  return { id, ...times, method: 'INVITE', answered: 0, ended: 0, ...numbers, outcome, line, gone: 0, version };
}

describe('a search', { timeout: 120_000 }, () => {
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
    Promise.all(questions.map((question) => searchCalls({ store, guesses: false, places, nowUs }, question)));
  const newest = (more: Partial<SearchQuestion> = {}) =>
    searchCalls({ store, guesses: false, places, nowUs: LONG_AFTER_US }, { text: '', limit: 500, ...more });

  beforeAll(async () => {
    store = await openEmptyStore();
    for (const hand of scatter(eventsOf(sightings), createRandom(SEED), 2)) await storeHand(store, hand);
    await storeHand(store, TRIES.flatMap(tried));
  });
  afterAll(async () => {
    await store.close();
  });

  it('answers the same from the list of calls as from the edges', async () => {
    const walked = await ask(LONG_AFTER_US);
    const unlisted = await newest({ tries: true });
    const linker = createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0, places });
    expect(await linker.pass()).toBeGreaterThan(20);
    expect(await ask(LONG_AFTER_US)).toEqual(walked);
    // What is too young for its row is put together anew, and that is the same again.
    expect(await ask(0)).toEqual(walked);
    expect(walked.filter(({ calls }) => calls.length > 0).length).toBeGreaterThan(12);
    const listed = await newest({ tries: true });
    for (const { calls } of [unlisted, listed]) {
      const starts = calls.map(({ startedAt }) => startedAt);
      expect(starts).toEqual(starts.toSorted().reverse());
      const found = new Set(
        calls.flatMap(({ callIds, channelUuids }) => [...callIds.map(callIdNode), ...channelUuids.map(channelNode)]),
      );
      expect(spoken.filter(({ nodes }) => ![...nodes].some((node) => found.has(node)))).toEqual([]);
    }
  });

  it('tells in which written form a number led to a call, and where that stood', async () => {
    const found = async (text: string) => {
      const { calls } = await newest({ text });
      return Object.fromEntries(calls.map(({ id, matched }) => [id, matched]));
    };
    // Of the far end what From and To write, of a header in between its digits.
    expect(await found('030 6100611')).toEqual(
      Object.fromEntries(TRIES.map(({ callId }) => [callId, [{ written: '+49306100611', in: ['from'] }]])),
    );
    expect(await found('+49 89 1234567')).toEqual(
      Object.fromEntries(TRIES.map(({ callId }) => [callId, [{ written: '0049891234567', in: ['to', 'request'] }]])),
    );
    expect((await found('306100600'))['try-1@h']).toEqual([{ written: '49306100600', in: ['p-asserted-identity'] }]);
    expect((await found('anna try'))['try-2@h']).toEqual([{ written: 'Anna Try', in: ['from'] }]);
    expect((await found('try-1@h'))['try-1@h']).toEqual([]);
  });

  it('tells who tried again, also when the tries before are not on the page', async () => {
    const told = async (more: Partial<SearchQuestion>) =>
      (await newest({ tries: true, ...more })).calls
        .filter(({ id }) => id.startsWith('try-'))
        .map(({ id, tries }) => [id, tries?.number, tries?.total, tries?.before ?? null, tries?.since]);
    const since = isoOf(TRIES[0].atUs);
    const all = [
      ['try-4@h', undefined, undefined, null, undefined],
      ['try-3@h', 3, 3, 'try-2@h', since],
      ['try-2@h', 2, 3, 'try-1@h', since],
      ['try-1@h', 1, 3, null, since],
    ];
    expect(await told({ text: '+49 89 1234567' })).toEqual(all);
    // Of the newest calls that were answered, the first two tries are none.
    const second = { sinceUs: TRIES[2].atUs, untilUs: TRIES[2].atUs };
    expect(await told({ ...second, outcomes: new Set<Outcome>(['answered']) })).toEqual([all[1]]);
    expect((await newest({ text: '+49 89 1234567' })).calls.map(({ tries }) => tries)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('answers a filter as whoever looks at every call would', async () => {
    const { calls: all } = await newest();
    const names = (of: (call: (typeof all)[number]) => readonly string[]) => [...new Set(all.flatMap(of))].sort();
    const some = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => i % Math.ceil(list.length / 2) === 0);
    const nodes = names((call) => call.nodes);
    const trunks = names(({ trunk }) => (trunk === null ? [] : [trunk]));
    expect([nodes.length > 3, trunks.length > 3, trunks.includes('carrier')]).toEqual([true, true, true]);
    const ids = async (more: Partial<SearchQuestion>) => (await newest(more)).calls.map(({ id }) => id);
    for (const node of some(nodes)) {
      expect(await ids({ node })).toEqual(all.filter((call) => call.nodes.includes(node)).map(({ id }) => id));
    }
    for (const trunk of [...some(trunks), 'carrier']) {
      expect(await ids({ trunk })).toEqual(all.filter((call) => call.trunk === trunk).map(({ id }) => id));
    }
    for (const outcome of names((call) => [call.outcome]) as Outcome[]) {
      const own = all.filter((call) => call.outcome === outcome).map(({ id }) => id);
      expect(await ids({ outcomes: new Set([outcome]) })).toEqual(own);
    }
    expect(await ids({ trunk: 'carrier', outcomes: new Set<Outcome>(['busy']) })).toEqual(['try-2@h', 'try-1@h']);
    expect(await ids({ text: '+49 89 1234567', trunk: 'carrier', node: 'hep 9' })).toHaveLength(4);
    for (const name of ['fs', 'carrie', '%', "' OR 1=1 --", '",']) {
      expect([name, await ids({ node: name }), await ids({ trunk: name })]).toEqual([name, [], []]);
    }
  });

  it('finds by a filter what is far behind the newest calls, and not what a row said before', async () => {
    // Earlier versions of rows that are all newer than what is looked for, more of them than one look brings.
    const stale = Array.from({ length: 60 }, (_, i) => callRowOf(`stale-${i}@h`, 'interrupted', 1));
    await store.insert('calls', stale, 'before');
    await store.insert(
      'calls',
      stale.map((row) => ({ ...row, gone: 1, line: '', outcome: '', version: 2 })),
      'gone',
    );
    const old = { ...callRowOf('old@h', 'interrupted', 1), until: DAY_START_US - 9_000_000 };
    await store.insert('calls', [old], 'old');
    const early = { outcomes: new Set<Outcome>(['interrupted']), untilUs: DAY_START_US - 1 };
    const { calls, more } = await newest({ ...early, limit: 5 });
    expect([calls.map(({ id }) => id), more]).toEqual([['old@h'], false]);
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
    const terms = [{ value: number.slice(2), roles: 1 }];
    const ends = rows.map(({ node, until }) => ({
      ...{ node, terms },
      untilUs: node === row(4, 0).node ? T0 + 9_000_001 : until,
    }));
    ends[5] = { node: row(5, 0).node, untilUs: T0 + 9_000_001, terms };
    const expected = ends.sort((a, b) => b.untilUs - a.untilUs || (a.node < b.node ? -1 : 1));
    expect(await findMatches(store, { text: number, limit: 10 })).toEqual(expected.slice(0, 10));
    const until = await findMatches(store, { text: number, limit: 2, untilUs: T0 });
    expect(until).toEqual([{ node: row(0, 0).node, untilUs: T0 + 1, terms }]);
    const since = await findMatches(store, { text: number, limit: 9, sinceUs: T0 + 8_000_000 });
    expect(since.map(({ node }) => node)).toEqual([row(4, 0).node, row(5, 0).node]);
  });
});
