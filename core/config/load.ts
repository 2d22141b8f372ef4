import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { LineCounter, parseDocument } from 'yaml';
import { DEFAULT_LIMITS } from '../bus/journal/limits.ts';
import { resolveKafka, resolveRoles, roleProblems } from './roles.ts';
import {
  ALERT_DIMENSIONS,
  type Config,
  type ConfigFile,
  ConfigSchema,
  type Endpoint,
  type ReaderConfig,
  type StoreConfig,
} from './schema.ts';

/** Every mistake of a configuration at once, one sentence each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads and checks a YAML file. Throws {@link ConfigError} with every mistake. */
export function loadConfig(path: string, env: NodeJS.ProcessEnv = process.env): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return parseConfig(text, env, path);
}

export function parseConfig(text: string, env: NodeJS.ProcessEnv = process.env, name = 'the configuration'): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors.map((e) => `${name}: ${e.message.split('\n')[0]}`);
  if (syntax.length > 0) throw new ConfigError(syntax);
  const problems: string[] = [];
  const raw: unknown = fillSecrets(document.toJS() ?? {}, env, '', problems);
  problems.push(...schemaProblems(raw));
  if (problems.length > 0) throw new ConfigError(problems);
  return resolveConfig(raw as ConfigFile);
}

/** "${NAME}" in any string stands for an environment variable, so that secrets stay out of the file. */
function fillSecrets(value: unknown, env: NodeJS.ProcessEnv, path: string, problems: string[]): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
      const found = env[name];
      if (found === undefined) problems.push(`${path}: the environment variable ${name} is not set`);
      return found ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((item, i) => fillSecrets(item, env, `${path}[${i}]`, problems));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        fillSecrets(item, env, path === '' ? key : `${path}.${key}`, problems),
      ]),
    );
  }
  return value;
}

function schemaProblems(raw: unknown): string[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return ['the file must hold "name: value" lines'];
  const problems: string[] = [];
  for (const error of Value.Errors(ConfigSchema, raw)) {
    const path = error.instancePath
      .slice(1)
      .replace(/\/(\d+)/g, '[$1]')
      .replaceAll('/', '.');
    if (error.keyword === 'additionalProperties') {
      for (const key of error.params.additionalProperties) {
        problems.push(`${path === '' ? key : `${path}.${key}`}: there is no such setting`);
      }
    } else if (error.keyword === 'required') {
      for (const key of error.params.requiredProperties) {
        problems.push(`${path === '' ? key : `${path}.${key}`}: is missing`);
      }
    } else if (error.keyword === 'pattern') {
      problems.push(`${path}: ${hintFor(path)}`);
    } else if (error.keyword === 'enum') {
      problems.push(`${path}: must be one of ${error.params.allowedValues.join(', ')}`);
    } else if (error.keyword !== 'boolean') {
      problems.push(`${path === '' ? 'the file' : path}: ${error.message}`);
    }
  }
  const file = raw as ConfigFile;
  if (file.store?.kind === 'clickhouse' && file.store.url === undefined) problems.push('store.url: is missing');
  if (file.store?.kind === 'clickhouse' && file.store.reader !== undefined) {
    problems.push('store.reader: is of the embedded store; a server has users of its own (docs/grafana.md)');
  }
  const names = new Set<string>();
  for (const kind of ['freeswitch', 'asterisk'] as const) {
    const nodes = file.collector?.[kind];
    for (const [i, node] of (Array.isArray(nodes) ? nodes : []).entries()) {
      if (names.has(node?.name)) problems.push(`collector.${kind}[${i}].name: "${node.name}" is used twice`);
      names.add(node?.name);
    }
  }
  problems.push(...accessProblems(file));
  problems.push(...tenantProblems(file.correlation?.tenants));
  const counts = file.store?.retention?.counts;
  if (typeof counts === 'number' && counts > 0 && counts < LEAST_COUNTS_DAYS) {
    problems.push(
      `store.retention.counts: must be at least ${LEAST_COUNTS_DAYS} days, or 0 for ever: alerts learn from six weeks of counts`,
    );
  }
  problems.push(...roleProblems(file));
  return [...new Set(problems)];
}

/** Off loopback nothing is open by default: calls are of people. */
function accessProblems({ http, access }: ConfigFile): string[] {
  const users = Array.isArray(access?.users) ? access.users : [];
  const problems: string[] = [];
  for (const [i, user] of users.entries()) {
    const name = user?.name;
    if (name !== undefined && users.findIndex((other) => other?.name === name) < i)
      problems.push(`access.users[${i}].name: "${name}" is used twice`);
  }
  const host = http?.host ?? '127.0.0.1';
  if (typeof host !== 'string' || isLoopback(host) || users.length > 0 || access?.anonymous === true) return problems;
  problems.push(
    `http.host: at ${host} everybody on the network could read every call: name those who may in access.users, or say access.anonymous: true`,
  );
  return problems;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** The list may be anything but what the schema asks for: that is told elsewhere. */
function tenantProblems(tenants: unknown): string[] {
  const problems: string[] = [];
  const names = new Set<unknown>();
  const taken = new Map<string, unknown>();
  for (const [i, tenant] of (Array.isArray(tenants) ? tenants : []).entries()) {
    if (typeof tenant !== 'object' || tenant === null) continue;
    const at = `correlation.tenants[${i}]`;
    const { name, nodes, domains } = tenant as Record<string, unknown>;
    if (name !== undefined && names.has(name)) problems.push(`${at}.name: "${name}" is used twice`);
    names.add(name);
    const own = Object.entries({ nodes, domains }).flatMap(([kind, list]) =>
      (Array.isArray(list) ? list : []).map((one) => [kind, one] as const),
    );
    if (own.length === 0 && isListOrNothing(nodes) && isListOrNothing(domains)) {
      problems.push(`${at}: has neither nodes nor domains, so that no leg would be of this tenant`);
    }
    for (const [kind, one] of own) {
      const key = `${kind} ${String(one).toLowerCase()}`;
      if (taken.has(key)) problems.push(`${at}.${kind}: "${one}" is of tenant "${taken.get(key)}" already`);
      taken.set(key, name);
    }
  }
  return problems;
}

const isListOrNothing = (value: unknown): boolean => value === undefined || Array.isArray(value);

function hintFor(path: string): string {
  if (path === 'store.url' || path === 'otlp.url') return 'must begin with http:// or https://';
  if (path === 'store.reader.listen') return 'must be "host:port", for example "127.0.0.1:8123"';
  if (path.startsWith('kafka.brokers')) return 'must be "host:port", for example "kafka1:9092"';
  if (path === 'kafka.topic') return 'may hold letters, digits, ".", "_" and "-" only';
  if (path.startsWith('collector.hep')) return 'must be "host:port", for example "0.0.0.0:9060" or "[::]:9060"';
  if (/^access\.users\[\d+\]\.name$/.test(path)) return 'must be a name without colon and spaces';
  if (path.endsWith('.user')) return 'must be "user@domain", as in the FreeSWITCH directory';
  return 'is not written as expected';
}

/** "host:port" or "[v6]:port", already checked by the schema. */
export function parseEndpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (port > 65535) throw new ConfigError([`${text}: a port is at most 65535`]);
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}

const DEFAULT_RETENTION = { messages: 30, events: 30, logs: 14, identifiers: 30, counts: 70, alerts: 400 };
/** Six weeks that the detector learns from, and three in which it may be away and still begin anew from the counts. */
const LEAST_COUNTS_DAYS = 63;

/** Fills in the defaults. Without a file everything listens on loopback only. */
export function resolveConfig(file: ConfigFile): Config {
  const hep = file.collector?.hep;
  return {
    http: { host: file.http?.host ?? '127.0.0.1', port: file.http?.port ?? 8080 },
    store: resolveStore(file.store),
    access: { users: file.access?.users ?? [], anonymous: isAnonymous(file) },
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
    hosts: file.hosts ?? {},
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
