import type { NodeKey } from '../../core/model/edge.ts';

/** Legs that wait to be labelled; each comes once. */
export interface Queue {
  add(nodes: readonly NodeKey[]): void;
  take(count: number): NodeKey[];
}

export function createQueue(first: readonly NodeKey[]): Queue {
  const seen = new Set<NodeKey>(first);
  const waiting = [...first];
  return {
    add(nodes) {
      for (const node of nodes) {
        if (seen.has(node)) continue;
        seen.add(node);
        waiting.push(node);
      }
    },
    take: (count) => waiting.splice(0, count),
  };
}
