import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, SearchAnswer } from '../../api/schemas.ts';
import { createServer } from '../../api/server.ts';
import { nodeText } from '../../core/model/edge.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import { makeDay } from '../generate/day.ts';
import { correlationOf } from '../generate/graph.ts';
import { eventsOf } from '../generate/property.ts';
import { storeHand } from '../generate/store.ts';
import { openEmptyStore } from '../system/empty-store.ts';

describe('calls of several tenants', () => {
  const day = makeDay({
    seed: 9,
    calls: 12,
    only: ['bridged', 'betweenTenants'],
    tenants: 'switches',
    acrossTenants: true,
  });
  let store: Store;
  let server: FastifyInstance;

  beforeAll(async () => {
    store = await openEmptyStore();
    await storeHand(store, eventsOf(day.sightings), correlationOf('switches'));
    const metrics = createMetrics();
    const deps = { store, metrics, log: silentLog, sources: () => [], hosts: {}, unmask: () => undefined };
    server = await createServer({ ...deps, guesses: false, version: 'test' });
  });
  afterAll(async () => {
    await server.close();
    await store.close();
  });

  const search = async (query: string): Promise<SearchAnswer['calls']> => {
    const { calls } = (await server.inject(`/api/search?${query}`)).json<SearchAnswer>();
    return calls;
  };
  const callOf = async (key: string): Promise<Call> =>
    (await server.inject(`/api/calls/${encodeURIComponent(key)}`)).json<Call>();

  it('name their tenant, and are listed for it alone when it is asked for', async () => {
    const all = await search('limit=100');
    const names = ['tenant1', 'tenant2', 'tenant3'];
    expect(new Set(all.map(({ tenant }) => tenant))).toEqual(new Set(names));
    for (const name of names) {
      const own = await search(`limit=100&tenant=${name}`);
      const expected = all.filter(({ tenant }) => tenant === name).map(({ id }) => id);
      expect(own.map(({ id }) => id)).toEqual(expected);
    }
    expect(await search(`tenant=${encodeURIComponent("tenant1' OR 1=1 --")}`)).toEqual([]);
  });

  it('are listed once each, although two of them share a leg', async () => {
    const all = await search('limit=100');
    expect(all).toHaveLength(day.truth.calls.length);
    const shared = day.truth.calls
      .flatMap(({ nodes }) => [...nodes])
      .filter((node) => day.truth.ownersOf(node).length > 1);
    expect(shared.length).toBeGreaterThan(0);
    for (const node of shared) {
      expect(all.filter(({ callIds }) => callIds.includes(nodeText(node)))).toHaveLength(2);
    }
  });

  it('tell of the other tenant’s call as a related one, with the reason', async () => {
    const [mine] = day.truth.calls.filter(({ topology }) => topology === 'to another tenant');
    const own = [...(mine?.nodes ?? [])].find((node) => day.truth.ownersOf(node).length === 1);
    const { links, edges, tenant } = await callOf(nodeText(own ?? 'c:'));
    expect(tenant).not.toBeNull();
    expect(links).toHaveLength(1);
    expect(links[0]).toMatchObject({
      why: 'other_tenant',
      reason: expect.stringMatching(/another tenant.*this Call-ID/),
    });
    expect(edges.map(({ kind }) => kind)).not.toContain('tenant');
    const other = await callOf(links[0]?.key ?? '');
    expect(other.tenant).not.toBe(tenant);
    expect(other.channelUuids).toContain(links[0]?.key);
  });
});
