import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What one connection, and all of them together, may take of the HTTP server (docs/limits.md). */
export interface HttpLimits {
  readonly connections: number;
  /** Of a request's head, address included. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** In which a request has to be there, head and body. */
  readonly requestMs: number;
  /** Without a byte in either direction: a client that does not read its answer, or asks nothing more. */
  readonly silenceMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connections: 1024,
  headBytes: 16 * 1024,
  bodyBytes: 1024 * 1024,
  requestMs: 30_000,
  // Longer than the store's slowest question.
  silenceMs: 120_000,
};

type ServerLimits = Pick<
  FastifyServerOptions<Server>,
  'bodyLimit' | 'requestTimeout' | 'connectionTimeout' | 'keepAliveTimeout'
> & { readonly http: ServerOptions };

/** For the server as it is made. */
export const limited = ({ headBytes, bodyBytes, requestMs, silenceMs }: HttpLimits): ServerLimits => ({
  bodyLimit: bodyBytes,
  requestTimeout: requestMs,
  connectionTimeout: silenceMs,
  keepAliveTimeout: Math.min(72_000, silenceMs),
  http: {
    maxHeaderSize: headBytes,
    headersTimeout: requestMs,
    connectionsCheckingInterval: Math.min(5000, requestMs),
  },
});

/** Turns away connections beyond the limit, and counts what was turned away or cut off, with the reason. */
export function bound(app: FastifyInstance, registry: Registry, { connections }: HttpLimits): void {
  const registers = [registry];
  const refused = new Counter({
    name: 'calltrail_http_refused_total',
    help: 'Connections and requests that were turned away or cut off for what they would have taken.',
    labelNames: ['reason'],
    registers,
  });
  let open = 0;
  new Gauge({
    name: 'calltrail_http_connections',
    help: 'Open connections to the HTTP server, live tails included.',
    registers,
    collect() {
      this.set(open);
    },
  });
  new Gauge({ name: 'calltrail_http_max_connections', help: 'How many there may be.', registers }).set(connections);
  const { server } = app;
  server.maxConnections = connections;
  server.on('connection', (socket: Socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });
  server.on('drop', () => refused.inc({ reason: 'too_many_connections' }));
  /** Those that wait for the rest of an answer. */
  const answered = new WeakSet<Socket>();
  server.on('timeout', (socket: Socket) => {
    // A connection that is kept for the next request ends in the same way, and nothing is wrong with it.
    if (answered.has(socket)) refused.inc({ reason: 'silent' });
    socket.destroy();
  });
  app.addHook('onRequest', async ({ raw }: { readonly raw: IncomingMessage }) => void answered.add(raw.socket));
  server.on('clientError', (error: NodeJS.ErrnoException) => {
    const reason = CUT_OFF[error.code ?? ''];
    if (reason !== undefined) refused.inc({ reason });
  });
  app.addHook('onResponse', async ({ raw }: { readonly raw: IncomingMessage }, reply) => {
    answered.delete(raw.socket);
    if (reply.statusCode === 413) refused.inc({ reason: 'large_body' });
    // The rest of a body that is not wanted is not waited for either.
    if (reply.statusCode === 413 && !raw.complete) raw.socket.destroySoon();
  });
}

const CUT_OFF: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'slow',
  HPE_HEADER_OVERFLOW: 'large_head',
};
