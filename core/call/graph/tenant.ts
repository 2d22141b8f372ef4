import { type NodeKey, nodeLetter, nodeText, TENANT_RULES } from '../../model/edge.ts';
import type { StoredEdge } from '../read/edges.ts';
import type { Neighbours } from './neighbours.ts';

/**
 * Whose the leg is that these edges touch. The strongest rule that says anything decides; when it names two tenants, the
 * leg stands between them and is nobody's alone. Undefined then, and when nothing is said.
 */
export function tenantOf(edges: readonly Pick<StoredEdge, 'kind' | 'why' | 'peer'>[]): string | undefined {
  // Most sites have no tenants, and most walks ask for nothing else.
  if (!edges.some(({ kind }) => kind === 'tenant')) return undefined;
  const said = edges.filter((edge) => edge.kind === 'tenant');
  for (const rule of TENANT_RULES) {
    const [name, another] = new Set(said.filter(({ why }) => why === rule).map(({ peer }) => nodeText(peer)));
    if (name !== undefined) return another === undefined ? name : undefined;
  }
  return undefined;
}

/** Why an edge is not followed although it joins: its far end is, or may be, another tenant's. */
export type Refusal = 'other_tenant' | 'value_of_two_tenants';

/** A leg of another tenant that the walk came upon, and since when the edge to it held. */
export interface Touched {
  readonly tenant: string;
  readonly sinceUs: number;
}

/** What keeps one walk inside one tenant. */
export interface Border {
  /** Legs that are not entered, and why. */
  readonly refused: Map<NodeKey, Refusal>;
  readonly touched: Touched[];
  /**
   * Which of these edges may not be followed: those to legs of another tenant; and those from a site value that legs of
   * two tenants carry, unless the far leg is known to be of this one, as two tenants number their calls alike.
   */
  closed(edges: readonly StoredEdge[]): Promise<ReadonlySet<StoredEdge>>;
  /** Refuses the dialogs at the far ends of these links that are known to be of a tenant whom the near end is not of. */
  refuseLinks(edges: readonly StoredEdge[]): Promise<void>;
}

const NONE: ReadonlySet<StoredEdge> = new Set();

/** @param tenant whose call is walked; undefined for a call of no known tenant, which enters no tenant's leg */
export function createBorder(tenant: string | undefined, neighbours: Neighbours): Border {
  const refused = new Map<NodeKey, Refusal>();
  const touched: Touched[] = [];

  const tenantsOf = async (legs: Iterable<NodeKey>): Promise<Map<NodeKey, string>> => {
    const asked = [...new Set(legs)];
    const found = await Promise.all(asked.map(neighbours));
    const tenants = new Map<NodeKey, string>();
    for (const [i, leg] of asked.entries()) {
      const name = tenantOf(found[i] ?? []);
      if (name !== undefined) tenants.set(leg, name);
    }
    return tenants;
  };

  const isOfTwo = async (value: NodeKey): Promise<boolean> => {
    const legs = (await neighbours(value)).filter((edge) => edge.kind === 'merge').map(({ peer }) => peer);
    return new Set((await tenantsOf(legs)).values()).size > 1;
  };

  return {
    refused,
    touched,
    async closed(edges) {
      const tenants = await tenantsOf(edges.map(({ peer }) => peer));
      if ([...tenants.values()].every((name) => name === tenant)) return NONE;
      const values = [...new Set(edges.map(({ node }) => node).filter((node) => nodeLetter(node) === 'v'))];
      const ofTwo = await Promise.all(values.map(isOfTwo));
      const shared = new Set(values.filter((_, i) => ofTwo[i]));
      const closed = edges.filter(({ node, peer, sinceUs }) => {
        const far = tenants.get(peer);
        if (far !== undefined ? far === tenant : !shared.has(node)) return false;
        refused.set(peer, far === undefined ? 'value_of_two_tenants' : 'other_tenant');
        if (far !== undefined && !shared.has(node)) touched.push({ tenant: far, sinceUs });
        return true;
      });
      return new Set(closed);
    },
    async refuseLinks(edges) {
      const tenants = await tenantsOf(edges.map(({ peer }) => peer));
      for (const { node, peer } of edges) {
        const far = tenants.get(peer);
        if (far === undefined || far === tenant) continue;
        // A leg between two tenants has a telephone of each.
        const own = (await neighbours(node)).filter(({ kind }) => kind === 'tenant');
        if (!own.some((edge) => nodeText(edge.peer) === far)) refused.set(peer, 'other_tenant');
      }
    },
  };
}

/**
 * The tenant of a call that was begun at legs of no known tenant and came upon legs of some: the one it came upon first
 * in the time of the call, so that a leg between two tenants always leads to the same one of their calls.
 */
export function firstTouched(touched: readonly Touched[]): string | undefined {
  const [first] = [...touched].sort((a, b) => a.sinceUs - b.sinceUs || (a.tenant < b.tenant ? -1 : 1));
  return first?.tenant;
}
