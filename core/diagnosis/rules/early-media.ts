import { byTime } from '../attempts.ts';
import { citeMessage } from '../cite.ts';
import { refusalOf } from './refusal/refusal.ts';
import type { Rule } from './rule.ts';

/** Shorter early media is a tone. */
const LEAST_US = 3_000_000;

/** Early media (183 with SDP) was played for a while and then the call was refused: most likely an announcement. */
export const announcementThenFailure: Rule = (all) => {
  const refusal = refusalOf(all);
  const attempt = refusal?.attempt;
  if (refusal === undefined || attempt === undefined || refusal.status < 400 || refusal.status === 487) return [];
  const media = attempt.invite.hops
    .flatMap(({ provisionals }) => provisionals)
    .filter(({ message: { status, sip } }) => status === 183 && sip.bodyType === 'application/sdp')
    .sort(byTime);
  const rang = attempt.invite.hops.some(({ provisionals }) =>
    provisionals.some(({ message }) => message.status === 180),
  );
  const [first] = media;
  const [final] = attempt.finals;
  if (first === undefined || final === undefined || rang || final.atUs - first.atUs < LEAST_US) return [];
  const seconds = Math.round((final.atUs - first.atUs) / 1_000_000);
  return [
    {
      id: 'announcement_then_failure',
      leg: refusal.leg.leg.id,
      sentence: `Something was played for ${seconds} s before the call was refused with ${refusal.status}: most likely an announcement that says why.`,
      cause: 'routing',
      side: refusal.by,
      confidence: 0.75,
      evidence: [...media.flatMap((seen) => citeMessage(seen, '183 with SDP')), ...refusal.evidence],
      checked: ['No ringing (180) and no answer came between.'],
      refutedBy: 'Ringback in that early media: listen to it.',
      next: 'Call the number by the same way and listen: the announcement says what the response code does not.',
    },
  ];
};
