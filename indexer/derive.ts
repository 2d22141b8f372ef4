import type { CaptureEvent } from '../core/model/capture-event.ts';
import { deriveEvent, deriveLog } from './derive-event.ts';
import { derivePacket } from './derive-packet.ts';
import { type Derived, NOTHING } from './derived.ts';
import { tenantsOfRows } from './edges/tenant-of.ts';
import type { CorrelationOptions } from './options.ts';

/** The row of one capture event and everything that follows from it alone. Pure. */
export function derive(event: CaptureEvent, options: CorrelationOptions): Derived {
  const derived = deriveKind(event, options);
  const tenants = options.tenants === undefined ? [] : tenantsOfRows(event, derived.rows, options.tenants);
  return tenants.length === 0 ? derived : { ...derived, edges: [...derived.edges, ...tenants] };
}

function deriveKind(event: CaptureEvent, options: CorrelationOptions): Derived {
  switch (event.kind) {
    case 'packet':
      return derivePacket(event, options);
    case 'event':
      return deriveEvent(event, options);
    case 'log':
      return deriveLog(event);
    case 'gap':
      return {
        ...NOTHING,
        rows: [
          {
            table: 'gaps',
            row: {
              id: event.id,
              at: event.atUs,
              arrived: event.arrivedUs,
              node: event.node,
              stream: event.stream,
              since: event.fromUs,
              until: event.untilUs,
              reason: event.reason,
            },
          },
        ],
      };
    case 'unreadable':
      return {
        ...NOTHING,
        rows: [
          {
            table: 'unreadable',
            row: {
              id: event.id,
              at: event.atUs,
              arrived: event.arrivedUs,
              source: event.source,
              peer: event.peer,
              reason: event.reason,
              bytes: event.bytes,
            },
          },
        ],
      };
    default:
      return event satisfies never;
  }
}
