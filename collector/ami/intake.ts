import type { CaptureEvent, ChannelEventSeen, Micros } from '../../core/model/capture-event.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { createTaken } from '../link/taken.ts';
import { createEventReader } from './event.ts';
import type { AmiItem } from './frame.ts';
import { isWorthStoring } from './interest.ts';

export interface IntakeDeps {
  readonly node: { readonly name: string; readonly host: string; readonly port: number };
  readonly trustSenderClock: boolean;
  readonly metrics: Metrics;
  readonly nowUs: () => Micros;
  /** A channel has begun. */
  readonly onNewchannel: (event: ChannelEventSeen) => void;
}

/** For one connection: packets in, what was seen out. Counts all of it. */
export function createIntake(deps: IntakeDeps): (items: readonly AmiItem[]) => CaptureEvent[] {
  const { node, metrics, nowUs, trustSenderClock } = deps;
  const taken = createTaken({ source: `ami:${node.name}`, node, metrics, isWorthStoring });
  const reader = createEventReader({ node: node.name, trustSenderClock });

  return (items) => {
    const arrivedUs = nowUs();
    const captured: CaptureEvent[] = [];
    for (const item of items) {
      if (item.kind === 'greeting') continue;
      if (item.kind === 'unreadable') {
        captured.push(taken.unreadable(item.reason, item.bytes, arrivedUs));
        continue;
      }
      const event = reader.read(item, arrivedUs);
      if (event === undefined) {
        captured.push(taken.unreadable('no_event_name', item.bytes, arrivedUs));
        continue;
      }
      if (event.name === 'Newchannel') deps.onNewchannel(event);
      captured.push(event);
    }
    return taken.worthStoring(captured);
  };
}
