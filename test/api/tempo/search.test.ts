import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../../api/schemas.ts';
import { traceIdOfSummary } from '../../../api/tempo/search.ts';
import type { SearchResponse } from '../../../api/tempo/search-answer.ts';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { storeHand } from '../../generate/store.ts';
import { readTraceById, spansOf } from './otlp-reader.ts';
import { openSite, type Site } from './site.ts';

/** Names that Grafana knows in an answer; another one fails the query. */
const KNOWN = {
  answer: ['traces', 'metrics'],
  trace: [
    'traceID',
    'rootServiceName',
    'rootTraceName',
    'startTimeUnixNano',
    'durationMs',
    'spanSet',
    'spanSets',
    'serviceStats',
  ],
  spanSet: ['matched', 'spans', 'attributes'],
  span: ['spanID', 'name', 'startTimeUnixNano', 'durationNanos', 'attributes'],
  metrics: [
    'inspectedTraces',
    'inspectedBytes',
    'totalBlocks',
    'completedJobs',
    'totalJobs',
    'totalBlockBytes',
    'inspectedSpans',
  ],
};

function expectStrict(answer: SearchResponse): void {
  const within = (value: object, names: readonly string[]): void =>
    expect(names).toEqual(expect.arrayContaining(Object.keys(value)));
  within(answer, KNOWN.answer);
  within(answer.metrics, KNOWN.metrics);
  expect(typeof answer.metrics.inspectedBytes).toBe('string');
  for (const trace of answer.traces) {
    within(trace, KNOWN.trace);
    expect(trace.traceID).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.startTimeUnixNano).toMatch(/^\d{19}$/);
    expect(Number.isInteger(trace.durationMs)).toBe(true);
    expect(trace.rootServiceName).not.toBe('');
    for (const set of trace.spanSets) {
      within(set, KNOWN.spanSet);
      for (const span of set.spans) {
        within(span, KNOWN.span);
        expect(span.spanID).toMatch(/^[0-9a-f]{16}$/);
        expect(span.startTimeUnixNano).toMatch(/^\d{19}$/);
        expect(span.durationNanos).toMatch(/^\d+$/);
        for (const { value } of span.attributes) {
          expect(Object.keys(value)).toHaveLength(1);
          expect(['stringValue', 'intValue', 'boolValue']).toContain(Object.keys(value)[0]);
          if ('intValue' in value) expect(typeof value.intValue).toBe('string');
        }
      }
    }
  }
}

describe('a search for traces', { timeout: 120_000 }, () => {
  let site: Site;
  let calls: SearchAnswer['calls'];
  let asked = 0;

  beforeAll(async () => {
    site = await openSite(['03-failures', '01-basic'], undefined, (store) => ({
      ...store,
      select: (...rest) => {
        asked++;
        return store.select(...rest);
      },
    }));
    expect(await site.link()).toBeGreaterThan(10);
    calls = (await site.get('/api/search?limit=500')).json<SearchAnswer>().calls;
  });
  afterAll(() => site.close());

  const path = (query: string, rest = ''): string => `/tempo/api/search?q=${encodeURIComponent(query)}${rest}`;
  const search = async (query: string, rest = '&limit=500'): Promise<SearchResponse> => {
    const response = await site.get(path(query, rest), { accept: 'application/json' });
    expect(response.statusCode, `${query}: ${response.body}`).toBe(200);
    const answer = response.json<SearchResponse>();
    expectStrict(answer);
    return answer;
  };
  const idsOf = ({ traces }: SearchResponse): string[] => traces.map(({ traceID }) => traceID);
  const expected = (wanted: (call: SearchAnswer['calls'][number]) => boolean): string[] =>
    calls.filter(wanted).map(traceIdOfSummary);
  const refusal = async (query: string): Promise<string> => {
    const response = await site.get(path(query));
    expect(response.statusCode, query).toBe(400);
    expect(response.headers['content-type']).toMatch('text/plain');
    expect(response.body).toMatch(/^invalid TraceQL query: /);
    return response.body;
  };

  it('23: echo answers', async () => {
    expect((await site.get('/tempo/api/echo')).statusCode).toBe(200);
  });

  it('28: a Call-ID of any leg finds its call, in an answer of known names alone', async () => {
    const many = calls.filter(({ callIds }) => callIds.length > 1);
    expect(many.length).toBeGreaterThan(3);
    for (const call of many.slice(0, 4)) {
      const s = Math.floor(Date.parse(call.startedAt ?? '') / 1000);
      for (const callId of call.callIds) {
        const window = `&limit=20&spss=3&start=${s - 60}&end=${s + 60}`;
        const found = await search(`{span.sip.call_id=${JSON.stringify(callId)}}`, window);
        expect(idsOf(found)).toEqual([traceIdOfSummary(call)]);
      }
      const earlier = `&start=${s - 120}&end=${s - 60}`;
      expect(idsOf(await search(`{span.sip.call_id=${JSON.stringify(call.id)}}`, earlier))).toEqual([]);
    }
  });

  it('28: what a search lists is the root of the trace that its id leads to', async () => {
    const { traces } = await search('{}', '&limit=3');
    for (const { traceID, rootServiceName, rootTraceName, startTimeUnixNano, spanSets } of traces) {
      const response = await site.get(`/tempo/api/v2/traces/${traceID}`);
      const { trace } = readTraceById(response.rawPayload);
      const root = spansOf(trace as NonNullable<typeof trace>).find(({ parentSpanId }) => parentSpanId === undefined);
      expect(root).toMatchObject({ name: rootTraceName, startTimeUnixNano });
      expect(root?.spanId.toString('hex')).toBe(spanSets[0]?.spans[0]?.spanID);
      const service = trace?.resourceSpans.find(({ scopeSpans }) =>
        scopeSpans.some(({ spans }) => spans.some(({ spanId }) => spanId.equals(root?.spanId as Buffer))),
      );
      expect(service?.resource?.attributes?.[0]?.value.stringValue).toBe(rootServiceName);
    }
  });

  it('28: each field chooses the calls that the list of calls would', async () => {
    const [one] = calls as [SearchAnswer['calls'][number]];
    const node = one.nodes[0] ?? '';
    const ms = (call: SearchAnswer['calls'][number]): number =>
      call.endedAt === null ? 0 : Date.parse(call.endedAt) - Date.parse(call.startedAt ?? '');
    const questions: [string, (call: SearchAnswer['calls'][number]) => boolean][] = [
      [
        '{ status = error }',
        ({ outcome }) => ['busy', 'no_answer', 'rejected', 'failed', 'interrupted'].includes(outcome),
      ],
      ['{ status = ok }', ({ outcome }) => outcome === 'answered'],
      ['{ span.sip.status = 486 }', ({ finalStatus }) => finalStatus === 486],
      [
        '{ .sip.status >= 500 && .sip.status < 600 }',
        ({ finalStatus }) => (finalStatus ?? 0) >= 500 && (finalStatus ?? 0) < 600,
      ],
      [
        '{ span.sip.status = 486 || span.sip.status = 404 }',
        ({ finalStatus }) => finalStatus === 486 || finalStatus === 404,
      ],
      [
        '{ (status = error || status = ok) && .sip.method = "INVITE" }',
        ({ outcome, method }) => method === 'INVITE' && !['cancelled', 'in_progress'].includes(outcome),
      ],
      ['{ duration > 5s }', (call) => ms(call) > 5000],
      ['{ traceDuration <= 1.5m && duration > 500ms }', (call) => ms(call) <= 90_000 && ms(call) > 500],
      [`{ span.sip.from = "${one.from.number}" }`, ({ from }) => from.number === one.from.number],
      [`{ span.sip.to = "${one.to.number}" }`, ({ to }) => to.number === one.to.number],
      [`{ resource.service.name = "${node}" }`, ({ nodes }) => nodes.includes(node)],
      ['{ resource.service.name != "nowhere" }', () => true],
      ['{ name = "INVITE" }', ({ method }) => method === 'INVITE'],
      ['{ name != "INVITE" }', ({ method }) => method !== 'INVITE'],
      [`{ rootName =~ ".*→ ${one.to.number}" }`, ({ to }) => to.number === one.to.number],
      ['{ span.sip.outcome !~ "answ.*" }', ({ outcome }) => outcome !== 'answered'],
      [`{ rootServiceName = "${node}" }`, ({ nodes }) => nodes[0] === node],
      ['{ span.tenant = "acme" }', ({ tenant }) => tenant === 'acme'],
      [`{ trace:id = "${traceIdOfSummary(one)}" }`, ({ id }) => id === one.id],
    ];
    for (const [query, wanted] of questions) {
      expect(idsOf(await search(query)), query).toEqual(expected(wanted));
    }
    // Most of them say something: neither all calls nor none.
    const telling = questions.filter(([, wanted]) => {
      const { length } = calls.filter(wanted);
      return length > 0 && length < calls.length;
    });
    expect(telling.length).toBeGreaterThan(12);
  });

  it('28: a number finds the calls that a search for it finds, and can be narrowed', async () => {
    const number = calls.find(({ outcome }) => outcome === 'busy')?.to.number ?? '';
    const listed = (await site.get(`/api/search?q=${number}&limit=500`)).json<SearchAnswer>().calls;
    expect(listed.length).toBeGreaterThan(0);
    expect(idsOf(await search(`{ span.sip.number = "${number}" }`))).toEqual(listed.map(traceIdOfSummary));
    const failed = listed.filter(({ outcome }) => outcome === 'busy').map(traceIdOfSummary);
    expect(idsOf(await search(`{ span.sip.number = "${number}" && .sip.outcome = "busy" }`))).toEqual(failed);
    const [call] = listed as [SearchAnswer['calls'][number]];
    const both = `{ .sip.number = "${number}" && .sip.call_id = ${JSON.stringify(call.id)} }`;
    expect(idsOf(await search(both))).toEqual([traceIdOfSummary(call)]);
    const neither = `{ .sip.number = "99887766554" && .sip.call_id = ${JSON.stringify(call.id)} }`;
    expect(idsOf(await search(neither))).toEqual([]);
  });

  it('29: a search for nothing lists the newest calls', async () => {
    for (const query of ['{}', '{ }', '']) expect(idsOf(await search(query))).toEqual(calls.map(traceIdOfSummary));
    expect(idsOf(await search('{}', '&limit=3'))).toEqual(calls.slice(0, 3).map(traceIdOfSummary));
  });

  it('30: without times a search is bounded as well, and says that older calls were not looked at', async () => {
    asked = 0;
    const answer = await search('{}', '');
    expect(answer.traces).toHaveLength(20);
    expect(answer.metrics.completedJobs).toBeLessThan(answer.metrics.totalJobs);
    const nothing = await search('{ span.sip.from_name = "nobody is called that" }', '');
    expect(nothing.traces).toEqual([]);
    expect(nothing.metrics.inspectedTraces).toBe(calls.length);
    expect(nothing.metrics.completedJobs).toBe(nothing.metrics.totalJobs);
    expect(asked).toBeLessThan(40);
    const far = await site.get('/tempo/api/search?q={}&start=1&end=9000000000&limit=1000');
    expect(idsOf(far.json<SearchResponse>())).toEqual(calls.map(traceIdOfSummary));
  });

  it('31: pipelines, structure, metrics and what is no TraceQL are refused with a text', async () => {
    expect(await refusal('{ } | select(span.x)')).toContain('not supported');
    expect(await refusal('{ status = error } >> { name = "x" }')).toContain('not supported');
    expect(await refusal('{ status = error } && { name = "x" }')).toContain('not supported');
    expect(await refusal('{} | rate()')).toContain('not supported');
    expect(await refusal('{ !(status = error) }')).toContain('not supported');
    expect(await refusal('{ span.sip.from = span.sip.to }')).toContain('not supported');
    expect(await refusal('{ "x" = name }')).toContain('not supported');
    expect(await refusal('{ span.no.such = 1 }')).toContain('field "span.no.such"');
    expect(await refusal('{ span.__proto__ = 1 }')).toContain('field');
    expect(await refusal('{ span.sip.number =~ "1.*" }')).toContain('only =');
    expect(await refusal('{ span.sip.from =~ "(" }')).toContain('regular expression');
    expect(await refusal('{ duration > "soon" }')).toContain('number');
    expect(await refusal('{ span.sip.call_id = ')).toContain('syntax error');
    expect(await refusal('no braces')).toContain('syntax error');
    expect(await refusal(`{ ${Array.from({ length: 40 }, () => 'status = ok').join(' || ')} }`)).toContain(
      'not supported',
    );
    expect(await refusal(`{ name = "${'x'.repeat(5000)}" }`)).toContain('longer');
    expect(await refusal(`{ ${'('.repeat(100)}`)).toContain('syntax error');
  });

  it('31: a regular expression that would take a backtracking engine for ever is answered', async () => {
    expect(idsOf(await search('{ rootName =~ "(.*.*)*.*.*=" }'))).toEqual([]);
  });

  it('takes the text of a query for data, whatever it says', async () => {
    for (const text of ["' OR 1=1 --", '{id:String}', '\\', '"; DROP TABLE calls; --', '📞']) {
      for (const field of ['span.sip.call_id', 'span.sip.from', 'span.sip.number', 'resource.service.name']) {
        expect(idsOf(await search(`{ ${field} = ${JSON.stringify(text)} }`))).toEqual([]);
      }
    }
  });

  it('refuses parameters that are not as expected', async () => {
    for (const rest of ['&limit=0', '&limit=x', '&start=2&end=1', '&start=yesterday', '&spss=-1', '&tags=a%3Db']) {
      const response = await site.get(path('{}', rest));
      expect(response.statusCode, rest).toBe(400);
      expect(response.body).toMatch(/^Parameter "/);
    }
  });

  it('31: metrics are refused', async () => {
    for (const name of ['query_range', 'query']) {
      const response = await site.get(
        `/tempo/api/metrics/${name}?q=${encodeURIComponent('{} | rate()')}&start=1&end=2`,
      );
      expect(response.statusCode).toBe(400);
      expect(response.body).toBe('invalid TraceQL query: metrics are not supported');
    }
  });

  it('32: tags come by scope', async () => {
    const { scopes, metrics } = (await site.get('/tempo/api/v2/search/tags?limit=5000')).json();
    expect(metrics).toEqual({});
    expect(scopes.map(({ name }: { name: string }) => name)).toEqual(['intrinsic', 'resource', 'span']);
    expect(scopes[1].tags).toEqual(['service.name']);
    expect(scopes[2].tags).toEqual(
      expect.arrayContaining(['sip.call_id', 'sip.number', 'sip.from', 'sip.to', 'tenant']),
    );
    const { tagNames } = (await site.get('/tempo/api/search/tags')).json();
    expect(tagNames).toEqual(expect.arrayContaining(['name', 'service.name', 'sip.call_id']));
  });

  it('32: each tag that is offered can be searched', async () => {
    const { scopes } = (await site.get('/tempo/api/v2/search/tags')).json<{
      scopes: { name: string; tags: string[] }[];
    }>();
    for (const { name, tags } of scopes) {
      for (const tag of tags) {
        const field = name === 'intrinsic' ? tag : `${name}.${tag}`;
        const op = tag === 'trace:id' ? '"00000000000000000000000000000001"' : '"1"';
        await search(`{ ${field} = ${op} }`);
      }
    }
  });

  const values = async (tag: string, rest = ''): Promise<{ type: string; value: string }[]> => {
    const response = await site.get(`/tempo/api/v2/search/tag/${tag}/values${rest}`);
    expect(response.statusCode, response.body).toBe(200);
    return response.json().tagValues;
  };

  it('33: the values of a tag have types, and can be searched', async () => {
    const ids = await values('span.sip.call_id', '?limit=5000&tag=span.sip.call_id&q={}');
    expect(new Set(ids.map(({ value }) => value))).toEqual(new Set(calls.flatMap(({ callIds }) => callIds)));
    expect(new Set(ids.map(({ type }) => type))).toEqual(new Set(['string']));
    expect(await values('span.sip.call_id', '?limit=2')).toHaveLength(2);
    const q = encodeURIComponent('{ span.sip.status = 486 }');
    expect(await values('span.sip.status', `?q=${q}`)).toEqual([{ type: 'int', value: '486' }]);
    const old = (await site.get('/tempo/api/search/tag/sip.call_id/values?limit=3')).json();
    expect(old.tagValues).toEqual(ids.slice(0, 3).map(({ value }) => value));
    expect(await values('span.no.such')).toEqual([]);
    expect((await site.get('/tempo/api/v2/search/tag/name/values?q=%7B')).statusCode).toBe(400);
  });

  it('34: status, names and services have values', async () => {
    expect(await values('status')).toEqual(
      expect.arrayContaining([
        { type: 'keyword', value: 'ok' },
        { type: 'keyword', value: 'error' },
      ]),
    );
    expect(await values('name')).toContainEqual({ type: 'string', value: 'INVITE' });
    const services = await values('resource.service.name');
    expect(new Set(services.map(({ value }) => value))).toEqual(new Set(calls.flatMap(({ nodes }) => nodes)));
  });
});

describe('a search for a party that is no number', () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite([]);
    const invite = (callId: string, user: string): CaptureEvent => ({
      ...{ kind: 'packet', id: createHash('md5').update(callId).digest('hex').slice(0, 16), sensor: 'edge1' },
      ...{ atUs: 1_795_258_649_951_337, arrivedUs: 1_795_258_649_951_400, protocol: 1, transport: 'udp' },
      ...{ srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060, correlationId: '' },
      payload: Buffer.from(
        `INVITE sip:1001@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${user}\r\nFrom: "Somebody" <sip:${user}@h>;tag=1\r\n` +
          `To: <sip:1001@h>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
      ),
    });
    await storeHand(site.store, [invite('a@h', 'alice'), invite('b@h', 'bob')]);
  });
  afterAll(() => site.close());

  it('28: finds it, and still goes on in any later moment', async () => {
    const named = (traces: SearchResponse['traces']): string[] => traces.map(({ rootTraceName }) => rootTraceName);
    for (const query of ['{ .sip.from = "alice" }', '{ .sip.from = "alice" && .sip.number = "1001" }']) {
      for (const window of ['', '&start=1795258649&end=1795258649']) {
        const response = await site.get(`/tempo/api/search?q=${encodeURIComponent(query)}${window}`);
        const { traces } = response.json<SearchResponse>();
        expect(named(traces)).toEqual(['INVITE alice → 1001']);
      }
    }
    const byId = await site.get(
      `/tempo/api/search?q=${encodeURIComponent('{ .sip.call_id = "a@h" }')}&start=1795258700&end=1795258800`,
    );
    expect(named(byId.json<SearchResponse>().traces)).toEqual(['INVITE alice → 1001']);
    const noNumber = await site.get(`/tempo/api/search?q=${encodeURIComponent('{ .sip.number = "Somebody" }')}`);
    expect(noNumber.json<SearchResponse>().traces).toEqual([]);
  });
});
