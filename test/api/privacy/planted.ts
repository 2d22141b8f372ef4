import type { CaptureEvent, ChannelEventSeen, LogLineSeen, PacketSeen } from '../../../core/model/capture-event.ts';
import { PROTOCOL } from '../../../core/model/capture-event.ts';
import { allHeaders } from '../../../core/model/headers.ts';
import { readSeen } from '../../golden/recorded.ts';

/** What is planted into a recorded call, and must not be found in any answer to whoever it is hidden from. */
export const PLANTED = {
  caller: '+14155550199',
  callee: '2125550177',
  name: 'Zoë Quicksilver',
  other: 'Xanthippe Vandermeer',
  user: 'wxyzalice',
  digits: '739162',
  body: 'meet me at the marina',
} as const;

const { caller, callee, name, other, user, digits, body } = PLANTED;

const bareCaller = caller.slice(1);

/** Headers in which a sender may write who calls whom. */
const HEADERS = [
  `P-Asserted-Identity: "${name}" <sip:${caller}@site.example>`,
  `P-Preferred-Identity: <tel:${caller}>`,
  `Remote-Party-ID: "${name}" <sip:${bareCaller}@site.example>;party=calling`,
  `Diversion: "${other}" <sip:${callee}@site.example>;reason=unconditional`,
  `History-Info: <sip:${callee}@site.example?Reason=SIP%3Bcause%3D302>;index=1`,
  `Referred-By: <sip:${user}@site.example>`,
  `X-Customer: ${bareCaller}`,
  `X-Folded: first`,
  `  ${callee} second`,
  `Subject: for ${name}`,
  `Authorization: Digest username="${bareCaller}", realm="site.example", nonce="n", uri="sip:${callee}@site.example", response="f00d"`,
].join('\r\n');

export interface Planted {
  readonly events: readonly CaptureEvent[];
  /** Of the first leg; it holds the caller's number. */
  readonly callId: string;
  readonly channel: string;
}

/**
 * The recording "01-basic" with other people in it: in every SIP message, in the events and log lines of its switch, in Call-IDs,
 * and a MESSAGE, DTMF and an Asterisk event beside.
 */
export async function plantedCall(): Promise<Planted> {
  const seen = ofFirstCall(await readSeen('01-basic'));
  const first = seen.find(
    (event): event is PacketSeen => event.kind === 'packet' && /^INVITE /.test(event.payload.toString('latin1')),
  );
  if (first === undefined) throw new Error('the recording begins with no INVITE');
  const text = first.payload.toString('utf8');
  const callId = field(text, /^Call-ID:\s*(\S+)/im);
  const from = field(text, /^From:[^\r\n]*?sips?:([^@>]+)@/im);
  const to = field(text, /^To:[^\r\n]*?sips?:([^@>]+)@/im);
  const swapped = `${bareCaller}-xyz@site.example`;
  const swap = (said: string): string =>
    said.replaceAll(callId, swapped).replaceAll(from, caller).replaceAll(to.replace(/^\+/, ''), callee);
  let channel = '';
  const events: CaptureEvent[] = [];
  for (const event of seen) {
    if (event.kind === 'packet')
      events.push({ ...event, payload: plantedPacket(swap(event.payload.toString('utf8'))) });
    else if (event.kind === 'event') {
      const planted = plantedEvent(event, swap);
      channel ||= String(allHeaders(planted.headers)['Unique-ID'] ?? '');
      events.push(planted);
    } else if (event.kind === 'log') events.push({ ...event, text: swap(event.text) });
    else events.push(event);
  }
  const log = seen.find((event): event is LogLineSeen => event.kind === 'log' && event.channel !== '');
  if (log !== undefined) events.push(...plantedLogs(log));
  events.push(...plantedMessages(first, swapped));
  return { events, callId: swapped, channel };
}

/** Lines of the switch, which repeat what they say. */
const MAX_LOGS = 150;

/** What belongs to the first call alone, of both of its legs. */
function ofFirstCall(seen: readonly CaptureEvent[]): CaptureEvent[] {
  const callIds: string[] = [];
  for (const event of seen) {
    const text = event.kind === 'packet' ? event.payload.toString('latin1') : '';
    if (/^INVITE /.test(text) && callIds.length < 2) {
      const callId = field(text, /^Call-ID:\s*(\S+)/im);
      if (!callIds.includes(callId)) callIds.push(callId);
    }
  }
  const uuidOf = (event: ChannelEventSeen): string => String(allHeaders(event.headers)['Unique-ID'] ?? '');
  const channels = new Set<string>();
  for (const event of seen) {
    if (event.kind !== 'event') continue;
    const said = JSON.stringify(allHeaders(event.headers));
    if (callIds.some((callId) => said.includes(`"variable_sip_call_id":"${callId}"`))) channels.add(uuidOf(event));
  }
  let logs = 0;
  const names = new Set<string>();
  return seen.filter((event) => {
    if (event.kind === 'packet') return callIds.some((callId) => event.payload.includes(callId));
    if (event.kind === 'log') return channels.has(event.channel) && logs++ < MAX_LOGS;
    // One event of each name is enough: each is stored whole here.
    if (event.kind !== 'event' || !channels.has(uuidOf(event)) || names.has(event.name)) return false;
    return names.add(event.name);
  });
}

function field(text: string, pattern: RegExp): string {
  const [, found = ''] = pattern.exec(text) ?? [];
  if (found === '') throw new Error(`nothing in the recording fits ${pattern}`);
  return found;
}

function plantedPacket(text: string): Buffer {
  const named = text
    .replace(/^From:\s*(?:"[^"]*"|[^<"\r\n]*?)\s*</im, `From: "${name}" <`)
    .replace(/^To:\s*(?:"[^"]*"|[^<"\r\n]*?)\s*</im, `To: ${other} <`);
  return Buffer.from(
    /^(?:INVITE|BYE|ACK) /.test(named) ? named.replace(/\r\nMax-Forwards/i, `\r\n${HEADERS}\r\nMax-Forwards`) : named,
  );
}

/** Whole events: what the recipe of an event keeps is what is new in it. */
function plantedEvent(event: ChannelEventSeen, swap: (said: string) => string): ChannelEventSeen {
  const headers = JSON.parse(swap(JSON.stringify(allHeaders(event.headers)))) as Record<string, string | string[]>;
  const { kept: _, ...rest } = event;
  return {
    ...rest,
    headers: {
      ...headers,
      'Caller-Caller-ID-Name': name,
      'Caller-Callee-ID-Name': other,
      variable_effective_caller_id_name: encodeURIComponent(name),
      variable_sip_h_X_Customer: bareCaller,
      variable_site_pin: digits,
      variable_digits: digits,
      variable_last_arg: `{origination_caller_id_name='${name}',origination_caller_id_number=${bareCaller}}sofia/gateway/gw/${callee}`,
      variable_presence_id: `${user}@site.example`,
    },
  };
}

const plantedLogs = (log: LogLineSeen): LogLineSeen[] =>
  [
    `Processing ${name} <${caller}>->${callee} in context default`,
    `Dialplan: sofia/internal/${caller}@site.example Regex (PASS) [x] destination_number(${callee}) =~ /^(\\d+)$/`,
    `EXECUTE [depth=0] sofia/internal/${caller}@site.example set(effective_caller_id_name=${name})`,
    `RTP RECV DTMF ${digits}:1200`,
    `callback to ${other.toUpperCase()} at (415) 555-0199 or sip:${user}@site.example`,
  ].map((text, i) => ({ ...log, id: `${log.id.slice(0, 14)}a${i}`, order: log.order + i + 1, text }));

function plantedMessages(first: PacketSeen, callId: string): PacketSeen[] {
  const head = (method: string, cseq: number, type: string): string =>
    [
      `${method} sip:${callee}@192.0.2.9 SIP/2.0`,
      'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK-planted',
      `f: "${name}" <sip:${caller}@site.example>;tag=t1`,
      `t: <sip:${callee}@site.example>;tag=t2`,
      `i: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `c: ${type}`,
    ].join('\r\n');
  const packet = (id: string, text: string, body: string): PacketSeen => ({
    ...first,
    id,
    atUs: first.atUs + 1_000_000,
    payload: Buffer.from(`${text}\r\nl: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
  });
  const info = `Signal=${digits[0]}\r\nDuration=160\r\n`;
  const refer = `${head('REFER', 90, 'text/x')}\r\nRefer-To: <sip:${user}@site.example?Replaces=${encodeURIComponent(callId)}%3Bto-tag%3Da%3Bfrom-tag%3Db>`;
  const quality = [
    'VQSessionReport: CallTerm',
    `CallID: ${callId}`,
    `LocalID: "${name}" <sip:${caller}@site.example>`,
    `RemoteID: ${other} <sip:${callee}@site.example;user=phone>`,
    `OrigID: <sip:${user}@site.example>`,
    `LocalGroup: ${other}`,
    `LocalAddr: IP=192.0.2.7 PORT=24680 SSRC=${bareCaller}`,
    `RemoteAddr: IP=192.0.2.8 PORT=24682 SSRC=0x1`,
    `x-UserAgent: phone of ${name}`,
    'LocalMetrics:',
    'PacketLoss: NLR=9.0 JDR=0.0',
    `QualityEst: MOSLQ=2.8 QoEEstAlg="${name}"`,
    `DialogID: ${callId};to-tag=${callee};from-tag=b`,
  ].join('\r\n');
  const sdp = `v=0\r\no=${user} 1 1 IN IP4 192.0.2.7\r\ns=${name}\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 24680 RTP/AVP 0\r\n`;
  return [
    packet('00000000000000a1', head('MESSAGE', 91, 'text/plain'), `${body}, ${name}, ${bareCaller}`),
    packet('00000000000000a2', head('INFO', 92, 'application/dtmf-relay'), info),
    packet(
      '00000000000000a3',
      head('NOTIFY', 93, 'message/sipfrag'),
      `SIP/2.0 200 OK\r\nTo: "${other}" <sip:${callee}@x>\r\n`,
    ),
    packet(
      '00000000000000a4',
      head('PUBLISH', 94, 'application/pidf+xml'),
      `<presence entity="sip:${caller}@x"><note>${name}</note><contact>tel:${callee}</contact></presence>`,
    ),
    packet('00000000000000a5', head('UPDATE', 95, 'application/sdp'), sdp),
    packet('00000000000000a6', refer, ''),
    packet(
      '00000000000000a7',
      head('PUBLISH', 96, 'application/vq-rtcpxr').replace(callId, `report-${callId}`),
      quality,
    ),
    {
      ...packet('00000000000000a8', '', ''),
      protocol: PROTOCOL.rtcpXr,
      correlationId: callId,
      payload: Buffer.from(quality),
    },
  ];
}

/** Every way in which something that was planted may be written. */
export function leaksIn(answer: Buffer): string[] {
  const text = answer.toString('utf8').toLowerCase();
  const latin = answer.toString('latin1').toLowerCase();
  const plain = `${text}\n${unescapedJson(text)}\n${decodedUri(text)}`;
  return needles().filter((needle) => plain.includes(needle) || latin.includes(needle));
}

let all: string[] | undefined;

function needles(): string[] {
  if (all !== undefined) return all;
  const found = new Set<string>();
  const add = (...texts: string[]): void => {
    for (const one of texts) if (one.length > 3) found.add(one.toLowerCase());
  };
  for (const number of [bareCaller, callee, digits]) {
    for (const digitsOf of [number, [...number].reverse().join('')]) {
      // Any five digits of it in a row.
      for (let at = 0; at + 5 <= digitsOf.length; at++) add(digitsOf.slice(at, at + 5));
    }
    add(...bases(number));
  }
  add('(415) 555', '415-555', '555-0199');
  for (const word of [name, other, user, body, 'quicksilver', 'vandermeer', 'xanthippe', 'zoë']) {
    add(word, encodeURIComponent(word), JSON.stringify(word).slice(1, -1), ...bases(word));
    add(word.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));
    add([...word].reverse().join(''));
  }
  all = [...found];
  return all;
}

/** Base64 at each of its three offsets, without the letters that depend on what stands around. */
const bases = (word: string): string[] =>
  [0, 1, 2]
    .map((shift) => {
      const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]);
      return bytes.toString('base64').slice(shift === 0 ? 0 : 4, -4);
    })
    .filter((text) => text.length >= 8);

const unescapedJson = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const decodedUri = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/g, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));
