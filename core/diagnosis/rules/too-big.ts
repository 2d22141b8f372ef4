import type { SeenMessage } from '../../call/copies.ts';
import type { Case } from '../case.ts';
import { citeMessage } from '../cite.ts';
import type { Transaction } from '../transactions.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** More than this must not go over UDP where the path MTU is unknown (RFC 3261 §18.1.1). */
const SAFE_BYTES = 1300;
/** Timer A has run three times (RFC 3261 §17.1.1.2): what was lost by chance is through by then. */
const LEAST_SENDINGS = 3;

/**
 * An INVITE that is too large for one packet was never answered on a hop where a smaller request was: its fragments are lost.
 * Where the receiving end has a sensor that saw it, it arrived, and something else is wrong.
 */
export const messageTooBig: Rule = ({ legs }: Case) => {
  const all = legs.flatMap(({ leg, transactions }) => transactions.map((one) => ({ leg, one })));
  return all.flatMap(({ leg, one }): Verdict[] => {
    const [first] = one.requests;
    if (first === undefined || one.method !== 'INVITE' || !isLost(one) || one.requests.length < LEAST_SENDINGS)
      return [];
    const size = first.message.payload.length;
    if (size <= SAFE_BYTES || first.message.transport !== 'udp') return [];
    const smaller = all
      .map((other) => other.one)
      .filter((other) => isSameHop(one, other) && isAnswered(other) && sizeOf(other) > 0 && sizeOf(other) < size);
    const [taken] = smaller;
    if (taken === undefined) return [];
    return [
      {
        id: 'message_too_big',
        leg: leg.id,
        sentence:
          `The INVITE to ${one.dst} has ${size} bytes over UDP and was sent ${one.requests.length} times without any answer, ` +
          `while a ${taken.method} of ${sizeOf(taken)} bytes on the same way was answered: it is lost in fragments.`,
        cause: 'network',
        side: 'network',
        confidence: sizeOf(taken) <= SAFE_BYTES ? 0.85 : 0.65,
        evidence: [
          ...one.requests.flatMap((seen) => citeMessage(seen, `INVITE of ${size} bytes`)),
          ...smaller.flatMap(({ requests, finals, provisionals }) =>
            [...requests, ...provisionals, ...finals].flatMap((seen) => citeMessage(seen)),
          ),
        ],
        checked: [`No response to it was seen on that hop, and no sensor at ${one.dst} saw it arrive.`],
        refutedBy: 'The whole INVITE in a capture at the receiving host: then that host did not want to answer.',
        next: 'Send it over TCP, or shorten it (fewer codecs, no ICE candidates, compact headers); let IP fragments through firewalls.',
      },
    ];
  });
};

const isLost = ({ requests, provisionals, finals }: Transaction): boolean =>
  provisionals.length + finals.length === 0 && !requests.some(sawBothEnds);
const sawBothEnds = ({ copies }: SeenMessage): boolean => new Set(copies.map(({ sensor }) => sensor)).size > 1;
const isAnswered = ({ provisionals, finals }: Transaction): boolean => provisionals.length + finals.length > 0;
const isSameHop = (a: Transaction, b: Transaction): boolean =>
  a !== b && a.src !== '' && a.dst !== '' && a.src === b.src && a.dst === b.dst;
const sizeOf = ({ requests }: Transaction): number => requests[0]?.message.payload.length ?? 0;
