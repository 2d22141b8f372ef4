import { createNameMatcher } from './name-matcher.ts';

/** One tenant of a shared site, as the operator describes it. */
export interface Tenant {
  readonly name: string;
  /** Names of switches and HEP sensors that are this tenant's alone; "*" stands for any text. */
  readonly nodes: readonly string[];
  /** SIP domains of this tenant; "*" stands for any text. */
  readonly domains: readonly string[];
  /** Days that each kind of this tenant's is kept, where that is less than the site's. */
  readonly retention?: TenantDays;
}

export type TenantDays = Partial<Readonly<Record<'messages' | 'events' | 'logs' | 'identifiers', number>>>;

/** Whose something is. Of several tenants that a name fits the first one counts, as the operator wrote them. */
export interface Tenants {
  /** By the name of a switch or HEP sensor; undefined for one that is nobody's or everybody's. */
  ofNode(name: string): string | undefined;
  /** By the host part of a SIP address, in any case, with or without a port; undefined for any other host. */
  ofDomain(host: string): string | undefined;
}

/** Undefined for a site without tenants, so that nobody looks for any. */
export function createTenants(tenants: readonly Tenant[]): Tenants | undefined {
  if (tenants.length === 0) return undefined;
  const matchers = tenants.map(({ name, nodes, domains }) => ({
    name,
    isNode: createNameMatcher(nodes),
    isDomain: createNameMatcher(domains.map((domain) => domain.toLowerCase())),
  }));
  return {
    ofNode: (node) => matchers.find(({ isNode }) => isNode(node))?.name,
    ofDomain: (host) => {
      const domain = host.toLowerCase().replace(/:\d{1,5}$/, '');
      return domain === '' ? undefined : matchers.find(({ isDomain }) => isDomain(domain))?.name;
    },
  };
}
