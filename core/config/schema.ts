import { type Static, Type } from 'typebox';

/**
 * What an operator may write in the YAML file. Every part is optional: without a file the product listens on loopback
 * with the embedded store. docs/configuration.md explains each line.
 */

const strict = { additionalProperties: false } as const;
const Port = Type.Integer({ minimum: 0, maximum: 65535 });
/** "host:port", "[::1]:port" for IPv6. */
const Listen = Type.String({ pattern: '^(\\[[0-9a-fA-F:.]+\\]|[^:\\s]+):\\d{1,5}$' });
const Days = Type.Integer({ minimum: 0, maximum: 36500 });

export const ConfigSchema = Type.Object(
  {
    http: Type.Optional(Type.Object({ host: Type.Optional(Type.String()), port: Type.Optional(Port) }, strict)),
    access: Type.Optional(
      Type.Object(
        {
          anonymous: Type.Optional(Type.Boolean()),
          users: Type.Optional(
            Type.Array(
              Type.Object(
                { name: Type.String({ pattern: '^[^:\\s]{1,100}$' }), secret: Type.String({ minLength: 12 }) },
                strict,
              ),
            ),
          ),
        },
        strict,
      ),
    ),
    store: Type.Optional(
      Type.Object(
        {
          kind: Type.Optional(Type.Enum(['embedded', 'clickhouse'])),
          path: Type.Optional(Type.String()),
          url: Type.Optional(Type.String({ pattern: '^https?://' })),
          username: Type.Optional(Type.String()),
          password: Type.Optional(Type.String()),
          database: Type.Optional(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' })),
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
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
    journal: Type.Optional(
      Type.Object(
        {
          path: Type.Optional(Type.String({ minLength: 1 })),
          maxMegabytes: Type.Optional(Type.Number({ minimum: 1 })),
          maxHours: Type.Optional(Type.Number({ minimum: 0.01 })),
          whenFull: Type.Optional(Type.Enum(['wait', 'drop_oldest'])),
        },
        strict,
      ),
    ),
    roles: Type.Optional(Type.Array(Type.Enum(['collector', 'indexer', 'linker', 'api']), { minItems: 1 })),
    kafka: Type.Optional(
      Type.Object(
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
      ),
    ),
    collector: Type.Optional(
      Type.Object(
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
      ),
    ),
    correlation: Type.Optional(
      Type.Object(
        {
          headers: Type.Optional(Type.Array(Type.String({ pattern: "^[A-Za-z0-9!%*_+`'~.-]+$" }))),
          variables: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
          topologyHiding: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  kind: Type.Enum(['kamailio', 'opensips']),
                  prefix: Type.Optional(Type.String({ minLength: 1 })),
                  secret: Type.String({ minLength: 1 }),
                },
                strict,
              ),
            ),
          ),
          callbackRooms: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
          guesses: Type.Optional(Type.Boolean()),
          tenants: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  name: Type.String({ minLength: 1 }),
                  nodes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
                  domains: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
                },
                strict,
              ),
            ),
          ),
        },
        strict,
      ),
    ),
    linker: Type.Optional(
      Type.Object(
        {
          quietSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })),
          intervalSeconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 3600 })),
        },
        strict,
      ),
    ),
    metrics: Type.Optional(
      Type.Object({ maxLabelValues: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) }, strict),
    ),
    alerts: Type.Optional(
      Type.Object(
        {
          enabled: Type.Optional(Type.Boolean()),
          scale: Type.Optional(Type.Number({ minimum: 0.1, maximum: 20 })),
          dimensions: Type.Optional(Type.Array(Type.Enum(['tenant', 'trunk', 'node']))),
          top: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        },
        strict,
      ),
    ),
    hosts: Type.Optional(Type.Record(Type.String(), Type.String())),
    otlp: Type.Optional(
      Type.Object(
        {
          url: Type.String({ pattern: '^https?://' }),
          headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** The file as written. */
export type ConfigFile = Static<typeof ConfigSchema>;
