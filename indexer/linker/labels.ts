import type { FoundCall } from '../../core/call/find.ts';
import type { NodeKey } from '../../core/model/edge.ts';
import { nodeLetter } from '../../core/model/edge.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';

/** Which call a leg was last labelled with. */
export async function readLabels(store: Store, nodes: readonly NodeKey[]): Promise<Map<NodeKey, string>> {
  if (nodes.length === 0) return new Map();
  const rows = await store.select<{ node: NodeKey; call: string }>(
    'SELECT node, argMax(call, version) AS call FROM labels WHERE node IN {nodes:Array(String)} GROUP BY node',
    { nodes },
  );
  return new Map(rows.map(({ node, call }) => [node, call]));
}

/** Which of these identifiers stand in the list of calls. */
export async function readListed(store: Store, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await store.select<{ id: string }>(
    'SELECT id FROM calls WHERE id IN {ids:Array(String)} GROUP BY id HAVING argMax(gone, version) = 0',
    { ids },
  );
  return new Set(rows.map(({ id }) => id));
}

/** Every leg that was last labelled with one of these calls. */
export async function readMembers(store: Store, calls: readonly string[]): Promise<NodeKey[]> {
  if (calls.length === 0) return [];
  const rows = await store.select<{ node: NodeKey }>(
    `SELECT node FROM labels WHERE node IN (SELECT node FROM labels WHERE call IN {calls:Array(String)})
     GROUP BY node HAVING argMax(call, version) IN {calls:Array(String)} ORDER BY node`,
    { calls },
  );
  return rows.map(({ node }) => node);
}

/** The Call-IDs and channels of a call: what a label is written for. */
export const legsOf = (call: FoundCall): NodeKey[] =>
  [...call.component.nodes].filter((node) => nodeLetter(node) === 'c' || nodeLetter(node) === 'u');

/** A call as a row of lists and statistics. */
export function callRow({ facts, legs }: FoundCall, version: number, nowUs: number): Row<'calls'> {
  const { root, startedUs, lastUs, ringingUs, answeredUs, endedUs } = facts;
  const ms = (from: number | undefined, to: number | undefined): number =>
    from === undefined || to === undefined ? 0 : Math.min(0xffffffff, Math.max(0, Math.round((to - from) / 1000)));
  return {
    id: root.id,
    since: startedUs,
    until: lastUs,
    arrived: nowUs,
    method: root.dialog?.method ?? 'INVITE',
    from_number: root.from.number,
    from_name: root.from.name,
    to_number: root.to.number,
    outcome: facts.outcome,
    final_status: facts.finalStatus ?? 0,
    hangup_cause: facts.hangupCause ?? '',
    hung_up_by: facts.hungUpBy ?? '',
    attempts: facts.attempts.total,
    failed_attempts: facts.attempts.failed,
    legs: legs.length,
    pdd_ms: ms(startedUs, ringingUs),
    setup_ms: ms(startedUs, answeredUs),
    talk_ms: ms(answeredUs, endedUs),
    gone: 0,
    version,
  };
}

/** Says that a call no longer has this id: its legs have become part of another one. */
export function goneRow(id: string, version: number, nowUs: number): Row<'calls'> {
  return {
    id,
    since: 0,
    until: 0,
    arrived: nowUs,
    method: '',
    from_number: '',
    from_name: '',
    to_number: '',
    outcome: '',
    final_status: 0,
    hangup_cause: '',
    hung_up_by: '',
    attempts: 0,
    failed_attempts: 0,
    legs: 0,
    pdd_ms: 0,
    setup_ms: 0,
    talk_ms: 0,
    gone: 1,
    version,
  };
}
