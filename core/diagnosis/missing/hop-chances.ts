import type { SeenMessage } from '../../call/copies.ts';
import { byTime } from '../attempts.ts';
import type { CaseLeg } from '../case.ts';
import type { Exchange, Transaction } from '../transactions.ts';
import { type Chance, kindOf, sensorsOf } from './chance.ts';
import { after, before, type LegView, type When } from './leg-view.ts';

/** So long after a message its answer or its repetition was seen, if anything was (T1, RFC 3261 §17.1.1.1, and some more). */
export const ANSWER_US = 1_000_000;

/** Addresses of the two hosts of a hop, as each sensor writes them, and as the Via says. */
export interface Ends {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export function endsOf({ requests, provisionals, finals, acks }: Transaction): Ends {
  const [from, to] = [new Set<string>(), new Set<string>()];
  for (const seen of [...requests, ...acks]) {
    from.add(seen.message.sip.vias[0]?.address ?? '');
    for (const { srcIp, dstIp } of seen.copies) {
      from.add(srcIp);
      to.add(dstIp);
    }
  }
  for (const { copies } of [...provisionals, ...finals]) {
    for (const { srcIp, dstIp } of copies) {
      from.add(dstIp);
      to.add(srcIp);
    }
  }
  return { from: [...from].filter(isAddress), to: [...to].filter(isAddress) };
}

const isAddress = (text: string): boolean => text !== '';

/** What each request on each hop of an exchange makes due. */
export function exchangeChances(view: LegView, exchange: Exchange): Chance[] {
  const ways = waysOf(exchange);
  return exchange.hops.flatMap((hop) => hopChances(view, ways, hop));
}

/** How the request of an exchange went on from hop to hop. Each of thousands of forks asks, so that it is looked up. */
interface Ways {
  /** By branch of a hop: the others whose request had come over it. */
  readonly over: ReadonlyMap<string, readonly Transaction[]>;
  /** Hops on which a 2xx was seen. */
  readonly answered: readonly Transaction[];
  /** Of each two hops the request of one had come over the other. */
  readonly isOne: boolean;
}

/** More hops than a request may make (Max-Forwards, RFC 3261 §8.1.1.6) are several ways. */
const MOST_HOPS = 70;

function waysOf({ hops }: Exchange): Ways {
  const over = new Map<string, Transaction[]>(hops.map(({ branch }) => [branch, []]));
  for (const hop of hops) {
    const passed = hop.requests[0]?.message.sip.vias.slice(1) ?? [];
    for (const branch of new Set(passed.map((via) => via.branch)))
      if (branch !== hop.branch) over.get(branch)?.push(hop);
  }
  const isOver = (a: Transaction, b: Transaction): boolean => over.get(b.branch)?.includes(a) === true;
  const isOne =
    hops.length <= MOST_HOPS && hops.every((a) => hops.every((b) => a === b || isOver(a, b) || isOver(b, a)));
  return { over, answered: hops.filter(has2xx), isOne };
}

export const finals2xx = ({ finals }: Transaction): readonly SeenMessage[] =>
  finals.filter(({ message: { status } }) => status >= 200 && status < 300);

const has2xx = (hop: Transaction): boolean => finals2xx(hop).length > 0;

/** What one request on one hop makes due: the request, a response, the final one, and the ACK of a refusal. */
function hopChances(view: LegView, ways: Ways, hop: Transaction): Chance[] {
  const { requests, provisionals, finals, acks, method } = hop;
  if (method === 'ACK') return [];
  const leg = view.of.leg.id;
  const ends = endsOf(hop);
  const back = { from: ends.to, to: ends.from };
  const responses = [...provisionals, ...finals].sort(byTime);
  const calm = requests.length <= 1 && !hasRepeats(finals);
  const kind = kindOf(method);
  const chances: Chance[] = [];
  const add = (what: Chance['what'], way: Ends, got: boolean, seen: readonly SeenMessage[], when: When): void => {
    const { sinceUs, untilUs } = seen[0] === undefined ? when : { sinceUs: seen[0].atUs, untilUs: seen[0].atUs };
    chances.push({
      ...{ leg, what, sinceUs, untilUs },
      from: way.from,
      to: got ? way.to : [],
      seenBy: sensorsOf(seen),
      because: seen.length > 0 ? seen : when.because,
    });
  };
  const answeredBy = responses[0] ?? acks[0];
  if (requests.length > 0 || answeredBy !== undefined) {
    const got = answeredBy !== undefined || (ways.over.get(hop.branch) ?? []).length > 0;
    add(`${kind} request`, ends, got, requests, before(view, answeredBy));
  }
  const [request] = requests;
  const owedFinal = finals.length === 0 && isFinalOwed(view, ways, hop);
  if (finals.length > 0 || acks.length > 0 || owedFinal) {
    const when = acks[0] === undefined ? after(view, responses.at(-1) ?? request) : before(view, acks[0]);
    add(`${kind} final`, back, calm || acks.length > 0, finals, when);
  } else if (responses.length > 0 || isResponseOwed(view, hop)) {
    add(`${kind} response`, back, calm, responses, after(view, request));
  }
  const refusal = finals.find(({ message }) => message.status >= 300);
  if (method === 'INVITE' && refusal !== undefined) {
    const owed = calm && isUdp(refusal) && view.lastUs - refusal.atUs >= ANSWER_US;
    if (acks.length > 0 || owed) add('INVITE ack', ends, calm, acks, after(view, refusal));
  }
  return chances;
}

/**
 * Whether a final response on this hop must have been there although none was seen: the 2xx passed on another hop of the same
 * way, or the leg was answered, or refused as its switch says, and there was one way alone.
 */
function isFinalOwed(view: LegView, { over, answered, isOne }: Ways, hop: Transaction): boolean {
  // None was seen on this hop, so that it is not among them.
  if (isOne ? answered.length > 0 : over.get(hop.branch)?.some(has2xx)) return true;
  if (hop.method !== 'INVITE' || hop.inDialog || !isOne || !isLastInvite(view.of, hop)) return false;
  return view.answered || view.of.leg.channels.some(({ disposition }) => /^(?:send|recv)_refuse$/.test(disposition));
}

const isLastInvite = ({ exchanges }: CaseLeg, hop: Transaction): boolean =>
  exchanges.findLast(({ method, hops }) => method === 'INVITE' && hops.some(({ inDialog }) => !inDialog))?.cseq ===
  hop.cseq;

/** Over UDP what is not answered is sent again after half a second; what was sent once was answered. */
function isResponseOwed({ lastUs }: LegView, { requests, method }: Transaction): boolean {
  const [request, again] = requests;
  return (
    request !== undefined &&
    again === undefined &&
    isUdp(request) &&
    lastUs - request.atUs >= ANSWER_US &&
    method !== 'ACK'
  );
}

export const isUdp = ({ message }: SeenMessage): boolean => message.transport === 'udp';

/** One response was sent again; another one after it (a fork) is no repetition. */
export const hasRepeats = (messages: readonly SeenMessage[]): boolean =>
  messages.some(({ retransmission }) => retransmission);
