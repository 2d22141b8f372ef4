import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { written } from './about.ts';
import type { AuditLog } from './audit-log.ts';
import { createRepeats } from './repeats.ts';

export const ACTIONS = ['search', 'view', 'export', 'reveal', 'erase', 'hold', 'release', 'login'] as const;

/** What is remembered of what somebody did. */
export type Act = {
  readonly action: (typeof ACTIONS)[number];
  /** What was asked for: the text of a search, a call's key, a number. */
  readonly about: string;
  /** Why, in his own words, where one must be given. */
  readonly reason?: string;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Remembers what the viewer of this request does, beside what its route says. */
    note(act: Act): void;
    acts: Act[] | undefined;
  }
}

/** What a client got that did not wait for its answer, as nginx writes it. */
const GONE = 499;
const SWITCHED = 101;
const TOO_MANY = 429;

/** The `act` of each route, for the test that walks them. */
export interface RouteAct {
  readonly method: string;
  readonly url: string;
  readonly act: string | undefined;
}
const routes = new WeakMap<FastifyInstance, RouteAct[]>();
export const actsOf = (app: FastifyInstance): readonly RouteAct[] => routes.get(app) ?? [];

/** A page asks for a call, its ladder, its diagnosis and each step that is opened: that is one look at it. */
const ONE_LOOK_MS = 60_000;
/** A list of the newest calls that is followed asks every few seconds. */
const FOLLOWED_MS = 600_000;

/**
 * Writes down what is done, when it is answered, also where it was refused to somebody who is known: by what a route says of
 * itself (`config.act`), and what was noted on the way. Has to come before whatever may refuse.
 */
export function audit(app: FastifyInstance, registry: Registry, log?: Pick<AuditLog, 'write'>): void {
  const acts = new Counter({
    name: 'calltrail_audit_acts_total',
    help: 'What people asked for and did, by kind.',
    labelNames: ['action'],
    registers: [registry],
  });
  const known: RouteAct[] = [];
  routes.set(app, known);
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) known.push({ method: one, url, act: config?.act });
  });

  const looks = createRepeats(ONE_LOOK_MS);
  const followed = createRepeats(FOLLOWED_MS);
  const over = new WeakSet<FastifyRequest>();
  const write = (request: FastifyRequest, status: number): void => {
    if (over.has(request)) return;
    over.add(request);
    const { known: person, acts: noted = [] } = request;
    if (person === undefined || status === TOO_MANY) return;
    const { viewer, via, through } = person;
    for (const { action, about, reason = '' } of [...ofRoute(request), ...noted]) {
      const said = [viewer.name, via, through, request.ip, action, about, reason, String(status)];
      const before = action === 'view' ? looks : isAskedAgain(request) ? followed : undefined;
      if (before?.has(said, performance.now()) === true) continue;
      acts.inc({ action });
      log?.write({
        at: Date.now() * 1000,
        who: viewer.name,
        via,
        through,
        address: request.ip,
        action,
        ...written(about),
        reason: reason.toWellFormed(),
        status,
      });
    }
  };

  app.decorateRequest('acts');
  app.decorateRequest('note', function (this: FastifyRequest, act: Act) {
    this.acts ??= [];
    this.acts.push(act);
  });
  app.addHook('onRequest', async (request, reply) => {
    const end = (): void => write(request, reply.raw.headersSent ? reply.raw.statusCode : GONE);
    reply.raw.once('finish', end).once('close', end);
  });
  // A live tail has no answer that ends: it is remembered when it begins.
  app.addHook('preHandler', async (request: FastifyRequest, _reply: FastifyReply) => {
    if (request.routeOptions.config.cost === 'tail') write(request, SWITCHED);
  });
}

/** What the route of a request says of it. */
function ofRoute({ routeOptions, params, query }: FastifyRequest): Act[] {
  // A path that does not exist has no configuration.
  const { act = 'none', about = [] } = routeOptions.config ?? {};
  if (act === 'none') return [];
  const said = { ...asRecord(query), ...asRecord(params) };
  const texts = about.flatMap((name) => said[name] ?? []).filter((text) => typeof text === 'string' && text !== '');
  return [{ action: act, about: texts.join(' ') }];
}

/** Whether a page says that it asks by itself, again and again. */
function isAskedAgain({ routeOptions, query }: FastifyRequest): boolean {
  const { again } = routeOptions.config ?? {};
  return again !== undefined && String(asRecord(query)[again]) === 'true';
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
