import { Gauge, type Registry } from 'prom-client';
import type { Lease } from './lease.ts';

/** 1 in the one process that holds it: of all processes the sum is 1, and 0 while it changes hands. */
export function watchLease(lease: Lease, name: string, registry: Registry): void {
  new Gauge({
    name: 'calltrail_lease_held',
    help: '1 when this process does what one process at a time does.',
    labelNames: ['name'],
    registers: [registry],
    collect() {
      this.set({ name }, lease.isHeld() ? 1 : 0);
    },
  });
}
