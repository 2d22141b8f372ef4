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
}

export const legViewOf = (all: Case, of: CaseLeg): LegView => ({
  ...{ of, lastUs: all.facts.lastUs, answered: isAnswered(of) },
  inDialog: of.messages.filter(({ message: { sip } }) => sip.request && sip.to.tag !== ''),
});

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
export function before({ of, lastUs }: LegView, effect: SeenMessage | undefined, hop = 0): When {
  if (effect === undefined) return { sinceUs: NEVER, untilUs: lastUs, because: [] };
  const { sip } = effect.message;
  const passed = sip.vias.slice(hop + 1);
  const upstream = new Set(passed.map(({ branch }) => branch));
  // A leg may have thousands of messages, and each of them asks.
  for (let i = firstAt(of.messages, effect.atUs) - 1; i >= 0; i -= 1) {
    const { atUs, message } = of.messages[i]!;
    const isEarlier = message.sip.cseq !== sip.cseq || (message.sip.request && upstream.has(message.sip.via.branch));
    if (isEarlier) return { sinceUs: atUs, untilUs: effect.atUs, because: [effect] };
  }
  return { sinceUs: NEVER, untilUs: effect.atUs, because: [effect] };
}

/** Between its cause and the next request within the dialog. */
export function after({ inDialog }: LegView, cause: SeenMessage | undefined): When {
  const sinceUs = cause?.atUs ?? NEVER;
  const next = inDialog[firstAt(inDialog, sinceUs, true)];
  return { sinceUs, untilUs: next?.atUs ?? OPEN, because: cause === undefined ? [] : [cause] };
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
