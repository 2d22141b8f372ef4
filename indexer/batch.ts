import { createHash } from 'node:crypto';
import type { Micros } from '../core/model/capture-event.ts';
import type { Edge, Evidence, NodeKey } from '../core/model/edge.ts';
import { reversed } from '../core/model/number.ts';
import { type Row, TABLES, type TableName } from '../core/store/tables.ts';
import type { Birth, Derived, HostName, SearchTerm } from './derived.ts';
import { touchedBy } from './touched.ts';

/** Rows of every table that are stored together. The order of `add` does not change what a reader will find. */
export interface Batch {
  /** `arrivedUs`: when the event came in, from which its retention counts. */
  add(derived: Derived, arrivedUs: Micros): void;
  /** Tables that have rows, each with a token that is the same for the same rows. */
  tables(): readonly BatchTable[];
}

export type BatchTable = {
  [T in TableName]: { readonly table: T; readonly rows: readonly Row<T>[]; readonly token: string };
}[TableName];

/** @param now epoch µs: when the rows are written, by which the linker finds what is new */
export function createBatch(now: () => Micros = () => Date.now() * 1000): Batch {
  const rows: { [T in TableName]: Row<T>[] } = {
    messages: [],
    events: [],
    logs: [],
    gaps: [],
    unreadable: [],
    edges: [],
    identifiers: [],
    births: [],
    touched: [],
    labels: [],
    calls: [],
    linker: [],
    hosts: [],
  };
  const touched = new Set<NodeKey>();
  // One call repeats the same edge in every event: fold them here, so that a batch holds each once.
  const edges = new Map<string, Edge>();
  let lastUs: Micros = 0;
  const terms = new Map<string, { term: SearchTerm; untilUs: number }>();
  const hosts = new Map<string, HostName>();

  const add = (
    { rows: newRows, edges: newEdges, terms: newTerms, hosts: newHosts, births }: Derived,
    arrivedUs: Micros,
  ): void => {
    lastUs = Math.max(lastUs, arrivedUs);
    for (const { table, row } of newRows) (rows[table] as Row<TableName>[]).push(row);
    for (const node of touchedBy(newRows, newEdges)) touched.add(node);
    for (const birth of births) rows.births.push(birthRow(birth, arrivedUs));
    for (const edge of newEdges) fold(edges, edge);
    for (const term of newTerms) {
      const key = `${term.kind}\0${term.value}\0${term.node}\0${term.role}`;
      const known = terms.get(key);
      if (known === undefined) terms.set(key, { term, untilUs: term.atUs });
      else {
        if (term.atUs < known.term.atUs) known.term = term;
        known.untilUs = Math.max(known.untilUs, term.atUs);
      }
    }
    for (const host of newHosts) {
      const key = `${host.address}\0${host.name}\0${host.source}`;
      if ((hosts.get(key)?.atUs ?? 0) < host.atUs) hosts.set(key, host);
    }
  };

  const tables = (): BatchTable[] => {
    const all: { [T in TableName]: Row<T>[] } = {
      ...rows,
      touched: [...touched].map((node) => ({ arrived: now(), node })),
      edges: [...edges.values()].flatMap((edge) => edgeRows(edge, lastUs)),
      identifiers: [...terms.values()].flatMap(({ term, untilUs }) => identifierRows(term, untilUs, lastUs)),
      hosts: [...hosts.values()].map(({ address, name, source, atUs }) => ({
        address,
        name,
        source,
        until: atUs,
        arrived: lastUs,
      })),
    };
    return (Object.keys(TABLES) as TableName[])
      .filter((table) => all[table].length > 0)
      .map((table) => ({ table, rows: all[table], token: tokenOf(table, all[table]) }) as BatchTable);
  };
  return { add, tables };
}

function fold(edges: Map<string, Edge>, edge: Edge): void {
  const key = `${edge.a}\0${edge.b}\0${edge.kind}\0${edge.why}\0${edge.tier}`;
  const known = edges.get(key);
  if (known === undefined) {
    edges.set(key, edge);
    return;
  }
  const earlier = evidenceText(edge) < evidenceText(known) ? edge : known;
  edges.set(key, {
    ...earlier,
    fromUs: Math.min(known.fromUs, edge.fromUs),
    untilUs: Math.max(known.untilUs, edge.untilUs),
  });
}

/** Sorts by time, so that min() over it keeps the earliest proof whatever the order of arrival. */
function evidenceText({ evidence }: { readonly evidence: Evidence }): string {
  return `${String(evidence.atUs).padStart(16, '0')} ${evidence.table} ${evidence.id}`;
}

/** An edge stands in the table once from each end; a leg's tenant from the leg alone. */
function edgeRows(edge: Edge, arrived: Micros): Row<'edges'>[] {
  const { a, b, kind, tier, why } = edge;
  const rest = { kind, tier, why, since: edge.fromUs, until: edge.untilUs, arrived, evidence: evidenceText(edge) };
  const forth = { node: a, peer: b, forward: 1, ...rest };
  // From a tenant's end nobody asks, and millions of rows would hang there.
  return kind === 'tenant' ? [forth] : [forth, { node: b, peer: a, forward: 0, ...rest }];
}

function birthRow(birth: Birth, arrived: Micros): Row<'births'> {
  const { toKey, fromKey, atUs, node, direction, parent } = birth;
  return {
    to_key: toKey,
    at: atUs,
    arrived,
    node,
    switch: birth.switch,
    direction,
    from_key: fromKey,
    parent,
    evidence: evidenceText(birth),
  };
}

/** A number stands once as it is read, and once backwards, since people know the end of a number. */
function identifierRows(term: SearchTerm, untilUs: number, arrived: Micros): Row<'identifiers'>[] {
  const rest = { node: term.node, role: term.role, since: term.atUs, until: untilUs, arrived };
  const row = { kind: term.kind, value: term.value, ...rest };
  if (term.kind !== 'number') return [row];
  return [row, { kind: 'number_reversed', value: reversed(term.value), ...rest }];
}

function tokenOf(table: TableName, rows: readonly Row<TableName>[]): string {
  const hash = createHash('sha1').update(table);
  for (const row of rows) {
    const values: readonly unknown[] = 'id' in row ? [row.id] : Object.values(row);
    for (const value of values) hash.update(`${String(value)}\0`);
  }
  return hash.digest('hex');
}
