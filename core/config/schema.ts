import { type Static, Type } from 'typebox';
import type { JournalLimits } from '../bus/journal/limits.ts';
import type { Tenant } from '../runtime/tenants.ts';

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

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface FreeswitchNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password: string;
  readonly logLevel: number;
  readonly utcOffsetMinutes?: number;
}

/** One Asterisk's manager interface (AMI). */
export interface AsteriskNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Ask for the Call-ID of every PJSIP channel. */
  readonly askCallIds?: boolean;
}

/** A FreeSWITCH log file (mod_logfile) that is followed as it grows and rotates. */
export interface LogFile {
  readonly path: string;
  /** Name of the FreeSWITCH that writes it, as in `collector.freeswitch[].name`. */
  readonly node: string;
  /** Time zone of its lines; that of this machine when not given. */
  readonly utcOffsetMinutes?: number;
}

/** How a proxy disguises Call-IDs, so that they can be read again. */
export interface TopologyHiding {
  readonly kind: 'kamailio' | 'opensips';
  /** What a disguised Call-ID begins with. */
  readonly prefix: string;
  readonly secret: string;
}

export type StoreConfig =
  | { readonly kind: 'embedded'; readonly path: string; readonly reader?: ReaderConfig }
  | {
      readonly kind: 'clickhouse';
      readonly url: string;
      readonly username?: string;
      readonly password?: string;
      readonly database?: string;
    };

/** ClickHouse's HTTP interface of the embedded store, for those who read by SQL. */
export interface ReaderConfig extends Endpoint {
  readonly password: string;
  readonly maxSeconds: number;
  readonly maxMemoryMb: number;
  /** Rows that one question may read. */
  readonly maxRows: number;
}

/** Where traces of calls are sent to, over OTLP/HTTP. */
export interface OtlpConfig {
  /** Whole, as "http://collector:4318/v1/traces". */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a process may do of the whole. */
export type Role = 'collector' | 'indexer' | 'linker' | 'api';

/** The brokers and the topic between collectors and indexers. */
export interface KafkaConfig {
  /** "host:port" of some of them; they tell of the others. */
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Of all indexers that share the topic. */
  readonly group: string;
  readonly clientId: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** PEM texts; without `ca` the certificates that Node ships with are believed. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** Days that each kind of row is kept; 0 keeps it for ever. */
export interface Retention {
  readonly messages: number;
  readonly events: number;
  readonly logs: number;
  readonly identifiers: number;
  /** Counts of outcomes by the minute: six weeks of them are what the detector compares with. */
  readonly counts: number;
  readonly alerts: number;
}

export const ALERT_DIMENSIONS = ['tenant', 'trunk', 'node'] as const;
export type AlertDimension = (typeof ALERT_DIMENSIONS)[number];

/** What the detector of failed-call spikes watches beside the site. */
export interface AlertsConfig {
  readonly enabled: boolean;
  /** All thresholds times this. */
  readonly scale: number;
  readonly dimensions: readonly AlertDimension[];
  /** Most series of one dimension: those with the most attempts. */
  readonly top: number;
}

/** Who may ask over HTTP. */
export interface User {
  readonly name: string;
  /** Password and token in one. */
  readonly secret: string;
}

export interface AccessConfig {
  readonly users: readonly User[];
  /** Everybody who reaches the port may read, with or without a name. */
  readonly anonymous: boolean;
}

/** The configuration with every default filled in. */
export interface Config {
  readonly http: Endpoint;
  readonly access: AccessConfig;
  readonly store: StoreConfig;
  readonly retention: Retention;
  /** Where what is not stored yet is kept. */
  readonly journal: JournalLimits & { readonly path: string };
  /** What this process does. */
  readonly roles: readonly Role[];
  /** What is taken goes through it; straight from collector to indexer without. */
  readonly kafka?: KafkaConfig;
  readonly hep: {
    readonly udp: Endpoint;
    readonly tcp: Endpoint;
    readonly tls?: { readonly listen: Endpoint; readonly cert: string; readonly key: string };
    readonly key?: string;
  };
  readonly freeswitch: readonly FreeswitchNode[];
  readonly asterisk: readonly AsteriskNode[];
  readonly logFiles: readonly LogFile[];
  readonly trustSenderClock: boolean;
  /** Lower-case SIP header names whose equal values join legs. */
  readonly correlationHeaders: readonly string[];
  /** Channel variable names whose equal values join legs. */
  readonly correlationVariables: readonly string[];
  readonly topologyHiding: readonly TopologyHiding[];
  /** Conference rooms, "*" standing for any text, in which a caller waits for the one who calls back: one call. */
  readonly callbackRooms: readonly string[];
  /** Join legs without proof where one candidate alone fits, marked as guesses. */
  readonly guesses: boolean;
  /** Whose calls the site carries; empty for a site of one tenant. */
  readonly tenants: readonly Tenant[];
  /** When the linker puts a call together, and how often it looks. */
  readonly linker: { readonly quietSeconds: number; readonly intervalSeconds: number };
  /** Most values of one label of the metrics of calls. */
  readonly metrics: { readonly maxLabelValues: number };
  readonly alerts: AlertsConfig;
  /** Address → the name to show. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Traces are sent nowhere without it. */
  readonly otlp?: OtlpConfig;
}
