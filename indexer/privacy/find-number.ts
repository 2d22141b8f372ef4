import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { walk } from '../../core/call/graph/walk.ts';
import { isLeg, type NodeKey, QUALITY_REPORT } from '../../core/model/edge.ts';
import { numberForms, reversed } from '../../core/model/number.ts';
import type { Store } from '../../core/store/store.ts';
import type { TableName } from '../../core/store/tables.ts';
import { inParts } from './places.ts';

/** A number with fewer digits ends too many others: only the whole of it counts. */
const LEAST_DIGITS = 7;

/** Every leg of every call in which the number stands as a party, as a search finds it. */
export async function legsWithNumber(store: Store, number: string): Promise<NodeKey[]> {
  const { ends = '', equals = [] } = numberForms(number) ?? {};
  const names = [number.trim().toLowerCase(), ...equals, ...equals.map((digits) => `+${digits}`)];
  const rows = await store.select<{ node: NodeKey }>(
    `SELECT DISTINCT node FROM identifiers
     WHERE (kind = 'number_reversed' AND (value IN {equals:Array(String)} ${ends.length >= LEAST_DIGITS ? 'OR startsWith(value, {ends:String})' : ''}))
        OR (kind = 'name' AND value IN {names:Array(String)})`,
    { equals: equals.map(reversed), ends: reversed(ends), names },
    { maxSeconds: 60 },
  );
  const legs = new Set<NodeKey>();
  for (const some of inParts(rows.map(({ node }) => node))) {
    const neighbours = createNeighbours(store);
    for (const { nodes, links } of await Promise.all(some.map((node) => walk([node], neighbours)))) {
      for (const node of nodes) if (isLeg(node)) legs.add(node);
      // What a telephone published of a call names its parties, in a dialog that nobody finds by a number.
      for (const { why, peer, forward } of links) if (why === QUALITY_REPORT && forward) legs.add(peer);
    }
    for (const node of some) legs.add(node);
  }
  return [...legs].sort();
}

/** What is of no leg, but has the number in it: bytes that nobody could read, packets and lines without a call. */
const LOOSE: readonly { table: TableName; text: string; of: string }[] = [
  { table: 'unreadable', text: 'bytes', of: '1' },
  { table: 'messages', text: 'payload', of: "call_id = ''" },
  { table: 'events', text: 'headers', of: "channel = ''" },
  { table: 'logs', text: 'text', of: "channel = '' AND call_id = ''" },
];

/** Conditions by id: a statement that names the number would stand in the engine's files. */
export async function looseRows(store: Store, number: string): Promise<{ table: TableName; where: string }[]> {
  const { ends = '' } = numberForms(number) ?? {};
  if (ends.length < LEAST_DIGITS) return [];
  const found: { table: TableName; where: string }[] = [];
  for (const { table, text, of } of LOOSE) {
    const rows = await store.select<{ id: string }>(
      `SELECT DISTINCT lower(hex(id)) AS id FROM ${table} WHERE ${of} AND position(${text}, {ends:String}) > 0`,
      { ends },
      { maxSeconds: 120 },
    );
    for (const some of inParts(rows)) {
      found.push({ table, where: `${of} AND id IN (${some.map(({ id }) => `unhex('${id}')`).join(', ')})` });
    }
  }
  return found;
}
