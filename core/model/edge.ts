import type { Micros } from './capture-event.ts';

/**
 * A node of the call graph, written as one string: the kind's letter, a colon, the identifier exactly as the sender
 * wrote it.
 * - c: SIP Call-ID
 * - u: channel: FreeSWITCH's UUID or Asterisk's Uniqueid (any string: it need not look like one)
 * - v: value of a header or variable that the site carries from leg to leg
 * - b: a bridge that Asterisk made between two parties; legs in it at the same time talk to each other
 * - h: a place where calls meet (a conference); calls are linked through it, never merged
 * - t: a tenant of the site; a leg that is known to be of one says so, and nothing leads back
 */
export type NodeKey = `${NodeLetter}:${string}`;
export type NodeLetter = 'c' | 'u' | 'v' | 'b' | 'h' | 't';

export const callIdNode = (callId: string): NodeKey => `c:${callId}`;
export const channelNode = (uuid: string): NodeKey => `u:${uuid}`;
export const valueNode = (value: string): NodeKey => `v:${value}`;
export const bridgeNode = (id: string): NodeKey => `b:${id}`;
export const hubNode = (kind: string, id: string): NodeKey => `h:${kind}:${id}`;
export const tenantNode = (name: string): NodeKey => `t:${name}`;

export const nodeLetter = (node: NodeKey): NodeLetter => node[0] as NodeLetter;
export const nodeText = (node: NodeKey): string => node.slice(2);

/** Whether a node is a Call-ID or a channel: what calls are made of. */
export const isLeg = (node: NodeKey): boolean => nodeLetter(node) === 'c' || nodeLetter(node) === 'u';

/**
 * How two identifiers belong together.
 * - merge: two names of one leg, or legs of one call beyond doubt
 * - parent: the first originated the second
 * - bridge: they talked to each other during the edge's interval
 * - link: related calls that are not this call (conference, eavesdropping), or a dialog that brought a report; never followed
 * - guess: no proof; shown as such, never followed
 * - tenant: no edge between legs, but the tenant of one; stored from the leg alone, since a tenant has millions
 */
export type EdgeKind = 'merge' | 'parent' | 'bridge' | 'link' | 'guess' | 'tenant';
/** The kinds that stand between two identifiers of calls. */
export type JoinKind = Exclude<EdgeKind, 'tenant'>;

/** What says whose a leg is, the strongest first: its switch or sensor; a variable of the switch; an address in SIP. */
export const TENANT_RULES = ['tenant_node', 'tenant_variable', 'tenant_host'] as const;
export type TenantRule = (typeof TENANT_RULES)[number];

/** Who says so: the switch itself, the SIP protocol, something seen on the wire, or nobody. */
export type Tier = 'switch' | 'protocol' | 'wire' | 'guess';

/** The rule of a link from a dialog to another one that brought a report on its speech. Not followed, but held against tenants. */
export const QUALITY_REPORT = 'quality_report';

/** The stored row that proves an edge. */
export interface Evidence {
  readonly table: 'messages' | 'events' | 'logs';
  readonly id: string;
  readonly atUs: Micros;
}

/** Evidence as a column holds it, "<epoch µs, 16 digits> <table> <id>": of two texts the smaller is the earlier proof. */
export const evidenceText = ({ atUs, table, id }: Evidence): string =>
  `${String(atUs).padStart(16, '0')} ${table} ${id}`;

/** What {@link evidenceText} made a text of. */
export function readEvidence(text: string): Evidence {
  const [atUs = '0', table = 'events', id = ''] = text.split(' ');
  return { table: table as Evidence['table'], id, atUs: Number(atUs) };
}

export interface Edge {
  readonly a: NodeKey;
  readonly b: NodeKey;
  readonly kind: EdgeKind;
  readonly tier: Tier;
  /** A fixed code that names the rule, for example "sip_call_id"; `api` turns it into a sentence. */
  readonly why: string;
  /** When the edge is known to have held. A bridge pulls the other leg in only for this interval. */
  readonly fromUs: Micros;
  readonly untilUs: Micros;
  readonly evidence: Evidence;
}
