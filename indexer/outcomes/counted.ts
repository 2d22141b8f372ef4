import type { NodeKey } from '../../core/model/edge.ts';

/** Which legs have been counted, under every name that they go by. */
export interface Counted {
  has(names: readonly NodeKey[]): boolean;
  /** @param finalUs when the final answer came */
  add(names: readonly NodeKey[], finalUs: number): void;
  /** Forgets what was answered before, since nothing so old is counted anyway. */
  forgetBefore(us: number): void;
}

export function createCounted(): Counted {
  const finals = new Map<NodeKey, number>();
  return {
    has: (names) => names.some((name) => finals.has(name)),
    add(names, finalUs) {
      for (const name of names) finals.set(name, finalUs);
    },
    forgetBefore(us) {
      for (const [name, finalUs] of finals) if (finalUs < us) finals.delete(name);
    },
  };
}
