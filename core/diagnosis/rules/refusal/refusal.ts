import type { EventFact, LogFact } from '../../../call/read/facts.ts';
import { type Attempt, attemptOf, decidingLeg, ownStatusOf } from '../../attempts.ts';
import type { Case, CaseLeg } from '../../case.ts';
import { causeOfStatus } from '../../causes.ts';
import { causeIn, citeCause, citeMessage } from '../../cite.ts';
import type { Transaction } from '../../transactions.ts';
import type { Cited, Side } from '../../verdict.ts';

/** What one leg was refused with: on the wire, to the switch, or not at all. */
export interface RefusedLeg {
  readonly leg: CaseLeg;
  /** Undefined where the leg's SIP was not seen. */
  readonly attempt: Attempt | undefined;
  /** The final response as it was made, 0 without one. */
  readonly status: number;
  /** Its reason phrase and its Reason and Warning headers, for words that tell more than the number. */
  readonly words: string;
  /** FreeSWITCH's cause, "" where no event says one and no response stands for one. */
  readonly cause: string;
  /** Events of the leg that say the cause; all of them, as each does so alone. */
  readonly hangups: readonly EventFact[];
  /** Where the request went and nobody said a final word: the farthest such hop. */
  readonly silent: Transaction | undefined;
  /** The rows that say it. */
  readonly evidence: readonly Cited[];
}

/** Why a call was not answered, as the one who decided it said so. */
export interface Refusal extends RefusedLeg {
  readonly all: Case;
  readonly by: Side;
}

/** Undefined for a call that was answered, that goes on, or of which nothing is known. */
export function refusalOf(all: Case): Refusal | undefined {
  if (all.facts.answeredUs !== undefined || all.root.leg.endedUs === undefined) return undefined;
  const refused = refusedWith(decidingLeg(all));
  const { leg, attempt, status, hangups } = refused;
  if (status === 0 && hangups.length === 0 && attempt === undefined) return undefined;
  return { all, ...refused, by: sideOf(all, leg, attempt) };
}

/** What is seen of any leg's refusal, whether it decided how the call went or not; a leg that was taken has nothing of it. */
export function refusedWith(leg: CaseLeg): RefusedLeg {
  const attempt = attemptOf(leg);
  const hangups = leg.events.filter((event) => causeIn(event) !== '');
  const status = attempt === undefined ? 0 : ownStatusOf(attempt);
  const refused = (attempt?.finals ?? []).filter(({ message }) => message.status >= 300);
  const first = attempt?.answeredAt?.finals[0]?.message.sip;
  return {
    ...{ leg, attempt, status, hangups },
    words: [first?.phrase ?? '', first?.reason ?? '', ...(first?.header('warning') ?? [])].join(' '),
    cause: (hangups[0] === undefined ? '' : causeIn(hangups[0])) || (status === 0 ? '' : causeOfStatus(status)),
    silent: attempt?.invite.hops.findLast((hop) => hop.requests.length > 0 && hop.finals.length === 0),
    evidence: [...refused.flatMap((seen) => citeMessage(seen)), ...hangups.map(citeCause)],
  };
}

const NO_SUCH_MEDIA: ReadonlySet<number> = new Set([488, 606, 415]);

/** The media that was offered was what was refused (RFC 3261 §21.4.26, §21.6.4, §21.4.13). */
export const refusesMedia = ({ status, cause }: Refusal): boolean =>
  NO_SUCH_MEDIA.has(status) || (status === 0 && cause === 'INCOMPATIBLE_DESTINATION');

/** Lines of every leg that match: the switch writes some of them under the leg that called. */
export const linesOf = ({ all }: Refusal, pattern: RegExp): readonly LogFact[] =>
  all.legs.flatMap(({ logs }) => logs.filter(({ text }) => pattern.test(text)));

/** Whose word it was. */
function sideOf(all: Case, { leg }: CaseLeg, attempt: Attempt | undefined): Side {
  const dialled = leg.parent !== undefined || leg.channels[0]?.direction === 'outbound';
  const last = attempt?.answeredAt;
  if (last !== undefined && forwards(all, last.dst)) return isSwitchEnd(leg, attempt) ? 'switch' : 'proxy';
  if (!dialled) return leg.channels.length > 0 ? 'switch' : 'callee';
  return leg.channels.some(({ gateway }) => gateway !== undefined) ? 'gateway' : 'callee';
}

/** The request went on from there, or requests of this call do: a proxy. */
const forwards = ({ legs }: Case, place: string): boolean =>
  place !== '' &&
  legs.some(({ exchanges }) =>
    exchanges.some(({ hops }) =>
      hops.some(({ dst }, i) => dst === place && hops.slice(i + 1).some(({ src }) => src === place)),
    ),
  );

/** A leg that came into a switch was refused by that switch when its farthest hop is the one to it. */
const isSwitchEnd = ({ channels }: CaseLeg['leg'], attempt: Attempt | undefined): boolean =>
  channels.some(({ direction }) => direction === 'inbound') && attempt?.answeredAt === attempt?.invite.hops.at(-1);
