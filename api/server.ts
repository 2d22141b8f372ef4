import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { StoreError } from '../core/store/store.ts';
import { audit } from './access/audit.ts';
import { guard } from './access/guard.ts';
import type { ApiDeps } from './deps.ts';
import { HttpProblem } from './problem.ts';
import { alertRoutes } from './routes/alerts.ts';
import { callRoutes } from './routes/calls.ts';
import { diagnosisRoutes } from './routes/diagnosis.ts';
import { type HealthDeps, healthRoutes } from './routes/health.ts';
import { ladderRoutes } from './routes/ladder.ts';
import { lokiRoutes } from './routes/loki.ts';
import { pageRoutes } from './routes/page.ts';
import { searchRoutes } from './routes/search.ts';
import { tableRoutes } from './routes/tables.ts';
import { tempoRoutes } from './routes/tempo.ts';

/** A Call-ID may be long, and each of its bytes three characters in a URL. */
const MAX_KEY = 3000;

const EVERYBODY = { users: [], anonymous: true } as const;

/** Nothing that a message or a log line says may become code on the page. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
} as const;

type BareDeps = Pick<ApiDeps, 'log' | 'metrics' | 'access'>;

/** With headers and errors as every answer has them, and no route. */
function createBare(deps: BareDeps) {
  const app = Fastify({
    routerOptions: { maxParamLength: MAX_KEY },
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.addHook('onSend', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.addHook('onResponse', async (request, reply) => {
    // A WebSocket that was refused is nobody's socket any more: left alone it stays open for ever.
    if (request.headers.upgrade !== undefined && reply.statusCode >= 400) request.raw.socket.destroySoon();
  });
  guard(app as unknown as FastifyInstance, deps.access ?? EVERYBODY, deps.metrics.registry);
  audit(app as unknown as FastifyInstance, deps.metrics.registry);
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message } = problemOf(error);
    if (status === 500) deps.log.error(`${request.method} ${request.url.slice(0, 500)}: ${detailOf(error)}`);
    return reply.code(status).send({ error: code, message });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'not_found', message: `There is nothing at ${request.url.slice(0, 200)}.` }),
  );
  return app;
}

/** Health and metrics alone, of a process without the role of the API; not yet listening. */
export async function createStatusServer(deps: HealthDeps & BareDeps): Promise<FastifyInstance> {
  const app = createBare(deps);
  await app.register(healthRoutes(deps));
  return app as unknown as FastifyInstance;
}

/** The HTTP server with all routes, not yet listening. */
export async function createServer(deps: ApiDeps): Promise<FastifyInstance> {
  const app = createBare(deps);
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'Calltrail', description: 'Shows the whole call.', version: deps.version },
      components: {
        securitySchemes: { basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' } },
      },
      security: [{ basic: [] }, { bearer: [] }],
    },
  });
  await app.register(searchRoutes(deps));
  await app.register(callRoutes(deps));
  await app.register(diagnosisRoutes(deps));
  await app.register(tempoRoutes(deps));
  await app.register(ladderRoutes(deps));
  await app.register(tableRoutes(deps));
  await app.register(alertRoutes(deps));
  await app.register(healthRoutes(deps));
  await app.register(lokiRoutes(deps));
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  if (deps.pageDir !== undefined) await app.register(pageRoutes(deps.pageDir));
  return app as unknown as FastifyInstance;
}

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
