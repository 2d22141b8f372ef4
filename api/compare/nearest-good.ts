import { farSideOf, type Places } from '../../core/call/far-side.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { decidingLeg } from '../../core/diagnosis/attempts.ts';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { createPrefixes } from '../../core/model/prefix.ts';
import { inTurns } from '../../core/runtime/in-turns.ts';
import { kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { openCall } from '../call/finder.ts';
import { presentSummary } from '../call/present.ts';
import type { ApiDeps } from '../deps.ts';
import { caseAt } from './case-at.ts';
import type { NearestGood } from './schema.ts';

/** Calls of the list that are looked at to either side in time. */
const AROUND = 2000;
/** Of those to such a number, how many are put together and diagnosed at most. */
const MAX_OPENED = 12;

type Deps = Pick<ApiDeps, 'store' | 'unmask' | 'guesses' | 'hosts' | 'switches'>;

/**
 * The call nearest in time that was answered and of which nothing bad is said, over the same trunk and to a number of the same
 * class. The trunk is that of the leg that decided how the call went: what a carrier does differently is seen at its own leg.
 * Calls that the linker has not listed yet, some 30 s after they fell silent, are not among them.
 */
export async function nearestGood(deps: Deps, call: FoundCall, options: SelectOptions): Promise<NearestGood> {
  const { hosts, switches = new Set() } = deps;
  const places: Places = { names: createHostNames(onlyOf(options) === undefined ? hosts : {}), nodes: switches };
  const own = await caseAt(deps.store, call, options);
  const trunk = farSideOf(decidingLeg(own).leg, places).trunk;
  const numberClass = createPrefixes().of(call.facts.root.to.number);
  const candidates = await readAnswered(deps, call, numberClass, options);
  let looked = 0;
  for (const id of candidates.slice(0, MAX_OPENED)) {
    const found = await openCall(deps, id, {}, options);
    if (found === undefined || found.call.facts.outcome !== 'answered') continue;
    looked += 1;
    const other = await caseAt(deps.store, found.call, options);
    if (!other.legs.some(({ leg }) => farSideOf(leg, places).trunk === trunk)) continue;
    if ((await inTurns(diagnose(other))).some(({ cause }) => cause !== 'normal')) continue;
    return { call: presentSummary(found.call), trunk, numberClass, looked };
  }
  return { call: null, trunk, numberClass, looked };
}

/** Ids of answered calls to a number of this class, the nearest in time first. */
async function readAnswered(
  { store }: Pick<Deps, 'store'>,
  { facts, callIds, channelUuids }: FoundCall,
  prefix: string,
  asked: SelectOptions,
): Promise<string[]> {
  // The condition on the tenant stands in the statement below.
  const options = kept(asked);
  const only = onlyOf(options);
  const at = facts.lastUs;
  const beside = (comparison: string, order: string): Promise<{ node: NodeKey }[]> =>
    store.select<{ node: NodeKey }>(
      `SELECT node FROM endings WHERE until ${comparison} fromUnixTimestamp64Micro({at:Int64})
       ORDER BY until ${order} LIMIT {limit:UInt32}`,
      { at, limit: AROUND },
      options,
    );
  const [before, after] = await Promise.all([beside('<=', 'DESC'), beside('>', 'ASC')]);
  const ids = [...new Set([...before, ...after].map(({ node }) => nodeText(node)))];
  if (ids.length === 0) return [];
  const rows = await store.select<{ id: string; us: number }>(
    `SELECT id, max(toUnixTimestamp64Micro(until)) AS us FROM calls
     WHERE id IN {ids:Array(String)} AND outcome = 'answered' AND method = 'INVITE' AND gone = 0
       AND JSONExtractString(line, 23, 7) = {prefix:String}
       ${only === undefined ? '' : 'AND has({tenants:Array(String)}, tenant)'}
     GROUP BY id`,
    { ids, prefix, ...(only === undefined ? {} : { tenants: only.names }) },
    options,
  );
  const own = new Set([...callIds, ...channelUuids]);
  return rows
    .filter(({ id }) => !own.has(id))
    .sort((a, b) => Math.abs(a.us - at) - Math.abs(b.us - at) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}
