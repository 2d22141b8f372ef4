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
  /** By id of a retransmission that is counted: the step that it repeats. */
  readonly originals: ReadonlyMap<string, string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * A retransmission becomes a count on the step that it repeats: the last one before it on the same path that says the
 * same. One that repeats nothing we have stays a step of its own, and so do those of the steps in `expanded` (ids).
 */
export function countRepeats<S extends LadderStep>(steps: readonly S[], expanded = NONE): Counted<S> {
  const firsts = new Map<string, S>();
  const sendings = new Map<string, Sendings>();
  const originals = new Map<string, string>();
  const kept: S[] = [];
  for (const step of steps) {
    if (step.kind !== 'message') {
      kept.push(step);
      continue;
    }
    const name = JSON.stringify([step.callId, step.from, step.to, step.title, step.detail]);
    const original = step.retransmission ? firsts.get(name) : undefined;
    if (original === undefined) {
      firsts.set(name, step);
      kept.push(step);
      continue;
    }
    originals.set(step.id, original.id);
    if (expanded.has(original.id)) kept.push(step);
    const before = sendings.get(original.id);
    sendings.set(original.id, {
      times: (before?.times ?? 1) + 1,
      overUs: Math.max(before?.overUs ?? 0, step.atUs - original.atUs),
    });
  }
  return { steps: kept, sendings, originals };
}
