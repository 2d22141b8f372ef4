import { createHash } from 'node:crypto';
import { nextPacket, type OpenFrame, openFrame } from '../core/frame/reader.ts';
import { createFrameWriter } from '../core/frame/writer.ts';
import type { CaptureEvent, Micros, PacketSeen } from '../core/model/capture-event.ts';
import { type Edge, evidenceText, type NodeKey } from '../core/model/edge.ts';
import { risingNow } from '../core/runtime/rising-clock.ts';
import type { Block } from '../core/store/native/block.ts';
import { type Row, TABLES, type TableName } from '../core/store/tables.ts';
import { derive } from './derive.ts';
import { derivePacket } from './derive-packet.ts';
import { type Birth, type Derived, type HostName, NOTHING } from './derived.ts';
import { createDialogOutlines } from './dialog-outlines.ts';
import { createEventColumns } from './event-columns.ts';
import { channelRow, dialogRow, edgeRow } from './feed.ts';
import { createFoldedTerms } from './folded-terms.ts';
import { createLogColumns } from './log-columns.ts';
import { createMessageColumns } from './message-columns.ts';
import type { CorrelationOptions } from './options.ts';
import { createRegisterNotes, type RegisterNote } from './registrations/register-notes.ts';

/**
 * Rows of every table that are stored together. The order of `add` does not change what a reader will find. A batch is
 * used again and again, so that its memory is.
 */
export interface Batch {
  /** A frame with all of its packets. */
  add(event: CaptureEvent): void;
  /** The packet at `at` of a frame. */
  addPacket(frame: OpenFrame, at: number): void;
  /** Tables that have rows beside the blocks. */
  tables(): readonly BatchTable[];
  /** Messages, events and log lines, as far as there are any. They hold until `clear`. */
  blocks(): readonly Block[];
  /** What its REGISTERs and their answers say. */
  registers(): readonly RegisterNote[];
  /** The same for the same events, whenever and however often they come. */
  token(): string;
  clear(): void;
}

export type BatchTable = {
  [T in TableName]: { readonly table: T; readonly rows: readonly Row<T>[] };
}[TableName];

/** Packets that come as objects come one by one. */
const LOOSE_BYTES = 4096;

type FactTable = Derived['rows'][number]['table'];

/** @param now epoch µs: when the rows are written, by which the linker finds what is new */
export function createBatch(correlation: CorrelationOptions, now: () => Micros = risingNow): Batch {
  const messages = createMessageColumns();
  const events = createEventColumns();
  const logs = createLogColumns();
  const columns = [messages, events, logs];
  const outlines = createDialogOutlines();
  const registers = createRegisterNotes();
  const loose = createFrameWriter(LOOSE_BYTES);
  const facts = new Map<FactTable, Row<TableName>[]>();
  const births: Row<'births'>[] = [];
  const channels = new Set<NodeKey>();
  // One call repeats the same edge in every event: fold them here, so that a batch holds each once.
  const edges = new Map<string, Edge>();
  const asides = new Map<string, Edge>();
  const terms = createFoldedTerms();
  const hosts = new Map<string, HostName>();
  let ids = createHash('sha1');
  let lastUs: Micros = 0;

  const addDerived = (derived: Derived, arrivedUs: Micros): void => {
    lastUs = Math.max(lastUs, arrivedUs);
    if (derived === NOTHING) return;
    for (const { table, row } of derived.rows) {
      const rows = facts.get(table);
      if (rows === undefined) facts.set(table, [row]);
      else rows.push(row);
    }
    for (const birth of derived.births) births.push(birthRow(birth, arrivedUs));
    for (const edge of derived.edges) foldEdge(edges, edge);
    for (const edge of derived.asides) foldEdge(asides, edge);
    for (const term of derived.terms) terms.add(term);
    for (const host of derived.hosts) {
      const key = `${host.address}\0${host.name}\0${host.source}`;
      if ((hosts.get(key)?.atUs ?? 0) < host.atUs) hosts.set(key, host);
    }
  };
  const heard = (channel: NodeKey): void => {
    channels.add(channel);
  };
  const sinks = { messages, events, logs, outlines, registers, derived: addDerived, heard };

  const addPacket = (frame: OpenFrame, at: number): void => {
    derivePacket(frame, at, correlation, sinks);
  };

  /** A packet that came as an object takes the way of all packets. */
  const addSeen = (packet: PacketSeen): void => {
    loose.addSeen(packet);
    const frame = loose.take();
    if (frame !== undefined) addPacket(openFrame(frame), 0);
  };

  const blocks = (): Block[] => columns.filter((one) => one.rows() > 0).map((one) => one.block());

  return {
    add(event) {
      if (event.kind === 'packet') addSeen(event);
      else if (event.kind === 'frame') {
        const frame = openFrame(event);
        for (let at = 0; at < frame.bytes.length; at = nextPacket(frame, at)) addPacket(frame, at);
      } else {
        derive(event, correlation, sinks);
        if (event.kind === 'gap' || event.kind === 'unreadable') ids.update(event.id);
      }
    },
    addPacket,
    tables() {
      const written = now();
      const all: { [T in TableName]?: readonly Row<T>[] } = {
        ...Object.fromEntries(facts),
        births,
        edges: [...edges.values(), ...asides.values()].flatMap((edge) => bothEnds(edge, lastUs)),
        identifiers: terms.rows(lastUs),
        hosts: [...hosts.values()].map(({ atUs, ...host }) => ({ ...host, until: atUs, arrived: lastUs })),
        feed: [
          ...outlines.entries().map(({ callId, outline }) => dialogRow(callId, outline, written)),
          ...[...edges.values()].map((edge) => edgeRow(edge, written)),
          ...[...channels].map((node) => channelRow(node, written)),
        ],
      };
      return (Object.keys(TABLES) as TableName[])
        .filter((table) => (all[table]?.length ?? 0) > 0)
        .map((table) => ({ table, rows: all[table] }) as BatchTable);
    },
    blocks,
    registers: () => registers.all(),
    token: () => {
      const hash = ids.copy();
      // Behind the head of a block the first column: its name, its type, and the ids.
      for (const { bytes } of blocks()) hash.update(bytes[2] ?? '');
      return hash.digest('hex');
    },
    clear() {
      for (const one of columns) one.clear();
      outlines.clear();
      registers.clear();
      facts.clear();
      births.length = 0;
      channels.clear();
      edges.clear();
      asides.clear();
      terms.clear();
      hosts.clear();
      ids = createHash('sha1');
      lastUs = 0;
    },
  };
}

function foldEdge(edges: Map<string, Edge>, edge: Edge): void {
  const key = `${edge.a}\0${edge.b}\0${edge.kind}\0${edge.why}\0${edge.tier}`;
  const known = edges.get(key);
  if (known === undefined) {
    edges.set(key, edge);
    return;
  }
  const earlier = evidenceText(edge.evidence) < evidenceText(known.evidence) ? edge : known;
  edges.set(key, {
    ...earlier,
    fromUs: Math.min(known.fromUs, edge.fromUs),
    untilUs: Math.max(known.untilUs, edge.untilUs),
  });
}

/** An edge stands in the table once from each end; a leg's tenant from the leg alone. */
function bothEnds(edge: Edge, arrived: Micros): Row<'edges'>[] {
  const { a, b, kind, tier, why } = edge;
  const rest = {
    kind,
    tier,
    why,
    since: edge.fromUs,
    until: edge.untilUs,
    arrived,
    evidence: evidenceText(edge.evidence),
  };
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
    evidence: evidenceText(birth.evidence),
  };
}
