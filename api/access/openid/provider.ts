import type { JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';
import type { OpenIdConfig } from '../../../core/config/config.ts';
import type { Log } from '../../../core/runtime/log.ts';
import type { SourceState } from '../../../core/runtime/source.ts';
import { providerAway, remoteKeys } from '../token.ts';

/** What the provider says of itself (OpenID Connect Discovery 1.0), with the keys that it signs with. */
export interface Discovered {
  readonly configuration: client.Configuration;
  readonly keys: JWTVerifyGetKey;
}

/** The provider, whether it answers yet or not. */
export interface Provider {
  /** Asks it when that was not done yet. Throws {@link Refused} 503 when it does not answer. */
  discovered(): Promise<Discovered>;
  state(): SourceState;
  /** Asks until it has answered once. */
  start(): void;
  stop(): void;
}

const TIMEOUT_SECONDS = 5;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 60_000];

export function createProvider(config: OpenIdConfig, log: Log): Provider {
  const { issuer, clientId, clientSecret } = config;
  let found: Discovered | undefined;
  let asking: Promise<Discovered> | undefined;
  let foundMs = 0;
  let problem = 'was not asked yet';
  let timer: NodeJS.Timeout | undefined;

  const ask = async (): Promise<Discovered> => {
    const configuration = await client.discovery(
      new URL(issuer),
      clientId,
      { client_secret: clientSecret },
      client.ClientSecretBasic(clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        // The configuration takes http:// on this machine alone.
        ...(issuer.startsWith('http://') ? { execute: [client.allowInsecureRequests] } : {}),
      },
    );
    const { jwks_uri: keysUrl } = configuration.serverMetadata();
    if (keysUrl === undefined) throw new Error('it publishes no keys (jwks_uri)');
    return { configuration, keys: remoteKeys(keysUrl) };
  };
  const discovered = async (): Promise<Discovered> => {
    if (found !== undefined) return found;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    try {
      found ??= await asking;
      foundMs ||= Date.now();
      return found;
    } catch (error) {
      const said = textOf(error);
      if (said !== problem) {
        log.error(`nobody can log in through ${issuer} yet: ${said}. It is asked again until it answers`);
      }
      problem = said;
      throw providerAway(`The provider at ${issuer} does not answer right now. Try again in a moment.`);
    }
  };
  const keepAsking = (pauseMs: number): void => {
    discovered().then(
      () => log.info(`people log in through ${issuer}`),
      () => {
        if (timer === undefined) return;
        timer = setTimeout(() => keepAsking(Math.min(2 * pauseMs, LONGEST_PAUSE_MS)), pauseMs).unref();
      },
    );
  };
  return {
    discovered,
    state: () => ({
      name: 'openid',
      state: found === undefined ? 'connecting' : 'up',
      detail: found === undefined ? `the provider at ${issuer} ${problem}` : `people log in through ${issuer}`,
      lastSeenMs: foundMs,
    }),
    start() {
      timer ??= setTimeout(() => keepAsking(FIRST_PAUSE_MS), 0).unref();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** The innermost reason: what fetch throws says "fetch failed" alone. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? textOf(error.cause) : error.message || error.name;
}
