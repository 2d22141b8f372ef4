import type { GapSeen, LogLineSeen, Micros } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import type { GapStream } from '../link/gap.ts';

/**
 * The switch says in its log that it gave up events or lines for a listener. It does not say for which one, so this
 * may have been another program's loss: shown rather than hidden.
 *
 * @param lastUs the time of the last thing that came on that stream
 */
export function lostGap(line: LogLineSeen, stream: GapStream, lastUs: Micros): GapSeen {
  const fromUs = lastUs > 0 ? Math.min(lastUs, line.atUs) : line.atUs;
  return {
    kind: 'gap',
    id: stableId('gap', line.id),
    atUs: fromUs,
    arrivedUs: line.arrivedUs,
    node: line.node,
    stream,
    fromUs,
    untilUs: line.atUs,
    reason: 'lost_events',
  };
}

/** What is known of a core process (Core-UUID) by the last event it sent. */
export interface CoreSeen {
  readonly coreUuid: string;
  readonly atUs: Micros;
}

/** Another Core-UUID: the switch was restarted, and what it did from its last event to its first one is not known. */
export function restartGap(node: string, before: CoreSeen, after: CoreSeen, arrivedUs: Micros): GapSeen {
  const fromUs = Math.min(before.atUs, after.atUs);
  return {
    kind: 'gap',
    id: stableId('gap', node, before.coreUuid, after.coreUuid),
    atUs: fromUs,
    arrivedUs,
    node,
    stream: 'events',
    fromUs,
    untilUs: after.atUs,
    reason: 'restarted',
  };
}
