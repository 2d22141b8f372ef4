import { PROTOCOL } from '../model/capture-event.ts';
import { groupBy } from '../model/group-by.ts';
import { headerOf, headersOf } from '../model/headers.ts';
import type { Sample, SampledEvent, SampledLine, SampledPacket } from './sample.ts';
import { type Software, softwareOf } from './software.ts';

/** A capture agent: what reports packets under one name. */
export interface SensorSeen {
  readonly name: string;
  /** What it runs on; undefined where its messages do not say. */
  readonly software?: Software;
  /** Its own address; "" where that cannot be told. */
  readonly address: string;
  readonly messages: readonly SampledPacket[];
  readonly reports: readonly SampledPacket[];
  readonly lines: readonly SampledLine[];
}

/** A switch whose events are read. */
export interface NodeSeen {
  readonly name: string;
  readonly software: 'FreeSWITCH' | 'Asterisk';
  readonly events: readonly SampledEvent[];
  /** Of its channels. */
  readonly lines: readonly SampledLine[];
}

/** All that the checks look at. */
export interface SiteSeen {
  readonly sensors: readonly SensorSeen[];
  readonly nodes: readonly NodeSeen[];
  /** By Call-ID: the node that said that a channel of its speaks it. */
  readonly namedBy: ReadonlyMap<string, string>;
  /** The Call-ID below a disguise, as far as a secret of the configuration takes it off. */
  unmask(callId: string): string | undefined;
}

export function siteOf({ packets, events, lines }: Sample, unmask: SiteSeen['unmask'] = () => undefined): SiteSeen {
  const switches = groupBy(events, ({ node }) => node);
  const switchLines = groupBy(
    lines.filter(({ channel }) => channel !== ''),
    ({ node }) => node,
  );
  const sensorLines = groupBy(
    lines.filter(({ channel }) => channel === ''),
    ({ node }) => node,
  );
  const bySensor = groupBy(packets, ({ sensor }) => sensor);
  const addresses = addressesOf(bySensor);
  const names = new Set([...bySensor.keys(), ...sensorLines.keys()]);
  return {
    sensors: [...names].sort().map((name) => {
      const own = bySensor.get(name) ?? [];
      const messages = own.filter(({ protocol }) => protocol === PROTOCOL.sip);
      const address = addresses.get(name) ?? '';
      const software = softwareOf(messages, address);
      return {
        ...{ name, address, messages },
        ...(software === undefined ? {} : { software }),
        reports: own.filter(({ protocol }) => protocol === PROTOCOL.rtcp || protocol === PROTOCOL.rtcpXr),
        lines: sensorLines.get(name) ?? [],
      };
    }),
    nodes: [...switches.keys()].sort().map((name) => {
      const own = switches.get(name) ?? [];
      const software = own[0]?.origin === 'asterisk' ? ('Asterisk' as const) : ('FreeSWITCH' as const);
      return { name, software, events: own, lines: switchLines.get(name) ?? [] };
    }),
    namedBy: namedBy(events),
    unmask,
  };
}

/** A box is an end of each hop that it reports; some of another one may come in between. */
const OWN_SHARE = 0.95;

/**
 * The address of each sensor: the end that all its messages have in common. A switch behind one proxy has two such ends: then the
 * proxy, which speaks with others as well, takes its own first.
 */
function addressesOf(bySensor: ReadonlyMap<string, readonly SampledPacket[]>): Map<string, string> {
  const candidates = new Map<string, readonly string[]>();
  for (const [name, packets] of bySensor) {
    const messages = packets.filter(({ protocol }) => protocol === PROTOCOL.sip);
    const counts = new Map<string, number>();
    for (const { srcIp, dstIp } of messages) {
      for (const ip of new Set([srcIp, dstIp])) if (ip !== '') counts.set(ip, (counts.get(ip) ?? 0) + 1);
    }
    const ends = [...counts].filter(([, count]) => count >= OWN_SHARE * messages.length);
    candidates.set(
      name,
      ends.map(([ip]) => ip),
    );
  }
  const found = new Map<string, string>();
  for (let left = candidates.size; left > 0; left--) {
    const taken = new Set(found.values());
    for (const [name, ends] of candidates) {
      const free = ends.filter((ip) => !taken.has(ip));
      if (!found.has(name) && free.length === 1) found.set(name, free[0] ?? '');
    }
  }
  return found;
}

/** Variables in which an Asterisk says the Call-ID of a channel (docs/senders.md). */
const OWN_CALL_ID = /^_{0,2}SIP_?CALL_?ID$/i;

/** The Call-ID that an event says its channel speaks; "" for none. */
export function callIdIn({ name, origin, headers }: SampledEvent): string {
  if (origin !== 'asterisk') return headerOf(headers, 'variable_sip_call_id');
  if (name === 'VarSet' && OWN_CALL_ID.test(headerOf(headers, 'Variable'))) return headerOf(headers, 'Value');
  const pair = headersOf(headers, 'ChanVariable').find((one) => OWN_CALL_ID.test(one.split('=', 1)[0] ?? ''));
  return pair === undefined ? '' : pair.slice(pair.indexOf('=') + 1);
}

/** An Asterisk tells each of two bridged channels the Call-ID of the other. */
const peerCallIdIn = ({ name, headers }: SampledEvent): string =>
  name === 'VarSet' && headerOf(headers, 'Variable') === 'BRIDGEPVTCALLID' ? headerOf(headers, 'Value') : '';

function namedBy(events: readonly SampledEvent[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const event of events) {
    const callId = callIdIn(event) || peerCallIdIn(event);
    if (callId !== '') named.set(callId, event.node);
  }
  return named;
}
