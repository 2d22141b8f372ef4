import type { CaptureEvent, ChannelEventSeen, Micros } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { scrubbedCopy } from '../scrub/scrub.ts';
import { countScrubbed } from '../scrub/tally.ts';

export interface TakenDeps {
  /** Name of the source: "esl:fs1". */
  readonly source: string;
  readonly node: { readonly host: string; readonly port: number };
  readonly metrics: Metrics;
  readonly isWorthStoring: (event: ChannelEventSeen) => boolean;
}

/** Counts what is taken from a switch. */
export interface Taken {
  /** Counts bytes that are of no use under a reason, and keeps the first 4096 for a person to look at. */
  unreadable(reason: string, bytes: Buffer, atUs: Micros): CaptureEvent;
  /** What of it is to be stored, in the same order; events that are not worth it are only counted. */
  worthStoring(captured: readonly CaptureEvent[]): CaptureEvent[];
  /** Counts events that were not even read, as they are not worth it. */
  ignored(count: number): void;
}

export function createTaken({ source, node, metrics, isWorthStoring }: TakenDeps): Taken {
  const peer = `${node.host}:${node.port}`;
  return {
    unreadable(reason, bytes, atUs) {
      metrics.rejected(source, reason, node.host);
      const kept = scrubbedCopy(bytes, 4096);
      const id = stableId('unreadable', source, reason, kept);
      return { kind: 'unreadable', id, atUs, arrivedUs: atUs, source, peer, reason, bytes: kept };
    },
    worthStoring(captured) {
      let events = 0;
      const kept = captured.filter((seen) => {
        if (seen.kind !== 'event') return true;
        if (!isWorthStoring(seen)) return false;
        events++;
        return true;
      });
      countScrubbed(metrics);
      const ignored = captured.length - kept.length;
      if (events > 0) metrics.received(source, 'event', events);
      if (ignored > 0) metrics.received(source, 'ignored_event', ignored);
      return kept;
    },
    ignored(count) {
      if (count > 0) metrics.received(source, 'ignored_event', count);
    },
  };
}
