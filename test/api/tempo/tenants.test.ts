import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../../api/schemas.ts';
import { traceIdOfSummary } from '../../../api/tempo/search.ts';
import type { SearchResponse } from '../../../api/tempo/search-answer.ts';
import { makeDay } from '../../generate/day.ts';
import { correlationOf } from '../../generate/graph.ts';
import { eventsOf } from '../../generate/property.ts';
import { storeHand } from '../../generate/store.ts';
import { attribute, type ReadTrace, readTraceById, spansOf } from './otlp-reader.ts';
import { openSite, type Site } from './site.ts';

describe.each(['before', 'after'])('traces of several tenants, %s the linker', { timeout: 60_000 }, (when) => {
  const day = makeDay({
    ...{ seed: 9, calls: 12, tenants: 'switches', acrossTenants: true },
    only: ['bridged', 'betweenTenants'],
  });
  let site: Site;
  let calls: SearchAnswer['calls'];

  beforeAll(async () => {
    site = await openSite([]);
    await storeHand(site.store, eventsOf(day.sightings), correlationOf('switches'));
    if (when === 'after') await site.link();
    calls = (await site.get('/api/search?limit=100')).json<SearchAnswer>().calls;
    expect(calls).toHaveLength(day.truth.calls.length);
  });
  afterAll(() => site.close());

  it('have ids of their own, and each leads to the call of its tenant', async () => {
    const ids = calls.map(traceIdOfSummary);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [i, call] of calls.entries()) {
      const response = await site.get(`/tempo/api/v2/traces/${ids[i]}`);
      expect(response.statusCode, response.body).toBe(200);
      const spans = spansOf(readTraceById(response.rawPayload).trace as ReadTrace);
      const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
      expect(attribute(root?.attributes, 'tenant')).toBe(call.tenant);
      expect(attribute(root?.attributes, 'sip.call_id')).toBe(call.id);
    }
  });

  it('are searched by tenant', async () => {
    for (const tenant of ['tenant1', 'tenant2', 'nobody', "tenant1' OR 1=1 --"]) {
      const q = encodeURIComponent(`{ span.tenant = ${JSON.stringify(tenant)} }`);
      const { traces } = (await site.get(`/tempo/api/search?limit=100&q=${q}`)).json<SearchResponse>();
      const own = calls.filter((call) => call.tenant === tenant).map(traceIdOfSummary);
      expect(traces.map(({ traceID }) => traceID)).toEqual(own);
    }
  });
});
