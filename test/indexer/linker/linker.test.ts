import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCallLine } from '../../../core/call/call-line.ts';
import { findCalls } from '../../../core/call/find.ts';
import { createNeighbours } from '../../../core/call/graph/neighbours.ts';
import { type NodeKey, nodeLetter } from '../../../core/model/edge.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker, type Linker } from '../../../indexer/linker/linker.ts';
import { publish, yealink } from '../../core/media/telephone-reports.ts';
import { makeDay } from '../../generate/day.ts';
import { scatter } from '../../generate/delivery.ts';
import { eventsOf } from '../../generate/property.ts';
import { createRandom } from '../../generate/random.ts';
import { storeHand } from '../../generate/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { sipPacket } from '../seen.ts';

const SEED = 7;
const CALLS = 40;

describe('the linker', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openEmptyStore();
  });
  afterEach(() => store.close());

  const linkerOn = (on: Store): Linker =>
    createLinker({ store: on, metrics: createMetrics(), log: silentLog, quietMs: 0 });

  /** The call of each leg: by its label, or because the call is named after it. */
  const labels = async (): Promise<Record<string, string>> => {
    const own = ((await listed()) as { id: string; line: string }[]).flatMap(({ id, line }) => {
      const { callIds, channelUuids } = readCallLine(id, line);
      return [...callIds.map((text) => [`c:${text}`, id]), ...channelUuids.map((text) => [`u:${text}`, id])];
    });
    const rows = await store.select<{ node: string; call: string }>(
      'SELECT node, argMax(call, version) AS call FROM labels GROUP BY node ORDER BY node',
    );
    return Object.fromEntries([
      ...own.filter(([node, id]) => node?.slice(2) === id),
      ...rows.map(({ node, call }) => [node, call]),
    ]);
  };
  const listed = async (): Promise<unknown[]> =>
    store.select(
      `SELECT * EXCEPT (version, arrived) FROM (SELECT * FROM calls ORDER BY version DESC LIMIT 1 BY id)
       WHERE gone = 0 ORDER BY id`,
    );

  it('gives each leg the call that a question finds from it, and lists each call once', async () => {
    const { sightings } = makeDay({ seed: SEED, calls: CALLS });
    await storeHand(store, eventsOf(sightings));
    await linkerOn(store).pass();
    const found = await labels();
    const nodes = Object.keys(found) as NodeKey[];
    const finder = { store, neighbours: createNeighbours(store), guesses: false };
    const calls = await findCalls(
      finder,
      nodes.map((node) => [node]),
    );
    expect(Object.fromEntries(nodes.map((node, i) => [node, calls[i]?.facts.root.id]))).toEqual(found);
    const shown = [...new Set(sightings.flatMap(({ shows }) => shows))].filter((node) =>
      'cu'.includes(nodeLetter(node)),
    );
    const known = await findCalls(
      finder,
      shown.map((node) => [node]),
    );
    expect(
      shown.filter(
        (node, i) => known[i] !== undefined && !(node in found) && isOfCall(known[i]?.facts.root.dialog?.method),
      ),
    ).toEqual([]);
    const ids = (await listed()).map((row) => (row as { id: string }).id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(Object.values(found).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('ends with the same labels and calls when the evidence comes bit by bit, in any order', async () => {
    const { sightings } = makeDay({ seed: SEED, calls: CALLS });
    const linker = linkerOn(store);
    for (const hand of scatter(eventsOf(sightings), createRandom(SEED), 4)) {
      await storeHand(store, hand);
      await linker.pass();
    }
    const inParts = { labels: await labels(), calls: await listed() };
    await linker.relink();
    expect(inParts).toEqual({ labels: await labels(), calls: await listed() });
  });

  it('ends with the same labels when it is killed at any point and started again', async () => {
    const { sightings } = makeDay({ seed: SEED, calls: CALLS });
    await storeHand(store, eventsOf(sightings));
    for (let writes = 0; ; writes++) {
      let left = writes;
      const dying: Store = {
        ...store,
        insert: (...args: Parameters<Store['insert']>) =>
          left-- > 0 ? store.insert(...args) : Promise.reject(new Error('killed')),
      };
      const ended = await linkerOn(dying)
        .pass()
        .then(
          () => true,
          () => false,
        );
      if (ended) break;
      expect(writes).toBeLessThan(100);
    }
    const afterDeaths = { labels: await labels(), calls: await listed() };
    await linkerOn(store).relink();
    expect(afterDeaths).toEqual({ labels: await labels(), calls: await listed() });
  });

  it('puts together what falls silent while a pass goes on, and writes down how far it came', async () => {
    const hands = [11, 12, 13].map((seed) => eventsOf(makeDay({ seed, calls: 1, only: ['bridged'] }).sightings));
    const then: { calls: number; progress: number }[] = [];
    const progress = async (): Promise<number> =>
      (await store.select<{ n: number }>('SELECT toUInt32(count()) AS n FROM linker'))[0]?.n ?? 0;
    // Whenever it looks for more, there is more, which falls silent until it looks again.
    const busy: Store = {
      ...store,
      select: async <T>(sql: string, ...rest: unknown[]): Promise<T[]> => {
        if (sql.includes('FROM feed') && sql.includes('GROUP BY us')) {
          then.push({ calls: (await listed()).length, progress: await progress() });
          await storeHand(store, hands.shift() ?? []);
        }
        return store.select<T>(sql, ...(rest as []));
      },
    };
    const linker = createLinker({ store: busy, metrics: createMetrics(), log: silentLog, quietMs: 0, settleRows: 1 });
    await linker.pass();
    expect(then.map(({ calls }) => calls)).toEqual([0, 0, 1, 2]);
    expect(then.map(({ progress }) => progress)).toEqual([0, 1, 2, 3]);
  });

  it('takes an id from the list that a call no longer has, and leads from it to the call', async () => {
    const { truth, sightings } = makeDay({ seed: 3, calls: 1, only: ['bridged'] });
    const [call] = truth.calls;
    if (call === undefined) throw new Error('no call');
    const secondLeg = [...call.nodes].filter((one) => nodeLetter(one) === 'c').at(-1);
    // The second leg is heard of first and stands alone.
    const isSecondLeg = ({ shows }: (typeof sightings)[number]): boolean => shows.every((node) => node === secondLeg);
    const linker = linkerOn(store);
    await storeHand(store, eventsOf(sightings.filter(isSecondLeg)));
    await linker.pass();
    const [alone] = (await listed()) as { id: string }[];
    expect(alone?.id).toBeDefined();
    await storeHand(store, eventsOf(sightings));
    await linker.pass();
    const whole = (await listed()) as { id: string }[];
    expect(whole).toHaveLength(1);
    expect(whole[0]?.id).not.toBe(alone?.id);
    expect((await labels())[`c:${alone?.id}`]).toBe(whole[0]?.id);
  });

  it('lists no dialog that only brings what telephones report, and no call twice for it', async () => {
    const { truth, sightings } = makeDay({ seed: 4, calls: 2, only: ['bridged'] });
    const dialogs = truth.calls.map(({ nodes }) => [...nodes].find((one) => nodeLetter(one) === 'c')?.slice(2) ?? '');
    const linker = linkerOn(store);
    await storeHand(store, eventsOf(sightings));
    await linker.pass();
    const before = { calls: await listed(), labels: await labels() };
    expect(before.calls).toHaveLength(2);
    const ends = { local: { ip: '192.0.2.9', port: 4000 }, remote: { ip: '192.0.2.31', port: 6000 } };
    const reports = dialogs.map((callId) => publish(yealink({ callId, ...ends }), 'subscription@h'));
    await storeHand(
      store,
      reports.map((text) => sipPacket(text.replaceAll('PUBLISH', 'NOTIFY'))),
    );
    await linker.pass();
    expect({ calls: await listed(), labels: await labels() }).toEqual(before);
    await linker.relink();
    expect({ calls: await listed(), labels: await labels() }).toEqual(before);
  });
});

const isOfCall = (method: string | undefined): boolean => method === undefined || method === 'INVITE';
