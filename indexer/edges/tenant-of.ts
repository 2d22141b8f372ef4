import {
  type ChannelEventSeen,
  type EventHeaders,
  headerOf,
  type LogLineSeen,
  type PacketSeen,
} from '../../core/model/capture-event.ts';
import {
  callIdNode,
  channelNode,
  type Edge,
  type Evidence,
  type NodeKey,
  type TenantRule,
  tenantNode,
} from '../../core/model/edge.ts';
import type { Tenants } from '../../core/runtime/tenants.ts';
import type { SipMessage } from '../../core/sip/read.ts';

/**
 * Whose a leg is, as one capture event says: the switch or sensor that saw it is a tenant's own; a variable that the
 * switch's directory or dialplan set holds a tenant's domain; an address in the SIP does. What SIP says anyone may write,
 * so the walk asks in this order (core/call/graph/tenant.ts).
 */

/** What the directory and the dialplan set. A context is often named as the domain that it belongs to. */
const SET_BY_SWITCH = ['variable_domain_name', 'variable_user_context', 'Caller-Context'];
/** What SIP said, as the channel repeats it. A presence id is "user@domain". */
const SAID_BY_SIP = [
  'variable_sip_from_host',
  'variable_sip_to_host',
  'variable_sip_req_host',
  'variable_dialed_domain',
  'variable_presence_id',
  'Channel-Presence-ID',
];

/** The tenant of the dialog that a message is of. */
export function tenantsOfMessage(
  { sensor, atUs }: PacketSeen,
  message: SipMessage,
  id: string,
  tenants: Tenants,
): Edge[] {
  const { from, to, uriHost } = message;
  const found = createFound(callIdNode(message.callId), { table: 'messages', id, atUs });
  found.add('tenant_node', tenants.ofNode(sensor));
  for (const host of [from.host, to.host, uriHost]) found.add('tenant_host', tenants.ofDomain(host));
  return found.edges;
}

/** The tenant of the channel that an event is shown on. */
export function tenantsOfEvent(event: ChannelEventSeen, channel: string, tenants: Tenants): Edge[] {
  if (channel === '') return [];
  const found = createFound(channelNode(channel), { table: 'events', id: event.id, atUs: event.atUs });
  found.add('tenant_node', tenants.ofNode(event.node));
  addDomains(found, event.headers, tenants);
  return found.edges;
}

/** The tenant of the channel that a log line is of, and of the dialog that a line over HEP is of. */
export function tenantsOfLog(
  { id, atUs, node, channel }: Pick<LogLineSeen, 'id' | 'atUs' | 'node' | 'channel'>,
  callId: string,
  tenants: Tenants,
): Edge[] {
  const leg = channel !== '' ? channelNode(channel) : callIdNode(callId);
  if (leg.length <= 2) return [];
  const found = createFound(leg, { table: 'logs', id, atUs });
  found.add('tenant_node', tenants.ofNode(node));
  return found.edges;
}

function addDomains(found: Found, headers: EventHeaders, tenants: Tenants): void {
  for (const name of SET_BY_SWITCH) found.add('tenant_variable', tenants.ofDomain(headerOf(headers, name)));
  for (const name of SAID_BY_SIP) {
    const value = headerOf(headers, name);
    found.add('tenant_host', tenants.ofDomain(value.slice(value.lastIndexOf('@') + 1)));
  }
}

interface Found {
  readonly edges: Edge[];
  add(why: TenantRule, tenant: string | undefined): void;
}

function createFound(leg: NodeKey, evidence: Evidence): Found {
  const edges: Edge[] = [];
  return {
    edges,
    add(why, tenant) {
      if (tenant === undefined) return;
      const b = tenantNode(tenant);
      if (edges.some((edge) => edge.b === b && edge.why === why)) return;
      const tier = why === 'tenant_host' ? 'wire' : 'switch';
      edges.push({ a: leg, b, kind: 'tenant', tier, why, fromUs: evidence.atUs, untilUs: evidence.atUs, evidence });
    },
  };
}
