import type { CauseClass, VerdictId } from '../../verdict.ts';
import type { Refusal } from './refusal.ts';

/** What a refusal can be, told by the words of whoever refused. */
export interface Kind {
  readonly id: VerdictId;
  readonly cause: CauseClass;
  readonly confidence: number;
  applies(refusal: Refusal): boolean;
  sentence(refusal: Refusal): string;
  readonly checked: string;
  readonly refutedBy: string;
  readonly next: string;
}

const WHO = {
  caller: 'The caller',
  callee: 'The called side',
  switch: 'The switch',
  proxy: 'The proxy',
  gateway: 'The gateway',
  network: 'The network',
  unknown: 'Somebody',
} as const;

/** "The gateway refused with 503 Service Unavailable (NORMAL_TEMPORARY_FAILURE)". */
export function said({ by, status, words, cause }: Refusal, verb = 'refused'): string {
  const code = status === 0 ? '' : `${status} ${words.split(/\s{2,}|SIP;|Q\.850;/i, 1)[0] ?? ''}`.trim();
  const told = [code, cause].filter((part) => part !== '');
  return `${WHO[by]} ${verb} with ${told.length === 2 ? `${told[0]} (${told[1]})` : (told[0] ?? 'no reason')}`;
}

const is =
  (...statuses: readonly number[]) =>
  ({ status }: Refusal): boolean =>
    statuses.includes(status);
const causes =
  (...names: readonly string[]) =>
  ({ cause }: Refusal): boolean =>
    names.includes(cause);

/** In the order in which they are tried: the more a kind asks for, the earlier it stands. */
export const KINDS: readonly Kind[] = [
  {
    id: 'not_registered',
    cause: 'registration',
    confidence: 0.9,
    applies: (one) =>
      causes('USER_NOT_REGISTERED', 'SUBSCRIBER_ABSENT')(one) ||
      (is(404, 480)(one) && /not (currently )?registered|no (registered )?contact|user offline/i.test(one.words)),
    sentence: (one) => `${said(one)}: nobody is registered under the called address.`,
    checked: 'No registration of the called address stands against it in this call.',
    refutedBy: 'A REGISTER of this address, answered with 200 and not expired, at the registrar that was asked.',
    next: 'Look for the last REGISTER of the called address, its expiry, and whether it went to this registrar.',
  },
  {
    id: 'loop',
    cause: 'routing',
    confidence: 0.9,
    applies: (one) => is(482, 483)(one) || (one.status === 0 && causes('EXCHANGE_ROUTING_ERROR')(one)),
    sentence: (one) => `${said(one)}: the call came back to where it had been.`,
    checked: 'No response says anything but a loop.',
    refutedBy: 'Max-Forwards that began too small: then the way was long and no circle.',
    next: 'Follow the INVITE hop by hop: the same host twice with the same Request-URI is where it turns.',
  },
  {
    id: 'capacity_reached',
    cause: 'capacity',
    confidence: 0.9,
    applies: (one) =>
      causes('SWITCH_CONGESTION', 'NORMAL_CIRCUIT_CONGESTION')(one) ||
      (is(503, 500, 480, 486, 403)(one) &&
        /maximum calls|over (session|call) limit|too many (calls|sessions)|congest|throttle|capacity|limit (reached|exceeded)|max(imum)? (channels|sessions)/i.test(
          one.words,
        )),
    sentence: (one) => `${said(one)}: it takes no more calls.`,
    checked: 'The words of the refusal speak of a limit and of nothing else.',
    refutedBy: 'Fewer calls at that moment than the limit allows.',
    next: 'Compare the calls that were up, and those begun in that second, with the limit of whoever refused.',
  },
  {
    id: 'busy',
    cause: 'normal',
    confidence: 0.95,
    applies: (one) => is(486, 600)(one) || (one.status === 0 && causes('USER_BUSY', 'BUSY_EVERYWHERE')(one)),
    sentence: (one) => `${said(one, 'was busy and answered')}.`,
    checked: 'No other leg of the call was answered.',
    refutedBy: 'A phone that answers "busy" by a do-not-disturb key.',
    next: 'Nothing is broken. When it is always busy, ask for do-not-disturb, call waiting and stuck calls of that phone.',
  },
  {
    id: 'declined',
    cause: 'normal',
    confidence: 0.9,
    applies: (one) =>
      is(603, 607, 608)(one) ||
      (is(403)(one) && one.by !== 'gateway') ||
      (one.status === 0 && causes('CALL_REJECTED', 'DECLINE', 'REJECT_ALL', 'UNWANTED')(one)),
    sentence: (one) => `${said(one, 'declined the call')}.`,
    checked: 'No credentials were asked for before, and no other leg of the call was answered.',
    refutedBy: 'A rule of a firewall or of the dialplan that answers so without asking anybody.',
    next: 'Ask whoever declined; of a switch look at the dialplan, which says so by "respond" or "hangup".',
  },
  {
    id: 'no_route',
    cause: 'routing',
    confidence: 0.9,
    applies: (one) =>
      is(404, 410, 484, 485, 604)(one) ||
      (one.status === 0 &&
        causes(
          'UNALLOCATED_NUMBER',
          'NO_ROUTE_DESTINATION',
          'NO_ROUTE_TRANSIT_NET',
          'INVALID_NUMBER_FORMAT',
          'NUMBER_CHANGED',
          'INVALID_GATEWAY',
          'INVALID_PROFILE',
          'INVALID_URL',
        )(one)),
    sentence: (one) => `${said(one)}: it knows no way to the number that was dialled.`,
    checked: 'No other way was tried that took the call.',
    refutedBy: 'The same number reached by the same way at another time.',
    next: 'Compare the number as it was sent to whoever refused with the form that it expects (prefix, +, national).',
  },
  {
    id: 'message_too_big',
    cause: 'network',
    confidence: 0.9,
    applies: is(413, 513),
    sentence: (one) => `${said(one)}: the message was too large for it.`,
    checked: 'No smaller form of the message was sent.',
    refutedBy: 'The same message taken by the same host at another time.',
    next: 'Shorten it (codecs, headers) or send it over TCP: over UDP more than 1300 bytes are at risk (RFC 3261 §18.1.1).',
  },
  {
    id: 'refused_by_gateway',
    cause: 'routing',
    confidence: 0.85,
    applies: (one) => one.status >= 400 && ![408, 480, 487].includes(one.status) && one.by !== 'switch',
    sentence: (one) => `${said(one)}.`,
    checked: 'No other attempt of this call was taken.',
    refutedBy: 'A response that a proxy made itself: look on which hop it was seen first.',
    next: 'Ask the operator of whoever refused, with the Call-ID of this leg and the time of the refusal.',
  },
];
