import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import type { AccessConfig } from '../../core/config/config.ts';
import { createGrafanaIds, GRAFANA_ID, type GrafanaIds } from './grafana.ts';
import type { Limits } from './limits.ts';
import type { OpenId } from './openid/openid.ts';
import { type Reason, Refused } from './refused.ts';
import { refuseOtherPages } from './same-origin.ts';
import { createTries, type Tries } from './tries.ts';
import { type Credentials, createUsers, readAuthorization } from './users.ts';
import { type Known, may, strangerOf, type Viewer } from './viewer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom to answer. A stranger, until it is known who asks. */
    viewer: Viewer;
    /** How it is known; undefined while it is not. */
    known: Known | undefined;
  }
}

export interface GuardDeps {
  readonly access: AccessConfig;
  readonly limits: Limits;
  readonly openid?: OpenId | undefined;
  readonly tell: TellRefused;
  readonly tries?: Tries;
}

/** Counts a refusal once, and puts the headers that belong to it on its answer. */
export type TellRefused = (refused: Refused, reply: FastifyReply) => void;

export function createTellRefused(registry: Registry): TellRefused {
  const count = new Counter({
    name: 'calltrail_access_refused_total',
    help: 'Requests that were not answered: it was not known who asked, or he may not, or not so often.',
    labelNames: ['reason'],
    registers: [registry],
  });
  const told = new WeakSet<Refused>();
  return (refused, reply) => {
    if (told.has(refused)) return;
    told.add(refused);
    count.inc({ reason: refused.reason });
    reply.headers(refused.headers);
  };
}

/**
 * The one place that lets somebody in: it finds out who asks, whether he may what the route does, and whether it is his turn.
 * WebSockets pass here too.
 */
export function guard(app: FastifyInstance, { access, limits, openid, tell, tries = createTries() }: GuardDeps): void {
  const grafana = access.grafana === undefined ? undefined : createGrafanaIds(access.grafana);
  const whoAsks = createDoor({ access, tries, openid, grafana });
  app.decorateRequest('viewer');
  app.decorateRequest('known');
  app.addHook('onRequest', async (request, reply) => {
    // Looked at anew for each request: users may be added and removed while it runs.
    request.viewer = strangerOf(access);
    try {
      const known = await whoAsks(request);
      if (known !== undefined) {
        request.known = known;
        request.viewer = known.viewer;
      }
      refuseOtherPages(request, openid?.config.baseUrl);
      demandRole(request);
      await limits.take(request, reply);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(error, reply);
      // A person is sent to where he can say who he is.
      if (error.status === 401 && openid !== undefined && isNavigation(request)) {
        return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`);
      }
      throw error;
    }
  });
}

function demandRole({ viewer, routeOptions, known }: FastifyRequest): void {
  const { least = 'reader', open = false, wholeSite = false } = routeOptions.config ?? {};
  if (open && known === undefined) return;
  if (may(viewer, least) && wholeSite && viewer.tenants !== undefined) {
    throw new Refused('role', 403, 'role', 'This is of the whole site: it is shown to nobody who is bound to tenants.');
  }
  if (may(viewer, least)) return;
  throw new Refused('role', 403, 'role', `This needs the role "${least}", and yours is "${viewer.role}".`);
}

const isNavigation = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.upgrade === undefined && (headers.accept ?? '').includes('text/html');

interface DoorDeps extends Pick<GuardDeps, 'access' | 'openid'> {
  readonly tries: Tries;
  readonly grafana: GrafanaIds | undefined;
}

/** Who asks; undefined for a stranger where strangers may. Throws {@link Refused} for anybody else. */
function createDoor({ access, tries, openid, grafana }: DoorDeps) {
  const users = createUsers(() => access.users);
  const stranger = (): Known => ({ viewer: strangerOf(access), via: 'anonymous', through: '' });
  /** At the operator's own port whatever is said is as good as nothing. */
  const isOwnPort = (): boolean => access.anonymous && access.users.length === 0 && openid === undefined;

  const byCredentials = async (credentials: Credentials, request: FastifyRequest): Promise<Known> => {
    const waitSeconds = tries.mustWait(request.ip);
    if (waitSeconds > 0) {
      const message = `Too many wrong secrets came from here: wait ${waitSeconds} s.`;
      throw new Refused('too_many_tries', 429, 'too_many_tries', message, { 'retry-after': waitSeconds });
    }
    const viewer = users.whoHas(credentials);
    if (viewer !== undefined) return { viewer, via: credentials.name === undefined ? 'bearer' : 'basic', through: '' };
    try {
      const machine = credentials.name === undefined ? await openid?.machine(credentials.secret) : undefined;
      if (machine !== undefined) return machine;
    } catch (error) {
      // A token that is over was right once, and a provider that is away says nothing of it: neither is a guess.
      if (error instanceof Refused && error.reason === 'wrong_token') tries.wasWrong(request.ip);
      throw error;
    }
    tries.wasWrong(request.ip);
    throw unknown('wrong_credentials', 'This is no name and secret of access.users.', request);
  };

  const unknown = (reason: Reason, message: string, { headers }: FastifyRequest): Refused => {
    // A browser's page that is told Basic asks the person for a password that he may not have.
    const isPage = openid !== undefined && headers['sec-fetch-mode'] !== undefined;
    const challenge = isPage || access.users.length === 0 ? 'Bearer realm="Calltrail"' : BASIC;
    return new Refused(reason, 401, 'unknown_user', message, { 'www-authenticate': challenge });
  };

  const asking = async (request: FastifyRequest): Promise<Known | undefined> => {
    const credentials = readAuthorization(request.headers.authorization);
    if (credentials !== undefined && !isOwnPort()) return byCredentials(credentials, request);
    const session = await openid?.session(request);
    if (session !== undefined && session !== 'ended') return session;
    if (access.anonymous) return stranger();
    if (request.routeOptions.config?.open === true) return undefined;
    if (session === 'ended') throw unknown('session_ended', 'Your session has ended: log in again.', request);
    const ways = [
      ...(access.users.length === 0 ? [] : ['a name and its secret as in access.users']),
      ...(openid === undefined ? [] : ['log in at /login']),
    ];
    throw unknown('no_credentials', `Say who you are: ${ways.join(', or ')}.`, request);
  };

  return async (request: FastifyRequest): Promise<Known | undefined> => {
    const known = await asking(request);
    const header = request.headers[GRAFANA_ID];
    if (grafana === undefined || header === undefined || known === undefined) return known;
    return grafana.narrow(known, [header].flat().join());
  };
}

const BASIC = 'Basic realm="Calltrail", charset="UTF-8"';
