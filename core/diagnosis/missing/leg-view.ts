import type { SeenMessage } from '../../call/copies.ts';
import { groupBy } from '../../model/group-by.ts';
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
  for (const [i, { message }] of of.messages.entries()) {
    otherCseq.push(of.messages[i - 1]?.message.sip.cseq === message.sip.cseq ? (otherCseq[i - 1] ?? -1) : i - 1);
  }
  const sipAt = (i: number): SeenMessage['message']['sip'] => of.messages[i]!.message.sip;
  const requests = [...of.messages.keys()].filter((i) => sipAt(i).request);
  return {
    ...{ of, lastUs: all.facts.lastUs, answered: isAnswered(of), otherCseq },
    requests: groupBy(requests, (i) => sipAt(i).via.branch),
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
const lastUpTo = (indexes: readonly number[], most: number): number =>
  indexes[leading(indexes, (index) => index <= most) - 1] ?? -1;

/** Index of the first message at this moment or later, or only later. `messages` are oldest first. */
const firstAt = (messages: readonly SeenMessage[], atUs: number, later = false): number =>
  leading(messages, (seen) => seen.atUs < atUs || (later && seen.atUs === atUs));

/** How many at the beginning of a sorted list are so; behind the first that is not, none is. */
function leading<T>(sorted: readonly T[], isSo: (one: T) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
