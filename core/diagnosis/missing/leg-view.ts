import type { SeenMessage } from '../../call/copies.ts';
import type { Case, CaseLeg } from '../case.ts';

export const NEVER = Number.NEGATIVE_INFINITY;
export const OPEN = Number.POSITIVE_INFINITY;

/** A leg as chances are looked for in it. */
export interface LegView {
  readonly of: CaseLeg;
  /** Of the whole call: until then somebody listened. */
  readonly lastUs: number;
  /** It was answered: a 2xx to its INVITE, an ACK of one, or the switch says so. */
  readonly answered: boolean;
  /** Its requests within a dialog, oldest first. */
  readonly inDialog: readonly SeenMessage[];
  /** By index of a message: of the last one before it that has another CSeq; -1 where there is none. */
  readonly otherCseq: readonly number[];
  /** By branch of the topmost Via: indexes of the requests, oldest first. */
  readonly requests: ReadonlyMap<string, readonly number[]>;
}

export function legViewOf(all: Case, of: CaseLeg): LegView {
  const otherCseq: number[] = [];
  const requests = new Map<string, number[]>();
  for (const [i, { message }] of of.messages.entries()) {
    const { sip } = message;
    otherCseq.push(of.messages[i - 1]?.message.sip.cseq === sip.cseq ? (otherCseq[i - 1] ?? -1) : i - 1);
    if (!sip.request) continue;
    const known = requests.get(sip.via.branch);
    if (known === undefined) requests.set(sip.via.branch, [i]);
    else known.push(i);
  }
  return {
    ...{ of, lastUs: all.facts.lastUs, answered: isAnswered(of), otherCseq, requests },
    inDialog: of.messages.filter(({ message: { sip } }) => sip.request && sip.to.tag !== ''),
  };
}

const isAnswered = ({ exchanges, leg }: CaseLeg): boolean =>
  leg.answeredUs !== undefined ||
  exchanges.some(({ method, hops }) => method === 'ACK' && hops.some(({ inDialog }) => inDialog));

/** When something happened that nobody saw, and what proves it. */
export interface When {
  /** -Infinity where nothing earlier was seen, and Infinity where nothing later was. */
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly because: readonly SeenMessage[];
}

/**
 * Between what came before and its effect, where nothing of it was seen: after the request on the hops that it had passed, and
 * what the leg did before.
 *
 * @param hop index of its Via in the effect
 */
export function before({ of, lastUs, otherCseq, requests }: LegView, effect: SeenMessage | undefined, hop = 0): When {
  if (effect === undefined) return { sinceUs: NEVER, untilUs: lastUs, because: [] };
  const { sip } = effect.message;
  // A leg may have thousands of messages, each of them asks, and none may have come earlier: nothing is walked here.
  const last = firstAt(of.messages, effect.atUs) - 1;
  const ofOthers = of.messages[last]?.message.sip.cseq === sip.cseq ? (otherCseq[last] ?? -1) : last;
  const passed = sip.vias.slice(hop + 1).map(({ branch }) => lastUpTo(requests.get(branch) ?? [], last));
  const earlier = of.messages[passed.reduce((latest, at) => Math.max(latest, at), ofOthers)];
  return { sinceUs: earlier?.atUs ?? NEVER, untilUs: effect.atUs, because: [effect] };
}

/** Between its cause and the next request within the dialog. */
export function after({ inDialog }: LegView, cause: SeenMessage | undefined): When {
  const sinceUs = cause?.atUs ?? NEVER;
  const next = inDialog[firstAt(inDialog, sinceUs, true)];
  return { sinceUs, untilUs: next?.atUs ?? OPEN, because: cause === undefined ? [] : [cause] };
}

/** The last of these indexes, smallest first, that is not beyond `most`; -1 where there is none. */
function lastUpTo(indexes: readonly number[], most: number): number {
  let [low, high] = [0, indexes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indexes[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return indexes[low - 1] ?? -1;
}

/** Index of the first message at this moment or later, or only later. `messages` are oldest first. */
function firstAt(messages: readonly SeenMessage[], atUs: number, later = false): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { atUs: at } = messages[middle]!;
    if (at < atUs || (later && at === atUs)) low = middle + 1;
    else high = middle;
  }
  return low;
}
