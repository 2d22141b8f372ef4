import { type LadderStep, methodOf } from './step.ts';

/** Why a step is worth comparing with another one. */
export type PairReason = 'sent_on' | 'received' | 'before' | 'other_leg' | 'same_leg';

export interface Pair<S extends LadderStep = LadderStep> {
  readonly step: S;
  readonly reason: PairReason;
}

/** So many are offered; any other step can be compared as well. */
const MOST = 12;

/**
 * The messages of one kind (method, and status of a response) with which a message is compared, the obvious one first:
 * what the host that received it sent on, what its sender had received, the same on other legs, nearest first, and the
 * same on its own leg (a second INVITE with credentials, a re-INVITE). `steps` are in causal order; what was sent again is
 * left out. An event is compared with the one before it on its channel, and with those of its name; a log line with none.
 *
 * A proxy sends on within the leg, a B2BUA (RFC 7092) on another one: what counts is where a message went.
 */
export function pairsOf<S extends LadderStep>(step: S, steps: readonly S[]): readonly Pair<S>[] {
  const kind = kindOf(step);
  if (kind === undefined) return [];
  const at = steps.findIndex(({ id }) => id === step.id);
  const alike = steps
    .map((one, place) => ({ one, place }))
    .filter(({ one }) => one.id !== step.id && !one.retransmission && kindOf(one) === kind);
  const nearest = (places: typeof alike): typeof alike =>
    places.toSorted((a, b) => Math.abs(a.place - at) - Math.abs(b.place - at));
  const ranked: [PairReason, typeof alike][] = [
    ['sent_on', alike.filter(({ one, place }) => place > at && meets(step, one))],
    ['received', alike.filter(({ one, place }) => place < at && meets(one, step)).reverse()],
    ['before', step.kind === 'event' ? before(step, steps.slice(0, at)) : []],
    ['other_leg', nearest(alike.filter(({ one }) => legOf(one) !== legOf(step)))],
    ['same_leg', nearest(alike)],
  ];
  const found = new Map<string, Pair<S>>();
  for (const [reason, places] of ranked) {
    for (const { one } of places) if (!found.has(one.id)) found.set(one.id, { step: one, reason });
  }
  return [...found.values()].slice(0, MOST);
}

/** "INVITE", "200 INVITE", "CHANNEL_ANSWER"; undefined for what is compared with nothing of its own accord. */
function kindOf(step: LadderStep): string | undefined {
  if (step.kind === 'event') return `event ${step.title}`;
  const method = methodOf(step);
  if (method === undefined) return undefined;
  return step.status === null ? method : `${step.status} ${method}`;
}

/** What the channel of an event said before: what differs is what is new in this one. */
function before<S extends LadderStep>(step: S, above: readonly S[]): { readonly one: S; readonly place: number }[] {
  const place = above.findLastIndex(({ kind, channel }) => kind === 'event' && channel === step.channel);
  const one = above[place];
  return one === undefined ? [] : [{ one, place }];
}

/** One went to the host that the other left from. */
const meets = (one: LadderStep, next: LadderStep): boolean =>
  one.kind === 'message' && one.to !== null && one.to === next.from && one.from !== one.to;

const legOf = ({ callId, channel }: LadderStep): string | null => callId ?? channel;
