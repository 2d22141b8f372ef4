import type { CaptureEvent } from '../core/model/capture-event.ts';
import { deriveEvent, deriveLog } from './derive-event.ts';
import { type Derived, NOTHING } from './derived.ts';
import { tenantsOfRows } from './edges/tenant-of.ts';
import type { CorrelationOptions } from './options.ts';

type Told = Exclude<CaptureEvent, { kind: 'packet' | 'frame' }>;

/** The row of one capture event that is no packet, and everything that follows from it alone. Pure. */
export function derive(event: Told, options: CorrelationOptions): Derived {
  const derived = deriveKind(event, options);
  const tenants = options.tenants === undefined ? [] : tenantsOfRows(event, derived.rows, options.tenants);
  return tenants.length === 0 ? derived : { ...derived, edges: [...derived.edges, ...tenants] };
}

function deriveKind(event: Told, options: CorrelationOptions): Derived {
  switch (event.kind) {
    case 'event':
      return deriveEvent(event, options);
    case 'log':
      return deriveLog(event);
    case 'gap': {
      const { id, atUs, arrivedUs, node, stream, reason } = event;
      const row = { id, at: atUs, arrived: arrivedUs, node, stream, since: event.fromUs, until: event.untilUs, reason };
      return { ...NOTHING, rows: [{ table: 'gaps', row }] };
    }
    case 'unreadable': {
      const { id, atUs, arrivedUs, source, peer, reason, bytes } = event;
      const row = { id, at: atUs, arrived: arrivedUs, source, peer, reason, bytes };
      return { ...NOTHING, rows: [{ table: 'unreadable', row }] };
    }
    default:
      return event satisfies never;
  }
}
