import { byTime } from '../attempts.ts';
import type { CaseLeg } from '../case.ts';
import { causeIn, citeCause, citeMessage } from '../cite.ts';
import type { Exchange } from '../transactions.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** 64·T1 (RFC 3261 §13.3.1.4): so long a 200 is repeated while no ACK comes. */
const ACK_WAIT_US = 32_000_000;
/** A 200 is repeated for a lost ACK at 0.5, 1.5, 3.5 s …; two repetitions are no accident. */
const LEAST_SENDINGS = 3;

/**
 * The 200 to an INVITE was repeated until the one who sent it gave up, and no ACK was seen for it: FreeSWITCH ends such a
 * leg with NORMAL_UNSPECIFIED after 64·T1.
 */
export const missingAck: Rule = ({ legs }) =>
  legs.flatMap((leg) => leg.exchanges.flatMap((invite) => verdictOf(leg, invite)));

function verdictOf({ leg, exchanges, events }: CaseLeg, { method, cseq, hops }: Exchange): Verdict[] {
  if (method !== 'INVITE') return [];
  const answers = hops.flatMap(({ finals }) => finals.filter(({ message }) => message.status < 300)).sort(byTime);
  const sendings = Math.max(0, ...hops.map(({ finals }) => finals.length));
  const [first, last] = [answers[0], answers.at(-1)];
  if (first === undefined || last === undefined || sendings < LEAST_SENDINGS) return [];
  if (exchanges.some((one) => one.method === 'ACK' && one.cseq === cseq)) return [];
  const bye = exchanges.find((one) => one.method === 'BYE' && one.startedUs >= first.atUs + ACK_WAIT_US * 0.9);
  // The first hop is the nearest to the one who answered when he sends it.
  const byes = (bye?.hops ?? []).flatMap(({ requests }) => requests);
  const gaveUp = byes[0]?.message.srcIp === first.message.srcIp;
  const unspecified = events.find(
    (event) => event.name === 'CHANNEL_HANGUP' && causeIn(event) === 'NORMAL_UNSPECIFIED',
  );
  const seconds = Math.round((last.atUs - first.atUs) / 1_000_000);
  return [
    {
      id: 'missing_ack',
      leg: leg.id,
      sentence:
        `The answer (200) was sent ${sendings} times over ${seconds} s and no ACK of it was seen` +
        `${gaveUp ? ', so whoever had answered hung up' : ''}.`,
      cause: 'signalling',
      side: 'caller',
      confidence: gaveUp ? 0.95 : 0.8,
      evidence: [
        ...answers.flatMap((one) => citeMessage(one)),
        ...(gaveUp ? byes.flatMap((one) => citeMessage(one, 'BYE by the one who had answered')) : []),
        ...(unspecified === undefined ? [] : [citeCause(unspecified)]),
      ],
      checked: [`No ACK with CSeq ${cseq} was seen at any sensor of this leg.`],
      refutedBy:
        'An ACK for this CSeq at the answering side: then the dialog did not match (To-tag, branch) or it came too late.',
      next: 'Look at Record-Route and Contact of the 200 and at NAT or an ALG on the way: the ACK goes where they say.',
    },
  ];
}
