import { readCallLine } from '../../core/call/call-line.ts';
import { readLines } from '../../core/call/read/listed-rows.ts';
import { readTenants } from '../../core/call/read/tenants.ts';
import type { Outcome } from '../../core/call/types.ts';
import { callIdNode, channelNode, type NodeKey } from '../../core/model/edge.ts';
import { onlyOf, shows } from '../../core/runtime/sight.ts';
import { type SelectOptions, type Store, StoreError } from '../../core/store/store.ts';
import type { SearchQuestion } from './matches.ts';

/** What somebody wants of a call beside its time. */
export type Filter = Pick<SearchQuestion, 'tenant' | 'outcomes' | 'node' | 'trunk'>;

export const isFiltering = ({ tenant, outcomes, node, trunk }: Filter): boolean =>
  tenant !== undefined || outcomes !== undefined || node !== undefined || trunk !== undefined;

/** What a list shows of a call, as far as a filter asks for it. */
interface Filtered {
  readonly outcome: Outcome;
  readonly nodes: readonly string[];
  readonly tenant?: string | null;
  readonly trunk?: string;
}

export const passes = (call: Filtered, { tenant, outcomes, node, trunk }: Filter): boolean =>
  (tenant === undefined || call.tenant === tenant) &&
  (outcomes === undefined || outcomes.has(call.outcome)) &&
  (node === undefined || call.nodes.includes(node)) &&
  (trunk === undefined || call.trunk === trunk);

/** A scan opens the columns that are asked for alone. */
const CONDITIONS = {
  outcomes: 'outcome IN {outcomes:Array(String)}',
  tenants: 'tenant IN {tenants:Array(String)}',
  // Both stand in the packed line (core/call/call-line.ts); whether in the right place of it is told afterwards.
  node: 'position(line, {node:String}) > 0',
  trunk: 'position(line, {trunk:String}) > 0',
} as const;

/** All rounds together, and rows of the last ones. */
const SECONDS = 10;
const MAX_STEP = 20_000;

interface Row {
  readonly id: string;
  readonly us: number;
}

/**
 * The newest calls that the linker has put together and that pass, with their ends: found by the engine, as there need not be
 * any among the newest of all. A row that was written anew may stand there in each of its versions, of which the newest is
 * looked at here; so one round need not bring enough.
 */
export async function readFiltered(
  store: Store,
  question: SearchQuestion,
  window: { readonly since: number; readonly until: number },
  options?: SelectOptions,
): Promise<Map<NodeKey, number>> {
  const { outcomes, tenant, node, trunk, limit } = question;
  const tenants = tenant === undefined ? onlyOf(options)?.names : [tenant];
  const params = {
    ...(outcomes === undefined ? {} : { outcomes: [...outcomes] }),
    ...(tenants === undefined ? {} : { tenants: [...tenants] }),
    ...(node === undefined ? {} : { node: JSON.stringify(node) }),
    ...(trunk === undefined ? {} : { trunk: JSON.stringify(trunk) }),
  };
  const conditions = (Object.keys(params) as (keyof typeof params)[]).map((name) => CONDITIONS[name]);
  const found = new Map<NodeKey, number>();
  const deadlineMs = performance.now() + SECONDS * 1000;
  let step = limit;
  for (let [before, idBefore] = [LATEST_US, '']; ; step = Math.min(MAX_STEP, step * 4)) {
    const rows = await store.select<Row>(
      `SELECT id, toUnixTimestamp64Micro(until) AS us FROM calls
       WHERE gone = 0 AND ${conditions.join(' AND ')}
         AND until >= fromUnixTimestamp64Micro({since:Int64}) AND since <= fromUnixTimestamp64Micro({until:Int64})
         AND (until, id) < (fromUnixTimestamp64Micro({before:Int64}), {idBefore:String})
       ORDER BY until DESC, id DESC LIMIT 1 BY id LIMIT {step:UInt32} SETTINGS max_threads = 0`,
      { ...window, ...params, before, idBefore, step },
      options,
    );
    for (const [key, us] of await passing(store, rows, question, options)) if (!found.has(key)) found.set(key, us);
    const last = rows.at(-1);
    if (last === undefined || rows.length < step || found.size >= limit) return found;
    if (performance.now() > deadlineMs) throw new StoreError('timeout', `no answer within ${SECONDS} s`);
    [before, idBefore] = [last.us, last.id];
  }
}

/** Beyond every call, and within what the engine's times reach to. */
const LATEST_US = 9_000_000_000_000_000;

async function passing(
  store: Store,
  rows: readonly Row[],
  filter: Filter,
  options: SelectOptions | undefined,
): Promise<(readonly [NodeKey, number])[]> {
  const ids = rows.map(({ id }) => id);
  const lines = await readLines(store, ids, options);
  return rows.flatMap(({ id, us }) => {
    const line = lines.get(id) ?? '';
    if (line === '') return [];
    const call = readCallLine(id, line);
    if (!passes(call, filter) || !shows(options, call.tenant)) return [];
    return [[call.callIds.includes(id) ? callIdNode(id) : channelNode(id), us] as const];
  });
}

/** Of one tenant's calls: most matches of a shared site may be others', and those are told without a walk. */
export const MAX_MATCHES_OF_ALL = 50_000;

/** Without the legs that are known to be of another tenant. */
export async function withoutOthers<T extends { readonly node: NodeKey }>(
  store: Store,
  legs: readonly T[],
  tenant: string,
  options?: SelectOptions,
): Promise<T[]> {
  const nodes = legs.map(({ node }) => node);
  const tenants = await readTenants(store, nodes, options);
  return legs.filter(({ node }) => (tenants.get(node) ?? tenant) === tenant);
}
