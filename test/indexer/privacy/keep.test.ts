import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNeighbours } from '../../../core/call/graph/neighbours.ts';
import { walk } from '../../../core/call/graph/walk.ts';
import { readEvents, readLogs } from '../../../core/call/read/facts.ts';
import { readMessages } from '../../../core/call/read/messages.ts';
import { isLeg, type NodeKey, nodeLetter, nodeText } from '../../../core/model/edge.ts';
import { readHolds, writeHold } from '../../../core/privacy/holds.ts';
import type { Store } from '../../../core/store/store.ts';
import { callIdsWith, countOf, nodeOf, openSite } from './site.ts';

const DAY_US = 86_400_000_000;
const DIGITS = '14155550101';

describe('what is kept and what goes', () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  let store: Store;
  let nodes: NodeKey[];
  let callId: string;
  beforeEach(async () => {
    site = await openSite(['01-basic']);
    store = site.store;
    callId = (await callIdsWith(store, DIGITS))[0] ?? '';
    nodes = [...(await walk([nodeOf(callId)], createNeighbours(store))).nodes].filter(isLeg).sort();
  }, 60_000);
  afterEach(() => site.close());

  const texts = (letter: string): string[] => nodes.filter((node) => nodeLetter(node) === letter).map(nodeText);
  const shown = async (): Promise<unknown> => ({
    messages: (await readMessages(store, texts('c'), { payload: 'all' })).map(({ id, payload }) => [id, `${payload}`]),
    events: (await readEvents(store, texts('u'), { outline: false })).map(({ id, headers }) => [id, headers]),
    logs: (await readLogs(store, { channels: texts('u'), callIds: texts('c') })).map(({ id, text }) => [id, text]),
    edges: [...(await walk([nodeOf(callId)], createNeighbours(store))).nodes].sort(),
    found: (await callIdsWith(store, DIGITS)).includes(callId),
  });

  /** What the tables' own retention does. */
  const forget = async (beforeUs: number): Promise<void> => {
    for (const table of [
      'messages',
      'events',
      'logs',
      'identifiers',
      'edges',
      'births',
      'labels',
      'calls',
      'endings',
    ]) {
      const old = `arrived < fromUnixTimestamp64Micro(${beforeUs})`;
      await store.command(`ALTER TABLE ${table} DELETE WHERE ${old} SETTINGS mutations_sync = 2`);
    }
  };

  it('a held call is there, whole and once, when its days are over, and the others are not', async () => {
    const before = await shown();
    await writeHold(store, {
      call: callId,
      version: 5,
      sinceUs: 5,
      who: 'ada',
      reason: 'court',
      nodes: [nodeOf(callId)],
    });
    const lastUs = Number(
      (await store.select<{ us: number }>('SELECT toUnixTimestamp64Micro(max(arrived)) AS us FROM edges'))[0]?.us,
    );
    // As if no time had passed nothing is copied; past the half of each kind's days everything is, once.
    const rows = await countOf(store, 'messages', '1');
    await site.keeper({ now: () => lastUs + DAY_US }).pass();
    expect(await countOf(store, 'messages', '1')).toBe(rows);
    for (let i = 0; i < 2; i += 1) await site.keeper({ now: () => lastUs + 20 * DAY_US }).pass();
    const inMessages = `call_id IN (${texts('c')
      .map((id) => `'${id}'`)
      .join(', ')})`;
    expect(await countOf(store, 'messages', '1')).toBe(
      rows +
        Number(
          (await store.select<{ n: number }>(`SELECT uniqExact(at, id) AS n FROM messages WHERE ${inMessages}`))[0]?.n,
        ),
    );
    expect(await shown()).toEqual(before);
    await forget(lastUs + 19 * DAY_US);
    expect(await shown()).toEqual(before);
    expect(await countOf(store, 'messages', `NOT (${inMessages})`)).toBe(0);
    // The legs that the call turned out to have are written down.
    expect((await readHolds(store))[0]?.nodes).toEqual(nodes);
  });

  it('what is released is not kept on', async () => {
    const hold = { call: callId, version: 5, sinceUs: 5, who: 'ada', reason: 'court', nodes: [nodeOf(callId)] };
    await writeHold(store, hold);
    await writeHold(store, { ...hold, version: 6 }, true);
    expect(await readHolds(store)).toEqual([]);
    const rows = await countOf(store, 'messages', '1');
    await site.keeper({ now: () => (Date.now() + 20 * 86_400_000) * 1000 }).pass();
    expect(await countOf(store, 'messages', '1')).toBe(rows);
  });

  it('a tenant with fewer days loses what is older, kind by kind, and nobody else does', async () => {
    const arrived = Date.now() * 1000;
    const other = (
      await store.select<{ id: string }>(
        `SELECT DISTINCT call_id AS id FROM messages WHERE call_id NOT IN (${texts('c')
          .map((id) => `'${id}'`)
          .join(', ')}) LIMIT 1`,
      )
    )[0]?.id;
    const edge = (node: string, tenant: string) => ({
      ...{ node, peer: `t:${tenant}`, kind: 'tenant', tier: 'switch', why: 'tenant_node', forward: 1 },
      ...{ since: arrived, until: arrived, arrived, evidence: '' },
    });
    await store.insert('edges', [...nodes.map((node) => edge(node, 'acme')), edge(`c:${other}`, 'bell')], 'tenants');
    const tenants = [
      { name: 'acme', nodes: [], domains: [], retention: { logs: 2, messages: 5, identifiers: 9 } },
      { name: 'bell', nodes: [], domains: [] },
    ];
    const own = `call_id IN (${texts('c')
      .map((id) => `'${id}'`)
      .join(', ')})`;
    const lines = `channel IN (${texts('u')
      .map((id) => `'${id}'`)
      .join(', ')})`;
    const others = await countOf(store, 'messages', `NOT (${own})`);
    const olderBy = async (days: number): Promise<number[]> => {
      await site.keeper({ tenants, now: () => arrived + days * DAY_US + 1 }).pass();
      return Promise.all([
        countOf(store, 'logs', lines),
        countOf(store, 'messages', own),
        countOf(store, 'identifiers', `node = 'c:${callId}'`),
      ]);
    };
    const [logs, messages, terms] = await olderBy(1);
    expect([logs, messages, terms].every((count) => (count ?? 0) > 0)).toBe(true);
    expect(await olderBy(3)).toEqual([0, messages, terms]);
    expect(await olderBy(6)).toEqual([0, 0, terms]);
    expect(await olderBy(10)).toEqual([0, 0, 0]);
    expect(await countOf(store, 'messages', `NOT (${own})`)).toBe(others);
    expect(await countOf(store, 'edges', "kind = 'tenant' AND peer = 't:bell'")).toBe(1);
  });

  it('a held call of such a tenant stays', async () => {
    const arrived = Date.now() * 1000;
    const row = { peer: 't:acme', kind: 'tenant', tier: 'switch', why: 'tenant_node', forward: 1, evidence: '' };
    await store.insert(
      'edges',
      nodes.map((node) => ({ ...row, node, since: 1, until: 1, arrived })),
      'tenants',
    );
    await writeHold(store, { call: callId, version: 5, sinceUs: 5, who: 'ada', reason: 'court', nodes });
    const before = await countOf(store, 'messages', `call_id = '${callId}'`);
    const tenants = [{ name: 'acme', nodes: [], domains: [], retention: { messages: 1, identifiers: 1 } }];
    await site.keeper({ tenants, now: () => arrived + 2 * DAY_US }).pass();
    expect(await countOf(store, 'messages', `call_id = '${callId}'`)).toBe(before);
  });
});
