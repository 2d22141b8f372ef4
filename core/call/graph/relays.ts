import type { NodeKey } from '../../model/edge.ts';
import type { InviteFact } from '../read/invites.ts';
import { mayMeet, type OwnedBirth } from './pairs.ts';

/** A dialog that began, with what its INVITE says. */
export interface Candidate {
  readonly birth: OwnedBirth;
  readonly invite: InviteFact;
  /** A switch says which channel speaks it: whoever sent it is known. */
  readonly isSettled: boolean;
}

/** An INVITE that reached a box, and the one that left it for the same call. */
export interface Relay {
  readonly into: Candidate;
  readonly out: Candidate;
  readonly score: number;
}

/** A box sends its own INVITE within this time of the one that reached it. */
export const RELAY_US = 2_000_000;
/** Clocks of two sensors that saw the two: what one saw first may look later. */
const EARLY_US = 20_000;

/**
 * What speaks for it. The box, the moment and the number alone are not enough: a storm of calls has them all. `MIN_SCORE`
 * asks for the caller as well, or the media, or the same end.
 */
const WEIGHTS = {
  number: 0.3,
  extension: 0.15,
  caller: 0.25,
  display: 0.1,
  moment: 0.1,
  /** The box lets media, or the description of it, pass. */
  media: 0.3,
  forwards: 0.1,
  status: 0.1,
  end: 0.1,
  /** Most boxes answer for the caller at once; one that thinks first needs more to be believed. */
  late: -0.2,
  /** Talk that one side ended long before the other: a transfer, or another call. */
  endsApart: -0.2,
} as const;
const MIN_SCORE = 0.6;
/** The best is better than the next one by at least this, or there is no best one. */
const MIN_GAP = 0.2;
const MOMENT_US = 100_000;
const LATE_US = 300_000;
const END_US = 200_000;
const APART_US = 2_000_000;
const NUMBER_DIGITS = 7;
/** More dialogs to one number within seconds are a storm, in which nothing is chosen. */
export const MAX_DIALOGS = 100;

/** What is proven of the dialogs that compete. */
export interface Proven {
  /** Whether the two are one call: then they do not compete with each other. */
  isSameCall(a: Candidate, b: Candidate): Promise<boolean>;
}

/**
 * The two sides of boxes that nobody hears, as far as they touch the dialog that is asked for. Each INVITE that left takes
 * the one that reached the same box shortly before and has most in common with it, when none other comes near. Of several
 * that left for one, as in a failover, at most one may have been answered.
 */
export async function relaysOf(asked: NodeKey, dialogs: readonly Candidate[], proven: Proven): Promise<Relay[]> {
  if (dialogs.length > MAX_DIALOGS) return [];
  const contests = dialogs.flatMap((out) => contestFor(out, dialogs) ?? []);
  const isTouching = ({ into, out }: Relay): boolean => into.birth.node === asked || out.birth.node === asked;
  const boxes = new Set(contests.filter(({ best }) => isTouching(best)).map(({ best }) => best.into));
  const near = contests.filter(({ best }) => boxes.has(best.into));
  const clear = await Promise.all(near.map((contest) => isClear(contest, proven)));
  const chosen = near.filter((_, i) => clear[i]).map(({ best }) => best);
  return chosen.filter((relay) => isTouching(relay) && areOfOneCall(chosen.filter(({ into }) => into === relay.into)));
}

/** The best candidate for one INVITE that left, and all others that are possible. */
interface Contest {
  readonly best: Relay;
  readonly others: readonly Relay[];
}

function contestFor(out: Candidate, dialogs: readonly Candidate[]): Contest | undefined {
  if (out.isSettled) return undefined;
  const [best, ...others] = dialogs
    .map((into) => ({ into, out, score: scoreOf(into, out) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.into.birth.node < b.into.birth.node ? -1 : 1));
  return best === undefined || best.score < MIN_SCORE ? undefined : { best, others };
}

async function isClear({ best, others }: Contest, { isSameCall }: Proven): Promise<boolean> {
  const known = await Promise.all([best, ...others].map(({ into, out }) => isSameCall(out, into)));
  // Why it was sent is proven already: then there is nothing to guess.
  if (known.some(Boolean)) return false;
  const rivals = others.filter(({ score }) => rounded(best.score - score) < MIN_GAP);
  const same = await Promise.all(rivals.map(({ into }) => isSameCall(best.into, into)));
  return same.every(Boolean);
}

/** Whoever was answered is not dialled for again. */
function areOfOneCall(outs: readonly Relay[]): boolean {
  const answers = outs.flatMap(({ out }) => out.invite.answeredUs ?? []);
  const [answeredUs = Number.POSITIVE_INFINITY] = answers;
  return answers.length <= 1 && outs.every(({ out }) => out.invite.atUs <= answeredUs);
}

/** How much speaks for `out` having been sent because of `into`; 0 when it cannot be. */
export function scoreOf(into: Candidate, out: Candidate): number {
  const [a, b] = [into.invite, out.invite];
  if (into.birth.node === out.birth.node || !mayMeet(into.birth, out.birth) || isContradicted(a, b)) return 0;
  const arrivals = [...a.reached].filter(([place]) => b.madeBy.has(place)).map(([, atUs]) => atUs);
  const gaps = arrivals.map((atUs) => b.atUs - atUs).filter((gap) => gap >= -EARLY_US && gap <= RELAY_US);
  if (gaps.length === 0) return 0;
  const isNumber = /^\d+$/.test(into.birth.toKey) && into.birth.toKey.length >= NUMBER_DIGITS;
  let score: number = isNumber ? WEIGHTS.number : WEIGHTS.extension;
  if ([...a.callers].some((caller) => b.callers.has(caller))) score += WEIGHTS.caller;
  if (a.display !== '' && a.display === b.display) score += WEIGHTS.display;
  if (Math.min(...gaps) <= MOMENT_US) score += WEIGHTS.moment;
  if (Math.min(...gaps) > LATE_US) score += WEIGHTS.late;
  if (isSame(a.session, b.session) || isSame(a.media, b.media)) score += WEIGHTS.media;
  if (a.forwards[0] > 0 && b.forwards[1] === a.forwards[0] - 1) score += WEIGHTS.forwards;
  if (a.status !== 0 && Math.floor(a.status / 100) === Math.floor(b.status / 100)) score += WEIGHTS.status;
  if (apart(a.endedUs, b.endedUs) <= END_US) score += WEIGHTS.end;
  const haveTalked = a.answeredUs !== undefined && b.answeredUs !== undefined;
  if (haveTalked && apart(a.endedUs, b.endedUs) > APART_US) score += WEIGHTS.endsApart;
  return Math.max(0, rounded(score));
}

/** What no box does: to call on after the caller has gone, or to answer the caller while the callee rings on. */
function isContradicted(a: InviteFact, b: InviteFact): boolean {
  if (a.endedUs !== undefined && a.endedUs < b.atUs - EARLY_US) return true;
  if (a.answeredUs === undefined && a.endedUs !== undefined && (b.endedUs ?? 0) > a.endedUs + APART_US) return true;
  // Answered before the box called on: a menu or a queue did that. Answered later: because the callee did.
  if (a.answeredUs === undefined || b.answeredUs === undefined || a.answeredUs < b.atUs) return false;
  return b.answeredUs - a.answeredUs > APART_US;
}

const isSame = (a: string, b: string): boolean => a !== '' && a === b;
/** µs between the two; NaN when one is not known, which is neither near nor far. */
const apart = (a: number | undefined, b: number | undefined): number => Math.abs((a ?? Number.NaN) - (b ?? Number.NaN));
const rounded = (score: number): number => Math.round(score * 100) / 100;
