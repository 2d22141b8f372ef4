import { type ChannelEventSeen, headerOf, headersOf } from '../../core/model/capture-event.ts';
import {
  bridgeNode,
  callIdNode,
  channelNode,
  type Edge,
  type EdgeKind,
  hubNode,
  type NodeKey,
  type Tier,
  valueNode,
} from '../../core/model/edge.ts';

/**
 * What one event of Asterisk's manager interface proves. Pure, like edgesFromEvent. AMI names the SIP Call-ID only by
 * variables; that channels belong together it says by Dial, Bridge and transfer events.
 */

/** Variables in which sites keep the own Call-ID of a channel: Set(SIPCALLID=${CHANNEL(pjsip,call-id)}). */
const OWN_CALL_ID = new Set(['SIPCALLID', 'SIP_CALLID', 'SIP_CALL_ID']);

/** Prefixes of headers that speak of a channel other than the event's own: DestUniqueid, LocalOneChanVariable, … */
const PREFIXES = ['', 'Dest', 'LocalOne', 'LocalTwo', 'Transferer', 'Transferee', 'OrigTransferer', 'SecondTransferer'];

type Join = (a: NodeKey, b: NodeKey, kind: EdgeKind, why: string, tier?: Tier) => void;

export interface AmiOptions {
  /** Channel variables whose equal values join legs. */
  readonly correlationVariables: readonly string[];
  /** True for the name of a conference in which a caller waits for the one who calls back. */
  readonly isCallbackRoom: (name: string) => boolean;
}

export function edgesFromAmi(event: ChannelEventSeen, options: AmiOptions): Edge[] {
  const edges: Edge[] = [];
  const at = event.atUs;
  const evidence = { table: 'events', id: event.id, atUs: at } as const;
  const join: Join = (a, b, kind, why, tier = 'switch') => {
    if (a.length > 2 && b.length > 2 && a !== b)
      edges.push({ a, b, kind, tier, why, fromUs: at, untilUs: at, evidence });
  };
  callIds(event, options, join);
  kinship(event, join);
  bridges(event, options, join);
  transfers(event, join);
  return edges;
}

/** "<unknown>" and "<none>" stand for no value. */
function value(event: ChannelEventSeen, header: string): string {
  const text = headerOf(event.headers, header);
  return text.startsWith('<') ? '' : text;
}

const channel = (event: ChannelEventSeen, header: string): NodeKey => channelNode(value(event, header));

/** Variables: in VarSet, and as ChanVariable on every event where manager.conf lists them. */
function callIds(event: ChannelEventSeen, { correlationVariables }: AmiOptions, join: Join): void {
  const set = (self: NodeKey, variable: string, text: string): void => {
    const name = variable.replace(/^_{1,2}/, '');
    if (text === '') return;
    if (OWN_CALL_ID.has(name.toUpperCase())) join(self, callIdNode(text), 'merge', 'ami_call_id_variable');
    else if (name === 'BRIDGEPVTCALLID') join(self, callIdNode(text), 'bridge', 'ami_peer_call_id');
    else if (correlationVariables.includes(name)) join(self, valueNode(text), 'merge', 'site_variable');
  };
  if (event.name === 'VarSet') set(channel(event, 'Uniqueid'), value(event, 'Variable'), value(event, 'Value'));
  for (const prefix of PREFIXES) {
    const self = channel(event, `${prefix}Uniqueid`);
    for (const pair of headersOf(event.headers, `${prefix}ChanVariable`)) {
      const equals = pair.indexOf('=');
      if (equals > 0) set(self, pair.slice(0, equals), pair.slice(equals + 1));
    }
  }
}

/** Who dialled whom. */
function kinship(event: ChannelEventSeen, join: Join): void {
  const self = channel(event, 'Uniqueid');
  switch (event.name) {
    case 'Newchannel':
      // At birth Linkedid names the channel on whose behalf this one was made; later it changes with every bridge.
      join(channel(event, 'Linkedid'), self, 'parent', 'ami_linkedid');
      break;
    case 'DialBegin':
    case 'DialEnd':
      join(self, channel(event, 'DestUniqueid'), 'parent', 'ami_dial');
      break;
    case 'AgentCalled':
    case 'AgentConnect':
    case 'AgentRingNoAnswer':
    case 'AgentComplete':
      join(self, channel(event, 'DestUniqueid'), 'parent', 'ami_queue_agent');
      break;
    case 'LocalBridge':
    case 'LocalOptimizationBegin':
      join(channel(event, 'LocalOneUniqueid'), channel(event, 'LocalTwoUniqueid'), 'merge', 'ami_local');
      break;
    default:
  }
}

/** A bridge of type "basic" has two parties. Other types are conferences and parking: there calls only meet. */
function bridges(event: ChannelEventSeen, { isCallbackRoom }: AmiOptions, join: Join): void {
  const self = channel(event, 'Uniqueid');
  const bridge = value(event, 'BridgeUniqueid');
  if (event.name === 'BridgeEnter' || event.name === 'BridgeLeave') {
    if (bridge === '') return;
    if (value(event, 'BridgeType') === 'basic') join(self, bridgeNode(bridge), 'bridge', 'ami_bridge');
    else if (value(event, 'BridgeCreator') === 'ConfBridge') conference(event, self, bridge, isCallbackRoom, join);
  } else if (event.name === 'ConfbridgeJoin' || event.name === 'ConfbridgeLeave') {
    conference(event, self, bridge, isCallbackRoom, join);
  } else if (event.name === 'BridgeMerge') {
    const ends = [value(event, 'FromBridgeUniqueid'), value(event, 'ToBridgeUniqueid')] as const;
    const basic = value(event, 'FromBridgeType') === 'basic' && value(event, 'ToBridgeType') === 'basic';
    if (basic) join(bridgeNode(ends[0]), bridgeNode(ends[1]), 'bridge', 'ami_bridge_merge');
  }
}

function conference(
  event: ChannelEventSeen,
  self: NodeKey,
  bridge: string,
  isCallbackRoom: (name: string) => boolean,
  join: Join,
): void {
  const room = value(event, 'Conference') || value(event, 'BridgeName');
  if (bridge === '') return;
  if (isCallbackRoom(room)) join(self, bridgeNode(bridge), 'bridge', 'callback_room');
  else join(self, hubNode('conference', bridge), 'link', 'conference');
}

function transfers(event: ChannelEventSeen, join: Join): void {
  switch (event.name) {
    case 'BlindTransfer':
      join(channel(event, 'TransfererUniqueid'), channel(event, 'TransfereeUniqueid'), 'merge', 'ami_transfer');
      break;
    case 'AttendedTransfer': {
      const first = channel(event, 'OrigTransfererUniqueid');
      for (const other of ['SecondTransfererUniqueid', 'TransfereeUniqueid', 'TransferTargetUniqueid']) {
        join(first, channel(event, other), 'merge', 'ami_transfer');
      }
      break;
    }
    case 'UnParkedCall':
      join(channel(event, 'RetrieverUniqueid'), channel(event, 'ParkeeUniqueid'), 'bridge', 'ami_unparked');
      break;
    case 'Pickup':
      join(channel(event, 'Uniqueid'), channel(event, 'TargetUniqueid'), 'bridge', 'ami_pickup');
      break;
    default:
  }
}
