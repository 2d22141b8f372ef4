import { type NodeKey, nodeLetter, QUALITY_REPORT } from '../../model/edge.ts';
import type { StoredEdge } from '../read/edges.ts';
import { type Component, collect } from './component.ts';
import type { Neighbours } from './neighbours.ts';
import { type Interval, type Segments, segmentsOf } from './segments.ts';
import { type Border, createBorder, firstTouched, tenantOf } from './tenant.ts';

export type { Component } from './component.ts';

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

/** "always", or the stretches of time in which a leg belongs to this call. */
type Window = 'always' | readonly Interval[];

/**
 * Breadth-first from the seeds over merge, parent and bridge edges. A leg that is reached over a bridge brings its own
 * dialog along, but further bridges and children only when they fall into the time of that bridge: an agent who
 * talks to a hundred callers on one leg must not make one call of them. Of an identifier that is used again only the
 * life is followed in which it was reached.
 *
 * A walk stays inside one tenant, that of its seeds. Legs of no known tenant are in the call of whoever reaches them, so
 * that one between two tenants is in a call of each and joins neither to the other. From such a leg itself the walk is
 * done twice: to see whose legs it comes upon first, and then as that tenant's.
 *
 * @param tenant whose call it is, for seeds that do not say so
 * @param among where the seeds are in calls of several tenants, that of one of these is meant
 */
export async function walk(
  seeds: readonly NodeKey[],
  neighbours: Neighbours,
  tenant?: string,
  among?: readonly string[],
): Promise<Component> {
  const whose = (await Promise.all(seeds.map(neighbours))).map(tenantOf);
  const own =
    whose.find((name) => name !== undefined && among?.includes(name) !== false) ?? whose.find(isKnown) ?? tenant;
  const inside = seeds.filter((_, i) => whose[i] === undefined || whose[i] === own);
  const border = createBorder(own, neighbours);
  const found = await spread(inside, neighbours, border, own);
  const met = among === undefined ? border.touched : border.touched.filter((one) => among.includes(one.tenant));
  const first = own === undefined ? firstTouched(met) : undefined;
  return first === undefined ? found : spread(inside, neighbours, createBorder(first, neighbours), first);
}

const isKnown = (tenant: string | undefined): boolean => tenant !== undefined;

/** An edge that the guards let through, the window that it hands on, and when it held. */
interface Step {
  readonly edge: StoredEdge;
  readonly passed: Window;
  readonly held: Window;
}

async function spread(
  seeds: readonly NodeKey[],
  neighbours: Neighbours,
  border: Border,
  tenant: string | undefined,
): Promise<Component> {
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
    const found = await Promise.all(frontier.map(neighbours));
    const steps: Step[] = [];
    for (const [i, node] of frontier.entries()) {
      const edges = found[i] ?? [];
      seen.set(node, edges);
      steps.push(...stepsFrom(node, edges, windows.get(node) ?? 'always', reached.get(node) ?? 'always'));
    }
    // What is new is asked for its tenant, which the next round would have asked for its edges.
    const unsure = steps.filter(({ edge }) => !windows.has(edge.peer) || nodeLetter(edge.node) === 'v');
    const asked = firstOf(unsure, GUARDS.maxNodes);
    const closed = await border.closed(unsure.map(({ edge }) => edge).filter(({ peer }) => asked.has(peer)));
    const next = new Set<NodeKey>();
    for (const { edge, passed, held } of steps) {
      if (closed.has(edge)) continue;
      const before = windows.get(edge.peer);
      if (before === undefined && (windows.size >= GUARDS.maxNodes || !asked.has(edge.peer))) {
        truncated = true;
        continue;
      }
      const after = widen(before, passed);
      const reachedBefore = reached.get(edge.peer);
      const reachedAfter = widen(reachedBefore, held);
      if (after === before && reachedAfter === reachedBefore) continue;
      windows.set(edge.peer, after);
      reached.set(edge.peer, reachedAfter);
      next.add(edge.peer);
    }
    frontier = [...next];
  }
  // Reports on a leg come in dialogs of their own, which are no part of the call; another tenant's say nothing of it.
  await border.refuseLinks([...seen.values()].flat().filter(({ why, forward }) => why === QUALITY_REPORT && forward));
  const nodes = new Set(windows.keys());
  const refused = new Map([...border.refused].filter(([node]) => !nodes.has(node)));
  return { nodes, ...collect(nodes, seen), refused, tenant, truncated };
}

function stepsFrom(node: NodeKey, edges: readonly StoredEdge[], window: Window, reach: Window): Step[] {
  const segments = segmentsOf(node, edges);
  const hub = isHub(edges);
  const served = servedBy(edges);
  const steps: Step[] = [];
  for (const edge of edges) {
    if (!isOfThisLife(edge, reach, segments)) continue;
    if (edge.kind === 'bridge' && served.has(edge.peer)) continue;
    const passed = pass(edge, window, hub);
    if (passed === undefined) continue;
    // Equal texts hold at no time of their own: the other name lived when this one did.
    const held = edge.why === 'same_text' ? reach : [[edge.sinceUs, edge.untilUs] as const];
    steps.push({ edge, passed, held });
  }
  return steps;
}

/** The far ends of these steps, at most `count`. */
function firstOf(steps: readonly Step[], count: number): Set<NodeKey> {
  const ends = new Set<NodeKey>();
  for (const { edge } of steps) if (ends.size < count) ends.add(edge.peer);
  return ends;
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
  if (edge.kind === 'link' || edge.kind === 'guess' || edge.kind === 'tenant') return undefined;
  if (nodeLetter(edge.peer) === 'h') return undefined;
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
