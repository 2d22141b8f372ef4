import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Ladder, SearchAnswer } from '../../../api/schemas.ts';
import { usOf } from '../../../api/tempo/fields.ts';
import { traceIdOfSummary } from '../../../api/tempo/search.ts';
import { spanIdOf } from '../../../api/tempo/span.ts';
import { traceIdOf } from '../../../core/call/trace-id.ts';
import { attribute, type ReadTrace, readTrace, readTraceById, spansOf } from './otlp-reader.ts';
import { askEach, openSite, type Site } from './site.ts';

const PROTOBUF = { accept: 'application/protobuf' };
const RECORDINGS = ['03-failures', '09-tandem', '15-refer-replaces', '31-asterisk-channel-uuid'];

/** Ids, parents, links, status, scope and service of every span. */
function expectSound(trace: ReadTrace, traceId: string): void {
  const spans = spansOf(trace);
  const ids = new Set(spans.map(({ spanId }) => spanId.toString('hex')));
  expect(ids.size).toBe(spans.length);
  for (const { resource, scopeSpans } of trace.resourceSpans) {
    expect(attribute(resource?.attributes, 'service.name')).toMatch(/./);
    for (const { scope, spans: own } of scopeSpans) {
      expect(scope).toMatchObject({ name: 'calltrail' });
      expect(own.length).toBeGreaterThan(0);
    }
  }
  for (const span of spans) {
    expect(span.status, span.name).toBeDefined();
    expect(span.traceId.toString('hex')).toBe(traceId);
    expect(span.spanId).toHaveLength(8);
    expect(span.name).not.toBe('');
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
    for (const link of span.links ?? []) expect(ids).toContain(link.spanId.toString('hex'));
  }
  const parents = spans.map(({ parentSpanId }) => parentSpanId?.toString('hex') ?? '');
  expect(parents.filter((parent) => parent === '')).toHaveLength(1);
  for (const parent of parents) if (parent !== '') expect(ids).toContain(parent);
}

describe.each(['before the linker came to them', 'after the linker put them together'])(
  'calls as traces, %s',
  { timeout: 120_000 },
  (when) => {
    let site: Site;
    let calls: SearchAnswer['calls'];
    const traceOf = async (traceId: string): Promise<ReadTrace> => {
      const response = await site.get(`/tempo/api/v2/traces/${traceId}`, PROTOBUF);
      expect(response.statusCode, response.body).toBe(200);
      return readTraceById(response.rawPayload).trace as ReadTrace;
    };
    const idOf = (callId: string): string => {
      const call = calls.find(({ callIds, channelUuids }) => [...callIds, ...channelUuids].includes(callId));
      if (call === undefined) throw new Error(`there is no call ${callId}`);
      return traceIdOfSummary(call);
    };

    beforeAll(async () => {
      site = await openSite(RECORDINGS);
      if (when.startsWith('after')) expect(await site.link()).toBeGreaterThan(20);
      calls = (await site.get('/api/search?limit=500')).json<SearchAnswer>().calls;
      expect(calls.length).toBeGreaterThan(25);
    });
    afterAll(() => site.close());

    it('24: every call is found by its trace id alone, in protobuf that Grafana can read', async () => {
      const all = await askEach(calls, (call) => site.get(`/tempo/api/v2/traces/${traceIdOfSummary(call)}`, PROTOBUF));
      for (const [i, response] of all.entries()) {
        const call = calls[i] as SearchAnswer['calls'][number];
        const traceId = traceIdOfSummary(call);
        expect(response.statusCode, `${call.id}: ${response.body}`).toBe(200);
        expect(response.headers['content-type']).toBe('application/protobuf');
        const { trace } = readTraceById(response.rawPayload);
        expectSound(trace as ReadTrace, traceId);
        const root = spansOf(trace as ReadTrace).find(({ parentSpanId }) => parentSpanId === undefined);
        expect(attribute(root?.attributes, 'sip.call_id')).toBe(call.id);
        expect(root?.startTimeUnixNano).toBe(`${usOf(call.startedAt ?? '')}000`);
      }
    });

    it('24: a trace has the legs of its call, and every message that its ladder draws', async () => {
      let messages = 0;
      const joined = calls.filter(({ legCount }) => legCount > 1);
      const answers = await askEach(joined, async (call) => {
        const traceId = traceIdOfSummary(call);
        const key = encodeURIComponent(call.id);
        const trace = await traceOf(traceId);
        const shown = await site.get(`/api/calls/${key}`);
        const ladder = await site.get(`/api/calls/${key}/ladder`);
        return { call, traceId, spans: spansOf(trace), ...shown.json<Call>(), steps: ladder.json<Ladder>().steps };
      });
      for (const { call, traceId, spans, legs, edges, steps } of answers) {
        const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
        const children = spans.filter(({ parentSpanId }) => parentSpanId?.equals(root?.spanId as Buffer) === true);
        expect(children.filter(({ name }) => name.startsWith('leg ')).length).toBe(legs.length);
        const drawn = steps
          .filter(({ kind }) => kind === 'message')
          .map(({ atUs, title, src, dst }) => [`${atUs}000`, title, src, dst]);
        const told = spans
          .flatMap(({ events = [] }) => events)
          .filter(
            ({ attributes }) =>
              attribute(attributes, 'method') !== undefined || attribute(attributes, 'response') !== undefined,
          )
          .map(({ timeUnixNano, name, attributes }) => [
            timeUnixNano,
            name,
            attribute(attributes, 'src') ?? null,
            attribute(attributes, 'dst') ?? null,
          ]);
        expect(told.map(String).sort()).toEqual(drawn.map(String).sort());
        messages += told.length;
        if (
          edges.some(
            ({ kind, a, b }) =>
              (kind === 'parent' || kind === 'bridge') && a.kind === 'channel' && b.kind === 'channel',
          )
        ) {
          const links = children.flatMap((span) => span.links ?? []);
          expect(links.length, call.id).toBeGreaterThan(0);
          for (const { attributes } of links) expect(attribute(attributes, 'reason')).toMatch(/\.$/);
          const parents = legs.flatMap(({ id, parent }) => (parent === null ? [] : [[id, parent] as const]));
          for (const [id, parent] of parents) {
            const child = children.find(({ spanId }) => spanId.toString('hex') === spanIdOf(traceId, 'leg', id));
            const told = child?.links?.find(
              ({ spanId }) => spanId.toString('hex') === spanIdOf(traceId, 'leg', parent),
            );
            expect(attribute(told?.attributes, 'kind')).toMatch(/^(merge|parent|bridge)$/);
          }
        }
      }
      expect(messages).toBeGreaterThan(100);
    });

    it('24: an INVITE with its responses and ACK is one span, and a failed one an error', async () => {
      const failed = calls.filter(({ outcome, callIds }) => outcome === 'busy' && callIds.length > 0);
      expect(failed.length).toBeGreaterThan(0);
      for (const call of failed) {
        const spans = spansOf(await traceOf(traceIdOfSummary(call)));
        const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
        expect(root?.status).toMatchObject({ code: 'STATUS_CODE_ERROR', message: expect.stringContaining('busy') });
        const refused = spans.filter(
          ({ name, attributes }) => name === 'INVITE' && attribute(attributes, 'sip.status') === '486',
        );
        expect(refused.length).toBeGreaterThan(0);
        for (const { status, events = [] } of refused) {
          expect(status?.code).toBe('STATUS_CODE_ERROR');
          expect(events[0]?.name).toBe('INVITE');
          expect(events.map(({ name }) => name)).toContain('486 Busy Here');
        }
        expect(spans.filter(({ name }) => name === 'ACK')).toEqual([]);
      }
      const answered = calls.find(({ outcome, hungUpBy }) => outcome === 'answered' && hungUpBy === 'caller');
      const spans = spansOf(await traceOf(traceIdOfSummary(answered as SearchAnswer['calls'][number])));
      expect(spans.find(({ parentSpanId }) => parentSpanId === undefined)?.status?.code).toBe('STATUS_CODE_OK');
      const bye = spans.find(({ name }) => name === 'BYE');
      expect(bye?.status?.code).toBe('STATUS_CODE_OK');
      expect(spans.filter(({ name }) => name === 'ACK')).toEqual([]);
    });

    it('25: the first version of the path answers the same trace without the envelope', async () => {
      const traceId = traceIdOfSummary(calls[0] as SearchAnswer['calls'][number]);
      const bare = await site.get(`/tempo/api/traces/${traceId}`);
      expect(bare.headers['content-type']).toBe('application/protobuf');
      expect(readTrace(bare.rawPayload)).toEqual(await traceOf(traceId));
    });

    it('25: JSON comes only when it is asked for, and says the same', async () => {
      const traceId = traceIdOfSummary(calls[0] as SearchAnswer['calls'][number]);
      const json = { accept: 'application/json' };
      const first = (await site.get(`/tempo/api/traces/${traceId}`, json)).json();
      const second = (await site.get(`/tempo/api/v2/traces/${traceId}`, json)).json();
      expect(second.trace.resourceSpans).toEqual(first.batches);
      const names = first.batches.flatMap((batch: { scopeSpans: { spans: { name: string; traceId: string }[] }[] }) =>
        batch.scopeSpans.flatMap(({ spans }) => spans.map((span) => [span.traceId, span.name])),
      );
      expect(names).toEqual(spansOf(await traceOf(traceId)).map(({ name }) => [traceId, name]));
      expect((await site.get(`/tempo/api/v2/traces/${traceId}`, { accept: '*/*' })).headers['content-type']).toBe(
        'application/protobuf',
      );
    });

    it('26: upper-case and zero-stripped ids find the same trace', async () => {
      const traceId = traceIdOfSummary(calls.at(-1) as SearchAnswer['calls'][number]);
      const trace = await traceOf(traceId);
      expect(traceId).toMatch(/^0/);
      expect(await traceOf(traceId.toUpperCase())).toEqual(trace);
      expect(await traceOf(traceId.replace(/^0+/, ''))).toEqual(trace);
    });

    it('27: an unknown id is a 404 with a text on both paths, whatever is wrong with it', async () => {
      const [call] = calls as [SearchAnswer['calls'][number]];
      const startedUs = usOf(call.startedAt ?? '');
      const strangers = [
        traceIdOf({ startedUs, tenant: call.tenant ?? undefined, firstCallId: 'another call of that moment' }),
        traceIdOf({ startedUs, tenant: 'another tenant', firstCallId: call.id }),
        traceIdOf({ startedUs: startedUs + 3_600_000_000, tenant: undefined, firstCallId: call.id }),
        'f'.repeat(32),
        'abc',
        '0',
      ];
      for (const path of ['/tempo/api/v2/traces', '/tempo/api/traces']) {
        for (const id of strangers) {
          const response = await site.get(`${path}/${id}`, PROTOBUF);
          expect(response.statusCode, id).toBe(404);
          expect(response.headers['content-type']).toMatch('text/plain');
          expect(response.body.length).toBeGreaterThan(20);
        }
        const number = await site.get(`${path}/447700900001`, PROTOBUF);
        expect(number.statusCode).toBe(404);
        expect(number.body).toBe(
          '447700900001 is not a call: search numbers with { span.sip.number = "447700900001" }',
        );
        const nonsense = await site.get(`${path}/${encodeURIComponent("x' OR 1=1 --")}`, PROTOBUF);
        expect(nonsense.statusCode).toBe(400);
        expect(nonsense.body).toMatch(/^A trace id is/);
      }
    });

    it('has the same span ids whenever it is asked for', async () => {
      const [call] = calls as [SearchAnswer['calls'][number]];
      const traceId = idOf(call.id);
      expect(await traceOf(traceId)).toEqual(await traceOf(traceId));
    });
  },
);
