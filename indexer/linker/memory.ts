import { type Dialog, dialogOf } from '../../core/call/dialog.ts';
import { equalTextEdge, type Neighbours, TWINS } from '../../core/call/graph/neighbours.ts';
import type { StoredEdge } from '../../core/call/read/edges.ts';
import { callIdNode, isLeg, type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { holdsBeginning, joinOutlines, readOutline } from '../feed.ts';
import type { Heard } from './feed-reader.ts';
import { byTime, isSeen, type Known, NO_EDGES, NO_OUTLINE, note } from './known.ts';

/** Identifiers that were heard of lately, so that a call which begins and ends while we listen costs no look-up. */
export interface LinkerMemory {
  hear(heard: Heard): void;
  /** Identifiers of calls that something was heard of, and nothing more since `quietUs`, or that have waited since `talkingUs`; oldest first. */
  quiet(quietUs: number, talkingUs: number): NodeKey[];
  /** Their call was put together. */
  done(nodes: Iterable<NodeKey>): void;
  /** They are of one call, which goes on or is over. */
  noteTalk(nodes: Iterable<NodeKey>, talks: boolean): void;
  /** When the oldest thing was written that is not put together yet; undefined when all is. */
  pendingUs(): number | undefined;
  /** Answers from memory where it holds all there is, and else from the store. */
  neighbours(store: Neighbours): Neighbours;
  /** The dialog of a Call-ID that is joined with nothing, as most are; undefined when it is, or not all of it is here. */
  lone(node: NodeKey): Dialog | undefined;
  /** What can be reached from these over what memory knows, and of which it does not hold all. */
  strangers(nodes: readonly NodeKey[]): NodeKey[];
  /** Dialogs of which memory holds all. */
  dialogs(callIds: Iterable<string>): Map<string, Dialog>;
  /**
   * Forgets what is put together and was not heard of since `sinceUs`, of calls that go on not since `talkingUs`, and more when
   * there is too much.
   */
  forget(sinceUs: number, talkingUs: number): void;
  /** Whether all of it was written since `sinceUs`. */
  isNewSince(node: NodeKey, sinceUs: number): boolean;
  /** Whether memory holds all that was ever stored of it. */
  isWhole(node: NodeKey): boolean;
  has(node: NodeKey): boolean;
  clear(): void;
}

const MAX_KNOWN = 500_000;
/** A dialog that talks for hours tells something in every batch. */
const MAX_PARTS = 16;

export function createLinkerMemory(maxKnown = MAX_KNOWN): LinkerMemory {
  const known = new Map<NodeKey, Known>();

  const get = (node: NodeKey, writtenUs: number): Known => {
    let one = known.get(node);
    if (one === undefined) {
      one = {
        outline: NO_OUTLINE,
        edges: NO_EDGES,
        whole: false,
        firstUs: writtenUs,
        heardUs: 0,
        dirty: false,
        dirtyUs: 0,
        talks: false,
      };
      known.set(node, one);
    }
    if (writtenUs > one.heardUs) one.heardUs = writtenUs;
    if (!one.dirty) one.dirtyUs = writtenUs;
    one.dirty = true;
    return one;
  };

  /** A site's value is usually the name of the first leg, and was not written anywhere before that leg began. */
  const isWhole = (node: NodeKey): boolean => {
    const one = known.get(node);
    if (one === undefined) return false;
    return one.whole || (nodeLetter(node) === 'v' && known.get(callIdNode(nodeText(node)))?.whole === true);
  };

  const equalTexts = (node: NodeKey): readonly StoredEdge[] => {
    let found: StoredEdge[] | undefined;
    for (const letter of TWINS[nodeLetter(node)]) {
      const peer: NodeKey = `${letter}:${nodeText(node)}`;
      const twin = known.get(peer);
      if (twin === undefined || (letter === 'v' ? twin.edges.length === 0 : !isSeen(peer, twin))) continue;
      const atUs =
        twin.outline.length > 0
          ? readOutline(twin.outline).sinceUs
          : Math.min(...twin.edges.map(({ sinceUs }) => sinceUs));
      found ??= [];
      found.push(equalTextEdge(node, peer, { table: 'messages', id: '', atUs: Number.isFinite(atUs) ? atUs : 0 }));
    }
    return found ?? NO_EDGES;
  };

  return {
    hear({ dialogs, edges, channels }) {
      for (const { node, line, writtenUs } of dialogs) {
        const one = get(node, writtenUs);
        // The request that began it is here, so nothing was written of it before.
        if (one.outline.length === 0 && holdsBeginning(line)) one.whole = true;
        one.outline = one.outline.length < MAX_PARTS ? [...one.outline, line] : [joinOutlines([...one.outline, line])];
      }
      for (const { edge, writtenUs } of edges) {
        note(get(edge.node, writtenUs), edge);
        // A tenant has millions of legs, and nothing is asked from its end.
        if (edge.kind === 'tenant') continue;
        note(get(edge.peer, writtenUs), { ...edge, node: edge.peer, peer: edge.node, forward: false });
      }
      for (const { node, writtenUs } of channels) get(node, writtenUs);
    },
    quiet(quietUs, talkingUs) {
      const nodes: NodeKey[] = [];
      for (const [node, one] of known) {
        if (one.dirty && (one.heardUs <= quietUs || one.dirtyUs <= talkingUs) && isLeg(node)) nodes.push(node);
      }
      return nodes;
    },
    done(nodes) {
      for (const node of nodes) {
        const one = known.get(node);
        if (one !== undefined) one.dirty = false;
      }
    },
    noteTalk(nodes, talks) {
      for (const node of nodes) {
        const one = known.get(node);
        if (one === undefined) continue;
        one.talks = talks;
        // It stays for long: in one piece it takes the least.
        if (talks && one.outline.length > 1) one.outline = [joinOutlines(one.outline)];
      }
    },
    pendingUs() {
      let oldest: number | undefined;
      for (const [node, { dirty, heardUs }] of known) {
        if (dirty && isLeg(node) && (oldest === undefined || heardUs < oldest)) oldest = heardUs;
      }
      return oldest;
    },
    neighbours(store) {
      /** What was asked of the store; its answers are taken in once. */
      const asked = new Map<NodeKey, Promise<readonly StoredEdge[]>>();
      const learn = async (node: NodeKey): Promise<readonly StoredEdge[]> => {
        const stored = await store(node);
        const one = known.get(node);
        // What the indexer wrote into the feed it wrote into the table before.
        if (one !== undefined) {
          for (const edge of stored) note(one, edge);
          one.whole = nodeLetter(node) !== 'c';
        }
        return stored;
      };
      return (node) => {
        const one = known.get(node);
        if (one !== undefined && isWhole(node)) {
          const equal = equalTexts(node);
          const all = equal.length === 0 && one.edges.length < 2 ? one.edges : [...one.edges, ...equal].sort(byTime);
          return Promise.resolve(all);
        }
        let answer = asked.get(node);
        if (answer === undefined) {
          answer = learn(node);
          asked.set(node, answer);
        }
        return answer;
      };
    },
    lone(node) {
      const one = known.get(node);
      if (one?.whole !== true || one.outline.length === 0 || one.edges.length > 0 || nodeLetter(node) !== 'c') {
        return undefined;
      }
      return equalTexts(node).length > 0 ? undefined : dialogOf(nodeText(node), readOutline(one.outline));
    },
    strangers(nodes) {
      const seen = new Set<NodeKey>(nodes);
      const found: NodeKey[] = [];
      // A set is gone through in the order of adding, and so is what is added on the way.
      for (const node of seen) {
        if (!isWhole(node)) found.push(node);
        for (const { peer, kind } of known.get(node)?.edges ?? []) {
          if (kind !== 'link' && 'cuvb'.includes(nodeLetter(peer))) seen.add(peer);
        }
      }
      return found;
    },
    dialogs(callIds) {
      const found = new Map<string, Dialog>();
      for (const callId of callIds) {
        const one = known.get(callIdNode(callId));
        if (one?.whole !== true || one.outline.length === 0) continue;
        const dialog = dialogOf(callId, readOutline(one.outline));
        if (dialog !== undefined) found.set(callId, dialog);
      }
      return found;
    },
    forget(sinceUs, talkingUs) {
      for (const [node, one] of known) {
        const surplus = known.size > maxKnown;
        const isLate = one.heardUs < (one.talks ? talkingUs : sinceUs);
        if ((one.dirty && isLeg(node)) || !(isLate || surplus)) continue;
        known.delete(node);
      }
    },
    isNewSince: (node, sinceUs) =>
      isWhole(node) && nodeLetter(node) === 'c' && (known.get(node)?.firstUs ?? 0) >= sinceUs,
    isWhole,
    has: (node) => known.has(node),
    clear: () => known.clear(),
  };
}
