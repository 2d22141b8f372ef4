import type { GapSeen, Micros } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';

export type GapStream = 'events' | 'logs';

/** A stretch in which nothing could come in, because there was no connection. Both times are arrival times. */
export function connectionGap(
  node: string,
  stream: GapStream,
  reason: string,
  fromUs: Micros,
  untilUs: Micros,
): GapSeen {
  const id = stableId('gap', node, stream, reason, fromUs, untilUs);
  return { kind: 'gap', id, atUs: fromUs, arrivedUs: untilUs, node, stream, fromUs, untilUs, reason };
}
