import { homesOf, type Sighting } from '../clock/homes.ts';
import { clocksOf, type SiteClocks } from '../clock/site.ts';
import { PROTOCOL } from '../model/capture-event.ts';
import { groupBy } from '../model/group-by.ts';
import { headerOf, headersOf } from '../model/headers.ts';
import { stableId } from '../model/id.ts';
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
  readonly clocks: SiteClocks;
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
  const sip = packets.filter(({ protocol }) => protocol === PROTOCOL.sip);
  const homes = homesOf(sip);
  const names = new Set([...bySensor.keys(), ...sensorLines.keys()]);
  return {
    sensors: [...names].sort().map((name) => {
      const own = bySensor.get(name) ?? [];
      const messages = own.filter(({ protocol }) => protocol === PROTOCOL.sip);
      const address = homes.get(name) ?? '';
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
    clocks: clocksIn(sip),
    unmask,
  };
}

/** How far the clocks of the sensors are apart at the end of what was looked at. */
function clocksIn(messages: readonly SampledPacket[]): SiteClocks {
  const sightings = messages.map(
    ({ sip, payload, ...packet }): Sighting => ({
      ...packet,
      ...{ cseq: sip.cseq, cseqMethod: sip.cseqMethod, status: sip.status, digest: stableId(payload) },
    }),
  );
  return clocksOf(
    sightings,
    sightings.reduce((last, { arrivedUs }) => Math.max(last, arrivedUs), 0),
  );
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
