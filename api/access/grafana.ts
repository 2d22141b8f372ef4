import type { JWTPayload } from 'jose';
import type { GrafanaConfig } from '../../core/config/config.ts';
import { Refused } from './refused.ts';
import { localKeys, nameOf, remoteKeys, verified, type Wanted } from './token.ts';
import { bothTenants, type Known, lower, type Viewer } from './viewer.ts';

/**
 * Grafana's word on who looks at a dashboard. Its data sources and its data source proxy send a JWT signed with ES256 in
 * the header X-Grafana-Id (pkg/services/auth/idimpl): `iss` is the root URL, `aud` "org:<number>", `sub` "<type>:<id>",
 * `username` and `role` (Admin, Editor, Viewer, None) the person's; the keys are at /api/signing-keys/keys.
 */
export const GRAFANA_ID = 'x-grafana-id';

export interface GrafanaIds {
  /**
   * The person whom the header names, with no more rights than the one who asks for him has.
   *
   * @throws Refused for a header that is not right, and for somebody who may not what the other one may
   */
  narrow(asking: Known, header: string): Promise<Known>;
}

export function createGrafanaIds(config: GrafanaConfig): GrafanaIds {
  const { keys, issuer } = config;
  const bare = issuer.replace(/\/+$/, '');
  const wanted: Wanted = {
    keys: 'url' in keys ? remoteKeys(keys.url) : localKeys(keys.text),
    options: {
      issuer: [bare, `${bare}/`],
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'aud', 'exp'],
    },
    name: 'The header X-Grafana-Id',
    whose: `Grafana at ${bare}`,
    ...{ reason: 'grafana_identity', status: 401 },
  };
  return {
    async narrow({ viewer: asking }, header) {
      const person = personOf(await verified(header, wanted), config);
      const tenants = bothTenants(asking.tenants, person.tenants);
      if (tenants?.length === 0) throw nothing(person.name, 'none of the tenants of the data source is his');
      return {
        viewer: {
          name: person.name,
          role: lower(asking.role, person.role),
          ...(tenants === undefined ? {} : { tenants }),
        },
        ...{ via: 'grafana', through: asking.name },
      };
    },
  };
}

function personOf(claims: JWTPayload, { roles, orgs, users }: GrafanaConfig): Viewer {
  const name = nameOf(claims, ['username']);
  const own = Object.hasOwn(users, name) ? users[name] : undefined;
  const said = typeof claims.role === 'string' ? claims.role : 'Viewer';
  const role = own?.role ?? (Object.hasOwn(roles, said) ? roles[said] : undefined);
  if (role === undefined) throw nothing(name, `the role ${said.slice(0, 40)} of Grafana stands for none here`);
  const tenants = own?.tenants ?? tenantsOf(claims, orgs, name);
  return { name, role, ...(tenants === undefined || tenants.includes('*') ? {} : { tenants }) };
}

function tenantsOf({ aud = [] }: JWTPayload, orgs: GrafanaConfig['orgs'], name: string): readonly string[] | undefined {
  if (orgs === undefined) return undefined;
  const numbers = [aud].flat().map((one) => /^org:(\d+)$/.exec(one)?.[1] ?? '');
  const known = numbers.filter((number) => Object.hasOwn(orgs, number));
  if (known.length === 0) throw nothing(name, 'his organisation in Grafana stands for no tenant here');
  return known.flatMap((number) => orgs[number] ?? []);
}

const nothing = (name: string, why: string): Refused =>
  new Refused('nothing_granted', 403, 'nothing_granted', `"${name}" may not read here: ${why}.`);
