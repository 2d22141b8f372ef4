import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as client from 'openid-client';
import { Type } from 'typebox';
import type { TellRefused } from '../guard.ts';
import { Refused } from '../refused.ts';
import { demandSameOrigin } from '../same-origin.ts';
import { providerAway, verified } from '../token.ts';
import type { Viewer } from '../viewer.ts';
import { viewerOf } from './claims.ts';
import { type OpenId, SIGNED_WITH } from './openid.ts';
import { escaped, page } from './page.ts';
import { textOf } from './provider.ts';

/** How long a person may take to say his password at the provider. */
const LOGIN_SECONDS = 600;
const HOUR_SECONDS = 3600;
/** A longer path is not come back to: it has to fit into a cookie. */
const MAX_PATH = 1000;

const OPEN = { act: 'none', open: true, cost: 'request' } as const;

/**
 * Log in with the authorization code and PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636), and log out. State, nonce and the
 * code's verifier wait in a sealed cookie, so that any of several processes can take the answer.
 */
export const loginRoutes = (openid: OpenId, tell: TellRefused): FastifyPluginAsyncTypebox => {
  const { config, provider, sealed, cookies } = openid;
  const { baseUrl } = config;
  const attributes = { httpOnly: true, sameSite: 'lax', secure: baseUrl.startsWith('https://'), path: '/' } as const;
  const callbackUrl = `${baseUrl}/login/callback`;

  /** Who came back from the provider. Throws {@link Refused}. */
  const whoCameBack = async ({ url, cookies: had }: FastifyRequest): Promise<{ viewer: Viewer; to: string }> => {
    const login = await sealed.open('login', had[cookies.login] ?? '');
    if (login === undefined) throw wrongLogin('It took longer than ten minutes, or was begun in another browser.');
    const { state, nonce, verifier, to } = login as Record<'state' | 'nonce' | 'verifier' | 'to', string>;
    const { configuration, keys } = await provider.discovered();
    const { search } = new URL(url, baseUrl);
    const tokens = await client
      .authorizationCodeGrant(configuration, new URL(`${callbackUrl}${search}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      .catch((error: unknown) => {
        throw refusalOf(error);
      });
    // The library trusts the connection for the signature; a provider over http on this machine has none to trust.
    const claims = await verified(tokens.id_token ?? '', {
      keys,
      options: { issuer: config.issuer, audience: config.clientId, algorithms: SIGNED_WITH },
      name: 'The id token',
      whose: config.issuer,
      ...{ reason: 'wrong_login', status: 400 },
    });
    return { viewer: viewerOf(claims, config), to };
  };

  return async (app) => {
    app.setErrorHandler((error, request, reply) => {
      if (!(error instanceof Refused)) throw error;
      tell(error, reply);
      const { status, code, message } = error;
      reply.code(status);
      if ((request.headers.accept ?? '').includes('text/html')) {
        const again = '<p><a href="/login">Log in</a></p>';
        return reply.type('text/html; charset=utf-8').send(page('Not logged in', `<p>${escaped(message)}</p>${again}`));
      }
      return reply.send({ error: code, message });
    });
    app.get(
      '/login',
      {
        config: OPEN,
        schema: { hide: true, querystring: Type.Object({ to: Type.Optional(Type.String()) }) },
      },
      async (request, reply) => {
        const { configuration } = await provider.discovered();
        const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
        const to = ownPath(request.query.to, baseUrl);
        const sealedLogin = await sealed.seal('login', { state, nonce, verifier, to }, LOGIN_SECONDS);
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: callbackUrl,
          scope: config.scopes.join(' '),
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...{ state, nonce },
        });
        return uncached(reply)
          .setCookie(cookies.login, sealedLogin, { ...attributes, maxAge: LOGIN_SECONDS })
          .redirect(url.href);
      },
    );

    app.get('/login/callback', { config: OPEN, schema: { hide: true } }, async (request, reply) => {
      uncached(reply).clearCookie(cookies.login, attributes);
      const { viewer, to } = await whoCameBack(request);
      const seconds = Math.round(config.sessionHours * HOUR_SECONDS);
      const session = await sealed.seal('session', { viewer }, seconds).catch(() => {
        throw new Refused('nothing_granted', 403, 'nothing_granted', 'So many tenants do not fit into a session.');
      });
      request.known = { viewer, via: 'openid', through: '' };
      request.note({ action: 'login', about: '' });
      return reply.setCookie(cookies.session, session, { ...attributes, maxAge: seconds }).redirect(to);
    });

    app.get('/logout', { config: OPEN, schema: { hide: true } }, async (_request, reply) =>
      uncached(reply)
        .type('text/html; charset=utf-8')
        .send(page('Log out', '<form method="post" action="/logout"><button>Log out</button></form>')),
    );
    app.post('/logout', { config: OPEN, schema: { hide: true } }, async (request, reply) => {
      demandSameOrigin(request, baseUrl);
      uncached(reply).clearCookie(cookies.session, attributes);
      return reply.redirect(await afterLogout(), 303);
    });
  };

  /** At the provider, where it can log out as well (OpenID Connect RP-Initiated Logout 1.0). */
  async function afterLogout(): Promise<string> {
    try {
      const { configuration } = await provider.discovered();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return '/';
      return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: `${baseUrl}/` }).href;
    } catch {
      // Whoever is away logs nobody out: here he is.
      return '/';
    }
  }
};

const uncached = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store');

const wrongLogin = (why: string): Refused =>
  new Refused('wrong_login', 400, 'wrong_login', `Nobody was logged in. ${why} Log in again.`);

/** What the provider refused or did not answer, and what is not the answer to what was asked. */
function refusalOf(error: unknown): Refused {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    return wrongLogin(`The provider says "${(error.error_description ?? error.error).slice(0, 300)}".`);
  }
  const isAway = error instanceof client.ClientError && ['OAUTH_TIMEOUT', 'OAUTH_ABORT'].includes(error.code ?? '');
  if (isAway || (error instanceof TypeError && error.message === 'fetch failed')) {
    return providerAway('The provider does not answer right now. Try again in a moment.');
  }
  return wrongLogin(`The provider's answer does not belong to this login: ${textOf(error).slice(0, 300)}.`);
}

/** Where somebody wanted to go, when that is on our page: nobody is sent on to a stranger's. */
function ownPath(to: string | undefined, baseUrl: string): string {
  if (to === undefined || !to.startsWith('/') || to.length > MAX_PATH || !URL.canParse(to, baseUrl)) return '/';
  const { origin, pathname, search, hash } = new URL(to, baseUrl);
  // "//host" after a path with dots would lead away again.
  return origin === baseUrl && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}
