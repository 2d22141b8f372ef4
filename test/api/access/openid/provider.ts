import type { Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

/** A real provider of OpenID Connect (npm: oidc-provider) on a port of this machine, and a browser that logs in there. */
export interface RealProvider {
  readonly issuer: string;
  readonly server: Server;
  close(): Promise<void>;
}

export const CLIENT = { clientId: 'calltrail', clientSecret: 'a secret of the client' } as const;
export const AUDIENCE = 'https://calltrail.example/api';

/** What the provider knows of people. */
export const PEOPLE: Readonly<Record<string, Record<string, unknown>>> = {
  alice: { preferred_username: 'alice', groups: ['voip-admins', 'staff'] },
  bob: { preferred_username: 'bob', groups: ['acme'], org: { names: ['acme'] } },
  carol: { preferred_username: 'carol', groups: ['staff'] },
  mallory: { preferred_username: 'mallory', groups: ['toString', 'guests'] },
};

export async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' };
}

export interface ProviderOptions {
  readonly port: number;
  /** The first one signs. */
  readonly keys: readonly JWK[];
  /** Where browsers come back to. */
  readonly baseUrl: string;
}

export async function startProvider({ port, keys, baseUrl }: ProviderOptions): Promise<RealProvider> {
  const issuer = `http://127.0.0.1:${port}`;
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${baseUrl}/login/callback`],
        post_logout_redirect_uris: [`${baseUrl}/`],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: 'machine',
        client_secret: 'a secret of the machine',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [...keys] as never },
    cookies: { keys: ['of this test alone'] },
    claims: { openid: ['sub'], profile: ['preferred_username'], email: ['groups', 'org'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
    ttl: { ClientCredentials: 600, AccessToken: 600, IdToken: 600, Session: 600, Interaction: 600, Grant: 600 },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, indicator) => ({
          audience: indicator,
          scope: 'read',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ groups: ['machines'] }),
  };
  const provider = new Provider(issuer, configuration);
  // It warns of its forms for development, which these tests are.
  const server = await new Promise<Server>((resolve) => {
    const listening = provider.listen(port, '127.0.0.1', () => resolve(listening));
  });
  return {
    issuer,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A token of the machine, with the audience that is asked for. */
export async function machineToken(issuer: string, resource: string): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`machine:${encodeURIComponent('a secret of the machine')}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read', resource }),
  });
  const body = (await answer.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`the provider gave no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
