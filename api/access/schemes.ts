import type { AccessConfig } from '../../core/config/config.ts';

/** How one says who one is, for OpenAPI 3. */
export function securitySchemes({ openid }: AccessConfig) {
  return {
    basic: { type: 'http', scheme: 'basic', description: 'A name and its secret of access.users' },
    bearer: { type: 'http', scheme: 'bearer', description: 'A secret of access.users alone' },
    ...(openid === undefined
      ? {}
      : {
          session: {
            type: 'apiKey' as const,
            in: 'cookie' as const,
            name: 'calltrail_session',
            description: 'The cookie of whoever has logged in at /login',
          },
          openid: {
            type: 'openIdConnect' as const,
            openIdConnectUrl: `${openid.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
            description: 'A token of the provider, where access.openid.audience is set',
          },
        }),
  } as const;
}
