import type { FastifyInstance } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import type { AccessConfig } from '../../core/config/config.ts';
import { HttpProblem } from '../problem.ts';
import { createTries, type Tries } from './tries.ts';
import { createUsers, readAuthorization } from './users.ts';
import { strangerOf, type Viewer } from './viewer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer;
  }
}

/** What a load balancer and Kubernetes ask without a password: they learn whether it works, and nothing else. */
const OPEN_PATHS: ReadonlySet<string | undefined> = new Set(['/healthz', '/livez', '/readyz']);

/** Lets nobody in who is not named in `access.users`, unless everybody may read. WebSockets pass here too. */
export function guard(
  app: FastifyInstance,
  { users: list, anonymous }: AccessConfig,
  registry: Registry,
  tries: Tries = createTries(),
): void {
  const users = createUsers(list);
  const stranger = strangerOf({ users: list });
  const refused = new Counter({
    name: 'calltrail_access_refused_total',
    help: 'Requests that were not answered for want of the right credentials.',
    labelNames: ['reason'],
    registers: [registry],
  });
  app.decorateRequest('viewer');
  app.addHook('onRequest', async (request, reply) => {
    request.viewer = stranger;
    const credentials = readAuthorization(request.headers.authorization);
    if (credentials === undefined) {
      if (anonymous || OPEN_PATHS.has(request.routeOptions.url)) return;
      refused.inc({ reason: 'no_credentials' });
      reply.header('www-authenticate', 'Basic realm="Calltrail", charset="UTF-8"');
      throw new HttpProblem(401, 'unknown_user', 'Say who you are: a name and its secret as in access.users.');
    }
    if (anonymous && list.length === 0) return;
    const waitSeconds = tries.mustWait(request.ip);
    if (waitSeconds > 0) {
      refused.inc({ reason: 'too_many_tries' });
      reply.header('retry-after', waitSeconds);
      throw new HttpProblem(429, 'too_many_tries', `Too many wrong secrets came from here: wait ${waitSeconds} s.`);
    }
    const viewer = users.whoHas(credentials);
    if (viewer !== undefined) {
      request.viewer = viewer;
      return;
    }
    tries.wasWrong(request.ip);
    refused.inc({ reason: 'wrong_credentials' });
    reply.header('www-authenticate', 'Basic realm="Calltrail", charset="UTF-8"');
    throw new HttpProblem(401, 'unknown_user', 'This is no name and secret of access.users.');
  });
}
