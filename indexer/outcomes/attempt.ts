import { isRealLeg } from '../../core/call/build.ts';
import { type FarSide, farSideOf, type Places } from '../../core/call/far-side.ts';
import type { FoundCall } from '../../core/call/find.ts';
import type { LegFacts } from '../../core/call/legs.ts';
import { callIdNode, channelNode, type NodeKey } from '../../core/model/edge.ts';
import type { Stage } from '../../core/rates/parts.ts';
import { type Final, finalOf, isAskedAgain } from './outcome-class.ts';

/** One INVITE with all its repetitions: a challenge answered, a retransmission, a copy at another sensor. Times are epoch µs. */
export interface Attempt extends FarSide {
  /** Call-ID, or channel of a leg that speaks no SIP. */
  readonly id: string;
  /** Every name that the leg goes by. */
  readonly names: readonly NodeKey[];
  /** The user that was called, as it was written; "" when it is not known. */
  readonly called: string;
  /** Sensors that saw it, sorted. */
  readonly sensors: readonly string[];
  readonly stage: Stage;
  /** Hangup cause, where a switch tells it. */
  readonly cause?: string;
  /** "none" on a site without tenants, and for a leg that is nobody's. */
  readonly tenant: string;
  /** The switch that carried it, else the sensor that saw it. */
  readonly node: string;
  /** The leg that began the call. */
  readonly root: boolean;
  readonly startedUs: number;
  readonly ringingUs?: number;
  readonly answeredUs?: number;
  /** Absent while the INVITE has no final answer. */
  readonly final?: Final;
  readonly finalUs?: number;
  /** Nothing came after the INVITE, and there is no switch that would tell of its end. */
  readonly unanswered: boolean;
  /** The final answer is one after which the INVITE usually comes again: only time tells whether it was the last. */
  readonly provisional: boolean;
}

/** A call as it is found from some of its legs, and those legs: the ones whose call it is. */
export interface SeenCall {
  readonly call: FoundCall;
  readonly legs: readonly NodeKey[];
}

/**
 * The attempts among the legs whose call this is: all but plumbing inside one switch and dialogs whose beginning was not
 * seen. A leg that serves many callers is in the call of each of them, and counts in its own alone.
 */
export function attemptsOf({ call, legs }: SeenCall, places: Places): Attempt[] {
  const own = new Set(legs);
  return call.legs
    .filter((leg) => isAttempt(leg) && namesOf(leg).some((name) => own.has(name)))
    .map((leg) => attemptOf(leg, call, places));
}

function attemptOf(leg: LegFacts, { component, facts }: FoundCall, places: Places): Attempt {
  const final = finalOf(leg);
  const finalUs = leg.answeredUs ?? leg.dialog?.finalUs ?? leg.endedUs ?? leg.lastUs;
  return {
    id: leg.id,
    names: namesOf(leg),
    called: leg.to.number,
    sensors: leg.dialog?.sensors ?? [],
    stage: leg.outcome === 'lost_race' ? 'lost_race' : leg.ringingUs === undefined ? '' : 'rang',
    ...(leg.hangupCause === undefined ? {} : { cause: leg.hangupCause }),
    tenant: component.tenant ?? 'none',
    node: leg.channels[0]?.node ?? leg.dialog?.sensors[0] ?? 'unknown',
    root: leg === facts.root,
    ...farSideOf(leg, places),
    startedUs: leg.startedUs,
    ...(leg.ringingUs === undefined ? {} : { ringingUs: leg.ringingUs }),
    ...(leg.answeredUs === undefined ? {} : { answeredUs: leg.answeredUs }),
    ...(final === undefined ? {} : { final, finalUs }),
    provisional: final !== undefined && leg.answeredUs === undefined && isAskedAgain(leg.finalStatus ?? 0),
    unanswered:
      final === undefined && leg.channels.length === 0 && leg.ringingUs === undefined && leg.endedUs === undefined,
  };
}

export const namesOf = ({ callId, channels }: LegFacts): NodeKey[] => [
  ...(callId === undefined ? [] : [callIdNode(callId)]),
  ...channels.map(({ uuid }) => channelNode(uuid)),
];

/** As FreeSWITCH and Asterisk name channels that speak SIP. */
const SPEAKS_SIP = /^(sofia|PJSIP|SIP)\//;

/** A re-INVITE of a dialog that began before anybody listened is no attempt. */
function isAttempt(leg: LegFacts): boolean {
  if (!isRealLeg(leg)) return false;
  if (leg.channels.some(({ name }) => SPEAKS_SIP.test(name))) return true;
  return leg.dialog?.method === 'INVITE' && leg.dialog.firstHop !== undefined;
}
