import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import type { LimitsConfig } from '../../core/config/config.ts';
import { Refused } from './refused.ts';

/** Keeps one user from slowing the others: each has a number of requests, of questions at once and of live tails. */
export interface Limits {
  /** Resolves when it is this request's turn, by what its route costs. Throws {@link Refused} 429. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Users and addresses whose requests are counted; of more, those that were quiet longest are forgotten. */
const MAX_KEYS = 10_000;

export async function createLimits(
  app: FastifyInstance,
  limits: LimitsConfig | undefined,
  registry: Registry,
): Promise<Limits> {
  if (limits === undefined) return { take: async () => {} };
  await app.register(rateLimit, { global: false, cache: MAX_KEYS });
  const countOf = app.createRateLimit({ max: limits.requestsPerMinute, timeWindow: MINUTE_MS, keyGenerator: keyOf });
  const questions = createTurns(limits.questions, limits.waiting);
  const tails = createTurns(limits.tails, 0);
  new Gauge({
    name: 'calltrail_access_questions',
    help: 'Questions of users that are being answered, and that wait for their turn as the user has others.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(questions.counts())) this.set({ state }, count);
    },
  });
  return {
    async take(request, reply) {
      const { cost = 'question' } = request.routeOptions.config ?? {};
      if (cost === 'nothing') return;
      const counted = await countOf(request);
      if (!counted.isAllowed && counted.isExceeded) {
        throw tooMany('requests', `More than ${limits.requestsPerMinute} requests in a minute.`, counted.ttlInSeconds);
      }
      if (cost === 'request') return;
      const [turns, gone] =
        cost === 'tail' ? ([tails, request.raw.socket] as const) : ([questions, reply.raw] as const);
      const given = await turns.next(keyOf(request), (end) => {
        gone.once('close', end);
        if (cost !== 'tail') gone.once('finish', end);
        // Whoever went away before he was heard is told of no more.
        if (gone.destroyed) end();
      });
      if (given) return;
      throw cost === 'tail'
        ? tooMany('tails', `${limits.tails} live tails of yours are open already: close another one.`, 10)
        : tooMany('questions', 'Too many questions of yours wait for an answer already.', 1);
    },
  };
}

const tooMany = (what: 'requests' | 'questions' | 'tails', message: string, seconds: number): Refused =>
  new Refused(`too_many_${what}`, 429, `too_many_${what}`, `${message} Try again in ${seconds} s.`, {
    'retry-after': seconds,
  });

/** Who is counted: a user, or the address of a stranger, of IPv6 the network that one site has. */
function keyOf({ known, viewer, ip }: FastifyRequest): string {
  if (viewer.name === '') return `address ${normalizeIP(ip)}`;
  const { via = '', through = '' } = known ?? {};
  return `${via === 'bearer' ? 'basic' : via} ${through} ${viewer.name}`;
}

/** So many at once of each key; others wait for their turn, in order. Nothing is kept of a key that has none. */
export interface Turns {
  /**
   * True when it is their turn; false at once when too many wait already, and when the client went away meanwhile.
   *
   * @param onEnd is given what has to be called when it is over, at any time; calling it twice does nothing
   */
  next(key: string, onEnd: (end: () => void) => void): Promise<boolean>;
  counts(): { readonly running: number; readonly waiting: number };
}

export function createTurns(most: number, mostWaiting: number): Turns {
  const lines = new Map<string, { running: number; readonly waiting: Set<(isTurn: boolean) => void> }>();
  const counts = { running: 0, waiting: 0 };
  return {
    counts: () => ({ ...counts }),
    next(key, onEnd) {
      const line = lines.get(key) ?? { running: 0, waiting: new Set() };
      const { waiting } = line;
      if (line.running >= most && waiting.size >= mostWaiting) return Promise.resolve(false);
      lines.set(key, line);
      return new Promise((resolve) => {
        let state: 'waiting' | 'running' | 'over' = 'waiting';
        const begin = (isTurn: boolean): void => {
          if (isTurn) {
            state = 'running';
            line.running += 1;
            counts.running += 1;
          }
          resolve(isTurn);
        };
        const called = (isTurn: boolean): void => {
          waiting.delete(called);
          counts.waiting -= 1;
          begin(isTurn);
        };
        onEnd(() => {
          if (state === 'over') return;
          const was = state;
          state = 'over';
          if (was === 'waiting') called(false);
          else {
            line.running -= 1;
            counts.running -= 1;
            const [first] = waiting;
            first?.(true);
          }
          if (line.running === 0 && waiting.size === 0) lines.delete(key);
        });
        if (line.running < most) return begin(true);
        waiting.add(called);
        counts.waiting += 1;
      });
    },
  };
}
