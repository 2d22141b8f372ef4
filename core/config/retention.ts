import type { TenantDays } from '../runtime/tenants.ts';
import type { ConfigFile } from './schema.ts';

/** Days. */
export const DEFAULT_RETENTION = {
  messages: 30,
  events: 30,
  logs: 14,
  identifiers: 30,
  counts: 70,
  alerts: 400,
  audit: 400,
};

const KINDS = ['messages', 'events', 'logs', 'identifiers'] as const;

/** Of tenants' days: they can be fewer than the site's alone, and what leads to a leg is there as long as the leg. */
export function retentionProblems({ store, correlation }: ConfigFile): string[] {
  const site = { ...DEFAULT_RETENTION, ...store?.retention };
  const problems: string[] = [];
  const tenants = Array.isArray(correlation?.tenants) ? correlation.tenants : [];
  for (const [i, tenant] of tenants.entries()) {
    const days: TenantDays = typeof tenant?.retention === 'object' ? (tenant.retention ?? {}) : {};
    const at = `correlation.tenants[${i}].retention`;
    for (const kind of KINDS) {
      const own = days[kind];
      if (typeof own !== 'number') continue;
      if (own < 1) problems.push(`${at}.${kind}: must be at least one day`);
      else if (site[kind] > 0 && own > site[kind]) {
        problems.push(`${at}.${kind}: is more than the site's ${site[kind]} days (store.retention.${kind})`);
      }
      const terms = days.identifiers;
      if (typeof terms === 'number' && terms < own) {
        problems.push(`${at}.identifiers: must not be less than ${kind}: by it a leg is known to be this tenant's`);
      }
    }
  }
  return problems;
}
