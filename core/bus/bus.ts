import type { CaptureEvent } from '../model/capture-event.ts';

/**
 * The seam between collector and indexer. Every implementation runs test/core/bus/contract.ts. A frame of packets counts
 * as so many events, and is handed over whole.
 */
export interface Bus {
  /**
   * Hands events over. Resolves once the bus has room for more, so a caller that awaits it is slowed down rather
   * than losing anything. A caller that cannot wait (UDP) asks {@link room} first and counts what it drops.
   */
  publish(events: readonly CaptureEvent[]): Promise<void>;
  /** How many events fit before publish would make the caller wait. */
  room(): number;
  /**
   * The one consumer. Batches come in published order, one at a time: the next is handed over after the promise of
   * the last resolved. When it rejects, the same batch comes again after a pause: nothing is skipped.
   */
  subscribe(consume: (batch: readonly CaptureEvent[]) => Promise<void>): void;
  /** Resolves when everything published so far has been consumed. */
  drained(): Promise<void>;
  /** Stops taking events, hands over what is left, then resolves. Safe to call twice. */
  close(): Promise<void>;
}
