/** The rules that join identifiers, each as a sentence a person can check against the proof. */
const REASONS: Readonly<Record<string, string>> = {
  sip_call_id: 'FreeSWITCH says that this channel speaks this SIP dialog (variable sip_call_id).',
  log_receiving_invite: 'The FreeSWITCH log says that this channel received the INVITE with this Call-ID.',
  log_sending_invite: 'The FreeSWITCH log says that this channel sent the INVITE with this Call-ID.',
  same_text: 'The Call-ID and the channel UUID (or the value carried along) are the same text.',
  other_leg_originator: 'The new channel names the one that originated it (Other-Leg-Unique-ID).',
  other_leg: 'The channel names the other leg it was connected to (Other-Leg-Unique-ID).',
  originator: 'The channel names the one that originated it (variable originator).',
  originating_leg: 'The channel names the leg whose dial string created it (variable originating_leg_uuid).',
  channel_call_uuid: 'The channel carries the call UUID of the other one (Channel-Call-UUID).',
  originated_legs: 'The channel lists this leg among those it dialled (originated_legs, originate_causes).',
  bridge_event: 'FreeSWITCH bridged the two channels (CHANNEL_BRIDGE).',
  uuid_bridge: 'The two channels were bridged by command (uuid_bridge).',
  intercept: 'The channel took over the other one (intercept).',
  transfer_history: 'The transfer history of the channel names the other one (uuid_bridge).',
  attended_transfer: 'An attended transfer joined the two channels (transfer_to).',
  sip_replaces: 'The channel took over this dialog with a Replaces header (RFC 3891).',
  refer_replaces: 'A REFER asked to replace the other dialog (Refer-To with Replaces, RFC 3891).',
  invite_replaces: 'The INVITE replaces the other dialog (Replaces header, RFC 3891).',
  loopback: 'The two channels are halves of one loopback, or the leg it came from.',
  loopback_bowout: 'The loopback channel left the path in favour of the real leg (loopback::bowout).',
  loopback_direct: 'The loopback channel connected the two legs directly (loopback::direct).',
  callcenter_agent: 'The call-centre queue dialled this agent for this caller.',
  fifo_agent: 'The fifo queue dialled this agent for this caller.',
  uuid_changed: 'The channel got a new UUID (CHANNEL_UUID).',
  hep_correlation: 'The capture agent says that the message belongs to this Call-ID (HEP correlation id).',
  site_header: 'Both carry the same value in a header that the site passes from leg to leg.',
  site_variable: 'Both carry the same value in a variable that the site passes from leg to leg.',
  conference: 'Both were members of the same conference.',
  eavesdrop: 'One channel listened to the other (eavesdrop).',
};

export function reasonOf(why: string): string {
  return REASONS[why] ?? why;
}
