import { Value } from 'typebox/value';
import { ACCESS_URLS, accessProblems } from './access.ts';
import { discoverProblems } from './discover.ts';
import { hepProblems } from './hep.ts';
import { nodeTlsProblems } from './node-tls.ts';
import { privacyProblems } from './privacy.ts';
import { retentionProblems } from './retention.ts';
import { roleProblems } from './roles.ts';
import { hostProblems } from './schema/hosts.ts';
import { type ConfigFile, ConfigSchema } from './schema.ts';

/** Six weeks that the detector learns from, and three in which it may be away and still begin anew from the counts. */
const LEAST_COUNTS_DAYS = 63;

/** Every mistake of a file that was read, one sentence each, with the name of its setting. */
export function schemaProblems(raw: unknown): string[] {
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
  if (file.store?.kind !== 'clickhouse' && file.store?.cluster !== undefined) {
    problems.push('store.cluster: is of a ClickHouse server; the embedded store is one');
  }
  if (file.store?.kind === 'clickhouse' && file.store.reader !== undefined) {
    problems.push('store.reader: is of the embedded store; a server has users of its own (docs/grafana.md)');
  }
  const names = new Set<string>();
  for (const kind of ['freeswitch', 'asterisk'] as const) {
    const nodes = file.collector?.[kind];
    for (const [i, node] of (Array.isArray(nodes) ? nodes : []).entries()) {
      if (names.has(node?.name)) problems.push(`collector.${kind}[${i}].name: "${node.name}" is used twice`);
      names.add(node?.name);
      problems.push(...nodeTlsProblems(node?.tls, `collector.${kind}[${i}].tls`));
    }
  }
  problems.push(...discoverProblems(file.collector ?? {}));
  problems.push(...hepProblems(file.collector?.hep));
  problems.push(...accessProblems(file));
  problems.push(...privacyProblems(file));
  problems.push(...hostProblems(file.hosts));
  problems.push(...tenantProblems(file.correlation?.tenants));
  problems.push(...retentionProblems(file));
  const counts = file.store?.retention?.counts;
  if (typeof counts === 'number' && counts > 0 && counts < LEAST_COUNTS_DAYS) {
    problems.push(
      `store.retention.counts: must be at least ${LEAST_COUNTS_DAYS} days, or 0 for ever: alerts learn from six weeks of counts`,
    );
  }
  problems.push(...roleProblems(file));
  return [...new Set(problems)];
}

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
  if (['store.url', 'otlp.url', ...ACCESS_URLS].includes(path)) return 'must begin with http:// or https://';
  if (path === 'store.reader.listen') return 'must be "host:port", for example "127.0.0.1:8123"';
  if (path.startsWith('kafka.brokers')) return 'must be "host:port", for example "kafka1:9092"';
  if (path === 'kafka.topic') return 'may hold letters, digits, ".", "_" and "-" only';
  if (/^collector\.hep\.(udp|tcp|tls\.listen)$/.test(path))
    return 'must be "host:port", for example "0.0.0.0:9060" or "[::]:9060"';
  if (/^access\.users\[\d+\]\.name$/.test(path)) return 'must be a name without colon and spaces';
  if (/\.(password|username)$/.test(path)) return 'must be there, and without a line break';
  if (path.startsWith('access.grafana.orgs')) return 'is by the number of an organisation';
  if (path.endsWith('.user')) return 'must be "user@domain", as in the FreeSWITCH directory';
  return 'is not written as expected';
}
