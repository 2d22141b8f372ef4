import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { CHEAP } from '../access/route.ts';
import { NOTHING_PERSONAL } from '../privacy/privacy.ts';

/** The page is one document; the browser decides from the path what to show. */
export const pageRoutes = (pageDir: string): FastifyPluginAsync => {
  return async (app) => {
    // The files have routes of the plugin's making.
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...CHEAP, ...NOTHING_PERSONAL.config };
    });
    await app.register(fastifyStatic, { root: resolve(pageDir), wildcard: false, index: false });
    for (const path of ['/', '/calls/*', '/compare/*', '/ledger', '/doctor', '/clocks']) {
      app.get(path, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html', { maxAge: 0 }));
    }
  };
};
