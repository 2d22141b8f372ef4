import type { CaptureEvent, PacketSeen } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { sdpText, sipText } from '../generate/sip-text.ts';
import { channelEvent, logLine, sipPacket } from '../indexer/seen.ts';

/** What strangers write into messages, events and logs, by what it is meant to do to the page that shows it. */
export const PAYLOADS = {
  markup: [
    '</b></td></pre></script></style></title><script>window.ran=1;alert(1)</script>',
    '<img src=x onerror="window.ran=2;alert(2)"><svg onload="window.ran=3"><a href="javascript:window.ran=4">a</a>',
    '<style>*{display:none}body{background:url(http://evil.example/x)}</style><base href="http://evil.example/">',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a template engine would run
    '"\' onmouseover=window.ran=5 style="position:fixed;inset:0" ${window.ran=6} {{window.ran=7}} <!-- ]]> &lt;i&gt;',
    '<iframe srcdoc="<script>parent.ran=8</script>"></iframe><math><mtext><form action="http://evil.example/">',
  ].join(' '),
  unseen:
    'nul \u0000 bell \u0007 esc \u001b[31m del \u007f c1 \u0085\u009b bom \ufeff none \uffff turned \u202egnp.exe\u202c open \u2067\u202e',
  piled: `${'Z\u0336\u0321\u0353\u0317'.repeat(20)}${'\u0301'.repeat(400)} ${'👩‍👩‍👧‍👦'.repeat(60)} ${'漢字'.repeat(80)} ${'\ufdfd'.repeat(30)} سلام`,
  long: 'W'.repeat(20_000),
} as const;
export type Payload = keyof typeof PAYLOADS;

/** The number that is called in each of these calls. */
export const CALLED = '+493055501234';

/** Addresses of the caller, the switch and the phone that is called. */
export const HOSTS = ['198.51.100.1', '198.51.100.2', '198.51.100.3'] as const;
/** How much of a text a Call-ID has: a key of a path. */
const KEY = 120;

export interface HostileCall {
  readonly callId: string;
  readonly events: readonly CaptureEvent[];
}

/**
 * A call through a switch that is refused by a second phone and answered by a queue, in which every field that a stranger
 * writes has the payload in it: those of SIP and SDP, names and values of event headers, log lines, the name of a sensor.
 */
export function hostileCall(payload: Payload, startUs: number): HostileCall {
  const text = PAYLOADS[payload].toWellFormed();
  // A line break would end the header, and a quote the quoted string.
  const quoted = `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const token = text.replaceAll(/[\s:]/g, '/').slice(0, 400);
  const user = encodeURIComponent(text.slice(0, 300).toWellFormed());
  const callId = `${token.slice(0, KEY).toWellFormed()}-a`;
  const otherCallId = `${token.slice(0, KEY).toWellFormed()}-b`;
  const [channel, otherChannel] = [`channel-a-${token}`, `channel-b-${token}`];
  const events: CaptureEvent[] = [];
  let afterUs = 0;
  const at = (): number => {
    afterUs += 20_000;
    return startUs + afterUs;
  };

  const message = (id: string, start: string, cseq: string, sdp = '', isBack = start.startsWith('SIP/2.0')): void => {
    const [caller, sw, phone] = HOSTS;
    const [left, right] = id === callId ? [caller, sw] : [sw, phone];
    const bytes = sipText({
      ...{ start, callId: id, cseq, contact: `${quoted} <sip:${user}@${left};x=${token}>;q="${token}"` },
      vias: [`SIP/2.0/UDP ${left}:5060;branch=z9hG4bK${stableId(id, cseq)};x=${token}`],
      from: `${quoted} <sip:${user}@${left}>;tag=${token.slice(0, 40)}`,
      to: `${quoted} <sip:${id === callId ? encodeURIComponent(CALLED) : user}@${right}>${isBack ? `;tag=t${token.slice(0, 40)}` : ''}`,
      more: [
        ...[`User-Agent: ${text}`, `Subject: ${text}`, `Warning: 304 ${token} ${quoted}`, `Organization: ${text}`],
        ...[`Reason: Q.850;cause=88;text=${quoted}`, `P-Asserted-Identity: ${quoted} <sip:${user}@${left}>`],
        `X-${token}: ${text}`,
      ],
      ...(sdp === '' ? {} : { sdp }),
    });
    const [srcIp, dstIp] = isBack ? [right, left] : [left, right];
    const atUs = at();
    for (const sensor of ['hep 101', text.slice(0, 200).toWellFormed()])
      events.push(packet(bytes, atUs, sensor, srcIp, dstIp));
  };
  const event = (name: string, uuid: string, headers: Readonly<Record<string, string>> = {}): void => {
    const atUs = at();
    const seen = channelEvent(name, {
      'Unique-ID': uuid,
      'Channel-Name': text,
      'Call-Direction': uuid === channel ? 'inbound' : 'outbound',
      'Caller-Caller-ID-Name': text,
      'Caller-Caller-ID-Number': text,
      'Caller-Destination-Number': text,
      'FreeSWITCH-Hostname': text,
      variable_sip_call_id: uuid === channel ? callId : otherCallId,
      variable_sip_local_network_addr: HOSTS[1],
      [`variable_${text}`]: text,
      ...headers,
    });
    events.push({ ...seen, ...{ atUs, arrivedUs: atUs, sequence: atUs, id: stableId('hostile', payload, atUs) } });
  };

  const sdp = (direction: string): string =>
    `${sdpText(HOSTS[0], 4000, direction).replace('s=-', `s=${text}`)}a=rtpmap:0 ${token}/8000\r\na=${text}\r\n`;
  message(
    callId,
    `INVITE sip:${encodeURIComponent(CALLED)}@${HOSTS[1]};x=${token} SIP/2.0`,
    '1 INVITE',
    sdp('sendrecv'),
  );
  event('CHANNEL_CREATE', channel);
  event('CHANNEL_EXECUTE', channel, { Application: text, 'Application-Data': text });
  event('CUSTOM', channel, { 'Event-Subclass': text });
  event('CHANNEL_CREATE', otherChannel, { 'Other-Leg-Unique-ID': channel, 'Other-Type': 'originator' });
  message(otherCallId, `INVITE sip:${user}@${HOSTS[2]} SIP/2.0`, '1 INVITE', sdp('sendonly'));
  message(otherCallId, `SIP/2.0 488 ${text}`, '1 INVITE');
  event('CHANNEL_HANGUP', otherChannel, { 'Hangup-Cause': token.slice(0, 200) });
  message(callId, 'SIP/2.0 200 OK', '1 INVITE', sdp('sendrecv'));
  event('CHANNEL_ANSWER', channel);
  event('CUSTOM', channel, {
    'Event-Subclass': 'callcenter::info',
    'CC-Action': 'member-queue-start',
    'CC-Queue': text,
  });
  event('CUSTOM', channel, {
    'Event-Subclass': 'conference::maintenance',
    Action: 'add-member',
    'Conference-Name': text,
  });
  event('CHANNEL_BRIDGE', channel, { 'Other-Leg-Channel-Name': text, 'Bridge-B-Unique-ID': otherChannel });
  message(callId, `${token} sip:x@${HOSTS[1]} SIP/2.0`, `2 ${token}`);
  message(callId, `REFER sip:${user}@${HOSTS[1]} SIP/2.0`, '3 REFER');
  for (const level of [3, 7]) {
    const atUs = at();
    const line = { atUs, arrivedUs: atUs, order: atUs, channel, level, file: token, func: token };
    events.push(logLine(`${text}\n${text}`, { ...line, id: stableId('hostile log', payload, atUs) }));
  }
  message(callId, `BYE sip:${user}@${HOSTS[1]} SIP/2.0`, '4 BYE');
  event('CHANNEL_HANGUP', channel, { 'Hangup-Cause': token.slice(0, 200) });
  return { callId, events };
}

function packet(payload: Buffer, atUs: number, sensor: string, srcIp: string, dstIp: string): PacketSeen {
  const seen = sipPacket('', { atUs, arrivedUs: atUs, sensor, srcIp, dstIp, payload });
  return { ...seen, id: stableId(sensor, atUs, payload) };
}
