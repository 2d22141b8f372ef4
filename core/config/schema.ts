import { type Static, Type } from 'typebox';
import { Access } from './schema/access.ts';
import { Collector } from './schema/collector.ts';
import { Correlation } from './schema/correlation.ts';
import { Hosts } from './schema/hosts.ts';
import { Kafka } from './schema/kafka.ts';
import { Privacy } from './schema/privacy.ts';
import { Store } from './schema/store.ts';
import { Port, strict } from './schema/types.ts';

/**
 * What an operator may write in the YAML file. Every part is optional: without a file the product listens on loopback
 * with the embedded store. docs/configuration.md explains each line.
 */

export const ConfigSchema = Type.Object(
  {
    http: Type.Optional(Type.Object({ host: Type.Optional(Type.String()), port: Type.Optional(Port) }, strict)),
    access: Type.Optional(Access),
    privacy: Type.Optional(Privacy),
    store: Type.Optional(Store),
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
    kafka: Type.Optional(Kafka),
    collector: Type.Optional(Collector),
    correlation: Type.Optional(Correlation),
    linker: Type.Optional(
      Type.Object(
        {
          quietSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })),
          intervalSeconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 3600 })),
          leaseSeconds: Type.Optional(Type.Number({ minimum: 3, maximum: 600 })),
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
    hosts: Type.Optional(Hosts),
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
