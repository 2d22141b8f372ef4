import { type NodeKey, nodeLetter, nodeText, TENANT_RULES } from '../../model/edge.ts';
import type { StoredEdge } from '../read/edges.ts';
import type { Neighbours } from './neighbours.ts';

/**
 * Whose the leg is that these edges touch. The strongest rule that says anything decides; when it names two tenants, the
 * leg stands between them and is nobody's alone. Undefined then, and when nothing is said.
 */
export function tenantOf(edges: readonly Pick<StoredEdge, 'kind' | 'why' | 'peer'>[]): string | undefined {
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
   * Which of these edges may be followed. An edge to a leg of another tenant is not; nor is one from a site value that
   * legs of two tenants carry, unless the far leg is known to be of this one: two tenants number their calls alike.
   */
  open(edges: readonly StoredEdge[]): Promise<ReadonlySet<StoredEdge>>;
}

/** @param tenant whose call is walked; undefined for a call of no known tenant, which enters no tenant's leg */
export function createBorder(tenant: string | undefined, neighbours: Neighbours): Border {
  const refused = new Map<NodeKey, Refusal>();
  const touched: Touched[] = [];
  const whose = async (node: NodeKey): Promise<string | undefined> => tenantOf(await neighbours(node));

  const isAmbiguous = async (value: NodeKey): Promise<boolean> => {
    const legs = (await neighbours(value)).filter((edge) => edge.kind === 'merge').map(({ peer }) => peer);
    const names = await Promise.all([...new Set(legs)].map(whose));
    return new Set(names.filter((name) => name !== undefined)).size > 1;
  };

  return {
    refused,
    touched,
    async open(edges) {
      const values = [...new Set(edges.filter(({ node }) => nodeLetter(node) === 'v').map(({ node }) => node))];
      const [tenants, ambiguous] = await Promise.all([
        Promise.all(edges.map(({ peer }) => whose(peer))),
        Promise.all(values.map(isAmbiguous)),
      ]);
      const shared = new Set(values.filter((_, i) => ambiguous[i]));
      const open = edges.filter(({ node, peer, sinceUs }, i) => {
        const far = tenants[i];
        if (far !== undefined && far === tenant) return true;
        if (far === undefined && !shared.has(node)) return true;
        refused.set(peer, far === undefined ? 'value_of_two_tenants' : 'other_tenant');
        if (far !== undefined && !shared.has(node)) touched.push({ tenant: far, sinceUs });
        return false;
      });
      return new Set(open);
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
