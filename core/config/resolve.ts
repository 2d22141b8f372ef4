import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../bus/journal/limits.ts';
import { ALERT_DIMENSIONS, type Config, type Endpoint, type ReaderConfig, type StoreConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { resolveKafka, resolveRoles } from './roles.ts';
import { resolveHosts } from './schema/hosts.ts';
import type { ConfigFile } from './schema.ts';

/** "host:port" or "[v6]:port", already checked by the schema. */
export function parseEndpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (port > 65535) throw new ConfigError([`${text}: a port is at most 65535`]);
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}

const DEFAULT_RETENTION = { messages: 30, events: 30, logs: 14, identifiers: 30, counts: 70, alerts: 400 };

/** Fills in the defaults. Without a file everything listens on loopback only. */
export function resolveConfig(file: ConfigFile): Config {
  const hep = file.collector?.hep;
  return {
    http: { host: file.http?.host ?? '127.0.0.1', port: file.http?.port ?? 8080 },
    store: resolveStore(file.store),
    access: {
      users: (file.access?.users ?? []).map((user) => ({ role: 'reader', ...user })),
      anonymous: isAnonymous(file),
    },
    retention: { ...DEFAULT_RETENTION, ...file.store?.retention },
    journal: resolveJournal(file),
    roles: resolveRoles(file),
    ...(file.kafka === undefined ? {} : { kafka: resolveKafka(file.kafka, readPem) }),
    hep: {
      udp: parseEndpoint(hep?.udp ?? '127.0.0.1:9060'),
      tcp: parseEndpoint(hep?.tcp ?? '127.0.0.1:9060'),
      ...(hep?.tls === undefined
        ? {}
        : {
            tls: {
              listen: parseEndpoint(hep.tls.listen),
              cert: readPem(hep.tls.cert, 'collector.hep.tls.cert'),
              key: readPem(hep.tls.key, 'collector.hep.tls.key'),
            },
          }),
      ...(hep?.key === undefined ? {} : { key: hep.key }),
    },
    freeswitch: (file.collector?.freeswitch ?? []).map((node) => ({ port: 8021, logLevel: 7, ...node })),
    asterisk: (file.collector?.asterisk ?? []).map((node) => ({ port: 5038, ...node })),
    logFiles: file.collector?.logFiles ?? [],
    trustSenderClock: file.collector?.trustSenderClock ?? false,
    correlationHeaders: (file.correlation?.headers ?? ['X-CID', 'X-Call-ID']).map((name) => name.toLowerCase()),
    correlationVariables: file.correlation?.variables ?? ['common_uuid', 'caller_callid'],
    topologyHiding: (file.correlation?.topologyHiding ?? []).map((one) => ({
      ...one,
      // The defaults of Kamailio's topoh (mask_callid) and OpenSIPS's topology_hiding (th_callid_prefix).
      prefix: one.prefix ?? (one.kind === 'kamailio' ? '!!:' : 'DLGCH_'),
    })),
    callbackRooms: file.correlation?.callbackRooms ?? [],
    guesses: file.correlation?.guesses ?? false,
    tenants: (file.correlation?.tenants ?? []).map(({ name, nodes = [], domains = [] }) => ({ name, nodes, domains })),
    linker: { quietSeconds: 20, intervalSeconds: 10, ...file.linker },
    metrics: { maxLabelValues: 200, ...file.metrics },
    alerts: { enabled: true, scale: 1, dimensions: ALERT_DIMENSIONS, top: 20, ...file.alerts },
    hosts: resolveHosts(file.hosts),
    ...(file.otlp === undefined ? {} : { otlp: { url: file.otlp.url, headers: file.otlp.headers ?? {} } }),
  };
}

type ReaderFile = NonNullable<NonNullable<ConfigFile['store']>['reader']>;

const resolveReader = ({ listen = '127.0.0.1:8123', ...given }: ReaderFile): ReaderConfig => ({
  ...{ maxSeconds: 10, maxMemoryMb: 512, maxRows: 50_000_000 },
  ...given,
  ...parseEndpoint(listen),
});

function resolveStore(store: ConfigFile['store']): StoreConfig {
  if (store?.kind === 'clickhouse') {
    const { url = '', username, password, database } = store;
    return {
      kind: 'clickhouse',
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
    };
  }
  const { reader } = store ?? {};
  return {
    kind: 'embedded',
    path: store?.path ?? 'data',
    ...(reader === undefined ? {} : { reader: resolveReader(reader) }),
  };
}

/** With users named everybody says who he is; without any only those on this machine can ask. */
const isAnonymous = ({ access }: ConfigFile): boolean => access?.anonymous ?? (access?.users ?? []).length === 0;

function resolveJournal({ journal, store }: ConfigFile): Config['journal'] {
  const { maxMegabytes, maxHours, whenFull } = journal ?? {};
  return {
    // Beside the rows that its events become; a server's rows are elsewhere.
    path: journal?.path ?? join(store?.path ?? 'data', 'journal'),
    maxBytes: maxMegabytes === undefined ? DEFAULT_LIMITS.maxBytes : Math.round(maxMegabytes * 1024 ** 2),
    maxAgeMs: maxHours === undefined ? DEFAULT_LIMITS.maxAgeMs : Math.round(maxHours * 3_600_000),
    whenFull: whenFull ?? DEFAULT_LIMITS.whenFull,
  };
}

function readPem(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${setting}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
