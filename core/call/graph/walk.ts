import { type NodeKey, nodeLetter } from '../../model/edge.ts';
import type { StoredEdge } from '../read/edges.ts';
import type { Neighbours } from './neighbours.ts';
import { type Interval, type Segments, segmentsOf } from './segments.ts';

/** What keeps one call from pulling in the whole day. */
export const GUARDS = {
  /** A call with more identifiers than this is cut, and says so. */
  maxNodes: 300,
  /** A leg that talked to more partners than this is an agent or a queue: only its bridge with us counts. */
  maxBridgePartners: 8,
  /** A leg that originated more than this is a dialler. */
  maxChildren: 50,
  /** A site value found on more legs than this is no key of one call. */
  maxValueLegs: 20,
  /** Clocks of two nodes, and signalling that trails the media. */
  slackUs: 2_000_000,
} as const;

/** The identifiers of one call, and why they belong together. */
export interface Component {
  readonly nodes: ReadonlySet<NodeKey>;
  /** Each edge once, oriented from its first end. Only those between two nodes of the call. */
  readonly edges: readonly StoredEdge[];
  /** Edges that lead out of the call and were not followed. */
  readonly links: readonly StoredEdge[];
  readonly truncated: boolean;
}

/** "always", or the stretches of time in which a leg belongs to this call. */
type Window = 'always' | readonly Interval[];

/**
 * Breadth-first from the seeds over merge, parent and bridge edges. A leg that is reached over a bridge brings its own
 * dialog along, but further bridges and children only when they fall into the time of that bridge: an agent who
 * talks to a hundred callers on one leg must not make one call of them. Of an identifier that is used again only the
 * life is followed in which it was reached.
 */
export async function walk(seeds: readonly NodeKey[], neighbours: Neighbours): Promise<Component> {
  const windows = new Map<NodeKey, Window>();
  /** When the edges held over which a node was reached. */
  const reached = new Map<NodeKey, Window>();
  const seen = new Map<NodeKey, readonly StoredEdge[]>();
  let truncated = false;
  let frontier = [...seeds];
  for (const seed of seeds) {
    windows.set(seed, 'always');
    reached.set(seed, 'always');
  }

  while (frontier.length > 0) {
    const next = new Set<NodeKey>();
    const found = await Promise.all(frontier.map(neighbours));
    for (const [i, node] of frontier.entries()) {
      const edges = found[i] ?? [];
      seen.set(node, edges);
      const window = windows.get(node) ?? 'always';
      const reach = reached.get(node) ?? 'always';
      const segments = segmentsOf(node, edges);
      const hub = isHub(edges);
      const served = servedBy(edges);
      for (const edge of edges) {
        if (!isOfThisLife(edge, reach, segments)) continue;
        if (edge.kind === 'bridge' && served.has(edge.peer)) continue;
        const passed = pass(edge, window, hub);
        if (passed === undefined) continue;
        const before = windows.get(edge.peer);
        if (before === undefined && windows.size >= GUARDS.maxNodes) {
          truncated = true;
          continue;
        }
        const after = widen(before, passed);
        // Equal texts hold at no time of their own: the other name lived when this one did.
        const held = edge.why === 'same_text' ? reach : [[edge.sinceUs, edge.untilUs] as const];
        const reachedBefore = reached.get(edge.peer);
        const reachedAfter = widen(reachedBefore, held);
        if (after === before && reachedAfter === reachedBefore) continue;
        windows.set(edge.peer, after);
        reached.set(edge.peer, reachedAfter);
        next.add(edge.peer);
      }
    }
    frontier = [...next];
  }
  return collect(new Set(windows.keys()), seen, truncated);
}

/** Equal texts belong to every life of an identifier. */
function isOfThisLife(edge: StoredEdge, reach: Window, segments: Segments): boolean {
  if (segments.count === 1 || reach === 'always' || edge.why === 'same_text') return true;
  const lives = new Set(reach.flatMap(segments.touching));
  return segments.touching([edge.sinceUs, edge.untilUs]).some((life) => lives.has(life));
}

/** Callers whom a queue gave to this leg one after the other: each has a call of his own, to which the agent belongs. */
function servedBy(edges: readonly StoredEdge[]): Set<NodeKey> {
  return new Set(edges.filter(({ why, forward }) => why === 'callcenter_standby' && !forward).map(({ peer }) => peer));
}

/** The window in which the peer belongs to the call when this edge is followed; undefined when it is not. */
function pass(edge: StoredEdge, window: Window, hub: boolean): Window | undefined {
  if (edge.kind === 'link' || edge.kind === 'guess' || nodeLetter(edge.peer) === 'h') return undefined;
  if (edge.kind === 'merge') return nodeLetter(edge.node) === 'v' && hub ? undefined : window;
  if (window !== 'always' && !window.some((interval) => overlaps(interval, edge))) return undefined;
  if (edge.kind === 'parent') return hub && edge.forward && window !== 'always' ? undefined : window;
  // A bridge. From a hub, only what was allowed by a window gets this far; from a seed that is a hub, nothing does.
  if (hub && window === 'always') return undefined;
  return [[edge.sinceUs - GUARDS.slackUs, edge.untilUs + GUARDS.slackUs]];
}

function overlaps([fromUs, untilUs]: Interval, edge: StoredEdge): boolean {
  return edge.untilUs >= fromUs - GUARDS.slackUs && edge.sinceUs <= untilUs + GUARDS.slackUs;
}

/** The same object when nothing new was allowed, so that a walk over a circle ends. */
function widen(before: Window | undefined, add: Window): Window {
  if (before === undefined) return add;
  if (before === 'always') return before;
  if (add === 'always') return add;
  const fresh = add.filter(([from, until]) => !before.some(([f, u]) => f <= from && u >= until));
  return fresh.length === 0 ? before : [...before, ...fresh];
}

function isHub(edges: readonly StoredEdge[]): boolean {
  const partners = new Set<NodeKey>();
  const children = new Set<NodeKey>();
  const legs = new Set<NodeKey>();
  for (const edge of edges) {
    if (edge.kind === 'bridge') partners.add(edge.peer);
    if (edge.kind === 'parent' && edge.forward) children.add(edge.peer);
    if (edge.kind === 'merge' && nodeLetter(edge.node) === 'v') legs.add(edge.peer);
  }
  return (
    partners.size > GUARDS.maxBridgePartners || children.size > GUARDS.maxChildren || legs.size > GUARDS.maxValueLegs
  );
}

/** Many events share a tick of the switch's clock. */
function isEarlier(a: StoredEdge['evidence'], b: StoredEdge['evidence']): boolean {
  return a.atUs - b.atUs < 0 || (a.atUs === b.atUs && `${a.table} ${a.id}` < `${b.table} ${b.id}`);
}

function collect(
  nodes: ReadonlySet<NodeKey>,
  seen: ReadonlyMap<NodeKey, readonly StoredEdge[]>,
  truncated: boolean,
): Component {
  const edges = new Map<string, StoredEdge>();
  const links = new Map<string, StoredEdge>();
  for (const touching of seen.values()) {
    for (const edge of touching) {
      const [a, b] = edge.forward ? [edge.node, edge.peer] : [edge.peer, edge.node];
      const inside = nodes.has(edge.peer) && nodes.has(edge.node);
      const key = `${a}\0${b}\0${edge.kind}\0${edge.why}\0${edge.tier}`;
      const into = inside ? edges : links;
      const known = into.get(key);
      // Two ends may offer different proofs; the earliest is the same from wherever the walk began.
      if (known !== undefined && !isEarlier(edge.evidence, known.evidence)) continue;
      into.set(key, inside ? { ...edge, node: a, peer: b, forward: true } : edge);
    }
  }
  const sorted = (map: Map<string, StoredEdge>): StoredEdge[] =>
    [...map.entries()].sort(([x, a], [y, b]) => a.sinceUs - b.sinceUs || (x < y ? -1 : 1)).map(([, edge]) => edge);
  return { nodes, edges: sorted(edges), links: sorted(links), truncated };
}
