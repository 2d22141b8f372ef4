import type { CaptureEvent } from '../core/model/capture-event.ts';
import { channelNode, type Edge, type NodeKey } from '../core/model/edge.ts';
import { channelOf, deriveEvent, deriveLog } from './derive-event.ts';
import { type Derived, NOTHING } from './derived.ts';
import { tenantsOfEvent, tenantsOfLog } from './edges/tenant-of.ts';
import type { EventColumns } from './event-columns.ts';
import type { LogColumns } from './log-columns.ts';
import type { CorrelationOptions } from './options.ts';

type NoPacket = Exclude<CaptureEvent, { kind: 'packet' | 'frame' }>;

/** Where the row of an event or a log line goes, and what follows from it. */
export interface EventSinks {
  readonly events: EventColumns;
  readonly logs: LogColumns;
  /** What follows beside the row; `arrivedUs` is the event's. */
  derived(derived: Derived, arrivedUs: number): void;
  /** A channel was heard of: the linker looks at its call again. Dialogs have their outlines. */
  heard(channel: NodeKey): void;
}

/** The row of one capture event that is no packet, and everything that follows from it alone. */
export function derive(event: NoPacket, options: CorrelationOptions, sinks: EventSinks): void {
  switch (event.kind) {
    case 'event': {
      const channel = channelOf(event);
      const derived = deriveEvent(event, channel, options);
      const tenants = options.tenants === undefined ? [] : tenantsOfEvent(event, channel, options.tenants);
      // The row first: when it fits no column nothing else of the event is kept either.
      sinks.events.add(event, channel);
      if (channel !== '') sinks.heard(channelNode(channel));
      sinks.derived(withEdges(derived, tenants), event.arrivedUs);
      return;
    }
    case 'log': {
      const derived = deriveLog(event);
      const tenants = options.tenants === undefined ? [] : tenantsOfLog(event, '', options.tenants);
      sinks.logs.add(event, '');
      sinks.derived(withEdges(derived, tenants), event.arrivedUs);
      return;
    }
    case 'gap': {
      const { id, atUs, arrivedUs, node, stream, reason } = event;
      const row = { id, at: atUs, arrived: arrivedUs, node, stream, since: event.fromUs, until: event.untilUs, reason };
      sinks.derived({ ...NOTHING, rows: [{ table: 'gaps', row }] }, arrivedUs);
      return;
    }
    case 'unreadable': {
      const { id, atUs, arrivedUs, source, peer, reason, bytes } = event;
      const row = { id, at: atUs, arrived: arrivedUs, source, peer, reason, bytes };
      sinks.derived({ ...NOTHING, rows: [{ table: 'unreadable', row }] }, arrivedUs);
      return;
    }
    default:
      event satisfies never;
  }
}

const withEdges = (derived: Derived, edges: readonly Edge[]): Derived =>
  edges.length === 0 ? derived : { ...derived, edges: [...derived.edges, ...edges] };
