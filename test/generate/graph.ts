import type { Neighbours } from '../../core/call/graph/neighbours.ts';
import type { StoredEdge } from '../../core/call/read/edges.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { callIdNode, channelNode, type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { createTenants } from '../../core/runtime/tenants.ts';
import type { Row } from '../../core/store/tables.ts';
import { createBatch } from '../../indexer/batch.ts';
import { type CorrelationOptions, NO_CORRELATION } from '../../indexer/options.ts';
import { readBlock } from '../core/store/native.ts';
import { type Tenancy, tenantsOf } from './site.ts';

/** What the generated site carries from leg to leg. */
export const CORRELATION: CorrelationOptions = {
  ...NO_CORRELATION,
  correlationHeaders: ['x-cid'],
  correlationVariables: ['sip_h_X-CID'],
};

/** The same on a site of several tenants. */
export function correlationOf(tenancy: Tenancy): CorrelationOptions {
  const tenants = createTenants(tenantsOf(tenancy));
  return { ...CORRELATION, ...(tenants === undefined ? {} : { tenants }) };
}

/** The edges of one store, in memory: what the tables would hold, and the same answers as core/call/graph/neighbours.ts. */
export interface MemoryGraph {
  readonly neighbours: Neighbours;
  /** The nodes that a typed Call-ID or uuid may mean, as core/call/read/edges.ts readKnownNodes. */
  known(key: string): NodeKey[];
  readonly edgeCount: number;
}

type FactTable = StoredEdge['evidence']['table'];

interface Presence {
  readonly table: FactTable;
  readonly id: string;
  readonly atUs: number;
}

const BATCH = 200;

/** Each hand is what one indexer gets, in order; batches are cut as they come. */
export function buildGraph(
  hands: readonly (readonly CaptureEvent[])[],
  correlation: CorrelationOptions = CORRELATION,
): MemoryGraph {
  const edges = new Map<string, Row<'edges'>>();
  const byNode = new Map<string, Map<string, Row<'edges'>>>();
  const presence = new Map<string, Presence>();

  const addEdge = (row: Row<'edges'>): void => {
    const key = [row.node, row.peer, row.kind, row.why, row.tier, row.forward].join('\0');
    const known = edges.get(key);
    const merged: Row<'edges'> =
      known === undefined
        ? row
        : {
            ...known,
            since: Math.min(known.since, row.since),
            until: Math.max(known.until, row.until),
            evidence: compare(known.evidence, row.evidence) < 0 ? known.evidence : row.evidence,
          };
    edges.set(key, merged);
    const own = byNode.get(row.node) ?? new Map<string, Row<'edges'>>();
    own.set(key, merged);
    byNode.set(row.node, own);
  };
  const addPresence = (node: NodeKey, table: FactTable, id: string, atUs: number): void => {
    const key = `${table} ${node}`;
    const known = presence.get(key);
    const isEarlier = known === undefined || atUs < known.atUs || (atUs === known.atUs && id < known.id);
    if (isEarlier) presence.set(key, { table, id, atUs });
  };

  const batch = createBatch(correlation);
  for (const hand of hands) {
    for (let from = 0; from < hand.length; from += BATCH) {
      batch.clear();
      for (const event of hand.slice(from, from + BATCH)) batch.add(event);
      for (const block of batch.blocks()) {
        const { table } = block;
        if (table === 'messages') {
          for (const row of readBlock<'messages'>(block)) addPresence(callIdNode(row.call_id), table, row.id, row.at);
        } else if (table === 'events' || table === 'logs') {
          for (const row of readBlock<typeof table>(block))
            addPresence(channelNode(row.channel), table, row.id, row.at);
        }
      }
      for (const part of batch.tables()) {
        if (part.table === 'edges') part.rows.forEach(addEdge);
      }
    }
  }

  /** A site value is there when an edge has it. */
  const presenceOf = (node: NodeKey): Presence[] => {
    if (nodeLetter(node) !== 'v') {
      return (['messages', 'events', 'logs'] as const).flatMap((table) => presence.get(`${table} ${node}`) ?? []);
    }
    const [first] = [...(byNode.get(node)?.values() ?? [])].sort((a, b) => compare(a.evidence, b.evidence));
    return first === undefined ? [] : [storedEdge(first).evidence];
  };

  const equalTexts = (node: NodeKey): StoredEdge[] =>
    (['v', 'u', 'c'] as const).flatMap((letter) => {
      const peer: NodeKey = `${letter}:${nodeText(node)}`;
      if (peer === node || !'vuc'.includes(nodeLetter(node))) return [];
      return presenceOf(peer).map(
        (evidence): StoredEdge => ({
          node,
          peer,
          kind: 'merge',
          tier: 'wire',
          why: 'same_text',
          forward: nodeLetter(node) > letter,
          sinceUs: evidence.atUs,
          untilUs: evidence.atUs,
          evidence,
        }),
      );
    });

  const answers = new Map<NodeKey, readonly StoredEdge[]>();
  const answer = (node: NodeKey): readonly StoredEdge[] => {
    const stored = [...(byNode.get(node)?.values() ?? [])].map(storedEdge);
    stored.sort((a, b) => a.sinceUs - b.sinceUs || compare(a.peer, b.peer) || compare(a.why, b.why));
    return [...stored, ...equalTexts(node)];
  };

  return {
    edgeCount: edges.size,
    neighbours: (node) => {
      const found = answers.get(node) ?? answer(node);
      answers.set(node, found);
      return Promise.resolve(found);
    },
    known: (key) =>
      [callIdNode(key), channelNode(key)].filter((node) => byNode.has(node) || presenceOf(node).length > 0),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function storedEdge(row: Row<'edges'>): StoredEdge {
  const [atUs = '0', table = 'events', id = ''] = row.evidence.split(' ');
  return {
    node: row.node as NodeKey,
    peer: row.peer as NodeKey,
    kind: row.kind as StoredEdge['kind'],
    tier: row.tier as StoredEdge['tier'],
    why: row.why,
    forward: row.forward === 1,
    sinceUs: row.since,
    untilUs: row.until,
    evidence: { table: table as FactTable, id, atUs: Number(atUs) },
  };
}
