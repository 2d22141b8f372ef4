import { Type } from 'typebox';
import { strict } from './types.ts';

const Role = Type.Enum(['reader', 'operator', 'admin']);
/** Names out of `correlation.tenants`, or "*" alone for all of them. */
const Tenants = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const Name = Type.String({ minLength: 1 });
const Url = Type.String({ pattern: '^https?://' });

/** Whom a provider of OpenID Connect vouches for. */
const OpenId = Type.Object(
  {
    issuer: Url,
    clientId: Name,
    clientSecret: Type.String({ minLength: 12 }),
    baseUrl: Url,
    scopes: Type.Optional(Type.Array(Name, { minItems: 1 })),
    name: Type.Optional(Name),
    roles: Type.Optional(
      Type.Object(
        {
          claim: Name,
          values: Type.Optional(Type.Record(Type.String(), Role)),
          otherwise: Type.Optional(Type.Enum(['reader', 'operator', 'admin', 'none'])),
        },
        strict,
      ),
    ),
    tenants: Type.Optional(Type.Object({ claim: Name, values: Type.Record(Type.String(), Tenants) }, strict)),
    sessionHours: Type.Optional(Type.Number({ minimum: 0.1, maximum: 720 })),
    audience: Type.Optional(Name),
  },
  strict,
);

/** Whom a Grafana vouches for, beside the user of its data source. */
const Grafana = Type.Object(
  {
    keys: Name,
    issuer: Url,
    roles: Type.Optional(Type.Record(Type.String(), Role)),
    orgs: Type.Optional(Type.Record(Type.String({ pattern: '^\\d+$' }), Tenants)),
    users: Type.Optional(
      Type.Record(Type.String(), Type.Object({ role: Type.Optional(Role), tenants: Type.Optional(Tenants) }, strict)),
    ),
  },
  strict,
);

const Limits = Type.Object(
  {
    requestsPerMinute: Type.Optional(Type.Integer({ minimum: 1 })),
    questions: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    waiting: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
    tails: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  strict,
);

export const Access = Type.Object(
  {
    anonymous: Type.Optional(Type.Boolean()),
    users: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: '^[^:\\s]{1,100}$' }),
            secret: Type.String({ minLength: 12 }),
            role: Type.Optional(Role),
            tenants: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
          },
          strict,
        ),
      ),
    ),
    openid: Type.Optional(OpenId),
    grafana: Type.Optional(Grafana),
    limits: Type.Optional(Limits),
    proxies: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$' }), { minItems: 1 })),
  },
  strict,
);
