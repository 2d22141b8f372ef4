import { type NodeKey, nodeLetter } from '../../model/edge.ts';
import type { StoredEdge } from '../read/edges.ts';

/** Rules whose edge says which Call-ID a channel speaks, or which uuid it had at first: one of each in a life. */
const IDENTITY: Readonly<Record<string, 'dialog' | 'first uuid'>> = {
  sip_call_id: 'dialog',
  log_receiving_invite: 'dialog',
  log_sending_invite: 'dialog',
  uuid_changed: 'first uuid',
};

/** An identifier that nobody uses for this long and that then gets a new partner has been given to another call. */
const SILENCE_US = 15 * 60_000_000;
/** Signalling that precedes the first event of a channel. */
const LEAD_US = 60_000_000;

export type Interval = readonly [fromUs: number, untilUs: number];

/**
 * The lives of an identifier that is used again: a phone that gives every call the same Call-ID, a program that
 * originates with the same uuid. A new life begins when a channel gets another Call-ID, or a Call-ID another channel,
 * after the last one has been silent for long.
 */
export interface Segments {
  readonly count: number;
  /** The lives that a stretch of time touches, by number; the first one for what is older than all. */
  touching(interval: Interval): number[];
}

const ONE: Segments = { count: 1, touching: () => [0] };

export function segmentsOf(node: NodeKey, edges: readonly StoredEdge[]): Segments {
  if (nodeLetter(node) !== 'c' && nodeLetter(node) !== 'u') return ONE;
  const partners = { dialog: new Map<NodeKey, Interval>(), 'first uuid': new Map<NodeKey, Interval>() };
  for (const { why, peer, sinceUs, untilUs } of edges) {
    const role = IDENTITY[why];
    if (role === undefined) continue;
    const [from, until] = partners[role].get(peer) ?? [sinceUs, untilUs];
    partners[role].set(peer, [Math.min(from, sinceUs), Math.max(until, untilUs)]);
  }
  const starts = [...secondLives(partners.dialog), ...secondLives(partners['first uuid'])]
    .sort((a, b) => a - b)
    .filter((start, i, all) => i === 0 || start - (all[i - 1] ?? 0) > SILENCE_US);
  if (starts.length === 0) return ONE;
  return {
    count: starts.length + 1,
    touching: ([from, until]) => {
      const first = starts.filter((start) => start <= from).length;
      const last = starts.filter((start) => start <= until).length;
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    },
  };
}

/** When all partners so far were silent for long and another one came. */
function secondLives(partners: ReadonlyMap<NodeKey, Interval>): number[] {
  const starts: number[] = [];
  let silentSince = Number.POSITIVE_INFINITY;
  for (const [from, until] of [...partners.values()].sort((a, b) => a[0] - b[0])) {
    if (from - silentSince > SILENCE_US) starts.push(from - LEAD_US);
    silentSince = silentSince === Number.POSITIVE_INFINITY ? until : Math.max(silentSince, until);
  }
  return starts;
}
