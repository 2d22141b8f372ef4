import type { CaptureEvent, ChannelEventSeen, LogLineSeen, PacketSeen } from '../../../core/model/capture-event.ts';
import { stableId } from '../../../core/model/id.ts';
import { sipText, statusLine } from '../../generate/sip-text.ts';

/** Two sensors: the phone's hop has one witness, the switch's has two. */
const HOPS = [
  { from: '192.0.2.1', to: '192.0.2.2', sensors: ['hep 101'] },
  { from: '192.0.2.2', to: '192.0.2.3', sensors: ['hep 101', 'hep 201'] },
] as const;
const CHANNEL = 'd1c5a5f0-5b1e-4d7c-9c59-3f1f8f6b0a11';

/**
 * One call of so many steps, as capture events: 40 of 100 steps are messages of its dialog (INFO and their answers on two
 * hops), 30 events of its channel, 30 lines of its log.
 */
export function longCall(callId: string, steps: number, startUs: number): CaptureEvent[] {
  const events: CaptureEvent[] = [];
  let sequence = 0;
  const dialog = (cseq: number, start: string, method: string, atUs: number): void => {
    const outward = !start.startsWith('SIP/2.0');
    for (const [hop, { from, to, sensors }] of (outward ? HOPS : [...HOPS].reverse()).entries()) {
      const own = outward ? hop : HOPS.length - 1 - hop;
      const vias = HOPS.slice(0, own + 1)
        .map(({ from: host }, i) => `SIP/2.0/UDP ${host}:5060;branch=z9hG4bK${cseq}${method}${i}`)
        .reverse();
      const sentUs = atUs + hop * 400;
      const payload = sipText({
        ...{ start, vias, callId, cseq: `${cseq} ${method}` },
        from: '<sip:1001@192.0.2.1>;tag=a',
        to: `<sip:2002@192.0.2.3>${method === 'INVITE' && outward ? '' : ';tag=b'}`,
      });
      const [srcIp, dstIp] = outward ? [from, to] : [to, from];
      for (const [i, sensor] of sensors.entries()) events.push(packet(sensor, sentUs + i * 90, payload, srcIp, dstIp));
    }
  };
  const event = (name: string, atUs: number, headers: Readonly<Record<string, string>>): void => {
    sequence += 1;
    events.push(channelEvent(name, sequence, atUs, { ...headers, variable_sip_call_id: callId }));
  };

  dialog(1, 'INVITE sip:2002@192.0.2.3 SIP/2.0', 'INVITE', startUs);
  event('CHANNEL_CREATE', startUs + 1500, {});
  dialog(1, statusLine(200), 'INVITE', startUs + 900_000);
  event('CHANNEL_ANSWER', startUs + 901_000, {});
  const rounds = Math.ceil(steps / 10) - 1;
  for (let round = 0; round < rounds; round += 1) {
    const atUs = startUs + 2_000_000 + round * 250_000;
    dialog(round + 2, 'INFO sip:2002@192.0.2.3 SIP/2.0', 'INFO', atUs);
    dialog(round + 2, statusLine(200), 'INFO', atUs + 20_000);
    event(round % 2 === 0 ? 'CHANNEL_HOLD' : 'CHANNEL_UNHOLD', atUs + 30_000, {});
    event('CHANNEL_CALLSTATE', atUs + 30_100, { 'Channel-Call-State': round % 2 === 0 ? 'HELD' : 'ACTIVE' });
    event('DTMF', atUs + 60_000, { 'DTMF-Digit': String(round % 10) });
    for (let line = 0; line < 3; line += 1) events.push(logLine(round * 3 + line, atUs + 70_000 + line * 500));
  }
  return events;
}

function packet(sensor: string, atUs: number, payload: Buffer, srcIp: string, dstIp: string): PacketSeen {
  return {
    ...{ kind: 'packet', id: stableId(sensor, atUs, payload), atUs, arrivedUs: atUs, sensor, protocol: 1 },
    ...{ transport: 'udp', srcIp, srcPort: 5060, dstIp, dstPort: 5060, correlationId: '', payload },
  };
}

function channelEvent(
  name: string,
  sequence: number,
  atUs: number,
  headers: Readonly<Record<string, string>>,
): ChannelEventSeen {
  return {
    ...{ kind: 'event', origin: 'freeswitch', id: stableId('long', sequence), atUs, arrivedUs: atUs, node: 'fs1' },
    ...{ coreUuid: 'core-1', sequence, name, backfill: false },
    headers: {
      'Event-Name': name,
      'Unique-ID': CHANNEL,
      'Call-Direction': 'inbound',
      'Channel-Name': 'sofia/internal/1001@192.0.2.1',
      variable_sip_local_network_addr: '192.0.2.3',
      ...headers,
    },
  };
}

function logLine(order: number, atUs: number): LogLineSeen {
  return {
    ...{ kind: 'log', id: stableId('long log', order), atUs, arrivedUs: atUs, node: 'fs1', channel: CHANNEL },
    ...{ level: 7, file: 'switch_core_session.c', func: 'f', line: 100 + (order % 900), order },
    text: `switch_core_session.c:1062 Send signal sofia/internal/1001@192.0.2.1 [BREAK] number ${order}`,
  };
}
