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
  callcenter_standby: 'The call-centre queue gave this caller to an agent who waits on the line.',
  fifo_agent: 'The fifo queue dialled this agent for this caller.',
  uuid_changed: 'The channel got a new UUID (CHANNEL_UUID).',
  hep_correlation: 'The capture agent says that the message belongs to this Call-ID (HEP correlation id).',
  topology_hiding: 'One Call-ID is the other one as a proxy disguises it, read with the configured secret.',
  site_header: 'Both carry the same value in a header that the site passes from leg to leg.',
  session_id: 'Both carry the same session identifier (Session-ID, RFC 7989).',
  icid: 'Both carry the same charging identifier (icid-value, RFC 7315).',
  user_to_user: 'Both carry the same user-to-user data (RFC 7433).',
  caller_is_uuid: 'The caller of the leg is written as the UUID of a channel.',
  site_variable: 'Both carry the same value in a variable that the site passes from leg to leg.',
  ami_call_id_variable: 'Asterisk says that this channel speaks this SIP dialog (a variable that the dialplan set).',
  ami_peer_call_id:
    'Asterisk says that the channel was bridged with the one that speaks this dialog (BRIDGEPVTCALLID).',
  ami_linkedid: 'Asterisk made the channel on behalf of the other one (Linkedid at its creation).',
  ami_dial: 'Asterisk dialled one channel for the other (DialBegin).',
  ami_queue_agent: 'The Asterisk queue called this agent for this caller.',
  ami_local: 'The two channels are halves of one Local channel.',
  ami_bridge: 'Asterisk put the channel into this bridge of two parties.',
  ami_bridge_merge: 'Asterisk merged the two bridges.',
  ami_transfer: 'A transfer in Asterisk names both channels.',
  ami_unparked: 'The channel fetched the other one from its parking place.',
  ami_pickup: 'The channel picked up the call of the other one.',
  callback_room: 'Both met in a room in which a caller waits for the one who calls back.',
  same_numbers_same_moment:
    'A guess: the channel and the dialog began in the same moment between the same numbers, and no other pair fits.',
  same_box_same_call:
    'A guess: one INVITE reached the box that the other one left a moment later for the same number; they agree in caller, media or end, and no other pair comes near.',
  quality_report:
    'A telephone reported on the speech of this dialog, which its report names by Call-ID, in a dialog of its own (RFC 6035).',
  conference: 'Both were members of the same conference.',
  other_tenant: 'Of another tenant, and so no part of this call:',
  value_of_two_tenants:
    'No part of this call, as legs of two tenants carry the value and this one does not say whose it is:',
  eavesdrop: 'One channel listened to the other (eavesdrop).',
};

export function reasonOf(why: string): string {
  return REASONS[why] ?? why;
}
