import type { OrderedMessage } from './order.ts';

/**
 * The times of messages such that none stands before what caused it: a request on its next hop after the one that came in,
 * a response on the hop towards the caller after the one from the other side, a response after its request, an ACK after
 * the final response. Retransmissions keep their own time: a timer sends them.
 */
export function orderMessages(messages: readonly OrderedMessage[]): number[] {
  const times = messages.map((m) => m.atUs);
  const causes = causesOf(messages);
  const state = new Uint8Array(messages.length);
  const settle = (start: number): void => {
    // Depth first with a stack of its own, as a hostile call may be one long chain.
    const stack = [start];
    while (stack.length > 0) {
      const i = stack.at(-1)!;
      const open = state[i] === 0 ? (causes[i] ?? []).filter((cause) => state[cause] === 0) : [];
      state[i] = Math.max(state[i]!, 1);
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
      stack.pop();
      if (state[i] === 2) continue;
      for (const cause of causes[i] ?? []) {
        // One that waits for this one in turn, as forged branches can make it, causes nothing.
        if (state[cause] === 2) times[i] = Math.max(times[i]!, times[cause]! + 1);
      }
      state[i] = 2;
    }
  };
  for (const i of messages.keys()) settle(i);
  return times;
}

/** Where the messages that cause others are found. */
interface Known {
  /** Requests by hop. */
  readonly requests: ReadonlyMap<string, number>;
  /** Responses by the hops that they have still to go, the one with the fewest. */
  readonly onTheirWay: ReadonlyMap<string, number>;
  /** Final responses to INVITE that are no 2xx, by hop: their ACK goes no further (RFC 3261 §17.1.1.3). */
  readonly failures: ReadonlyMap<string, number>;
  /** The 2xx to an INVITE, the one next to the caller. */
  readonly answers: ReadonlyMap<string, number>;
  /** The 2xx to the first INVITE of a dialog that was seen first on its way. */
  readonly begun: ReadonlyMap<string, number>;
}

/** For each message those that it cannot precede. */
function causesOf(messages: readonly OrderedMessage[]): readonly (readonly number[])[] {
  const known = knownOf(messages);
  return messages.map((m, i) => {
    if (!isCaused(m)) return [];
    const causes = m.status === 0 ? causesOfRequest(m, known) : causesOfResponse(m, known);
    return causes.filter((cause): cause is number => cause !== undefined && cause !== i);
  });
}

const isCaused = (m: OrderedMessage): boolean => m.callId !== '' && !m.retransmission;

function knownOf(messages: readonly OrderedMessage[]): Known {
  const requests = new Map<string, number>();
  const onTheirWay = new Map<string, number>();
  const failures = new Map<string, number>();
  const answers = new Map<string, number>();
  const begun = new Map<string, number>();
  /** Keeps the one that ranks lower, and of equals the earlier one. */
  const keep = (map: Map<string, number>, key: string, i: number, rank: (m: OrderedMessage) => number): void => {
    const [one, other] = [messages[i]!, messages[map.get(key) ?? i]!];
    if (!map.has(key) || rank(one) < rank(other) || (rank(one) === rank(other) && one.atUs < other.atUs))
      map.set(key, i);
  };
  const hops = (m: OrderedMessage): number => m.branches.length;
  for (const [i, m] of messages.entries()) {
    if (!isCaused(m)) continue;
    const [top = '', ...below] = m.branches;
    if (m.status === 0) {
      keep(requests, requestKey(m, top), i, () => 0);
      continue;
    }
    if (m.status > 100) for (const branch of below) keep(onTheirWay, responseKey(m, branch), i, hops);
    if (m.cseqMethod !== 'INVITE' || m.status < 200) continue;
    if (m.status >= 300) keep(failures, requestKey(m, top), i, () => 0);
    else {
      keep(answers, `${m.callId}\0${m.cseq}`, i, hops);
      keep(begun, m.callId, i, (one) => one.cseq * 1000 - hops(one));
    }
  }
  return { requests, onTheirWay, failures, answers, begun };
}

function causesOfRequest(m: OrderedMessage, known: Known): (number | undefined)[] {
  const [top = '', ...below] = m.branches;
  const before = below.map((branch) => known.requests.get(requestKey(m, branch))).find((one) => one !== undefined);
  const invite = { ...m, cseqMethod: 'INVITE' };
  switch (m.method) {
    case 'ACK':
      return [before, known.failures.get(requestKey(invite, top)) ?? known.answers.get(`${m.callId}\0${m.cseq}`)];
    case 'CANCEL':
      return [before, known.requests.get(requestKey(invite, top))];
    case 'BYE':
      return [before, known.begun.get(m.callId)];
    default:
      return [before];
  }
}

function causesOfResponse(m: OrderedMessage, known: Known): (number | undefined)[] {
  const [top = ''] = m.branches;
  const causes = [
    known.requests.get(requestKey(m, top)),
    m.status > 100 ? known.onTheirWay.get(responseKey(m, top)) : undefined,
  ];
  // What a CANCEL asks for (RFC 3261 §9.2).
  if (m.status === 487 && m.cseqMethod === 'INVITE') {
    causes.push(known.requests.get(requestKey({ ...m, cseqMethod: 'CANCEL' }, top)));
  }
  return causes;
}

const requestKey = (m: OrderedMessage, branch: string): string => `${m.callId}\0${m.cseq}\0${m.cseqMethod}\0${branch}`;
/** Branches of a fork ring and answer each for themselves: their tags tell them apart. */
const responseKey = (m: OrderedMessage, branch: string): string =>
  `${requestKey(m, branch)}\0${m.status}\0${m.toTag ?? ''}`;
