import type { LadderStep } from './step.ts';

/** How often a message was sent, and over which time. */
export interface Sendings {
  readonly times: number;
  readonly overUs: number;
}

export interface Counted<S> {
  /** The steps without the retransmissions that are counted. */
  readonly steps: readonly S[];
  /** By id of a step, for those that were sent more than once. */
  readonly sendings: ReadonlyMap<string, Sendings>;
}

/**
 * A retransmission becomes a count on the step that it repeats: the last one before it on the same path that says the
 * same. One that repeats nothing we have stays a step of its own.
 */
export function countRepeats<S extends LadderStep>(steps: readonly S[]): Counted<S> {
  const originals = new Map<string, S>();
  const sendings = new Map<string, Sendings>();
  const kept: S[] = [];
  for (const step of steps) {
    if (step.kind !== 'message') {
      kept.push(step);
      continue;
    }
    const name = JSON.stringify([step.callId, step.from, step.to, step.title, step.detail]);
    const original = step.retransmission ? originals.get(name) : undefined;
    if (original === undefined) {
      originals.set(name, step);
      kept.push(step);
      continue;
    }
    const before = sendings.get(original.id);
    sendings.set(original.id, {
      times: (before?.times ?? 1) + 1,
      overUs: Math.max(before?.overUs ?? 0, step.atUs - original.atUs),
    });
  }
  return { steps: kept, sendings };
}
