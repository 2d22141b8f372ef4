import { isLeg, type NodeKey, nodeLetter, nodeText } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { type BirthFact, readBirthsNear, readBirthsOf } from '../read/births.ts';
import type { StoredEdge } from '../read/edges.ts';
import { readInvites } from '../read/invites.ts';
import type { Component, Join } from './component.ts';
import type { Neighbours } from './neighbours.ts';
import { type OwnedBirth, uniquePairs } from './pairs.ts';
import { type Candidate, MAX_DIALOGS, RELAY_US, relaysOf } from './relays.ts';
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
 * speaks, and the one dialog that began between the same numbers in the same moment; the dialogs on both sides of a box
 * that nobody hears. Such edges are of kind and tier "guess", so that nobody takes them for proof.
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
    const fresh = [...grown.nodes].filter((node) => !asked.has(node) && isLeg(node));
    if (fresh.length === 0) break;
    for (const node of fresh) asked.add(node);
    const births = await readBirthsOf(store, fresh, options);
    const guesses: Guess[] = [];
    for (const birth of births) {
      if (isUnpaired(birth.node, grown.edges)) guesses.push(...(await pairsOf(birth, neighbours, store, options)));
      if (nodeLetter(birth.node) === 'c') guesses.push(...(await relaysNear(birth, neighbours, store, options)));
    }
    for (const guess of guesses) grown = await join(grown, guess, neighbours);
  }
  return grown;
}

/** Two legs that most likely are one, or one because of the other: the earlier one first. */
interface Guess {
  readonly first: OwnedBirth;
  readonly second: OwnedBirth;
  readonly why: 'same_numbers_same_moment' | 'same_box_same_call';
}

function isUnpaired(node: NodeKey, edges: readonly StoredEdge[]): boolean {
  // A guess does not end the search: a proxy may have offered the dialog to a second switch.
  return !edges.some((edge) => (edge.node === node || edge.peer === node) && IDENTITY.has(edge.why));
}

async function pairsOf(
  birth: BirthFact,
  neighbours: Neighbours,
  store: Store,
  options?: SelectOptions,
): Promise<Guess[]> {
  const near = await readBirthsNear(store, birth.toKey, birth.atUs - WINDOW_US, birth.atUs + WINDOW_US, options);
  const open = await withoutProven(near, neighbours);
  return uniquePairs(open)
    .filter(({ channel, dialog }) => channel.node === birth.node || dialog.node === birth.node)
    .map(({ channel, dialog }) => ({ first: channel, second: dialog, why: 'same_numbers_same_moment' }));
}

/** Twice the time that a box takes: whoever competes for an INVITE is seen from either side of the box. */
const RELAY_WINDOW_US = 2 * RELAY_US;

async function relaysNear(
  birth: BirthFact,
  neighbours: Neighbours,
  store: Store,
  options?: SelectOptions,
): Promise<Guess[]> {
  const [since, until] = [birth.atUs - RELAY_WINDOW_US, birth.atUs + RELAY_WINDOW_US];
  const near = (await readBirthsNear(store, birth.toKey, since, until, options)).filter(
    ({ node }) => nodeLetter(node) === 'c',
  );
  // A storm is told by the number of its dialogs: nothing more is read of them.
  if (near.length < 2 || near.length > MAX_DIALOGS) return [];
  const [invites, touching] = await Promise.all([
    readInvites(
      store,
      near.map(({ node }) => nodeText(node)),
      options,
    ),
    Promise.all(near.map(({ node }) => neighbours(node))),
  ]);
  const dialogs = near.flatMap((one, i): Candidate[] => {
    const invite = invites.get(nodeText(one.node));
    const edges = touching[i] ?? [];
    const isSettled = edges.some((edge) => IDENTITY.has(edge.why) && nodeLetter(edge.peer) === 'u');
    return invite === undefined ? [] : [{ birth: { ...one, tenant: tenantOf(edges) }, invite, isSettled }];
  });
  const calls = new Map<NodeKey, Promise<Component>>();
  const callOf = (node: NodeKey): Promise<Component> => {
    const known = calls.get(node) ?? walk([node], neighbours);
    calls.set(node, known);
    return known;
  };
  const isSameCall = async (a: Candidate, b: Candidate): Promise<boolean> =>
    (await callOf(a.birth.node)).nodes.has(b.birth.node);
  const relays = await relaysOf(birth.node, dialogs, { isSameCall });
  return relays.map(({ into, out }) => ({ first: into.birth, second: out.birth, why: 'same_box_same_call' }));
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

async function join(component: Component, { first, second, why }: Guess, neighbours: Neighbours): Promise<Component> {
  const other = component.nodes.has(first.node) ? second.node : first.node;
  const more = await walk([other], neighbours);
  const tenant = component.tenant ?? more.tenant;
  // The two legs may be nobody's by themselves and yet stand in the calls of two tenants.
  if (more.tenant !== undefined && more.tenant !== tenant) return component;
  const guess: Join = {
    node: first.node,
    peer: second.node,
    kind: 'guess',
    tier: 'guess',
    why,
    forward: true,
    sinceUs: Math.min(first.atUs, second.atUs),
    untilUs: Math.max(first.atUs, second.atUs),
    evidence: first.evidence.atUs <= second.evidence.atUs ? second.evidence : first.evidence,
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
