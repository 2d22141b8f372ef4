import { mergeCopies } from '../../core/call/copies.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { type EventFact, MAX_FACTS, readHostNames } from '../../core/call/read/facts.ts';
import { MAX_MESSAGES } from '../../core/call/read/messages.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import { kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { Ladder, Step } from '../schemas.ts';
import { isoOf } from '../time.ts';
import { eventStep, logStep } from './events.ts';
import { factsOf } from './facts.ts';
import { createLanes, type Place } from './lanes.ts';
import { type DrawnMessage, messageStep, readDrawn } from './messages.ts';
import { type ChannelDialog, effectiveTimes } from './order.ts';

/**
 * Everything that happened in a call, on one axis. `hosts` are the operator's own names, by address; `names` those that
 * senders told, when the caller has asked for them already.
 */
export async function buildLadder(
  store: Store,
  call: FoundCall,
  hosts: Readonly<Record<string, string>>,
  asked?: SelectOptions,
  names?: Promise<ReadonlyMap<string, string> | undefined>,
): Promise<Ladder> {
  const options = kept(asked);
  const { messages, events, logs } = await factsOf(store, call, options);
  const drawn = readDrawn(mergeCopies(messages));
  const channels = dialogsOf(call);
  const effective = effectiveTimes(
    drawn.map(({ seen, sip, vias }) => ({
      atUs: seen.atUs,
      callId: seen.message.callId,
      cseq: sip.cseq,
      cseqMethod: sip.cseqMethod,
      status: seen.message.status,
      method: seen.message.method,
      vias,
      branch: sip.via.branch,
      retransmission: seen.retransmission,
    })),
    events,
    logs,
    channels,
  );
  const addresses = addressesOfNodes(events);
  const learnt = (await names) ?? (await readHostNames(store, addressesIn(drawn), options));
  const lanes = createLanes(
    selfTalking(drawn),
    // An address that tenants have in common may have its name from another one.
    (ip) => (onlyOf(options) === undefined ? (hosts[ip] ?? learnt.get(ip)) : undefined),
    (node) => addresses.get(node) ?? [],
  );

  // Equal times: what came over the wire first, then what the switch made of it, then what it wrote about it.
  const order: { readonly at: number; readonly rank: number; readonly index: number; readonly make: () => Step }[] = [];
  for (const [i, message] of drawn.entries()) {
    order.push({ at: effective.messages[i] ?? 0, rank: 0, index: i, make: () => messageStep(message, lanes) });
  }
  const callIdOf = (channel: string): string | null => channels.get(channel)?.callId ?? null;
  for (const [i, event] of events.entries()) {
    const make = (): Step => eventStep(event, callIdOf(event.channel), lanes);
    order.push({ at: effective.events[i] ?? 0, rank: 1, index: event.sequence, make });
  }
  for (const [i, log] of logs.entries()) {
    const own = log.callId === '' ? callIdOf(log.channel) : log.callId;
    order.push({ at: effective.logs[i] ?? 0, rank: 2, index: log.seq, make: () => logStep(log, own, lanes) });
  }
  for (const [i, gap] of call.gaps.entries()) {
    const step: Step = {
      id: `gap-${i}`,
      kind: 'gap',
      at: isoOf(gap.sinceUs),
      atUs: gap.sinceUs,
      from: null,
      to: null,
      title: `${gap.stream} of ${gap.node} missing ${isoOf(gap.sinceUs).slice(11, 19)}–${isoOf(gap.untilUs).slice(11, 19)} UTC`,
      detail: gap.reason,
      callId: null,
      channel: null,
      transport: null,
      src: null,
      dst: null,
      status: null,
      method: null,
      level: null,
      retransmission: false,
      flaw: '',
      seenBy: [],
      raw: '',
    };
    order.push({ at: gap.sinceUs, rank: 3, index: i, make: () => step });
  }
  order.sort((a, b) => a.at - b.at || a.rank - b.rank || a.index - b.index);
  const steps = order.map(({ make }) => make());
  const full = messages.length >= MAX_MESSAGES || events.length >= MAX_FACTS.events || logs.length >= MAX_FACTS.logs;
  return { lanes: lanes.list(), steps, truncated: call.component.truncated || full };
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
