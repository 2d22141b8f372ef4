import { Type } from 'typebox';
import { Days, Listen, strict } from './types.ts';

export const Store = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['embedded', 'clickhouse'])),
    path: Type.Optional(Type.String()),
    url: Type.Optional(Type.String({ pattern: '^https?://' })),
    username: Type.Optional(Type.String()),
    password: Type.Optional(Type.String()),
    database: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' })),
    cluster: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' })),
    reader: Type.Optional(
      Type.Object(
        {
          listen: Type.Optional(Listen),
          password: Type.String({ minLength: 8 }),
          maxSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 600 })),
          maxMemoryMb: Type.Optional(Type.Integer({ minimum: 16, maximum: 1_000_000 })),
          maxRows: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        strict,
      ),
    ),
    retention: Type.Optional(
      Type.Object(
        {
          messages: Type.Optional(Days),
          events: Type.Optional(Days),
          logs: Type.Optional(Days),
          identifiers: Type.Optional(Days),
          counts: Type.Optional(Days),
          alerts: Type.Optional(Days),
          audit: Type.Optional(Days),
        },
        strict,
      ),
    ),
  },
  strict,
);
