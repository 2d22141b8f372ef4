import type { CaptureEvent, ChannelEventSeen, Micros } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
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
  const name = `ami:${node.name}`;
  const peer = `${node.host}:${node.port}`;
  const reader = createEventReader({ node: node.name, trustSenderClock });

  const unreadable = (reason: string, bytes: Buffer, arrivedUs: Micros): CaptureEvent => {
    metrics.rejected(name, reason, node.host);
    const kept = Buffer.from(bytes.subarray(0, 4096));
    const id = stableId('unreadable', name, reason, kept);
    return { kind: 'unreadable', id, atUs: arrivedUs, arrivedUs, source: name, peer, reason, bytes: kept };
  };

  return (items) => {
    const arrivedUs = nowUs();
    const captured: CaptureEvent[] = [];
    let events = 0;
    let ignored = 0;
    for (const item of items) {
      if (item.kind === 'greeting') continue;
      if (item.kind === 'unreadable') {
        captured.push(unreadable(item.reason, item.bytes, arrivedUs));
        continue;
      }
      const event = reader.read(item, arrivedUs);
      if (event === undefined) {
        captured.push(unreadable('no_event_name', item.bytes, arrivedUs));
        continue;
      }
      if (event.name === 'Newchannel') deps.onNewchannel(event);
      if (isWorthStoring(event)) {
        captured.push(event);
        events++;
      } else {
        ignored++;
      }
    }
    if (events > 0) metrics.received(name, 'event', events);
    if (ignored > 0) metrics.received(name, 'ignored_event', ignored);
    return captured;
  };
}
