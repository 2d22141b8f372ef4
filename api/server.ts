import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import type { AccessConfig } from '../core/config/config.ts';
import { sightOf } from '../core/runtime/sight.ts';
import type { SourceState } from '../core/runtime/source.ts';
import { type Store, StoreError } from '../core/store/store.ts';
import { useAccess } from './access/access.ts';
import { fenced } from './access/fence.ts';
import { CHEAP } from './access/route.ts';
import { securitySchemes } from './access/schemes.ts';
import { createCallFinder } from './call/finder.ts';
import { compilers } from './compilers.ts';
import type { ApiDeps } from './deps.ts';
import { bound, HTTP_LIMITS, limited } from './limits.ts';
import { PAGE_POLICY } from './page-policy.ts';
import { NOTHING_PERSONAL, privacy } from './privacy/privacy.ts';
import { revealRoutes } from './privacy/routes.ts';
import { HttpProblem } from './problem.ts';
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { callRoutes } from './routes/calls.ts';
import { clockRoutes } from './routes/clocks.ts';
import { compareRoutes } from './routes/compare.ts';
import { diagnosisRoutes } from './routes/diagnosis.ts';
import { doctorRoutes } from './routes/doctor.ts';
import { exportRoutes } from './routes/exports.ts';
import { type HealthDeps, healthRoutes } from './routes/health.ts';
import { ladderRoutes } from './routes/ladder.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { lokiRoutes } from './routes/loki.ts';
import { nameRoutes } from './routes/names.ts';
import { pageRoutes } from './routes/page.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { searchRoutes } from './routes/search.ts';
import { senderRoutes } from './routes/senders.ts';
import { tableRoutes } from './routes/tables.ts';
import { tempoRoutes } from './routes/tempo.ts';

/** A Call-ID may be long, and each of its bytes three characters in a URL. */
const MAX_KEY = 3000;

const EVERYBODY: AccessConfig = { users: [], anonymous: true };

/** Nothing that a message or a log line says may become code on the page. */
const SECURITY_HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
} as const;

type BareDeps = Pick<ApiDeps, 'log' | 'metrics' | 'access' | 'tenants' | 'privacy'>;

/** With headers, errors and access as every answer has them, and no route but those of the login. */
async function createBare(deps: BareDeps & { readonly store?: Pick<Store, 'insert'> }) {
  const { log, metrics, store, access = EVERYBODY } = deps;
  const app = Fastify({
    ...(access.proxies === undefined ? {} : { trustProxy: [...access.proxies] }),
    ...limited(HTTP_LIMITS),
    routerOptions: { maxParamLength: MAX_KEY },
    schemaController: { compilersFactory: compilers },
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.addHook('onSend', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.addHook('onResponse', async (request, reply) => {
    // A WebSocket that was refused is nobody's socket any more: left alone it stays open for ever.
    if (request.headers.upgrade !== undefined && reply.statusCode >= 400) request.raw.socket.destroySoon();
  });
  bound(app as unknown as FastifyInstance, metrics.registry, HTTP_LIMITS);
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message } = problemOf(error);
    if (status === 500) log.error(`${request.method} ${request.routeOptions.url ?? 'no route'}: ${detailOf(error)}`);
    return reply.code(status).send({ error: code, message });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'not_found', message: `There is nothing at ${request.url.slice(0, 200)}.` }),
  );
  const states = await useAccess(app as unknown as FastifyInstance, { access, metrics, log, store });
  app.decorateRequest('sight');
  app.addHook('onRequest', async (request) => {
    request.sight = sightOf(request.viewer.tenants, deps.tenants ?? []);
  });
  privacy(app as unknown as FastifyInstance, deps.privacy);
  return { app, states };
}

/** Health, metrics and unknown senders alone, of a process without the role of the API; not yet listening. */
export async function createStatusServer(
  deps: HealthDeps & BareDeps & Pick<ApiDeps, 'unknownSenders'>,
): Promise<FastifyInstance> {
  const { app, states } = await createBare(withoutStore(deps));
  await app.register(healthRoutes(withStates(deps, states)));
  await app.register(senderRoutes(deps.unknownSenders ?? (() => [])));
  return app as unknown as FastifyInstance;
}

/** The HTTP server with all routes, not yet listening. */
export async function createServer({ store, ...rest }: ApiDeps): Promise<FastifyInstance> {
  const behind = { ...rest, store: fenced(store) };
  const deps = { ...behind, find: createCallFinder(behind) };
  const { app, states } = await createBare(deps);
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'Calltrail', description: 'Shows the whole call.', version: deps.version },
      components: { securitySchemes: securitySchemes(deps.access ?? EVERYBODY) },
      security: Object.keys(securitySchemes(deps.access ?? EVERYBODY)).map((name) => ({ [name]: [] })),
    },
    transform: withRole as never,
  });
  await app.register(searchRoutes(deps));
  await app.register(nameRoutes(deps));
  await app.register(callRoutes(deps));
  await app.register(exportRoutes(deps));
  await app.register(diagnosisRoutes(deps));
  await app.register(compareRoutes(deps));
  await app.register(tempoRoutes(deps));
  await app.register(ladderRoutes(deps));
  await app.register(tableRoutes(deps));
  await app.register(alertRoutes(deps));
  await app.register(healthRoutes(withStates(deps, states)));
  await app.register(auditRoutes(deps));
  await app.register(senderRoutes(deps.unknownSenders ?? (() => [])));
  await app.register(privacyRoutes(deps));
  await app.register(revealRoutes);
  await app.register(ledgerRoutes(deps));
  await app.register(doctorRoutes(deps));
  await app.register(clockRoutes(deps));
  await app.register(lokiRoutes(deps));
  app.get('/api/openapi.json', { config: { ...CHEAP, ...NOTHING_PERSONAL.config }, schema: { hide: true } }, () =>
    app.swagger(),
  );
  if (deps.pageDir !== undefined) await app.register(pageRoutes(deps.pageDir));
  return app as unknown as FastifyInstance;
}

/** What is told of the role that each route needs. */
function withRole({ schema, url, route }: { schema: object; url: string; route: RouteOptions }) {
  const { least = 'reader', open = false } = route.config ?? {};
  const { description } = { description: '', ...schema };
  const needs = open ? 'Answers everybody.' : `Needs the role "${least}".`;
  return {
    url,
    schema: { ...schema, description: `${description} ${needs}`.trim(), ...(open ? { security: [] } : {}) },
  };
}

/** Nothing that is asked here is of a person. */
const withoutStore = ({ log, metrics, access }: BareDeps): BareDeps => ({
  ...{ log, metrics },
  ...(access === undefined ? {} : { access }),
});

/** The sources, and who vouches for people beside them. */
const withStates = <T extends HealthDeps>(deps: T, states: () => readonly SourceState[]): T => ({
  ...deps,
  sources: () => [...deps.sources(), ...states()],
});

const detailOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Every failure as a status, a code and a sentence. What the store did wrong is never answered as "nothing found". */
function problemOf(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreError) {
    if (error.code === 'timeout') {
      return {
        status: 504,
        code: 'timeout',
        message: 'The store took too long to answer. Narrow the time range and try again.',
      };
    }
    if (error.code === 'too_large') {
      return {
        status: 422,
        code: 'too_large',
        message:
          'The answer takes more memory than one question may have. Narrow the time range, or ask for fewer groups.',
      };
    }
    if (error.retriable)
      return {
        status: 503,
        code: 'store_away',
        message: 'The store does not answer right now. Try again in a moment.',
      };
    return { status: 500, code: 'store_refused', message: 'The store refused the question.' };
  }
  const known = error as {
    validation?: { instancePath?: string; params?: Record<string, unknown> }[];
    statusCode?: number;
    message?: string;
  };
  const invalid = known.validation?.[0];
  if (invalid !== undefined) {
    const name = invalid.instancePath?.slice(1) || String(invalid.params?.missingProperty ?? 'request');
    return { status: 400, code: 'bad_parameter', message: `Parameter "${name}" is not written as expected.` };
  }
  if (known.statusCode !== undefined && known.statusCode < 500) {
    return {
      status: known.statusCode,
      code: 'bad_request',
      message: known.message ?? 'The request could not be read.',
    };
  }
  return { status: 500, code: 'internal', message: 'Something went wrong inside Calltrail.' };
}
