import { type NodeKey, nodeLetter } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { type BirthFact, readBirthsNear, readBirthsOf } from '../read/births.ts';
import type { StoredEdge } from '../read/edges.ts';
import type { Component, Join } from './component.ts';
import type { Neighbours } from './neighbours.ts';
import { type OwnedBirth, type Pair, uniquePairs } from './pairs.ts';
import { tenantOf } from './tenant.ts';
import { GUARDS, walk } from './walk.ts';

/** Rules that say which dialog a channel speaks; a leg that has one needs no guess. */
export const IDENTITY: ReadonlySet<string> = new Set([
  'sip_call_id',
  'log_receiving_invite',
  'log_sending_invite',
  'same_text',
  'ami_call_id_variable',
]);

const WINDOW_US = 2_000_000;
/** A call grows by one guess a round; a call that needs more is not made of guesses any more. */
const MAX_ROUNDS = 20;

/**
 * A call with the legs that most likely belong to it as well: a channel whose switch does not say which Call-ID it
 * speaks, and the one dialog that began between the same numbers in the same moment. Such edges are of kind and tier
 * "guess", so that nobody takes them for proof.
 */
export async function withGuesses(
  component: Component,
  neighbours: Neighbours,
  store: Store,
  options?: SelectOptions,
): Promise<Component> {
  let grown = component;
  const asked = new Set<NodeKey>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const lone = [...grown.nodes].filter((node) => !asked.has(node) && isUnpaired(node, grown.edges));
    if (lone.length === 0) break;
    for (const node of lone) asked.add(node);
    const pairs = await pairsOf(lone, neighbours, store, options);
    for (const pair of pairs) grown = await join(grown, pair, neighbours);
  }
  return grown;
}

function isUnpaired(node: NodeKey, edges: readonly StoredEdge[]): boolean {
  const letter = nodeLetter(node);
  if (letter !== 'c' && letter !== 'u') return false;
  // A guess does not end the search: a proxy may have offered the dialog to a second switch.
  return !edges.some((edge) => (edge.node === node || edge.peer === node) && IDENTITY.has(edge.why));
}

async function pairsOf(
  lone: readonly NodeKey[],
  neighbours: Neighbours,
  store: Store,
  options?: SelectOptions,
): Promise<Pair[]> {
  const own = await readBirthsOf(store, lone, options);
  const pairs: Pair[] = [];
  for (const birth of own) {
    const near = await readBirthsNear(store, birth.toKey, birth.atUs - WINDOW_US, birth.atUs + WINDOW_US, options);
    const open = await withoutProven(near, neighbours);
    pairs.push(
      ...uniquePairs(open).filter(({ channel, dialog }) => channel.node === birth.node || dialog.node === birth.node),
    );
  }
  return pairs;
}

/**
 * The births that may still find a partner: not those whose partner is proven; and of the two Call-IDs of a dialog that a
 * proxy disguises, only the outer one, as that is what the switch beyond the proxy was offered.
 */
async function withoutProven(births: readonly BirthFact[], neighbours: Neighbours): Promise<OwnedBirth[]> {
  const here = new Set(births.map(({ node }) => node));
  const touching = await Promise.all(births.map(({ node }) => neighbours(node)));
  return births.flatMap((birth, i) => {
    const edges = touching[i] ?? [];
    const isSettled = edges.some(
      (edge) => IDENTITY.has(edge.why) || (edge.why === 'topology_hiding' && !edge.forward && here.has(edge.peer)),
    );
    return isSettled ? [] : [{ ...birth, tenant: tenantOf(edges) }];
  });
}

async function join(component: Component, { channel, dialog }: Pair, neighbours: Neighbours): Promise<Component> {
  const other = component.nodes.has(channel.node) ? dialog.node : channel.node;
  const more = await walk([other], neighbours);
  const tenant = component.tenant ?? more.tenant;
  // The two legs may be nobody's by themselves and yet stand in the calls of two tenants.
  if (more.tenant !== undefined && more.tenant !== tenant) return component;
  const evidence = channel.evidence.atUs <= dialog.evidence.atUs ? dialog.evidence : channel.evidence;
  const guess: Join = {
    node: channel.node,
    peer: dialog.node,
    kind: 'guess',
    tier: 'guess',
    why: 'same_numbers_same_moment',
    forward: true,
    sinceUs: Math.min(channel.atUs, dialog.atUs),
    untilUs: Math.max(channel.atUs, dialog.atUs),
    evidence,
  };
  const key = ({ node, peer, kind, why, tier }: StoredEdge): string => `${node}\0${peer}\0${kind}\0${why}\0${tier}`;
  const nodes = new Set([...component.nodes, ...more.nodes]);
  const edges = new Map([...component.edges, ...more.edges, guess].map((edge) => [key(edge), edge]));
  return {
    nodes,
    edges: [...edges.values()].sort((a, b) => a.sinceUs - b.sinceUs || (key(a) < key(b) ? -1 : 1)),
    links: [...component.links, ...more.links].filter((edge) => !nodes.has(edge.peer) || !nodes.has(edge.node)),
    refused: new Map([...component.refused, ...more.refused].filter(([node]) => !nodes.has(node))),
    tenant,
    truncated: component.truncated || more.truncated || nodes.size > GUARDS.maxNodes,
  };
}
