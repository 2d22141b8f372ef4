import { Type } from 'typebox';
import { Listen, strict } from './types.ts';

export const Kafka = Type.Object(
  {
    brokers: Type.Array(Listen, { minItems: 1 }),
    // What Kafka takes as a name.
    topic: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,249}$' })),
    group: Type.Optional(Type.String({ minLength: 1 })),
    clientId: Type.Optional(Type.String({ minLength: 1 })),
    compression: Type.Optional(Type.Enum(['none', 'gzip', 'zstd'])),
    tls: Type.Optional(
      Type.Object(
        {
          ca: Type.Optional(Type.String({ minLength: 1 })),
          cert: Type.Optional(Type.String({ minLength: 1 })),
          key: Type.Optional(Type.String({ minLength: 1 })),
        },
        strict,
      ),
    ),
    sasl: Type.Optional(
      Type.Object(
        {
          mechanism: Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512']),
          username: Type.String({ minLength: 1 }),
          password: Type.String({ minLength: 1 }),
        },
        strict,
      ),
    ),
  },
  strict,
);
