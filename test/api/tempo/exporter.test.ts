import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../../api/schemas.ts';
import { createTraceExporter, type TraceExporter } from '../../../api/tempo/exporter.ts';
import { traceIdOfSummary } from '../../../api/tempo/search.ts';
import { parseConfig } from '../../../core/config/load.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { StoreError } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { readTrace, readTraceById, spansOf } from './otlp-reader.ts';
import { openSite, type Site } from './site.ts';

interface Collector {
  readonly url: string;
  readonly got: { readonly body: Buffer; readonly headers: IncomingHttpHeaders }[];
  /** Answers of the next requests; 200 when there is none left. */
  readonly answers: number[];
  close(): Promise<void>;
}

/** Takes traces as an OpenTelemetry collector does. */
async function startCollector(): Promise<Collector> {
  const got: Collector['got'] = [];
  const answers: number[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ body: Buffer.concat(chunks), headers: request.headers });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    got,
    answers,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('traces over OTLP', { timeout: 60_000 }, () => {
  let site: Site;
  let collector: Collector;
  let exporter: TraceExporter;
  const lost = new Map<string, number>();
  const make = (url: string, more: { pauseMs?: number; store?: Site['store'] } = {}): TraceExporter => {
    lost.clear();
    const { otlp } = resolveConfig({ otlp: { url, headers: { authorization: 'Bearer secret' } } });
    exporter = createTraceExporter({
      ...{ store: site.store, guesses: false, unmask: () => undefined, hosts: {}, version: 'test', log: silentLog },
      otlp: otlp as NonNullable<typeof otlp>,
      metrics: {
        lost: (stage, reason, n = 1) => lost.set(`${stage} ${reason}`, (lost.get(`${stage} ${reason}`) ?? 0) + n),
      },
      pauseMs: 1,
      ...more,
    });
    return exporter;
  };
  const callsOf = async (): Promise<SearchAnswer['calls']> =>
    (await site.get('/api/search?limit=500')).json<SearchAnswer>().calls;

  beforeAll(async () => {
    site = await openSite(['03-failures']);
  });
  afterAll(() => site.close());
  afterEach(async () => {
    await exporter.stop();
    await collector.close();
  });

  it('leave when the linker has put a call together, and are what the API answers', async () => {
    collector = await startCollector();
    const { offer, drained } = make(collector.url);
    const linker = createLinker({ ...site, metrics: createMetrics(), log: silentLog, quietMs: 0, over: offer });
    expect(await linker.pass()).toBeGreaterThan(10);
    await drained();
    const sent = collector.got.flatMap(({ body }) => spansOf(readTrace(body)));
    const over = (await callsOf()).filter(({ outcome }) => outcome !== 'in_progress');
    const ids = over.map(traceIdOfSummary);
    expect(new Set(sent.map(({ traceId }) => traceId.toString('hex')))).toEqual(new Set(ids));
    for (const { headers } of collector.got) {
      expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf', authorization: 'Bearer secret' });
    }
    const [id = ''] = ids;
    const { rawPayload } = await site.get(`/tempo/api/v2/traces/${id}`);
    const asked = spansOf(readTraceById(rawPayload).trace as NonNullable<ReturnType<typeof readTraceById>['trace']>);
    expect(sent.filter(({ traceId }) => traceId.toString('hex') === id)).toEqual(asked);
    expect(lost.size).toBe(0);
  });

  it('are sent again when the collector asks for it, with the same bytes', async () => {
    collector = await startCollector();
    collector.answers.push(503, 429);
    const [call] = (await callsOf()) as [SearchAnswer['calls'][number]];
    const { offer, drained } = make(collector.url);
    offer([call.id, call.id, 'nobody knows this one']);
    await drained();
    expect(collector.got).toHaveLength(3);
    expect(collector.got[2]?.body).toEqual(collector.got[0]?.body);
    expect(lost.size).toBe(0);
  });

  it('are given up and counted when the collector refuses them or is never there', async () => {
    collector = await startCollector();
    collector.answers.push(400);
    const [call, other] = (await callsOf()) as [SearchAnswer['calls'][number], SearchAnswer['calls'][number]];
    const refused = make(collector.url);
    refused.offer([call.id, other.id]);
    await refused.drained();
    expect(collector.got).toHaveLength(1);
    expect([...lost]).toEqual([['otlp refused', 2]]);

    const gone = await startCollector();
    await gone.close();
    const unreachable = make(gone.url);
    unreachable.offer([call.id]);
    await unreachable.drained();
    expect([...lost]).toEqual([['otlp unreachable', 1]]);
  });

  it('that cannot be read from the store are counted, and the others go on', async () => {
    collector = await startCollector();
    const [call, other] = (await callsOf()) as [SearchAnswer['calls'][number], SearchAnswer['calls'][number]];
    let failed = false;
    const store: Site['store'] = {
      ...site.store,
      select: async (sql, params, options) => {
        if (!failed && JSON.stringify(params ?? {}).includes(JSON.stringify(call.id).slice(1, -1))) {
          failed = true;
          throw new StoreError('timeout', 'too slow');
        }
        return site.store.select(sql, params, options);
      },
    };
    const { offer, drained } = make(collector.url, { store });
    offer([call.id, other.id]);
    await drained();
    expect([...lost]).toEqual([['otlp unread', 1]]);
    const sent = collector.got.flatMap(({ body }) => spansOf(readTrace(body)));
    expect(new Set(sent.map(({ traceId }) => traceId.toString('hex')))).toEqual(new Set([traceIdOfSummary(other)]));
  });

  it('that still wait are counted when Calltrail stops, which waits for no collector', async () => {
    collector = await startCollector();
    collector.answers.push(...Array.from({ length: 5 }, () => 503));
    const ids = (await callsOf()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(8);
    const { offer, stop } = make(collector.url, { pauseMs: 600_000 });
    offer(ids);
    while (collector.got.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await stop();
    expect([...lost]).toEqual([['otlp stopped', ids.length]]);
    expect(collector.got).toHaveLength(1);
  });

  it('need a URL of HTTP, and are off without one', async () => {
    collector = await startCollector();
    make(collector.url);
    expect(resolveConfig({}).otlp).toBeUndefined();
    expect(() => parseConfig('otlp: { url: "grpc://collector" }')).toThrow('otlp.url: must begin with http://');
    expect(() => parseConfig('otlp: { endpoint: "http://collector" }')).toThrow(
      'otlp.endpoint: there is no such setting',
    );
  });
});
