import { type Attempt, attemptOf, decidingLeg } from '../attempts.ts';
import type { CaseLeg } from '../case.ts';
import { causeIn, citeCause, citeMessage } from '../cite.ts';
import type { Cited, Side, Verdict } from '../verdict.ts';
import { refusalOf, refusedWith } from './refusal/refusal.ts';
import type { Rule } from './rule.ts';

/** The one who called withdrew: CANCEL on the root leg, or the switch was told of one. */
export const callerGaveUp: Rule = (all) => {
  const { root } = all;
  const attempt = attemptOf(root);
  const hangups = root.events.filter((event) => causeIn(event) === 'ORIGINATOR_CANCEL');
  // Of a leg that the switch began itself the switch is the one who cancels.
  if (root.leg.channels[0]?.direction === 'outbound' || all.facts.answeredUs !== undefined) return [];
  const cancels = (attempt?.cancel?.hops ?? []).flatMap(({ requests }) => requests);
  if (cancels.length === 0 && hangups.length === 0) return [];
  const rang = all.legs.map((leg) => attemptOf(leg)?.ringing).find((seen) => seen !== undefined);
  const atUs = cancels[0]?.atUs ?? hangups[0]?.atUs ?? 0;
  const from = rang?.atUs ?? attempt?.invite.startedUs ?? root.leg.startedUs;
  const seconds = ((atUs - from) / 1_000_000).toFixed(1);
  return [
    {
      id: 'caller_gave_up',
      leg: root.leg.id,
      sentence:
        rang === undefined
          ? `The caller gave up after ${seconds} s, before anything rang.`
          : `The caller gave up after ${seconds} s of ringing.`,
      cause: 'normal',
      side: 'caller',
      confidence: cancels.length > 0 ? 0.95 : 0.9,
      evidence: [
        ...cancels.flatMap((seen) => citeMessage(seen)),
        ...finalsWith(attempt, 487),
        ...hangups.map(citeCause),
      ],
      checked: ['No answer (200) to the INVITE was seen before the CANCEL.'],
      refutedBy:
        'A timer of the calling system that cancels after a fixed time: many calls would end after the same seconds.',
      next:
        rang === undefined
          ? 'Look at what took so long before it rang: the time between INVITE in and INVITE out of each hop.'
          : 'Nothing is broken. When many callers give up, look at how long it rings and where calls go when nobody answers.',
    },
  ];
};

/** Nobody took the call, or nobody said anything at all: which of the two, and where. */
export const unanswered: Rule = (all) => {
  if (all.facts.answeredUs !== undefined || callerGaveUp(all).length > 0) return [];
  const refusal = refusalOf(all);
  const { leg, attempt, silent: silentHop } = refusal ?? refusedWith(decidingLeg(all));
  const hangups = refusal?.hangups ?? [];
  const cause = hangups[0] === undefined ? '' : causeIn(hangups[0]);
  const side: Side = leg.leg.channels.some(({ gateway }) => gateway !== undefined) ? 'gateway' : 'callee';
  // The switch gives the caller's leg the same cause.
  const causes = all.legs
    .flatMap(({ events }) => events)
    .filter((event) => cause !== '' && causeIn(event) === cause)
    .map(citeCause);
  if (attempt === undefined) return cause === '' ? [] : ofCause(leg, cause, causes, side);
  const refusedStatus = refusal?.status ?? 0;
  // 487 to a CANCEL says that it was withdrawn, and nothing of whoever was called.
  const silent =
    silentHop ?? (refusedStatus === 487 && attempt.cancel !== undefined ? attempt.invite.hops.at(-1) : undefined);
  const isOver =
    leg.leg.endedUs !== undefined || all.root.leg.endedUs !== undefined || all.nowUs - all.facts.lastUs > SILENCE_US;
  if (!isOver) return [];
  const own = [...attempt.finals.flatMap((seen) => citeMessage(seen)), ...cancelsOf(attempt), ...causes];
  if (attempt.ringing !== undefined) {
    if (![0, 408, 480, 487].includes(refusedStatus)) return [];
    const ringing = attempt.invite.hops.flatMap(({ provisionals }) =>
      provisionals.filter(({ message }) => message.status >= 180).flatMap((seen) => citeMessage(seen)),
    );
    const seconds = Math.round(((leg.leg.endedUs ?? leg.leg.lastUs) - attempt.ringing.atUs) / 1_000_000);
    return [
      verdict(leg, 'no_answer', `It rang for ${seconds} s and no answer was seen.`, 'callee', 0.9, [
        ...ringing,
        ...own,
      ]),
    ];
  }
  if (refusedStatus === 480 && silent === undefined) {
    const words = 'The called side was not available (480) without ringing.';
    return [verdict(leg, 'no_answer', words, 'callee', 0.75, own)];
  }
  if (refusedStatus !== 0 && ![408, 480, 487, 500, 503, 504].includes(refusedStatus)) return [];
  if (silent === undefined) {
    if (![408, 504].includes(refusedStatus) && cause !== 'RECOVERY_ON_TIMER_EXPIRE') return [];
    const words = `Whoever was called beyond the last hop that was seen did not answer in time (${refusedStatus || cause}).`;
    return [verdict(leg, 'slow_gateway_timeout', words, side, 0.8, own)];
  }
  const requests = attempt.invite.hops.flatMap((hop) => hop.requests.flatMap((seen) => citeMessage(seen)));
  const waited = Math.round(((leg.leg.endedUs ?? leg.leg.lastUs) - silent.startedUs) / 1_000_000);
  if (silent.provisionals.length > 0) {
    const trying = attempt.invite.hops.flatMap((hop) => hop.provisionals.flatMap((seen) => citeMessage(seen)));
    const words = `${silent.dst || 'The next hop'} took the INVITE (100), and nothing more of it was seen for ${waited} s.`;
    return [verdict(leg, 'slow_gateway_timeout', words, side, 0.9, [...requests, ...trying, ...own])];
  }
  const words = `No response of ${silent.dst || 'the next hop'} to the INVITE was seen, which was sent ${times(silent.requests.length)}.`;
  return [verdict(leg, 'no_response', words, side, 0.9, [...requests, ...own])];
};

function ofCause(leg: CaseLeg, cause: string, evidence: readonly Cited[], side: Side): Verdict[] {
  switch (cause) {
    case 'NO_ANSWER':
    case 'NO_PICKUP':
    case 'ALLOTTED_TIMEOUT':
      return [verdict(leg, 'no_answer', `Nobody answered (${cause}).`, 'callee', 0.85, evidence)];
    case 'PROGRESS_TIMEOUT':
    case 'NO_USER_RESPONSE':
      return [verdict(leg, 'slow_gateway_timeout', `Nothing rang in time (${cause}).`, side, 0.75, evidence)];
    case 'RECOVERY_ON_TIMER_EXPIRE':
      return [verdict(leg, 'no_response', `Nobody answered the request in time (${cause}).`, side, 0.75, evidence)];
    default:
      return [];
  }
}

type Silence = 'no_answer' | 'no_response' | 'slow_gateway_timeout';

const TOLD = {
  no_answer: {
    cause: 'normal',
    checked: ['No answer (200) was seen on any leg, and no refusal that says why.'],
    refutedBy: 'An answer that was sent and lost: look at the called phone or gateway itself.',
    next: 'Nothing is broken as far as was seen. When it always happens, call the phone directly and look where it rings.',
  },
  no_response: {
    cause: 'network',
    checked: ['No response at all, not even 100 Trying, was seen on that hop.'],
    refutedBy: 'Responses that were sent to another address: a capture at the silent host would show them.',
    next: 'Check that the host is up and reachable on that port and transport, and that no firewall is between.',
  },
  slow_gateway_timeout: {
    cause: 'routing',
    checked: ['No ringing (18x) and no final response came on that hop before the caller’s side gave up.'],
    refutedBy: 'A later response on the same hop: then the timer that gave up is too short.',
    next: 'Ask the operator of that gateway where the call waited; compare with the timer that ended it.',
  },
} as const;

const verdict = (
  { leg }: CaseLeg,
  id: Silence,
  sentence: string,
  side: Side,
  confidence: number,
  evidence: readonly Cited[],
): Verdict => ({ ...TOLD[id], ...{ id, leg: leg.id, sentence, side, confidence, evidence } });

/** Timer B (RFC 3261 §17.1.1.2), twice: what did not come within it will not come. */
const SILENCE_US = 64_000_000;

const cancelsOf = ({ cancel }: Attempt): readonly Cited[] =>
  (cancel?.hops ?? []).flatMap(({ requests }) => requests.flatMap((seen) => citeMessage(seen)));

const finalsWith = (attempt: Attempt | undefined, status: number): readonly Cited[] =>
  (attempt?.finals ?? []).filter(({ message }) => message.status === status).flatMap((seen) => citeMessage(seen));

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
