import type { Micros } from '../core/model/capture-event.ts';
import type { Edge, Evidence, NodeKey } from '../core/model/edge.ts';
import type { Role } from '../core/model/roles.ts';
import type { Row } from '../core/store/tables.ts';

/** A way to find a call by what a person types. */
export interface SearchTerm {
  readonly kind: 'number' | 'name' | 'ip';
  /** Digits, lower-case name, or textual address. */
  readonly value: string;
  /** The node it leads to. */
  readonly node: NodeKey;
  /** Where it stood: "from", "to", "request", "asserted", "caller", "destination", … */
  readonly role: Role;
  readonly atUs: Micros;
}

/** What a sender said about the name of an address. */
export interface HostName {
  readonly address: string;
  readonly name: string;
  readonly source: string;
  readonly atUs: Micros;
}

/** The beginning of a leg as one sensor or switch saw it: an INVITE without To-tag, a channel that dials. */
export interface Birth {
  readonly node: NodeKey;
  /** The switch that says so, "" for a packet. */
  readonly switch: string;
  /** Whether the switch received or sent the INVITE; "" when the witness is a packet. */
  readonly direction: 'inbound' | 'outbound' | '';
  /** {@link partyKey} of the caller, "" when it is not said. */
  readonly fromKey: string;
  /** {@link partyKey} of the called number. */
  readonly toKey: string;
  /** The channel that dialled, "" for none. */
  readonly parent: string;
  readonly evidence: Evidence;
  readonly atUs: Micros;
}

/** What follows from one capture event alone, and its row where that is none of a block's. */
export interface Derived {
  readonly rows: readonly TableRow[];
  readonly edges: readonly Edge[];
  /** Edges of dialogs that are no calls, and are not put together as one: the linker is not told of them. */
  readonly asides: readonly Edge[];
  readonly terms: readonly SearchTerm[];
  readonly hosts: readonly HostName[];
  readonly births: readonly Birth[];
}

export type TableRow = { [T in 'gaps' | 'unreadable']: { readonly table: T; readonly row: Row<T> } }[
  | 'gaps'
  | 'unreadable'];

export const NOTHING: Derived = { rows: [], edges: [], asides: [], terms: [], hosts: [], births: [] };
