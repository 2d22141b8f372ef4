import { attemptOf } from '../attempts.ts';
import { citeMessage } from '../cite.ts';
import { citeCounters, silencedIn } from '../leg-media.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** Nobody lifts a receiver so fast without ringing. */
const FAST_US = 2_000_000;
/** Whoever hears nothing hangs up within this. */
const SHORT_SECONDS = 15;

/**
 * A gateway answered at once, without ringing, nothing was heard of it and the call was over soon: it may say that calls are
 * answered that are not. One call is no proof: what many calls of a gateway do is.
 */
export const falseAnswer: Rule = (all) =>
  silencedIn(all).flatMap(({ silent, other }): Verdict[] => {
    const { of, counters, talkSeconds } = silent;
    const attempt = attemptOf(of);
    const answers = (attempt?.finals ?? []).filter(({ message }) => message.status < 300);
    const [answer] = answers;
    if (attempt === undefined || answer === undefined || of.leg.parent === undefined) return [];
    const waitedUs = answer.atUs - attempt.invite.startedUs;
    const isGateway = of.leg.channels.some(({ gateway }) => gateway !== undefined);
    if (!isGateway || attempt.ringing !== undefined || waitedUs > FAST_US || talkSeconds > SHORT_SECONDS) return [];
    return [
      {
        id: 'false_answer',
        leg: of.leg.id,
        sentence:
          `The gateway answered after ${(waitedUs / 1_000_000).toFixed(1)} s without ringing, sent ${counters.inMedia} audio packets in ` +
          `${Math.round(talkSeconds)} s, and the call was over: maybe nobody had answered.`,
        cause: 'routing',
        side: 'gateway',
        confidence: 0.5,
        evidence: [
          ...answers.flatMap((seen) => citeMessage(seen, '200 without ringing before')),
          ...citeCounters(silent),
          ...citeCounters(other),
        ],
        checked: [
          'No 18x came before the answer.',
          'The calling side was heard by the switch, and sent on to the gateway.',
        ],
        refutedBy: 'Somebody who says that the call was taken; or other calls of this gateway that ring and last.',
        next: 'Compare this gateway with others: share of answers without ringing, and of answered calls of less than 15 s.',
      },
    ];
  });
