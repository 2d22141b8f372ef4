import type { SeenMessage } from '../../call/copies.ts';
import { mapped, type Work } from '../../runtime/in-turns.ts';
import { recordedHosts } from '../../sip/vias.ts';
import type { Case } from '../case.ts';
import { type Chance, kindOf, sensorsOf } from './chance.ts';
import { ANSWER_US, endsOf, exchangeChances, finals2xx, hasRepeats } from './hop-chances.ts';
import { after, before, type LegView, legViewOf, NEVER, OPEN } from './leg-view.ts';

/** Exchanges that are looked at in one turn. */
const SLICE = 200;

/** All that must have been reported of a call, whoever did or did not. */
export function* chancesOf(all: Case, places: Places): Work<readonly Chance[]> {
  const found: (readonly Chance[])[] = [];
  for (const of of all.legs) {
    const view = legViewOf(all, of);
    const ofHops = yield* mapped(of.exchanges, SLICE, (exchange) => exchangeChances(view, exchange));
    found.push(...ofHops);
    for (const chances of [passedHops, routeChances, ackChances, dialogChances, numberChances]) {
      found.push(chances(view));
      yield;
    }
    found.push(channelChances(view, places), eventChances(view, places));
  }
  return found.flat();
}

/** Hosts that messages of a leg may name and nobody saw: a message may hold a thousand, and each of thousands may name others. */
const MOST_NAMED = 1000;

/** Hops that a later message names in its Vias and that nobody saw. */
function passedHops(view: LegView): Chance[] {
  const { messages, transactions, leg } = view.of;
  const known = new Set(transactions.map(({ branch, cseq, method }) => `${method} ${cseq} ${branch}`));
  const chances: Chance[] = [];
  for (const seen of messages) {
    const { sip } = seen.message;
    const { vias } = sip;
    for (const [i, { branch, address }] of vias.entries()) {
      const key = `${sip.method} ${sip.cseq} ${branch}`;
      if (i === 0 || branch === '' || known.has(key)) continue;
      if (chances.length === MOST_NAMED) return chances;
      known.add(key);
      chances.push({
        ...{ leg: leg.id, what: `${kindOf(sip.method)} request`, ...before(view, seen, i) },
        from: [address].filter((one) => one !== ''),
        to: [vias[i - 1]?.address ?? ''].filter((one) => one !== ''),
        seenBy: new Set(),
      });
    }
  }
  return chances;
}

/** Proxies that said they stay in the dialog: something of it was at each. */
function routeChances(view: LegView): Chance[] {
  const { messages, leg } = view.of;
  const first = new Map<string, SeenMessage>();
  for (const seen of messages) {
    for (const host of recordedHosts(seen.message.sip)) {
      if (first.size < MOST_NAMED && !first.has(host)) first.set(host, seen);
    }
  }
  const touching = new Map<string, Set<SeenMessage>>([...first.keys()].map((host) => [host, new Set()]));
  for (const seen of messages) {
    for (const { srcIp, dstIp } of seen.copies) for (const host of [srcIp, dstIp]) touching.get(host)?.add(seen);
  }
  return [...first].map(([host, seen]) => ({
    ...({ leg: leg.id, what: 'route', from: [], to: [host] } as const),
    seenBy: sensorsOf([...(touching.get(host) ?? [])]),
    ...{ sinceUs: leg.startedUs, untilUs: seen.atUs, because: [seen] },
  }));
}

/** The ACK of an answer: where the answer went and was not repeated. */
function ackChances(view: LegView): Chance[] {
  const { exchanges, leg } = view.of;
  return exchanges.flatMap(({ method, cseq, hops }) => {
    if (method !== 'INVITE') return [];
    const acks = exchanges
      .filter((one) => one.method === 'ACK' && one.cseq === cseq)
      .flatMap((one) => one.hops.flatMap(({ requests }) => requests));
    return hops.flatMap((hop): Chance[] => {
      const answers = finals2xx(hop);
      const [answer] = answers;
      if (answer === undefined || hasRepeats(answers)) return [];
      const [ack] = acks;
      if (ack === undefined && view.lastUs - answer.atUs < ANSWER_US) return [];
      const when = after(view, answer);
      return [
        {
          ...{ leg: leg.id, what: 'ACK request', ...endsOf(hop), ...when },
          ...(ack === undefined ? {} : { sinceUs: ack.atUs, untilUs: ack.atUs, because: acks }),
          seenBy: sensorsOf(acks),
        },
      ];
    });
  });
}

/** What a dialog cannot be without: the INVITE that began it, and the BYE once it is over. */
function dialogChances(view: LegView): Chance[] {
  const { exchanges, leg, messages } = view.of;
  const isInDialog = ({ hops }: (typeof exchanges)[number]): boolean => hops.some(({ inDialog }) => inDialog);
  const inside = exchanges.filter((one) => ['ACK', 'BYE'].includes(one.method) && isInDialog(one));
  const [first] = inside;
  const chances: Chance[] = [];
  const of = (wanted: string): SeenMessage[] =>
    messages.filter(({ message }) => message.sip.method === wanted && (wanted !== 'INVITE' || isFirst(message)));
  const ends = [
    ...new Set(inside.flatMap(({ hops }) => hops.flatMap((hop) => [...endsOf(hop).from, ...endsOf(hop).to]))),
  ];
  if (first !== undefined) {
    const effect = first.hops[0]?.requests[0];
    const { untilUs, because } = before(view, effect);
    const invites = of('INVITE');
    chances.push({
      ...{ leg: leg.id, what: 'begin', from: ends, to: [], seenBy: sensorsOf(invites) },
      sinceUs: invites[0]?.atUs ?? NEVER,
      untilUs: invites[0]?.atUs ?? untilUs,
      because: invites.length > 0 ? invites : because,
    });
  }
  const byes = of('BYE');
  const hangup = view.of.events.find(({ name }) => name === 'CHANNEL_HANGUP' || name === 'Hangup');
  const acks = inside.filter(({ method }) => method === 'ACK').flatMap(({ hops }) => hops);
  if (acks.length > 0 && (byes.length > 0 || hangup !== undefined)) {
    const atUs = byes[0]?.atUs ?? hangup?.atUs ?? leg.lastUs;
    const last = messages.at(-1);
    chances.push({
      ...{ leg: leg.id, what: 'end', to: [], seenBy: sensorsOf(byes) },
      from: [...new Set(acks.flatMap((hop) => [...endsOf(hop).from, ...endsOf(hop).to]))],
      sinceUs: byes.length > 0 ? atUs : Math.min(atUs, last?.atUs ?? NEVER),
      untilUs: byes.length > 0 ? atUs : OPEN,
      because: byes.length > 0 ? byes : last === undefined ? [] : [last],
    });
  }
  return chances;
}

/** A skip of more numbers is a sender that counts in another way. */
const MAX_SKIP = 5;

/** Each request of a sender within a dialog has the next CSeq (RFC 3261 §12.2.1.1): what was skipped was sent. */
function numberChances({ of: { exchanges, leg } }: LegView): Chance[] {
  const last = new Map<string, { cseq: number; seen: SeenMessage }>();
  const chances: Chance[] = [];
  for (const { method, cseq, hops } of exchanges) {
    const sent = hops.flatMap(({ requests }) => requests);
    const [seen] = sent;
    if (seen === undefined || method === 'ACK' || method === 'CANCEL') continue;
    const sender = seen.message.fromTag;
    const known = last.get(sender);
    if (known !== undefined && cseq <= known.cseq) continue;
    last.set(sender, { cseq, seen });
    if (known === undefined || cseq - known.cseq > MAX_SKIP || !hops.some(({ inDialog }) => inDialog)) continue;
    const skipped = cseq > known.cseq + 1;
    chances.push({
      ...{ leg: leg.id, what: 'next', to: [] },
      from: [...new Set(hops.flatMap((hop) => [...endsOf(hop).from, ...endsOf(hop).to]))],
      seenBy: skipped ? new Set() : sensorsOf(sent),
      ...{ sinceUs: known.seen.atUs, untilUs: seen.atUs, because: [known.seen, seen] },
    });
  }
  return chances;
}

const isFirst = ({ sip }: SeenMessage['message']): boolean => !sip.request || sip.to.tag === '';

/** By switch: the addresses that it speaks SIP at. */
export type Places = ReadonlyMap<string, readonly string[]>;

/** A channel of a switch speaks a dialog: something of it was at the switch's address. */
function channelChances({ of: { leg, messages } }: LegView, places: Places): Chance[] {
  const addresses = [...new Set(leg.channels.flatMap(({ node }) => places.get(node) ?? []))];
  if (leg.callId === undefined || addresses.length === 0) return [];
  return [
    {
      ...({ leg: leg.id, what: 'dialog', from: addresses, to: [] } as const),
      seenBy: sensorsOf(messages),
      ...{ sinceUs: leg.startedUs, untilUs: leg.lastUs, because: [] },
    },
  ];
}

/** A switch answered or was answered: it has a channel for that. What it only refused or challenged may have none. */
function eventChances({ of: { leg, exchanges } }: LegView, places: Places): Chance[] {
  const invite = exchanges.find(
    ({ method, hops }) => method === 'INVITE' && hops.some((hop) => finals2xx(hop).length > 0),
  );
  if (invite === undefined) return [];
  const touched = new Set(invite.hops.flatMap((hop) => [...endsOf(hop).from, ...endsOf(hop).to]));
  const from = [...new Set([...places.values()].flat())].filter((address) => touched.has(address));
  if (from.length === 0) return [];
  return [
    {
      ...({ leg: leg.id, what: 'channel', from, to: [] } as const),
      seenBy: new Set(leg.channels.map(({ node }) => node)),
      ...{ sinceUs: leg.startedUs, untilUs: leg.lastUs },
      because: invite.hops.flatMap((hop) => finals2xx(hop).slice(0, 1)),
    },
  ];
}
