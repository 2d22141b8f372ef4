import { Type } from 'typebox';
import { Listen, Port, strict } from './types.ts';

export const Collector = Type.Object(
  {
    hep: Type.Optional(
      Type.Object(
        {
          udp: Type.Optional(Listen),
          tcp: Type.Optional(Listen),
          tls: Type.Optional(Type.Object({ listen: Listen, cert: Type.String(), key: Type.String() }, strict)),
          key: Type.Optional(Type.String({ minLength: 1 })),
        },
        strict,
      ),
    ),
    freeswitch: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            host: Type.String({ minLength: 1 }),
            port: Type.Optional(Port),
            user: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$' })),
            password: Type.String({ minLength: 1 }),
            logLevel: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
            utcOffsetMinutes: Type.Optional(Type.Integer({ minimum: -840, maximum: 840 })),
          },
          strict,
        ),
      ),
    ),
    asterisk: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            host: Type.String({ minLength: 1 }),
            port: Type.Optional(Port),
            username: Type.String({ minLength: 1 }),
            password: Type.String({ minLength: 1 }),
            askCallIds: Type.Optional(Type.Boolean()),
          },
          strict,
        ),
      ),
    ),
    logFiles: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ minLength: 1 }),
            node: Type.String({ minLength: 1 }),
            utcOffsetMinutes: Type.Optional(Type.Integer({ minimum: -840, maximum: 840 })),
          },
          strict,
        ),
      ),
    ),
    trustSenderClock: Type.Optional(Type.Boolean()),
  },
  strict,
);
