import type { ChannelEventSeen, GapSeen, Micros } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';

/**
 * A core counts its events (Event-Sequence), and a connection with `event json ALL` gets them all: in recorded days one or two
 * numbers are missing here and there, of events that are for nobody, and neighbours change places. So many missing in a row
 * were not sent to us.
 */
const LEAST_LOST = 20;
/** What only changed its place comes within so many events, or so long. */
const SETTLE_EVENTS = 100;
const SETTLE_US = 1_000_000;

interface Hole {
  readonly coreUuid: string;
  readonly from: number;
  readonly to: number;
  readonly fromUs: Micros;
  readonly untilUs: Micros;
  missing: number;
  waited: number;
}

/**
 * Watches the numbers of one connection's events and answers with a gap once some are missing for good.
 *
 * @param ignored events that came since the last call and were not read
 */
export type SequenceWatch = (
  event: Pick<ChannelEventSeen, 'coreUuid' | 'sequence' | 'atUs' | 'arrivedUs'>,
  ignored: number,
) => GapSeen | undefined;

export function createSequenceWatch(node: string): SequenceWatch {
  let last: { coreUuid: string; sequence: number; atUs: Micros } | undefined;
  let hole: Hole | undefined;

  const settled = (arrivedUs: Micros): GapSeen | undefined => {
    const lost = hole;
    hole = undefined;
    if (lost === undefined || lost.missing < LEAST_LOST) return undefined;
    const { coreUuid, from, to, fromUs, untilUs } = lost;
    const id = stableId('gap', node, coreUuid, from, to);
    return { kind: 'gap', id, atUs: fromUs, arrivedUs, node, stream: 'events', fromUs, untilUs, reason: 'sequence' };
  };

  return ({ coreUuid, sequence, atUs, arrivedUs }, ignored) => {
    if (coreUuid === '' || sequence === 0) return undefined;
    let gap: GapSeen | undefined;
    if (hole !== undefined) {
      if (coreUuid === hole.coreUuid && sequence > hole.from && sequence < hole.to) hole.missing--;
      hole.waited++;
      if (hole.waited >= SETTLE_EVENTS || atUs - hole.untilUs > SETTLE_US) gap = settled(arrivedUs);
    }
    if (last !== undefined && last.coreUuid === coreUuid) {
      if (sequence <= last.sequence) return gap;
      const missing = sequence - last.sequence - 1 - ignored;
      if (missing >= LEAST_LOST) {
        gap ??= settled(arrivedUs);
        const [fromUs, untilUs] = [Math.min(last.atUs, atUs), atUs];
        hole = { coreUuid, from: last.sequence, to: sequence, fromUs, untilUs, missing, waited: 0 };
      }
    }
    last = { coreUuid, sequence, atUs };
    return gap;
  };
}
