import { Type } from 'typebox';
import { Listen, Port, strict } from './types.ts';

/** A line break would begin another command to the switch. */
const Line = Type.String({ pattern: '^[^\\r\\n]+$' });
const Rate = Type.Integer({ minimum: 1, maximum: 10_000_000 });

const Sender = Type.Object(
  {
    address: Type.String({ minLength: 1 }),
    key: Type.Optional(Type.String({ minLength: 1 })),
    maxPerSecond: Type.Optional(Rate),
  },
  strict,
);

const Tls = Type.Object(
  {
    ca: Type.Optional(Type.String({ minLength: 1 })),
    cert: Type.Optional(Type.String({ minLength: 1 })),
    key: Type.Optional(Type.String({ minLength: 1 })),
    servername: Type.Optional(Type.String({ minLength: 1 })),
  },
  strict,
);

const UtcOffset = Type.Optional(Type.Integer({ minimum: -840, maximum: 840 }));

/** How an event socket is reached and listened to, of a node that is named as of those that are found. */
const freeswitchAccess = {
  port: Type.Optional(Port),
  tls: Type.Optional(Tls),
  user: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$' })),
  password: Line,
  logLevel: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
  utcOffsetMinutes: UtcOffset,
};

export const Collector = Type.Object(
  {
    hep: Type.Optional(
      Type.Object(
        {
          udp: Type.Optional(Listen),
          tcp: Type.Optional(Listen),
          tls: Type.Optional(
            Type.Object(
              {
                listen: Listen,
                cert: Type.String(),
                key: Type.String(),
                clientCa: Type.Optional(Type.String({ minLength: 1 })),
                clientNames: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
              },
              strict,
            ),
          ),
          key: Type.Optional(Type.String({ minLength: 1 })),
          allow: Type.Optional(Type.Array(Type.Union([Type.String({ minLength: 1 }), Sender]))),
          unknown: Type.Optional(Type.Enum(['refuse', 'quarantine'])),
          maxPerSender: Type.Optional(Rate),
          maxConnections: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
          maxConnectionsPerSender: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
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
            ...freeswitchAccess,
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
            tls: Type.Optional(Tls),
            username: Line,
            password: Line,
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
            utcOffsetMinutes: UtcOffset,
          },
          strict,
        ),
      ),
    ),
    discover: Type.Optional(
      Type.Array(
        Type.Object(
          {
            kind: Type.Enum(['freeswitch']),
            dns: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,253}$' })),
            names: Type.Optional(Type.Enum(['switch', 'dns'])),
            file: Type.Optional(Type.String({ minLength: 1 })),
            everySeconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 3600 })),
            goneSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400 })),
            ...freeswitchAccess,
          },
          strict,
        ),
      ),
    ),
    dnsServers: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    trustSenderClock: Type.Optional(Type.Boolean()),
  },
  strict,
);
