import { type Micros, PROTOCOL } from '../../core/model/capture-event.ts';
import { callIdNode, channelNode, type NodeKey } from '../../core/model/edge.ts';
import { stableId } from '../../core/model/id.ts';
import type { Tenant } from '../../core/runtime/tenants.ts';
import type { Random } from './random.ts';
import { createTruth, type Proof, type Sighting, type Truth } from './truth.ts';

/** A place that sends and receives SIP. With a sensor it reports every packet of its own, in both directions, by HEP. */
export interface Place {
  readonly ip: string;
  readonly port: number;
  readonly sensor?: string;
  /** How far this node's clock is from the true one. */
  readonly clockUs: Micros;
}

/** A FreeSWITCH process on its host. */
export interface Switch extends Place {
  readonly name: string;
  readonly sensor: string;
  /** Tail of the Call-IDs that this process makes; they look like UUIDs and are none. */
  readonly callIdTail: string;
  /** Whose it is; "" for one that all share. */
  readonly tenant: string;
  /** `outbound-use-uuid-as-callid` of its profile. */
  readonly uuidAsCallId: boolean;
  /** The id of the process that runs at a time: a crash and a restart change it. */
  coreAt(atUs: Micros): string;
  crashAt(atUs: Micros): void;
}

export interface EventDraft {
  readonly sw: Switch;
  readonly atUs: Micros;
  readonly name: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly proves: readonly Proof[];
}

export interface LogDraft {
  readonly sw: Switch;
  readonly atUs: Micros;
  readonly channel: string;
  readonly text: string;
  readonly proves: readonly Proof[];
}

export interface PacketDraft {
  readonly sensor: Place;
  readonly atUs: Micros;
  readonly from: Place;
  readonly to: Place;
  readonly callId: string;
  readonly payload: Buffer;
  /** HEP protocol type; SIP unless given, which says its Call-ID itself. */
  readonly protocol?: number;
  readonly proves: readonly Proof[];
}

/** Collects what the sensors of a site see, in true time, and writes it down as they would. */
export interface Site {
  readonly random: Random;
  readonly truth: Truth;
  readonly proxy: Place;
  readonly switches: readonly Switch[];
  readonly tenants: Tenancy;
  /** How many calls a domain has numbered so far. */
  callsOf(domain: string): { count: number };
  /** What a FreeSWITCH writes for this moment: its clock moves every 20 ms, lags, and may be wrong. */
  tick(sw: Switch, atUs: Micros): Micros;
  event(draft: EventDraft): void;
  log(draft: LogDraft): void;
  packet(draft: PacketDraft): void;
  /** Everything in order of true time. Sequence numbers and ticks are given here. */
  sightings(): Sighting[];
}

export interface SiteOptions {
  /** Clocks of the nodes are off by up to this much. */
  readonly skewUs?: Micros;
  readonly uuidAsCallId?: boolean;
  readonly tenants?: Tenancy;
}

/**
 * How the tenants of the site are kept apart: each has switches of its own, all with the same addresses behind one proxy;
 * or all share the switches and each has a SIP domain. They have the same extensions and number their calls alike.
 */
export type Tenancy = 'none' | 'switches' | 'domains';

/** What the operator writes about them. */
export function tenantsOf(tenancy: Tenancy): Tenant[] {
  if (tenancy === 'none') return [];
  return ['tenant1', 'tenant2', 'tenant3'].map((name, i) => ({
    name,
    nodes:
      tenancy === 'switches' ? [`fs${2 * i + 1}`, `hep 20${2 * i + 1}`, `fs${2 * i + 2}`, `hep 20${2 * i + 2}`] : [],
    domains: tenancy === 'domains' ? [`${name}.example`] : [],
  }));
}

const TICK_US = 20_000;
const ARRIVAL_US = 3_000;

export function createSite(random: Random, options: SiteOptions = {}): Site {
  const { skewUs = 0, uuidAsCallId = false, tenants = 'none' } = options;
  const skew = (): Micros => (skewUs === 0 ? 0 : random.int(-skewUs, skewUs));
  const makeSwitch = (name: string, ip: string, captureId: number, tenant = ''): Switch => {
    const cores = [{ fromUs: 0, uuid: random.uuid() }];
    return {
      name,
      ip,
      port: 5060,
      sensor: `hep ${captureId}`,
      clockUs: skew(),
      callIdTail: `1240-${random.hex(4)}-${random.hex(12)}`,
      uuidAsCallId,
      tenant,
      coreAt: (atUs) => cores.findLast(({ fromUs }) => fromUs <= atUs)?.uuid ?? '',
      crashAt: (atUs) => {
        cores.push({ fromUs: atUs, uuid: random.uuid() });
        cores.sort((a, b) => a.fromUs - b.fromUs);
      },
    };
  };
  const proxy: Place = { ip: '10.0.0.10', port: 5060, sensor: 'hep 101', clockUs: skew() };
  const switches = (tenants === 'switches' ? tenantsOf(tenants) : [{ name: '' }]).flatMap(({ name }, i) => [
    makeSwitch(`fs${2 * i + 1}`, '10.0.0.31', 201 + 2 * i, name),
    makeSwitch(`fs${2 * i + 2}`, '10.0.0.32', 202 + 2 * i, name),
  ]);
  const events: EventDraft[] = [];
  const logs: LogDraft[] = [];
  const packets: PacketDraft[] = [];
  const counters = new Map<string, { count: number }>();

  const tick = (sw: Switch, atUs: Micros): Micros => {
    const clock = atUs + sw.clockUs - 1_000;
    return clock - (clock % TICK_US) + 5_555;
  };

  const eventSightings = (): Sighting[] => {
    const sequences = new Map<string, number>();
    return inTime(events).map(({ sw, atUs, name, headers, proves }) => {
      const coreUuid = sw.coreAt(atUs);
      // Numbers are missing without loss: the switch counts events that it never sends.
      const sequence = (sequences.get(coreUuid) ?? 1000) + (random.chance(0.02) ? 2 : 1);
      sequences.set(coreUuid, sequence);
      const uuid = typeof headers['Unique-ID'] === 'string' ? headers['Unique-ID'] : '';
      return {
        seen: {
          kind: 'event',
          origin: 'freeswitch',
          id: stableId('event', coreUuid, sequence),
          atUs: tick(sw, atUs),
          arrivedUs: atUs + ARRIVAL_US,
          node: sw.name,
          coreUuid,
          sequence,
          name,
          headers: {
            'Event-Name': name,
            'Core-UUID': coreUuid,
            'FreeSWITCH-Hostname': 'vm',
            'FreeSWITCH-Switchname': sw.name,
            'Event-Date-Timestamp': String(tick(sw, atUs)),
            'Event-Sequence': String(sequence),
            ...headers,
          },
          backfill: false,
        },
        shows: uuid === '' ? [] : [channelNode(uuid)],
        proves,
      };
    });
  };

  const logSightings = (): Sighting[] =>
    inTime(logs).map(({ sw, atUs, channel, text, proves }, order) => ({
      seen: {
        kind: 'log',
        id: stableId('line', sw.name, order, channel, text),
        atUs: tick(sw, atUs),
        arrivedUs: atUs + ARRIVAL_US,
        node: sw.name,
        channel,
        level: 6,
        file: 'sofia.c',
        func: 'sofia_handle_sip_i_state',
        line: 10_460,
        order,
        text,
      },
      shows: [channelNode(channel)],
      proves,
    }));

  const packetSightings = (): Sighting[] =>
    packets.map(({ sensor, atUs, from, to, callId, payload, protocol = PROTOCOL.sip, proves }, index) => {
      const shows: NodeKey[] = [callIdNode(callId)];
      return {
        seen: {
          kind: 'packet',
          id: stableId('packet', sensor.sensor ?? '', index, payload),
          atUs: atUs + sensor.clockUs,
          arrivedUs: atUs + ARRIVAL_US,
          sensor: sensor.sensor ?? '',
          protocol,
          transport: 'udp',
          srcIp: from.ip,
          srcPort: from.port,
          dstIp: to.ip,
          dstPort: to.port,
          correlationId: protocol === PROTOCOL.sip ? '' : callId,
          payload,
        },
        shows,
        proves,
      };
    });

  return {
    random,
    truth: createTruth(),
    proxy,
    switches,
    tenants,
    callsOf: (domain) => {
      const counter = counters.get(domain) ?? { count: 0 };
      counters.set(domain, counter);
      return counter;
    },
    tick,
    event: (draft) => void events.push(draft),
    log: (draft) => void logs.push(draft),
    packet: (draft) => void packets.push(draft),
    sightings: () =>
      [...eventSightings(), ...logSightings(), ...packetSightings()].sort(
        (a, b) => a.seen.arrivedUs - b.seen.arrivedUs,
      ),
  };
}

/** Drafts are made call by call; a switch counts them as they happen. */
const inTime = <T extends { readonly atUs: Micros }>(drafts: readonly T[]): T[] =>
  [...drafts].sort((a, b) => a.atUs - b.atUs);
