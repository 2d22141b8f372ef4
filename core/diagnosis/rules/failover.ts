import { dialledBy } from '../attempts.ts';
import type { CaseLeg } from '../case.ts';
import type { Verdict } from '../verdict.ts';
import { refusedWith } from './refusal/refusal.ts';
import type { Rule } from './rule.ts';

/** One way failed and another was tried after it, which took the call: the caller only waited longer. */
export const failedOver: Rule = (all) =>
  all.legs.flatMap((by): Verdict[] => {
    const tried = dialledBy(all, by);
    const taken = tried.find(({ leg }) => leg.answeredUs !== undefined && leg.outcome !== 'lost_race');
    if (taken === undefined) return [];
    const failed = tried.filter(
      (one) => one !== taken && hasFailed(one) && (one.leg.endedUs ?? 0) <= taken.leg.startedUs,
    );
    const [first] = failed;
    if (first === undefined) return [];
    const lostUs = taken.leg.startedUs - first.leg.startedUs;
    return [
      {
        id: 'failed_over',
        leg: first.leg.id,
        sentence: `${failed.length === 1 ? 'One way' : `${failed.length} ways`} failed (${failed
          .map(({ leg }) => [leg.finalStatus ?? '', leg.hangupCause ?? ''].filter((part) => part !== '').join(' '))
          .join(', ')}) before the next one took the call ${(lostUs / 1_000_000).toFixed(1)} s later.`,
        cause: 'routing',
        side: first.leg.channels.some(({ gateway }) => gateway !== undefined) ? 'gateway' : 'callee',
        confidence: 0.9,
        evidence: failed.flatMap((of) => refusedWith(of).evidence),
        checked: ['The call itself was answered by a later attempt.'],
        refutedBy: 'Both attempts begun at the same time: then it was a fork, and the first one lost.',
        next: 'The call went through. Look at why the first way fails, as every call over it begins with that delay.',
      },
    ];
  });

const FAILED: ReadonlySet<string> = new Set(['busy', 'no_answer', 'rejected', 'failed']);
const hasFailed = ({ leg }: CaseLeg): boolean => FAILED.has(leg.outcome);
