import { type NodeKey, TENANT_RULES } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { tenantOf } from '../graph/tenant.ts';

/** Whose a leg is, among its edges of kind tenant: the strongest rule counts, if it names one alone (graph/tenant.ts). */
export const TENANT = `substring(multiIf(${TENANT_RULES.map(
  (rule) =>
    `countIf(why = '${rule}') > 0, if(uniqExactIf(peer, why = '${rule}') = 1, anyIf(peer, why = '${rule}'), '')`,
).join(', ')}, ''), 3)`;

/** Whose these legs are, as far as they say so themselves; a leg of no known tenant is not in the answer. */
export async function readTenants(
  store: Store,
  nodes: readonly NodeKey[],
  options?: SelectOptions,
): Promise<Map<NodeKey, string>> {
  if (nodes.length === 0) return new Map();
  const rows = await store.select<{ node: NodeKey; said: readonly (readonly [why: string, peer: NodeKey])[] }>(
    `SELECT node, groupUniqArray((why, peer)) AS said FROM edges
     WHERE node IN {nodes:Array(String)} AND kind = 'tenant' GROUP BY node`,
    { nodes },
    options,
  );
  const tenants = new Map<NodeKey, string>();
  for (const { node, said } of rows) {
    const tenant = tenantOf(said.map(([why, peer]) => ({ kind: 'tenant', why, peer })));
    if (tenant !== undefined) tenants.set(node, tenant);
  }
  return tenants;
}
