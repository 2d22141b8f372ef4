import type { NodeKey } from '../../model/edge.ts';
import { onlyOf, type TenantSight } from '../../runtime/sight.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { TENANT } from './tenants.ts';

/**
 * Which legs somebody may be shown who sees the calls of some tenants alone, for questions that do not put calls together
 * (lists, lines, counts): told in the statement itself, before anything is cut, grouped or counted.
 *
 * A leg is shown that is of one of these tenants by itself; and one that is nobody's, or says two tenants, when the linker
 * has put it into a call of theirs.
 *
 * @param leg expression of a graph node
 * @param candidates a statement with one column, `leg`: nodes that come into question. It stands here several times, and is
 *   what the look-ups by key are bounded by
 * @param names expression of the tenants' names, an array
 */
export function seenLegs(leg: string, candidates: string, names: string): string {
  const said = (which: string): string =>
    `SELECT node FROM edges WHERE kind = 'tenant' AND node IN (${candidates}) GROUP BY node HAVING ${which}`;
  const labels = `FROM labels WHERE node IN (${candidates})`;
  const calls = (ids: string): string =>
    `SELECT id FROM calls WHERE id IN (${ids}) GROUP BY id HAVING has(${names}, argMax(tenant, version))`;
  return `(${leg} IN (${said(`has(${names}, ${TENANT})`)})
    OR (${leg} NOT IN (${said(`${TENANT} != ''`)})
      AND (${leg} IN (SELECT node ${labels} GROUP BY node HAVING argMax(call, version) IN (${calls(`SELECT call ${labels}`)}))
        OR substring(${leg}, 3) IN (${calls(`SELECT substring(leg, 3) FROM (${candidates})`)}))))`;
}

/** Rows of switches and sensors that are not another tenant's alone; undefined where none is anybody's. */
export function seenNodes(column: string, { nodes }: TenantSight, bind: (value: string) => string): string | undefined {
  if (nodes.every(({ shown }) => shown)) return undefined;
  const cases = nodes.map(({ pattern, shown }) => `match(${column}, ${bind(pattern)}), ${shown ? 1 : 0}`);
  return `multiIf(${cases.join(', ')}, 1)`;
}

/** Those of these legs that may be shown. */
export async function readSeen(
  store: Store,
  nodes: readonly NodeKey[],
  options?: SelectOptions,
): Promise<ReadonlySet<NodeKey>> {
  const only = onlyOf(options);
  if (only === undefined || nodes.length === 0) return new Set(nodes);
  const all = 'SELECT arrayJoin({nodes:Array(String)}) AS leg';
  const rows = await store.select<{ leg: NodeKey }>(
    `SELECT leg FROM (${all}) WHERE ${seenLegs('leg', all, '{tenants:Array(String)}')}`,
    { nodes, tenants: only.names },
    options,
  );
  return new Set(rows.map(({ leg }) => leg));
}
