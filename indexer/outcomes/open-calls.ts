import { Gauge, type Registry } from 'prom-client';
import type { OpenCall } from './earlier-rows.ts';
import type { LabelValues } from './label-values.ts';

/** Calls that were answered and go on. */
export interface OpenCalls {
  note(call: OpenCall): void;
  ended(id: string): void;
  /** A call whose BYE nobody saw counts no longer than this. */
  forgetBefore(answeredUs: number): void;
}

/** Most that are remembered; beyond it a call is not counted, and that shows as a number that stands still. */
export const MAX_OPEN = 200_000;

export function createOpenCalls(registry: Registry, tenants: LabelValues): OpenCalls {
  const open = new Map<string, { readonly tenant: string; readonly answeredUs: number }>();
  const tenantsSeen = new Set<string>();
  new Gauge({
    name: 'calltrail_calls_open',
    help: 'Calls that are answered and have no end yet.',
    labelNames: ['tenant'],
    registers: [registry],
    collect() {
      const count = new Map([...tenantsSeen].map((tenant) => [tenant, 0]));
      for (const { tenant } of open.values()) count.set(tenant, (count.get(tenant) ?? 0) + 1);
      for (const [tenant, calls] of count) this.set({ tenant }, calls);
    },
  });
  return {
    note({ id, tenant, answeredUs }) {
      if (open.size >= MAX_OPEN && !open.has(id)) return;
      const label = tenants.of(tenant);
      tenantsSeen.add(label);
      open.set(id, { tenant: label, answeredUs });
    },
    ended: (id) => void open.delete(id),
    forgetBefore(us) {
      for (const [id, { answeredUs }] of open) if (answeredUs < us) open.delete(id);
    },
  };
}
