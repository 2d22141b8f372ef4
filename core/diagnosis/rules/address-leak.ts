import { isIP } from 'node:net';
import type { SeenMessage } from '../../call/copies.ts';
import { isPrivate } from '../../model/private-address.ts';
import type { Case, CaseLeg } from '../case.ts';
import { citeMessage } from '../cite.ts';
import { audioOf, capital, citeCounters, nameOf, silencedIn } from '../leg-media.ts';
import type { Cited, Side, Verdict } from '../verdict.ts';
import { missingAck } from './missing-ack.ts';
import type { Rule } from './rule.ts';

/**
 * A private address was told to somebody on a public one (RFC 3261 §18.2, RFC 3581), and what had to go there did not arrive.
 * The address alone is no fault: switches and proxies know how to answer to where a packet came from.
 */
export const natAddressLeak: Rule = (all) => [...all.legs.flatMap((of) => lostRequests(all, of)), ...lostMedia(all)];

const isPrivateIp = (host: string): boolean => isIP(host) !== 0 && isPrivate(host);
const isPublicIp = (host: string): boolean => isIP(host) !== 0 && !isPrivate(host);

/** Messages that crossed to or from a public address with a private one in their Contact. */
const leakedContacts = ({ messages }: CaseLeg): readonly SeenMessage[] =>
  messages.filter(
    ({ message: { sip, srcIp, dstIp } }) => isPrivateIp(sip.contact.host) && (isPublicIp(srcIp) || isPublicIp(dstIp)),
  );

const TOLD = {
  id: 'nat_address_leak',
  cause: 'network',
  next: 'Have that side tell its public address (ext-sip-ip, ext-rtp-ip, STUN), or the other answer to where packets come from (rport, aggressive NAT detection, fix_nated_contact, comedia). Switch off SIP ALG.',
} as const;

/** 64·T1 (RFC 3261 §17.1.2.2): what was not answered by then will not be. */
const TIMER_F_US = 32_000_000;

function lostRequests(all: Case, of: CaseLeg): Verdict[] {
  const leaks = leakedContacts(of);
  const hosts = new Set(leaks.map(({ message }) => message.sip.contact.host));
  const lost = of.exchanges
    .filter(({ method, hops }) => method !== 'ACK' && hops.length > 0 && hops.every((hop) => hop.inDialog))
    // Sent once it may have been answered where no sensor is: whoever gets no answer sends it again.
    .filter(({ hops }) => hops.some(({ requests }) => requests.length > 1))
    .filter(({ startedUs }) => all.nowUs - startedUs > TIMER_F_US)
    .filter(({ hops }) => hops.every(({ finals, provisionals }) => finals.length + provisionals.length === 0))
    .flatMap(({ hops }) => hops.flatMap(({ requests }) => requests))
    .filter(({ message }) => hosts.has(message.sip.uriHost));
  const answers = leaks.filter(({ message }) => message.status >= 200 && message.status < 300);
  const acks = lost.length > 0 || answers.length === 0 ? [] : missingAck({ ...all, legs: [of] });
  if (lost.length === 0 && acks.length === 0) return [];
  const told =
    lost.length > 0
      ? leaks.filter(({ message }) => message.sip.contact.host === lost[0]?.message.sip.uriHost)
      : answers;
  const [first] = told;
  if (first === undefined) return [];
  const host = first.message.sip.contact.host;
  const what =
    lost.length > 0
      ? `the ${lost[0]?.message.method} that was sent there has no response that was seen`
      : 'no ACK was seen there';
  return [
    {
      ...TOLD,
      leg: of.leg.id,
      sentence: `The Contact of ${senderOf(first)} says ${host}, which nobody outside its own network can reach, and ${what}.`,
      side: sideOf(of, first),
      confidence: 0.85,
      evidence: [
        ...told.flatMap((seen) => citeMessage(seen, `Contact ${host}`)),
        ...lost.flatMap((seen) => citeMessage(seen)),
        ...acks.flatMap(({ evidence }): readonly Cited[] => evidence),
      ],
      checked: ['No response came to what was sent to that address, on any hop.'],
      refutedBy: 'The request seen at the host behind the NAT: then the way in is open and that host did not answer.',
    },
  ];
}

const senderOf = ({ message: { srcIp } }: SeenMessage): string => srcIp || 'one side';

/** Of a leg that came in the sender of its requests is the caller; behind the other end stands the switch. */
function sideOf(of: CaseLeg, { message }: SeenMessage): Side {
  const invite = of.exchanges.find(({ method }) => method === 'INVITE')?.hops[0]?.requests[0]?.message;
  const byCaller = message.sip.request === (message.fromTag === invite?.fromTag);
  const cameIn = of.leg.parent === undefined;
  return cameIn === byCaller ? (cameIn ? 'caller' : 'callee') : 'switch';
}

/** Nothing of a party came, which had been told to send its RTP to an address that it cannot reach. */
function lostMedia(all: Case): Verdict[] {
  return silencedIn(all).flatMap(({ silent, other }): Verdict[] => {
    const told = audioOf(silent.of).filter(
      ({ seen: { message }, audio }) => isPrivateIp(audio.address) && isPublicIp(message.dstIp),
    );
    const [first] = told;
    if (first === undefined) return [];
    return [
      {
        ...TOLD,
        leg: silent.of.leg.id,
        sentence:
          `The SDP that was sent to ${first.seen.message.dstIp} says ${first.audio.address}, which cannot be reached from there: ` +
          `${capital(nameOf(silent.of))} was not heard (${silent.counters.inMedia} audio packets in ${Math.round(silent.talkSeconds)} s).`,
        side: 'switch',
        confidence: 0.85,
        evidence: [
          ...told.flatMap(({ seen, audio }) => citeMessage(seen, `SDP c= ${audio.address}`)),
          ...citeCounters(silent),
          ...citeCounters(other),
        ],
        checked: ['The other leg was heard, and nobody was on hold.'],
        refutedBy: 'RTP of that party at the switch.',
      },
    ];
  });
}
