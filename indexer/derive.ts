import type { CaptureEvent } from '../core/model/capture-event.ts';
import type { Unmask } from '../core/sip/topology-hiding.ts';
import { deriveEvent, deriveLog } from './derive-event.ts';
import { derivePacket } from './derive-packet.ts';
import { type Derived, NOTHING } from './derived.ts';

/** Which headers and variables a site carries from leg to leg, from the configuration. */
export interface CorrelationOptions {
  /** SIP header names in lower case. */
  readonly correlationHeaders: readonly string[];
  /** Channel variable names without "variable_". */
  readonly correlationVariables: readonly string[];
  /** Reads a Call-ID that a proxy has disguised. */
  readonly unmask: Unmask;
  /** True for a conference room in which a caller waits for the one who calls back. */
  readonly isCallbackRoom: (name: string) => boolean;
}

/** For events that join nothing. */
export const NO_CORRELATION: CorrelationOptions = {
  correlationHeaders: [],
  correlationVariables: [],
  unmask: () => undefined,
  isCallbackRoom: () => false,
};

/** The row of one capture event and everything that follows from it alone. Pure. */
export function derive(event: CaptureEvent, options: CorrelationOptions): Derived {
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
