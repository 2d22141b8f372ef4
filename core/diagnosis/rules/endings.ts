import type { SeenMessage } from '../../call/copies.ts';
import { byTime } from '../attempts.ts';
import type { Case, CaseLeg } from '../case.ts';
import { reasonCause } from '../causes.ts';
import { causeIn, citeCause, citeMessage } from '../cite.ts';
import type { Verdict, VerdictId } from '../verdict.ts';
import type { Rule } from './rule.ts';

/** An end that the one who made it names: in the Reason header of the BYE (RFC 3326), or as Hangup-Cause. */
interface Ending {
  readonly id: VerdictId;
  /** Hangup-Cause, and its number in FreeSWITCH's Reason header. */
  readonly causes: Readonly<Record<string, number>>;
  readonly sentence: string;
  readonly told: Pick<Verdict, 'cause' | 'side' | 'checked' | 'refutedBy' | 'next'>;
}

const ENDINGS: readonly Ending[] = [
  {
    id: 'media_timeout',
    causes: { MEDIA_TIMEOUT: 804 },
    sentence: 'The switch ended the call because no audio packet came for as long as its RTP timer runs.',
    told: {
      cause: 'media',
      side: 'network',
      checked: ['No BYE of the other side came before.'],
      refutedBy:
        'RTP of that side at the switch in the last seconds: then the timer is too short, as for a call on hold.',
      next: 'Look at the address in the SDP of the silent side, at NAT and firewall on the way, and at hold without music.',
    },
  },
  {
    id: 'time_limit_reached',
    causes: { ALLOTTED_TIMEOUT: 802 },
    sentence: 'The call was ended because the time that it was given had run out.',
    told: {
      cause: 'switch',
      side: 'switch',
      checked: ['No BYE of either party came before.'],
      refutedBy: 'Another end in the same second.',
      next: 'Look for sched_hangup, a limit of the gateway or of the account: many calls end after the same time.',
    },
  },
  {
    id: 'ended_by_api',
    causes: { MANAGER_REQUEST: 703 },
    sentence: 'The call was ended by a command to the switch (uuid_kill, hupall or a program over the event socket).',
    told: {
      cause: 'switch',
      side: 'switch',
      checked: ['No BYE of either party came before.'],
      refutedBy: 'No program or person that has access to the event socket.',
      next: 'Look for the API events of that moment on the switch: who asked, and why.',
    },
  },
];

/** What ended an answered call, in the words of whoever ended it. */
export const namedEnding: Rule = ({ legs }: Case) =>
  ENDINGS.flatMap(({ id, causes, sentence, told }): Verdict[] => {
    const names = Object.keys(causes);
    const numbers = new Set(Object.values(causes));
    const hangups = legs.flatMap(({ events }) => events.filter((event) => names.includes(causeIn(event))));
    const byes = legs
      .flatMap(requestsThatEnd)
      .filter(({ message: { sip } }) => numbers.has(reasonCause(sip.reason) ?? 0) && !/Q\.850/i.test(sip.reason));
    const leg = legs.find(({ events }) => events.some((event) => hangups.includes(event))) ?? legs.find(hasAny(byes));
    if (leg === undefined || legs.every((one) => one.leg.answeredUs === undefined)) return [];
    return [
      {
        id,
        leg: leg.leg.id,
        sentence,
        ...told,
        confidence: 0.95,
        evidence: [
          ...byes.flatMap((seen) => citeMessage(seen, `${seen.message.method}: ${seen.message.sip.reason}`)),
          ...hangups.map(citeCause),
        ],
      },
    ];
  });

const hasAny =
  (some: readonly SeenMessage[]) =>
  ({ messages }: CaseLeg): boolean =>
    messages.some((one) => some.includes(one));

/** BYE and CANCEL of a leg, each sending on each hop, oldest first. */
export const requestsThatEnd = ({ exchanges }: CaseLeg): SeenMessage[] =>
  exchanges
    .filter(({ method }) => method === 'BYE' || method === 'CANCEL')
    .flatMap(({ hops }) => hops.flatMap(({ requests }) => requests))
    .sort(byTime);

/** Refreshed no later than this part of the interval is left (RFC 4028 §10), the other side may end the call. */
const TIMEOUT_WORDS = /session[- ]?(timer|timeout|expire)/i;
const TOLERANCE = 0.1;

/** The session was not refreshed in time (RFC 4028): the one who waited for it ended the call. */
export const sessionTimerExpired: Rule = ({ legs }) =>
  legs.flatMap((of): Verdict[] => {
    const answer = of.exchanges
      .filter(({ method }) => method === 'INVITE')
      .flatMap(({ hops }) => hops.flatMap(({ finals }) => finals))
      .filter(({ message: { status, sip } }) => status < 300 && intervalOf(sip.header('session-expires')) > 0)
      .sort(byTime);
    const byes = requestsThatEnd(of).filter(({ message }) => message.method === 'BYE');
    const named = byes.filter(
      ({ message: { sip } }) => TIMEOUT_WORDS.test(sip.reason) && (reasonCause(sip.reason) ?? 408) === 408,
    );
    const [first, bye] = [answer[0], byes[0]];
    if (bye === undefined) return [];
    const interval = first === undefined ? 0 : intervalOf(first.message.sip.header('session-expires'));
    const refreshes = of.exchanges.filter(
      ({ method, startedUs, hops }) =>
        (method === 'UPDATE' || method === 'INVITE') &&
        first !== undefined &&
        startedUs > first.atUs &&
        hops.some(({ finals }) => finals.some(({ message }) => message.status < 300)),
    );
    const lastUs = refreshes.at(-1)?.startedUs ?? first?.atUs ?? 0;
    const lived = (bye.atUs - lastUs) / 1_000_000;
    // A minute less than the whole interval is when RFC 4028 §10 lets the other side end it: a third of it at most.
    const least = interval - Math.min(32, interval / 3) - interval * TOLERANCE;
    const isDue = interval > 0 && refreshes.length === 0 && lived >= least && lived <= interval * (1 + TOLERANCE) + 1;
    const switchSays = of.events.filter((event) => causeIn(event) === 'RECOVERY_ON_TIMER_EXPIRE');
    if (named.length === 0 && !(isDue && switchSays.length > 0)) return [];
    const seconds = Math.round(lived);
    return [
      {
        id: 'session_timer_expired',
        leg: of.leg.id,
        sentence:
          `The session was not refreshed in time, so it was ended after ${seconds} s` +
          `${interval === 0 ? '' : ` (Session-Expires ${interval})`}.`,
        cause: 'signalling',
        side: 'unknown',
        confidence: named.length > 0 ? 0.9 : 0.7,
        evidence: [
          ...(named.length > 0 ? named : byes).flatMap((seen) =>
            citeMessage(seen, ['BYE', seen.message.sip.reason].filter((part) => part !== '').join(': ')),
          ),
          ...answer.flatMap((seen) => citeMessage(seen, `200 with Session-Expires ${interval}`)),
          ...switchSays.map(citeCause),
        ],
        checked: ['No re-INVITE or UPDATE that was answered with 200 came in the second half of the interval.'],
        refutedBy: 'A refresh on a hop without a sensor.',
        next: 'Find the refresher (refresher=uac or uas in the 200): its refresh was not sent, or was lost or refused.',
      },
    ];
  });

/** Seconds of a Session-Expires header. */
const intervalOf = ([value = '']: readonly string[]): number => Number.parseInt(value, 10) || 0;

/** A request within a dialog was answered 481: the one who was asked does not know the dialog (any more). */
export const dialogLost: Rule = ({ legs, gaps }) =>
  legs.flatMap((of): Verdict[] => {
    const lost = of.exchanges.filter(
      ({ method, hops }) =>
        !['CANCEL', 'NOTIFY', 'PRACK'].includes(method) &&
        hops.some(({ inDialog, finals }) => inDialog && finals.some(({ message }) => message.status === 481)),
    );
    const [first] = lost;
    if (first === undefined) return [];
    // BYEs that cross are each answered 481 by some: then both sides had ended it.
    const byes = of.exchanges.filter(({ method }) => method === 'BYE');
    if (first.method === 'BYE' && byes.length > 1) return [];
    const restarts = gaps.filter(
      ({ reason, sinceUs }) => reason === 'restarted' && sinceUs <= first.startedUs && sinceUs >= of.leg.startedUs,
    );
    const cores = new Set(of.events.map(({ coreUuid }) => coreUuid));
    const restarted = restarts.length > 0 || cores.size > 1;
    const refusals = lost.flatMap(({ hops }) =>
      hops.flatMap(({ finals }) => finals.filter(({ message }) => message.status === 481)),
    );
    return [
      {
        id: 'dialog_lost_after_restart',
        leg: of.leg.id,
        sentence:
          `The ${first.method} within the call was answered 481: ` +
          `${restarted ? 'a switch had started anew and did not know the call any more' : 'the other side did not know the call any more'}.`,
        cause: 'switch',
        side: restarted ? 'switch' : 'unknown',
        confidence: restarted ? 0.9 : 0.65,
        evidence: refusals.flatMap((seen) => citeMessage(seen)),
        checked: restarted
          ? ['No BYE had ended the dialog before.']
          : ['No restart of a switch of this call was noticed, and no BYE had ended the dialog before.'],
        refutedBy:
          'A To-tag or From-tag in the request that differs from those of the 200: then the request was wrong.',
        next: restarted
          ? 'Have calls recovered after a restart (sofia recover), or expect those that were up to be lost.'
          : 'Compare tags and Call-ID of the request with those of the 200; behind a fork they may belong to another branch.',
      },
    ];
  });
