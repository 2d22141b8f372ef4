import type { IntakeCounters } from './intake.ts';
import type { Counted } from './udp-messages.ts';

/** Lines of one batch; senders of more are counted as "other", so that made-up addresses take no memory. */
const MAX_LINES = 1024;

/** Counters of a thread that has none: sums, handed over with each batch. */
export interface Tally extends IntakeCounters {
  take(): readonly Counted[];
}

export function createTally(): Tally {
  let lines = new Map<string, Counted>();
  const add = (counter: Counted['counter'], reason: string, sender: string, count: number): void => {
    const keyOf = (name: string): string => `${counter} ${reason} ${name}`;
    const named = lines.size < MAX_LINES || lines.has(keyOf(sender)) ? sender : 'other';
    const before = lines.get(keyOf(named));
    lines.set(keyOf(named), { counter, reason, sender: named, count: (before?.count ?? 0) + count });
  };
  return {
    received: (_source, kind, count = 1) => add('received', kind, '', count),
    rejected: (_source, reason, sender, count = 1) => add('rejected', reason, sender, count),
    damaged: (_source, reason, sender, count = 1) => add('damaged', reason, sender, count),
    scrubbed: (kind, count = 1) => add('scrubbed', kind, '', count),
    take() {
      const taken = [...lines.values()];
      lines = new Map();
      return taken;
    },
  };
}
