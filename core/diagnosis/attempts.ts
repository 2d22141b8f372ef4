import type { SeenMessage } from '../call/copies.ts';
import type { Case, CaseLeg } from './case.ts';
import type { Exchange, Transaction } from './transactions.ts';

/**
 * One try to reach somebody: what began a leg. An INVITE that was challenged and sent again with credentials is one attempt:
 * its last sending counts.
 */
export interface Attempt {
  readonly of: CaseLeg;
  readonly invite: Exchange;
  /** Earlier INVITEs of the same leg that were answered with 401 or 407. */
  readonly challenged: readonly Exchange[];
  /** The first 18x, on the hop nearest to the caller. */
  readonly ringing: SeenMessage | undefined;
  /** Final responses of every hop, oldest first. */
  readonly finals: readonly SeenMessage[];
  readonly final: SeenMessage | undefined;
  /** The hop on which that response was made, which is the farthest one that had any; undefined without a final response. */
  readonly answeredAt: Transaction | undefined;
  readonly cancel: Exchange | undefined;
}

/** The attempt that began a leg; undefined for a leg whose INVITE was not seen. */
export function attemptOf(of: CaseLeg): Attempt | undefined {
  const invites = of.exchanges.filter(({ method, hops }) => method === 'INVITE' && !hops.some((hop) => hop.inDialog));
  const invite = invites.at(-1);
  if (invite === undefined) return undefined;
  const challenged = invites.filter((one) => one !== invite && statusesOf(one).some(isChallenge));
  const finals = invite.hops.flatMap((hop) => hop.finals).sort(byTime);
  const answeredAt = invite.hops.findLast((hop) => hop.finals.length > 0);
  const provisionals = invite.hops.flatMap((hop) => hop.provisionals).sort(byTime);
  return {
    ...{ of, invite, challenged, finals, answeredAt },
    ringing: provisionals.find(({ message }) => message.status >= 180),
    final: finalOf(invite),
    cancel: of.exchanges.find((one) => one.method === 'CANCEL' && one.cseq === invite.cseq),
  };
}

/** The legs that a leg dialled, oldest first. */
export const dialledBy = ({ legs }: Case, by: CaseLeg): readonly CaseLeg[] =>
  legs.filter(({ leg }) => leg.parent === by.leg);

/**
 * The leg that decided how the call went: of what each leg dialled the one that ended last, and what that one dialled in its
 * turn. The root itself when nothing was dialled.
 */
export function decidingLeg(all: Case): CaseLeg {
  let at = all.root;
  for (const seen = new Set<CaseLeg>(); !seen.has(at); ) {
    seen.add(at);
    const next = [...dialledBy(all, at)].sort((a, b) => a.leg.lastUs - b.leg.lastUs).findLast(isAttempt);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

/** A leg that was dialled and lost to another one decided nothing. */
const isAttempt = ({ leg, exchanges, events }: CaseLeg): boolean =>
  (exchanges.length > 0 || events.length > 0) && leg.outcome !== 'lost_race';

/** The final response as it reached the one who sent the request; of a hop farther away where that one was not seen. */
export const finalOf = ({ hops }: Exchange): SeenMessage | undefined =>
  hops.find(({ finals }) => finals.length > 0)?.finals[0];

/** What the one who made the response said: a proxy may have sent another on (Kamailio makes 503 a 500). */
export const ownStatusOf = ({ answeredAt }: Attempt): number => answeredAt?.finals[0]?.message.status ?? 0;

export const isChallenge = (status: number): boolean => status === 401 || status === 407;
const statusesOf = ({ hops }: Exchange): number[] =>
  hops.flatMap(({ finals }) => finals.map(({ message }) => message.status));

export const byTime = (a: { readonly atUs: number }, b: { readonly atUs: number }): number => a.atUs - b.atUs;
