import { attemptOf, byTime } from '../attempts.ts';
import { reasonCause } from '../causes.ts';
import { causeIn, citeCause, citeMessage } from '../cite.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

const LOST: ReadonlySet<string> = new Set(['LOSE_RACE', 'PICKED_OFF']);

/** Another leg answered first, or the call was picked up elsewhere (RFC 3326 §3.1: Reason SIP;cause=200). No failure. */
export const lostRace: Rule = ({ legs }) =>
  legs.flatMap(({ leg, exchanges, events }): Verdict[] => {
    const hangups = events.filter((event) => LOST.has(causeIn(event)));
    const ends = exchanges.filter(({ method }) => method === 'CANCEL' || method === 'BYE');
    const elsewhere = ends
      .flatMap(({ hops }) => hops.flatMap(({ requests }) => requests))
      .filter(({ message: { sip } }) => /^\s*SIP\s*;/i.test(sip.reason) && reasonCause(sip.reason) === 200);
    if (hangups.length === 0 && elsewhere.length === 0) return [];
    return [
      {
        id: 'lost_race',
        leg: leg.id,
        sentence: 'Another phone took the call first, so this one was called off.',
        cause: 'normal',
        side: 'switch',
        confidence: 0.95,
        evidence: [
          ...elsewhere.flatMap((seen) => citeMessage(seen, `${seen.message.method}: ${seen.message.sip.reason}`)),
          ...hangups.map(citeCause),
        ],
        checked: ['No refusal of this leg came before the call was taken elsewhere.'],
        refutedBy: 'No leg of the same call that was answered.',
        next: 'Nothing is broken: do not count this leg as a failed attempt.',
      },
    ];
  });

/** A CANCEL and the answer crossed: less than this between them and the call was never more than a moment. */
const RACE_US = 1_000_000;

/** CANCEL and 200 crossed on their way, so an answered call was ended at once. */
export const cancelRace: Rule = ({ legs, root }) =>
  legs.flatMap((of): Verdict[] => {
    const attempt = attemptOf(of);
    const cancels = (attempt?.cancel?.hops ?? []).flatMap(({ requests }) => requests).sort(byTime);
    const answers = (attempt?.finals ?? []).filter(({ message }) => message.status < 300);
    const [cancel, answer] = [cancels[0], answers[0]];
    if (cancel === undefined || answer === undefined || Math.abs(answer.atUs - cancel.atUs) > RACE_US) return [];
    return [
      {
        id: 'cancel_race',
        leg: of.leg.id,
        sentence: `The call was answered ${Math.round(Math.abs(answer.atUs - cancel.atUs) / 1000)} ms ${
          answer.atUs < cancel.atUs ? 'before' : 'after'
        } it was cancelled: the two crossed, and it was ended at once.`,
        cause: 'normal',
        side: of === root ? 'caller' : 'switch',
        confidence: 0.9,
        evidence: [...cancels, ...answers].flatMap((seen) => citeMessage(seen)),
        checked: ['No 487 ended the INVITE, as it would have had the CANCEL come in time.'],
        refutedBy: 'Speech after the answer: then the CANCEL belonged to another branch.',
        next: 'Nothing is broken: count it as given up by the caller, not as answered.',
      },
    ];
  });
