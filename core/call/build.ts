import type { LegFacts } from './legs.ts';
import type { GapFact } from './read/facts.ts';
import type { Outcome } from './types.ts';

/** The whole call, from its legs. Times are epoch µs. */
export interface CallFacts {
  readonly root: LegFacts;
  readonly startedUs: number;
  readonly lastUs: number;
  readonly answeredUs?: number;
  readonly endedUs?: number;
  readonly outcome: Outcome;
  readonly finalStatus?: number;
  readonly hangupCause?: string;
  readonly hungUpBy?: 'caller' | 'callee' | 'switch';
  readonly ringingUs?: number;
  /** Legs that were dialled, and how many of them failed; lost races and loopback halves do not count. */
  readonly attempts: { readonly total: number; readonly failed: number };
}

/** `legs` is not empty and oldest first. `gaps` are those of the nodes that carried the call. */
export function summariseCall(legs: readonly LegFacts[], gaps: readonly GapFact[]): CallFacts {
  const root = rootOf(legs);
  const lastUs = Math.max(...legs.map((leg) => leg.lastUs));
  const open = root.outcome === 'in_progress';
  const interrupted = open && wasInterrupted(legs, gaps);
  const endedUs = root.endedUs;
  const hungUpBy = whoHungUp(legs, root);
  return {
    root,
    startedUs: Math.min(...legs.map((leg) => leg.startedUs)),
    lastUs,
    ...(root.answeredUs === undefined ? {} : { answeredUs: root.answeredUs }),
    ...(endedUs === undefined ? {} : { endedUs }),
    ...(root.ringingUs === undefined ? {} : { ringingUs: root.ringingUs }),
    attempts: attemptsOf(legs, root),
    outcome: interrupted ? 'interrupted' : root.outcome === 'lost_race' ? 'cancelled' : root.outcome,
    ...(root.finalStatus === undefined ? {} : { finalStatus: root.finalStatus }),
    ...(root.hangupCause === undefined ? {} : { hangupCause: root.hangupCause }),
    ...(hungUpBy === undefined ? {} : { hungUpBy }),
  };
}

const FAILED: ReadonlySet<string> = new Set(['busy', 'no_answer', 'rejected', 'failed']);

function attemptsOf(legs: readonly LegFacts[], root: LegFacts): CallFacts['attempts'] {
  const dialled = legs.filter((leg) => leg !== root && leg.parent !== undefined && isRealLeg(leg));
  return { total: dialled.length, failed: dialled.filter((leg) => FAILED.has(leg.outcome)).length };
}

/** The leg that nobody in this call originated; the oldest of them. */
export function rootOf(legs: readonly LegFacts[]): LegFacts {
  const root = legs.find((leg) => leg.parent === undefined && isRealLeg(leg)) ?? legs.find(isRealLeg) ?? legs[0];
  if (root === undefined) throw new Error('a call has at least one leg');
  return root;
}

/** Loopback halves are plumbing inside one switch; a dialog that is no call (a SUBSCRIBE, say) cannot begin one. */
export function isRealLeg(leg: LegFacts): boolean {
  if (leg.channels.some((channel) => channel.name.startsWith('loopback/'))) return false;
  return leg.dialog === undefined || leg.dialog.method === 'INVITE' || leg.channels.length > 0;
}

/** The switch that carried the call started anew and never spoke of it again. */
function wasInterrupted(legs: readonly LegFacts[], gaps: readonly GapFact[]): boolean {
  return legs.some((leg) =>
    leg.channels.some(
      (channel) =>
        channel.endedUs === undefined &&
        gaps.some((gap) => gap.node === channel.node && gap.reason === 'restarted' && gap.untilUs > channel.lastUs),
    ),
  );
}

/**
 * The first BYE (or CANCEL) anywhere in the chain is the one that somebody meant; the others follow from it. Sent by
 * the outer end of the first leg it was the caller, by the outer end of another leg the callee, else a switch between.
 */
function whoHungUp(legs: readonly LegFacts[], root: LegFacts): CallFacts['hungUpBy'] {
  let first: LegFacts | undefined;
  for (const leg of legs) {
    if (leg.hungUpBy === undefined || leg.endedUs === undefined || leg.answeredUs === undefined) continue;
    if (first === undefined || leg.endedUs < (first.endedUs ?? 0)) first = leg;
  }
  if (root.answeredUs === undefined) return root.outcome === 'cancelled' ? 'caller' : undefined;
  if (first === undefined) return undefined;
  if (first === root) {
    const rootEndsAtSwitch = root.channels.length > 0 || legs.length > 1;
    // Click-to-call: the switch itself rang the first party.
    const outbound = root.channels[0]?.direction === 'outbound';
    const outerEnd = outbound ? 'answerer' : 'originator';
    if (first.hungUpBy === outerEnd) return 'caller';
    return rootEndsAtSwitch ? 'switch' : 'callee';
  }
  return first.hungUpBy === 'answerer' ? 'callee' : 'switch';
}
