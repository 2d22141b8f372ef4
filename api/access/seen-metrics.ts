import { type Metric, Registry } from 'prom-client';
import type { TenantSight } from '../../core/runtime/sight.ts';

/**
 * The metrics of some tenants as Prometheus text: series that carry the name of one of them as label `tenant`, and nothing of
 * the process or of what all share.
 */
export async function tenantMetrics(registry: Registry, { names, hides }: TenantSight): Promise<string> {
  const own = new Registry();
  for (const metric of await registry.getMetricsAsJSON()) {
    const values = (metric.values as Values).filter(
      ({ labels }) => names.includes(String(labels.tenant ?? '')) && !hides(String(labels.node ?? '')),
    );
    // A registry writes whatever answers with values when it is asked.
    const shown = { ...metric, get: () => Promise.resolve({ ...metric, values }) };
    if (values.length > 0) own.registerMetric(shown as unknown as Metric);
  }
  return own.metrics();
}

type Values = readonly { readonly labels: Readonly<Record<string, string | number | undefined>> }[];
