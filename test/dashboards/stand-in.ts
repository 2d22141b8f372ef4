import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PanelQuery } from '../../dashboards/src/check/queries.ts';
import { LOGS, METRICS, TRACES } from '../../dashboards/src/lib/sources.ts';
import { rowsOf } from './ask-panel.ts';

export interface StandIn {
  readonly url: string;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** Where its data sources ask. */
  readonly calltrailUrl: string;
  /** What it was provisioned with, by uid. */
  readonly dashboards: ReadonlyMap<string, unknown>;
  /** Answers whoever comes, as with anonymous access. */
  readonly anonymous?: boolean;
}

export const PASSWORD = 'a test';
const AUTHORIZATION = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/**
 * As much of Grafana's HTTP interface as checks ask: the health of data sources, their resources and proxy, queries, and
 * dashboards. Its data sources ask a real Calltrail what Grafana's own ask; a Prometheus is not there.
 */
export async function startStandIn({ calltrailUrl, dashboards, anonymous = false }: StandInOptions): Promise<StandIn> {
  const pass = async (path: string): Promise<Answer> => {
    const response = await fetch(`${calltrailUrl}${path}`, { headers: { 'user-agent': 'Grafana/12.4.0' } });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: await response.text() };
  };

  const health = async (uid: string): Promise<Answer> => {
    const failed = json({ status: 'ERROR', message: `${uid} does not answer` }, 400);
    if (uid === TRACES.uid) return (await pass('/tempo/api/echo')).status === 200 ? json({ status: 'OK' }) : failed;
    if (uid !== LOGS.uid) return failed;
    const query = 'direction=backward&query=vector(1)%2Bvector(1)&time=4000000000';
    const { data } = JSON.parse((await pass(`/loki/api/v1/query?${query}`)).body) as {
      data: { resultType: string; result: { value: [number, string] }[] };
    };
    const [one, ...more] = data.result;
    return data.resultType === 'vector' && one?.value[1] === '2' && more.length === 0 ? json({ status: 'OK' }) : failed;
  };

  const query = async (body: string): Promise<Answer> => {
    const { queries, from, to } = JSON.parse(body) as { queries: PanelQuery['model'][]; from: string; to: string };
    const results: Record<string, unknown> = {};
    for (const model of queries) {
      try {
        if (model.datasource.uid === METRICS.uid) throw new Error('there is no Prometheus here');
        const window = { fromMs: Number(from), toMs: Number(to) };
        const rows = await rowsOf(calltrailUrl, { dashboard: '', panel: '', model }, window);
        results[model.refId] = { frames: [{ data: { values: [Array.from({ length: rows })] } }] };
      } catch (error) {
        results[model.refId] = { error: (error as Error).message };
      }
    }
    return json({ results });
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = request.url ?? '';
    if (!anonymous && request.headers.authorization !== AUTHORIZATION) return json({ message: 'Unauthorized' }, 401);
    if (url === '/api/health') return json({ database: 'ok' });
    if (url === '/api/ds/query') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      return query(Buffer.concat(chunks).toString());
    }
    const [, uid = '', what, rest = ''] =
      /^\/api\/datasources\/(?:proxy\/)?uid\/([^/]+)\/?(health|resources)?\/?(.*)$/.exec(url) ?? [];
    if (what === 'health') return health(uid);
    if (what === 'resources') return pass(`/loki/api/v1/${rest}`);
    if (uid !== '') return pass(`/${rest}`);
    const dashboard = dashboards.get(url.replace('/api/dashboards/uid/', ''));
    return dashboard === undefined
      ? json({ message: 'Not found' }, 404)
      : json({ dashboard: { ...(dashboard as object), id: 7, version: 3 } });
  };

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status = 200, type = '', body }) =>
        response.writeHead(status, { 'content-type': type, 'content-security-policy': 'sandbox' }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
