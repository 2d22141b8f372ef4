import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { WebSocketServer } from 'ws';

/** What a Grafana answered when it was checked. Columns of frames are cut to two values, and long texts to their beginning. */
export interface RecordedAnswer {
  readonly method: string;
  /** Without the start and end of the time range. */
  readonly path: string;
  readonly session: boolean;
  /** Of /api/ds/query: its only query. */
  readonly query?: unknown;
  readonly status: number;
  readonly type: string;
  readonly policy?: string;
  readonly answer: unknown;
}

export const RECORDED = JSON.parse(
  readFileSync(new URL('../vectors/grafana-12.4.0.json', import.meta.url), 'utf8'),
) as { readonly grafana: string; readonly answers: readonly RecordedAnswer[] };

export interface StandIn {
  readonly url: string;
  /** What was asked and had not been recorded. */
  readonly unknown: readonly string[];
  stop(): Promise<void>;
}

/** Other answers than those of the recording: undefined leaves it as it is. */
export type Changed = (recorded: RecordedAnswer) => Partial<RecordedAnswer> | undefined;

/**
 * Answers over HTTP as a Grafana 12.4.0 did that was provisioned from dashboards/grafana and asked for a running Calltrail;
 * its live tails are played here, a good one with a line, one that cannot be read with the reason that came through.
 */
export async function startStandIn(changed: Changed = () => undefined): Promise<StandIn> {
  const unknown: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? '', 'http://grafana');
    for (const name of ['start', 'end']) url.searchParams.delete(name);
    const asked = {
      method: request.method,
      path: `${url.pathname}${url.search}`,
      session: request.headers.authorization !== undefined,
      query: (body === '' ? {} : (JSON.parse(body) as { queries?: unknown[] })).queries?.[0],
    };
    const recorded = RECORDED.answers.find(({ method, path, session, query }) =>
      isDeepStrictEqual({ method, path, session, query }, asked),
    );
    if (recorded === undefined) {
      unknown.push(`${asked.method} ${asked.path} ${JSON.stringify(asked.query)}`);
      response.writeHead(501).end('not recorded');
      return;
    }
    const { status, type, policy, answer } = { ...recorded, ...changed(recorded) };
    const policies = policy === undefined ? {} : { 'content-security-policy': policy };
    response.writeHead(status, { 'content-type': type, ...policies });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  tails(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unknown,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function tails(server: Server): void {
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    const query = new URL(request.url ?? '', 'http://grafana').searchParams.get('query');
    if (query === '{source=~".+"}') {
      const line = ['1795676034140000000', 'CHANNEL_CREATE'];
      socket.send(JSON.stringify({ streams: [{ stream: { source: 'pbx' }, values: [line] }], dropped_entries: null }));
    } else socket.close(1008, 'parse error at line 1, col 12: syntax error: unexpected $end');
  });
}
