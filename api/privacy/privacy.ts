import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PrivacyConfig } from '../../core/config/config.ts';
import { createHidden, type Hidden } from '../../core/privacy/hidden.ts';
import { createTokens, TOKEN, type Tokens } from '../../core/privacy/tokens.ts';
import { inTurns } from '../../core/runtime/in-turns.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { hideAnswer } from './by-schema.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The answer has been made without numbers and names, and is sent as it is. */
    isHidden: boolean;
  }
  interface FastifyContextConfig {
    /** The route says nothing of any call. */
    readonly nothingPersonal?: true;
    /** The route turns tokens in its questions back and hides numbers and names in its answers by itself; errors are hidden here. */
    readonly hidesItself?: true;
    /** Whoever is shown numbers and names may ask for an answer without them: the parameter `masked`. */
    readonly maskable?: true;
  }
}

export const NOTHING_PERSONAL = { config: { nothingPersonal: true } } as const;
export const HIDES_ITSELF = { config: { hidesItself: true } } as const;

export const createPrivacyTokens = ({ key, showDigits }: PrivacyConfig): Tokens | undefined =>
  key === '' ? undefined : createTokens(key, showDigits);

/**
 * Hides numbers and names from the roles of `privacy.mask`, in one place: JSON is hidden by the schema of its route just before
 * it is written, so that a new field or route is hidden without a word. What is no JSON must say that it has been hidden
 * (`sent`), or that it says nothing of any call; anything else is an error and not shown.
 *
 * Tokens in what is asked are turned back before a route sees them, whoever asks. What is masked on demand has the tokens of
 * the site; where no key is configured, tokens of this answer alone, which nobody turns back.
 */
export function privacy(app: FastifyInstance, config: PrivacyConfig | undefined): void {
  app.decorateReply('isHidden', false);
  const tokens = config === undefined ? undefined : createPrivacyTokens(config);
  if (config !== undefined && tokens !== undefined) hideFromRoles(app, config, tokens);
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config?.maskable !== true || request.sight.hidden !== undefined) return;
    if ((request.query as { masked?: boolean }).masked !== true) return;
    request.sight = { ...request.sight, hidden: createHidden(tokens ?? createTokens(randomBytes(32).toString('hex'))) };
  });
  app.addHook('preSerialization', async (request, reply, answer) => {
    const hidden = request.sight?.hidden;
    if (hidden === undefined || reply.isHidden || isOpen(request)) return answer;
    reply.isHidden = true;
    if (request.routeOptions.config?.hidesItself === true && reply.statusCode < 400) return answer;
    const { response } = (request.routeOptions.schema ?? {}) as { response?: Record<string, unknown> };
    return inTurns(hideAnswer(response?.[reply.statusCode], answer, hidden));
  });
  app.addHook('onSend', async (request, reply, answer) => {
    const isSaying = answer !== null && answer !== undefined && answer !== '';
    if (request.sight?.hidden === undefined || reply.isHidden || isOpen(request) || !isSaying) return;
    throw new Error(
      `${request.routeOptions.url}: the answer is no JSON, and nothing has hidden numbers and names in it`,
    );
  });
}

/** Says of each request whether numbers and names are hidden from who asks it, and turns the tokens in it back. */
function hideFromRoles(app: FastifyInstance, config: PrivacyConfig, tokens: Tokens): void {
  app.addHook('onRequest', async (request) => {
    const isHidden = config.mask.includes(request.viewer.role);
    request.sight = { ...request.sight, tokens, ...(isHidden ? { hidden: createHidden(tokens) } : {}) };
  });
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config?.hidesItself === true) return;
    for (const said of [request.params, request.query]) turnBack(said, tokens, request.sight.hidden);
  });
}

const isOpen = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config?.nothingPersonal === true;

/** A part of an answer as it is shown to whoever asks, by its schema; of what is long with turns for others in between. */
export async function shownTo<T>(asker: Pick<SelectOptions, 'sight'>, schema: unknown, value: T): Promise<T> {
  const hidden = hiddenOf(asker);
  return hidden === undefined ? value : ((await inTurns(hideAnswer(schema, value, hidden))) as T);
}

/** Marks an answer in which numbers and names have been hidden, or from whose reader nothing is hidden. */
export function sent(reply: FastifyReply): FastifyReply {
  reply.isHidden = true;
  return reply;
}

/** Every text of what was asked with the numbers and names that its tokens stand for. */
function turnBack(said: unknown, tokens: Tokens, hidden: Hidden | undefined): void {
  if (typeof said !== 'object' || said === null) return;
  const values = said as Record<string, unknown>;
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') values[name] = restored(value, tokens, hidden);
    else turnBack(value, tokens, hidden);
  }
}

/** Turns tokens back. What they stand for is known from then on, so that no error repeats it. */
export function restored(text: string, tokens: Tokens, hidden?: Hidden): string {
  if (!text.includes('~')) return text;
  return text.replace(TOKEN, (token) => {
    const value = tokens.read(token);
    if (value !== undefined) hidden?.vocabulary.add(value);
    return value ?? token;
  });
}
