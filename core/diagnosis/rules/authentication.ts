import { headerOf } from '../../model/capture-event.ts';
import { finalOf, isChallenge } from '../attempts.ts';
import type { Case } from '../case.ts';
import { citeEvent, citeLog, citeMessage } from '../cite.ts';
import type { Exchange } from '../transactions.ts';
import type { Verdict } from '../verdict.ts';
import type { Rule } from './rule.ts';

/**
 * Credentials were sent and refused: another challenge, or 403, to a request that carried them. A challenge to a request without
 * them is how it always begins, and `stale=true` asks for the same credentials with a fresh nonce (RFC 7616 §3.3).
 */
export const authFailed: Rule = ({ legs }: Case) =>
  legs.flatMap((leg): Verdict[] => {
    const tried = leg.exchanges.filter((one) => carriesCredentials(one));
    const last = tried.at(-1);
    if (last === undefined || leg.leg.answeredUs !== undefined) return [];
    const status = finalOf(last)?.message.status ?? 0;
    if (!isChallenge(status) && status !== 403) return [];
    if (isStale(last)) return [];
    const refusals = tried.flatMap(({ hops }) => hops.flatMap(({ finals }) => finals));
    const attempts = leg.exchanges.filter(({ method }) => method === last.method).length;
    const lines = leg.logs.filter(({ text }) => /SIP auth (failure|challenge)/.test(text));
    const events = leg.events.filter(({ headers }) =>
      /register_failure|FORBIDDEN/.test(`${headerOf(headers, 'Event-Subclass')} ${headerOf(headers, 'auth-result')}`),
    );
    const dialled = leg.leg.parent !== undefined || leg.leg.channels[0]?.direction === 'outbound';
    return [
      {
        id: 'auth_failed',
        leg: leg.leg.id,
        sentence: `The credentials were refused (${status}) after ${attempts} tries: wrong user, password or realm.`,
        cause: 'authentication',
        side: dialled ? 'switch' : 'caller',
        confidence: status === 403 ? 0.9 : tried.length > 1 ? 0.9 : 0.8,
        evidence: [
          ...tried.flatMap(({ hops }) => hops.flatMap(({ requests }) => requests.flatMap((seen) => citeMessage(seen)))),
          ...refusals.flatMap((seen) => citeMessage(seen)),
          ...lines.map(citeLog),
          ...events.map((event) => citeEvent(event)),
        ],
        checked: ['No request with credentials was accepted, and no challenge said that its nonce was only stale.'],
        refutedBy:
          'The same user and password accepted from elsewhere: then a rule about the address or the number refused.',
        next: 'Compare user, realm and password at both ends; a wrong realm comes from another domain in the request.',
      },
    ];
  });

const carriesCredentials = ({ hops }: Exchange): boolean =>
  hops.some(({ requests }) =>
    requests.some(
      ({ message: { sip } }) => sip.header('authorization').length + sip.header('proxy-authorization').length > 0,
    ),
  );

const isStale = ({ hops }: Exchange): boolean =>
  hops.some(({ finals }) =>
    finals.some(({ message: { sip } }) =>
      [...sip.header('www-authenticate'), ...sip.header('proxy-authenticate')].some((value) =>
        /stale\s*=\s*"?true/i.test(value),
      ),
    ),
  );
