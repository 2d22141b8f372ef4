import type { Component } from '../../core/call/graph/walk.ts';
import { type NodeKey, nodeLetter } from '../../core/model/edge.ts';
import { turn } from '../../core/runtime/turn.ts';

/** Legs that are looked at in one turn of the event loop. */
export const BETWEEN_TURNS = 100;

export interface Walked {
  readonly component: Component;
  readonly legs: readonly NodeKey[];
}

/** Walks that run together where memory does not hold all: what they ask the store for goes into one question. */
const TOGETHER = 200;

/**
 * The components, each once, with the legs whose call it is. That of dialogs alone is the same from each of them; one with
 * channels may not be, as a channel's bridges belong to the call from which it was reached, nor one at the border of a
 * tenant.
 */
export async function distinct(
  seeds: readonly NodeKey[],
  walkFrom: (seed: NodeKey) => Promise<Component>,
  isWhole: (seed: NodeKey) => boolean,
): Promise<Walked[]> {
  const covered = new Set<NodeKey>();
  const all: Walked[] = [];
  const take = (seed: NodeKey, component: Component): void => {
    if (covered.has(seed)) return;
    const dialogs = [...component.nodes].filter((node) => nodeLetter(node) === 'c');
    const plain = component.refused.size === 0 && [...component.nodes].every(isDialogOrValue);
    if (plain) for (const node of dialogs) covered.add(node);
    all.push({ component, legs: plain ? dialogs : [seed] });
  };
  // One after the other, so that the second leg of a call need not be walked from as well.
  for (const [i, seed] of seeds.entries()) {
    if (i % BETWEEN_TURNS === 0) await turn();
    if (isWhole(seed) && !covered.has(seed)) take(seed, await walkFrom(seed));
  }
  const rest = seeds.filter((seed) => !isWhole(seed) && !covered.has(seed));
  for (let from = 0; from < rest.length; from += TOGETHER) {
    const some = rest.slice(from, from + TOGETHER).filter((seed) => !covered.has(seed));
    const components = await Promise.all(some.map(walkFrom));
    for (const [i, seed] of some.entries()) {
      const component = components[i];
      if (component !== undefined) take(seed, component);
    }
  }
  return all;
}

const isDialogOrValue = (node: NodeKey): boolean => nodeLetter(node) === 'c' || nodeLetter(node) === 'v';
