import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../bus/journal/limits.ts';
import { resolveAccess } from './access.ts';
import { ALERT_DIMENSIONS, type Config, type ReaderConfig, type StoreConfig } from './config.ts';
import { resolveDiscover } from './discover.ts';
import { parseEndpoint } from './endpoint.ts';
import { resolveHep } from './hep.ts';
import { resolveNodeTls } from './node-tls.ts';
import { resolvePrivacy } from './privacy.ts';
import { DEFAULT_RETENTION } from './retention.ts';
import { resolveKafka, resolveRoles } from './roles.ts';
import { resolveHosts } from './schema/hosts.ts';
import type { ConfigFile } from './schema.ts';

/** Fills in the defaults. Without a file everything listens on loopback only. */
export function resolveConfig(file: ConfigFile): Config {
  return {
    http: { host: file.http?.host ?? '127.0.0.1', port: file.http?.port ?? 8080 },
    store: resolveStore(file.store),
    privacy: resolvePrivacy(file),
    access: resolveAccess(file.access),
    retention: { ...DEFAULT_RETENTION, ...file.store?.retention },
    journal: resolveJournal(file),
    roles: resolveRoles(file),
    ...(file.kafka === undefined ? {} : { kafka: resolveKafka(file.kafka) }),
    hep: resolveHep(file.collector?.hep),
    freeswitch: (file.collector?.freeswitch ?? []).map(({ tls, ...node }, i) => ({
      ...{ port: 8021, logLevel: 7, ...node },
      ...resolveNodeTls(tls, `collector.freeswitch[${i}].tls`),
    })),
    asterisk: (file.collector?.asterisk ?? []).map(({ tls, ...node }, i) => ({
      ...{ port: 5038, ...node },
      ...resolveNodeTls(tls, `collector.asterisk[${i}].tls`),
    })),
    logFiles: file.collector?.logFiles ?? [],
    discover: (file.collector?.discover ?? []).map((one, i) => resolveDiscover(one, `collector.discover[${i}]`)),
    dnsServers: file.collector?.dnsServers ?? [],
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
    tenants: (file.correlation?.tenants ?? []).map(({ name, nodes = [], domains = [], retention }) => ({
      ...{ name, nodes, domains },
      ...(retention === undefined ? {} : { retention }),
    })),
    linker: { quietSeconds: 20, intervalSeconds: 10, leaseSeconds: 15, ...file.linker },
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
    const { url = '', username, password, database, cluster } = store;
    return {
      kind: 'clickhouse',
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
      ...(cluster === undefined ? {} : { cluster }),
    };
  }
  const { reader } = store ?? {};
  return {
    kind: 'embedded',
    path: store?.path ?? 'data',
    ...(reader === undefined ? {} : { reader: resolveReader(reader) }),
  };
}

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
