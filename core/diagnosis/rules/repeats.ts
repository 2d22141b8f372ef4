import type { SeenMessage } from '../../call/copies.ts';
import { byTime } from '../attempts.ts';
import { citeMessage } from '../cite.ts';
import type { Transaction } from '../transactions.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** So many repetitions of one message are no accident: at T1 = 500 ms more than three seconds of loss (RFC 3261 §17.1). */
const LEAST_REPEATS = 3;

/** One message was sent again and again although it was answered in the end: packets are lost on that hop. */
export const retransmissionStorm: Rule = ({ legs }) =>
  legs.flatMap(({ leg, transactions }): Verdict[] => {
    const storms = transactions
      .map((one) => ({ one, sendings: mostRepeated(one) }))
      .filter(({ sendings }) => sendings.length > LEAST_REPEATS);
    const worst = [...storms].sort((a, b) => b.sendings.length - a.sendings.length)[0];
    if (worst === undefined) return [];
    const { one, sendings } = worst;
    const isResponse = (sendings[0]?.message.status ?? 0) > 0;
    const [from, to] = isResponse ? [one.dst, one.src] : [one.src, one.dst];
    return [
      {
        id: 'retransmission_storm',
        leg: leg.id,
        sentence: `${from || 'One side'} sent ${isResponse ? `its ${sendings[0]?.message.status} to ` : ''}the ${one.method} to ${
          to || 'the other'
        } ${sendings.length} times: messages are lost between the two.`,
        cause: 'network',
        side: 'network',
        confidence: 0.8,
        evidence: storms
          .flatMap((storm) => storm.sendings)
          .sort(byTime)
          .flatMap((seen) => citeMessage(seen)),
        checked: ['The repetitions are on one hop, and not copies of several sensors.'],
        refutedBy: 'Every repetition seen at the receiving end as well: then the way back loses the answers.',
        next: 'Measure loss between the two hosts in both directions; look for a firewall that forgets UDP sessions.',
      },
    ];
  });

function mostRepeated({ requests, finals, method }: Transaction): readonly SeenMessage[] {
  // A final response to an INVITE waits for its ACK, which has a rule of its own.
  const responses = method === 'INVITE' && (finals[0]?.message.status ?? 0) < 300 ? [] : finals;
  return requests.length >= responses.length ? requests : responses;
}

/** A race of less than this is told as one. */
const AFTER_US = 1_000_000;

/**
 * The answer was sent, repeated, and the caller went on as if there was none: it repeated its INVITE, or cancelled, long after
 * the 200 had been sent to it.
 */
export const answerNotReceived: Rule = ({ legs }) =>
  legs.flatMap(({ leg, exchanges }): Verdict[] =>
    exchanges
      .filter(({ method }) => method === 'INVITE')
      .flatMap(({ cseq, hops }): Verdict[] => {
        const answers = hops.flatMap(({ finals }) => finals.filter(({ message }) => message.status < 300)).sort(byTime);
        const sendings = Math.max(
          0,
          ...hops.map(({ finals }) => finals.filter(({ message }) => message.status < 300).length),
        );
        const [first] = answers;
        if (first === undefined || sendings < 2) return [];
        if (exchanges.some((one) => one.method === 'ACK' && one.cseq === cseq)) return [];
        const cancel = exchanges.find((one) => one.method === 'CANCEL' && one.cseq === cseq);
        const unaware = [
          ...hops.flatMap(({ requests }) => requests.filter(({ atUs }) => atUs > first.atUs + AFTER_US)),
          ...(cancel?.hops ?? []).flatMap(({ requests }) =>
            requests.filter(({ atUs }) => atUs > first.atUs + AFTER_US),
          ),
        ].sort(byTime);
        if (unaware.length === 0) return [];
        return [
          {
            id: 'answer_not_received',
            leg: leg.id,
            sentence: `The answer (200) was sent ${sendings} times and the caller still ${
              unaware[0]?.message.method === 'CANCEL' ? 'cancelled' : 'repeated its INVITE'
            }: it never got the answer.`,
            cause: 'network',
            side: 'network',
            confidence: 0.9,
            evidence: [...answers, ...unaware].sort(byTime).flatMap((seen) => citeMessage(seen)),
            checked: [`No ACK with CSeq ${cseq} was seen.`],
            refutedBy: 'The 200 in a capture at the caller itself: then the caller got it and could not use it.',
            next: 'Look at where the 200 is sent (Via, received, rport of the INVITE) and whether NAT lets it in there.',
          },
        ];
      }),
  );
