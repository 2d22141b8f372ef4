import type { Evidence } from '../api.ts';

/** Cited rows that are one thing to a reader. */
export interface Proof {
  readonly first: Evidence;
  /** How many sensors' copies of it are cited. */
  readonly copies: number;
  readonly onLadder: boolean;
}

/**
 * Evidence with the copies of one message folded: of a message that several sensors saw the first row cited is a step of
 * the ladder, and the others, which say the same, are none. `onLadder` holds the ids of the ladder's steps.
 */
export function proofsOf(evidence: readonly Evidence[], onLadder: ReadonlySet<string>): readonly Proof[] {
  const proofs: Proof[] = [];
  for (const one of evidence) {
    const before = proofs.at(-1);
    const isStep = onLadder.has(one.id);
    if (!isStep && before !== undefined && isCopy(one, before)) {
      proofs[proofs.length - 1] = { ...before, copies: before.copies + 1 };
    } else {
      proofs.push({ first: one, copies: 1, onLadder: isStep });
    }
  }
  return proofs;
}

const isCopy = ({ table, says }: Evidence, { first, onLadder }: Proof): boolean =>
  onLadder && table === 'messages' && first.table === 'messages' && first.says === says;
