import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import { readLabels, readListed } from './labels.ts';
import type { LinkerMemory } from './memory.ts';

/** What the linker said before. */
export interface Before {
  /** The call that the leg was labelled with; undefined when it has no label. */
  label(node: NodeKey): string | undefined;
  /** Whether the list has a call of this id. */
  listed(id: string): boolean;
  /** The call that the leg is in, by its label or because the call is named after it. */
  call(node: NodeKey): string | undefined;
}

/**
 * What was written about legs, remembered as long as the legs are, and read from the store for all others. Of a leg that
 * began after the linker did nothing can have been written but by itself.
 */
export interface Written {
  before(nodes: readonly NodeKey[], legs: readonly NodeKey[]): Promise<Before>;
  note(labels: readonly Row<'labels'>[], rows: readonly Row<'calls'>[]): void;
  /** Forgets what memory has forgotten. */
  forget(): void;
  /** Nothing is written any more. */
  forgetAll(): void;
}

/** @param aloneSinceUs legs that were first heard of after it were labelled by nobody but this linker; epoch µs */
export function createWritten(store: Store, memory: LinkerMemory, aloneSinceUs: number): Written {
  const labels = new Map<NodeKey, string | undefined>();
  const listed = new Map<string, boolean>();
  let sinceUs = aloneSinceUs;

  const learn = async (nodes: readonly NodeKey[]): Promise<void> => {
    const unknown = nodes.filter((node) => !labels.has(node));
    const ask = unknown.filter((node) => !memory.isNewSince(node, sinceUs));
    const [found, inList] = await Promise.all([readLabels(store, ask), readListed(store, ask.map(nodeText))]);
    for (const node of unknown) labels.set(node, undefined);
    for (const node of ask) {
      labels.set(node, found.get(node));
      listed.set(nodeText(node), inList.has(nodeText(node)));
    }
  };

  return {
    async before(nodes, legs) {
      await learn([...new Set([...nodes, ...legs])]);
      const label = (node: NodeKey): string | undefined => labels.get(node);
      const isListed = (id: string): boolean => listed.get(id) === true;
      return {
        label,
        listed: isListed,
        call: (node) => label(node) ?? (isListed(nodeText(node)) ? nodeText(node) : undefined),
      };
    },
    note(newLabels, rows) {
      for (const { node, call } of newLabels) labels.set(node as NodeKey, call);
      for (const { id, gone } of rows) listed.set(id, gone === 0);
    },
    forget() {
      for (const node of labels.keys()) {
        if (memory.has(node)) continue;
        labels.delete(node);
        listed.delete(nodeText(node));
      }
    },
    forgetAll() {
      labels.clear();
      listed.clear();
      sinceUs = 0;
    },
  };
}
