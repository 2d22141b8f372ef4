import type { FastifyInstance, InjectOptions } from 'fastify';
import type {} from '../../../api/access/guard.ts';
import { createServer } from '../../../api/server.ts';
import type { AccessConfig, User } from '../../../core/config/config.ts';
import { type Log, silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

/** Users of every role, with and without tenants; the secret of each is his name and this. */
export const SECRET = ' has a long secret';
const user = (name: string, role: User['role'], tenants?: readonly string[]): User => ({
  ...{ name, role, secret: `${name}${SECRET}` },
  ...(tenants === undefined ? {} : { tenants }),
});
export const USERS: readonly User[] = [
  user('rita', 'reader'),
  user('otto', 'operator'),
  user('ada', 'admin'),
  user('acme-admin', 'admin', ['acme']),
  user('grafana', 'operator', ['acme', 'bell']),
];

export const basic = (name: string, secret = `${name}${SECRET}`): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

export interface Site {
  readonly store: Store;
  serve(access: AccessConfig, options?: ServeOptions): Promise<FastifyInstance>;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** What the API asks, made of the real store. */
  readonly asked?: (store: Store) => Store;
  readonly log?: Log;
}

/** A real store without calls, and servers over it, which answer at /viewer whom they take one for. */
export async function openSite(): Promise<Site> {
  const store = await openEmptyStore();
  const servers: FastifyInstance[] = [];
  return {
    store,
    async serve(access, { asked = (same: Store) => same, log = silentLog } = {}) {
      const server = await createServer({
        ...{ store: asked(store), metrics: createMetrics(), log, hosts: {}, guesses: false, version: 'test', access },
        sources: () => [],
        unmask: () => undefined,
      });
      servers.push(server);
      server.get('/viewer', { config: { act: 'none' } }, (request) => request.viewer);
      return server;
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await store.close();
    },
  };
}

/** One request as somebody; as nobody without a name. */
export const ask = (server: FastifyInstance, url: string, name?: string, more: InjectOptions = {}) =>
  server.inject({
    url,
    ...more,
    headers: { ...(name === undefined ? {} : { authorization: basic(name) }), ...more.headers },
  });

/** The value of a line of /metrics; undefined when it is not there. */
export async function metricOf(server: FastifyInstance, line: string): Promise<number | undefined> {
  const { body } = await ask(server, '/metrics', 'ada', { remoteAddress: '192.0.2.200' });
  const found = body.split('\n').find((one) => one.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}
