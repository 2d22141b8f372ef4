import { clockOffsets } from '../../core/call/clocks.ts';
import { mergeCopies } from '../../core/call/copies.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { type EventFact, type LogFact, MAX_FACTS, readHostNames } from '../../core/call/read/facts.ts';
import { MAX_MESSAGES } from '../../core/call/read/messages.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { Ladder, Step } from '../schemas.ts';
import { eventStep, gapStep, logStep, type Timed } from './events.ts';
import { factsOf, type LadderFacts } from './facts.ts';
import { createLanes, type Lanes, type Place } from './lanes.ts';
import { sessionsOf } from './media/sessions.ts';
import { type DrawnMessage, messageStep, readDrawn } from './messages.ts';
import { type ChannelDialog, effectiveTimes } from './order.ts';
import { type SensorAddresses, sensorAddresses } from './sensors.ts';

/** A ladder of more steps is mostly captured texts, which a reader waits for and does not read. */
export const MUCH_STEPS = 2000;

/**
 * Everything that happened in a call, on one axis. `hosts` are the operator's own names, by address; `names` those that
 * senders told, when the caller has asked for them already. The captured texts are in it up to so many steps.
 */
export async function buildLadder(
  store: Store,
  call: FoundCall,
  hosts: Readonly<Record<string, string>>,
  asked?: SelectOptions,
  names?: Promise<ReadonlyMap<string, string> | undefined>,
  rawUpTo = Number.POSITIVE_INFINITY,
): Promise<Ladder> {
  const options = kept(asked);
  const facts = withOneClock(await factsOf(store, call, options));
  const { messages, events, logs, drawn } = facts;
  const channels = dialogsOf(call);
  const effective = effectiveTimes(drawn.map(orderedMessage), events, logs, channels);
  const learnt = (await names) ?? (await readHostNames(store, addressesIn(drawn), options));
  // An address that tenants have in common may have its name from another one.
  const lanes = onlyOf(options) === undefined ? lanesOf(facts, hosts, learnt) : lanesOf(facts, {}, new Map());
  const raw = drawn.length + events.length + logs.length <= rawUpTo;

  // Equal times: what came over the wire first, then what the switch made of it, then what it wrote about it.
  const order: { readonly at: number; readonly rank: number; readonly index: number; readonly make: () => Step }[] = [];
  for (const [i, message] of drawn.entries()) {
    order.push({ at: effective.messages[i] ?? 0, rank: 0, index: i, make: () => messageStep(message, lanes, raw) });
  }
  const callIdOf = (channel: string): string | null => channels.get(channel)?.callId ?? null;
  for (const [i, event] of events.entries()) {
    const make = (): Step => eventStep(event, callIdOf(event.channel), lanes);
    order.push({ at: effective.events[i] ?? 0, rank: 1, index: event.sequence, make });
  }
  for (const [i, log] of logs.entries()) {
    const own = log.callId === '' ? callIdOf(log.channel) : log.callId;
    order.push({ at: effective.logs[i] ?? 0, rank: 2, index: log.seq, make: () => logStep(log, own, lanes, raw) });
  }
  for (const [i, gap] of call.gaps.entries()) {
    order.push({ at: gap.sinceUs, rank: 3, index: i, make: () => gapStep(gap, i) });
  }
  order.sort((a, b) => a.at - b.at || a.rank - b.rank || a.index - b.index);
  const steps = order.map(({ make }) => make());
  const byTime = drawn.map((message, i) => ({ message, at: effective.messages[i] ?? 0 })).sort((a, b) => a.at - b.at);
  const byId = new Map(messages.map((message) => [message.id, message]));
  const media = sessionsOf(
    byTime.map(({ message }) => message),
    steps,
    byId,
    lanes,
  );
  const full = messages.length >= MAX_MESSAGES || events.length >= MAX_FACTS.events || logs.length >= MAX_FACTS.logs;
  return { lanes: lanes.list(), steps, media, truncated: call.component.truncated || full };
}

interface Facts extends LadderFacts {
  readonly events: readonly Timed<EventFact>[];
  readonly logs: readonly Timed<LogFact>[];
  readonly drawn: readonly DrawnMessage[];
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly sensors: SensorAddresses;
}

/**
 * Messages by one clock, and events and log lines of a switch as well whose own capture agent shows that its clock is off:
 * it is the agent at the switch's address.
 */
function withOneClock({ messages, events, logs }: LadderFacts): Facts {
  const clocks = clockOffsets(messages);
  const drawn = readDrawn(mergeCopies(messages, clocks));
  const [addresses, sensors] = [addressesOfNodes(events), sensorAddresses(messages)];
  if (clocks.size === 0) return { messages, events, logs, drawn, addresses, sensors };
  const byAddress = new Map([...clocks].map(([sensor, offsetUs]) => [sensors.get(sensor) ?? '', offsetUs]));
  const offsetOf = (node: string): number => {
    const own = addresses.get(node)?.find((address) => byAddress.has(address));
    return byAddress.get(own ?? '') ?? 0;
  };
  const shifted = <T extends EventFact | LogFact>(fact: T) => ({
    ...fact,
    storedUs: fact.atUs,
    atUs: fact.atUs - offsetOf(fact.node),
  });
  return { messages, events: events.map(shifted), logs: logs.map(shifted), drawn, addresses, sensors };
}

const orderedMessage = ({ seen, sip, branches }: DrawnMessage) => ({
  atUs: seen.atUs,
  callId: seen.message.callId,
  cseq: sip.cseq,
  cseqMethod: sip.cseqMethod,
  status: seen.message.status,
  method: seen.message.method,
  branches,
  toTag: sip.toTag,
  retransmission: seen.retransmission,
});

function lanesOf(
  { drawn, addresses, sensors }: Facts,
  hosts: Readonly<Record<string, string>>,
  learnt: ReadonlyMap<string, string>,
): Lanes {
  const aliases = createHostNames(hosts);
  const ofSensors = new Map<string, string>();
  for (const [sensor, ip] of sensors) {
    const name = aliases.ofSensor(sensor);
    if (name !== undefined) ofSensors.set(ip, name);
  }
  const places = drawn.flatMap(({ from, to }) => [from, to]);
  return createLanes(places, selfTalking(drawn), {
    aliases,
    learnt: (ip) => ofSensors.get(ip) ?? learnt.get(ip),
    addressesOf: (node) => addresses.get(node) ?? [],
  });
}

function dialogsOf(call: FoundCall): Map<string, ChannelDialog> {
  const dialogs = new Map<string, ChannelDialog>();
  for (const leg of call.legs) {
    for (const { uuid, direction, node } of leg.channels)
      dialogs.set(uuid, { callId: leg.callId ?? '', direction, node });
  }
  return dialogs;
}

/** The SIP addresses that each FreeSWITCH named in its events. */
function addressesOfNodes(events: readonly EventFact[]): Map<string, string[]> {
  const byNode = new Map<string, string[]>();
  for (const { node, headers } of events) {
    const address = headerOf(headers, 'variable_sip_local_network_addr');
    if (address === '') continue;
    const known = byNode.get(node);
    if (known === undefined) byNode.set(node, [address]);
    else if (!known.includes(address)) known.push(address);
  }
  return byNode;
}

function addressesIn(drawn: readonly DrawnMessage[]): string[] {
  const all = new Set<string>();
  for (const { from, to } of drawn) {
    for (const place of [from, to]) if (place.kind === 'address') all.add(place.ip);
  }
  return [...all];
}

/** Addresses of hosts that several agents share: they send messages to themselves. */
function selfTalking(drawn: readonly DrawnMessage[]): Set<string> {
  const same = (a: Place, b: Place): string | undefined =>
    a.kind === 'address' && b.kind === 'address' && a.ip === b.ip ? a.ip : undefined;
  return new Set(drawn.map(({ from, to }) => same(from, to)).filter((ip) => ip !== undefined));
}
