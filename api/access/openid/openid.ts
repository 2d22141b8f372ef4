import type { FastifyRequest } from 'fastify';
import type { OpenIdConfig } from '../../../core/config/config.ts';
import type { Log } from '../../../core/runtime/log.ts';
import { demandSameOrigin } from '../same-origin.ts';
import { verified } from '../token.ts';
import type { Known, Viewer } from '../viewer.ts';
import { viewerOf } from './claims.ts';
import { createProvider, type Provider } from './provider.ts';
import { createSealed, type Sealed } from './sealed.ts';

/** Who is known through a provider of OpenID Connect: people by a session, machines by a token of the provider. */
export interface OpenId {
  readonly config: OpenIdConfig;
  readonly provider: Provider;
  readonly sealed: Sealed;
  readonly cookies: { readonly session: string; readonly login: string };
  /** Who has logged in. "ended" for a session that is over, or none of ours. */
  session(request: FastifyRequest): Promise<Known | 'ended' | undefined>;
  /** Whose bearer token it is; undefined for a text that is no JWT, or where none is taken. Throws {@link Refused}. */
  machine(token: string): Promise<Known | undefined>;
}

/** Algorithms with a public key alone: a shared secret or none at all proves nothing here. */
export const SIGNED_WITH = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export function createOpenId(config: OpenIdConfig, log: Log, now?: () => number): OpenId {
  const provider = createProvider(config, log);
  const sealed = createSealed(config, now);
  // With the prefix no neighbour in the domain can set it, https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
  const prefix = config.baseUrl.startsWith('https://') ? '__Host-' : '';
  const cookies = { session: `${prefix}calltrail_session`, login: `${prefix}calltrail_login` };
  return {
    ...{ config, provider, sealed, cookies },
    async session(request) {
      const text = request.cookies[cookies.session];
      if (text === undefined || text === '') return undefined;
      const payload = await sealed.open('session', text);
      if (payload === undefined) return 'ended';
      demandSameOrigin(request, config.baseUrl);
      return { viewer: payload.viewer as Viewer, via: 'openid', through: '' };
    },
    async machine(token) {
      const { audience, issuer } = config;
      if (audience === undefined || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
      const { keys } = await provider.discovered();
      const claims = await verified(token, {
        keys,
        options: { issuer, audience, algorithms: SIGNED_WITH, requiredClaims: ['sub', 'exp'] },
        name: 'The token',
        whose: issuer,
        ...{ reason: 'wrong_token', status: 401 },
      });
      return { viewer: viewerOf(claims, config), via: 'openid', through: '' };
    },
  };
}
