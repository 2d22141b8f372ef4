import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';

/** The page is one document; the browser decides from the path what to show. */
export const pageRoutes = (pageDir: string): FastifyPluginAsync => {
  return async (app) => {
    await app.register(fastifyStatic, { root: resolve(pageDir), wildcard: false, index: false });
    for (const path of ['/', '/calls/*', '/ledger']) {
      app.get(path, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html', { maxAge: 0 }));
    }
  };
};
