import type { Retention } from '../../core/config/config.ts';
import { type NodeKey, tenantNode } from '../../core/model/edge.ts';
import { readHolds } from '../../core/privacy/holds.ts';
import type { Tenant } from '../../core/runtime/tenants.ts';
import type { Store } from '../../core/store/store.ts';
import { deleteWhere } from './delete.ts';
import { inParts, placesOf } from './places.ts';

const DAY_US = 86_400_000_000;
/** Legs that one sweep looks up at a time, and how often it does so before the next tenant has its turn. */
const LEGS = 5000;
const TURNS = 20;
const KINDS = ['messages', 'events', 'logs', 'identifiers'] as const;

export interface SweepDeps {
  readonly store: Store;
  readonly nowUs: number;
  readonly swept: (kind: keyof Retention, rows: number) => void;
  readonly isStopped: () => boolean;
}

/**
 * Deletes what is kept for a shorter time for some tenants: of a leg that was last heard of so many days ago. Rows have no
 * tenant; an edge says whose a leg is, and goes last. How far it came is written down a step at a time.
 */
export async function sweepTenants(
  deps: SweepDeps,
  tenants: readonly Pick<Tenant, 'name' | 'retention'>[],
): Promise<number> {
  let rows = 0;
  for (const { name, retention = {} } of tenants) {
    for (const kind of KINDS) {
      const days = retention[kind];
      if (days !== undefined) rows += await sweep(deps, name, kind, days);
    }
  }
  return rows;
}

async function sweep(deps: SweepDeps, tenant: string, kind: (typeof KINDS)[number], days: number): Promise<number> {
  const { store, nowUs, swept, isStopped } = deps;
  const cutoff = Math.floor(nowUs - days * DAY_US);
  const held = new Set((await readHolds(store)).flatMap(({ nodes }) => nodes));
  let deleted = 0;
  for (let turn = 0; turn < TURNS && !isStopped(); turn += 1) {
    const from = await progressOf(store, tenant, kind);
    const legs = await store.select<{ node: NodeKey; us: number | string }>(
      `SELECT node, toUnixTimestamp64Micro(max(arrived)) AS us FROM edges WHERE kind = 'tenant' AND peer = {peer:String}
       GROUP BY node HAVING us > {from:Int64} AND us <= {cutoff:Int64} ORDER BY us LIMIT {legs:UInt32} WITH TIES`,
      { peer: tenantNode(tenant), from, cutoff, legs: LEGS },
      { maxSeconds: 120 },
    );
    const last = legs.at(-1);
    if (last === undefined) break;
    const nodes = legs.map(({ node }) => node).filter((node) => !held.has(node));
    for (const some of inParts(nodes)) {
      for (const place of placesOf(some).filter((one) => one.kind === kind)) {
        const rows = await deleteWhere(store, place.table, place.where, 'mark');
        swept(kind, rows);
        deleted += rows;
      }
    }
    await writeProgress(store, tenant, kind, Number(last.us));
  }
  return deleted;
}

const nameOf = (tenant: string, kind: string): string => `retention ${kind} ${tenant}`;

async function progressOf(store: Store, tenant: string, kind: string): Promise<number> {
  const [row] = await store.select<{ us: number | string }>(
    'SELECT toUnixTimestamp64Micro(argMax(linked_until, version)) AS us FROM linker WHERE name = {name:String}',
    { name: nameOf(tenant, kind) },
  );
  return Number(row?.us ?? 0);
}

async function writeProgress(store: Store, tenant: string, kind: string, us: number): Promise<void> {
  const name = nameOf(tenant, kind);
  await store.insert('linker', [{ name, linked_until: us, version: us, arrived: us }], `${name} ${us}`);
}
