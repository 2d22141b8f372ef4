import type { CallFacts } from '../call/build.ts';
import { clockOffsets } from '../call/clocks.ts';
import { mergeCopies, type SeenMessage } from '../call/copies.ts';
import type { FoundCall } from '../call/find.ts';
import type { StoredFacts } from '../call/gather.ts';
import type { LegFacts } from '../call/legs.ts';
import type { EventFact, GapFact, LogFact } from '../call/read/facts.ts';
import type { MessageFact } from '../call/read/messages.ts';
import { PROTOCOL } from '../model/capture-event.ts';
import { groupBy } from '../model/group-by.ts';
import { type Exchange, exchangesOf, type Transaction, transactionsOf } from './transactions.ts';

/** One leg with everything that was seen of it, each kind oldest first. */
export interface CaseLeg {
  readonly leg: LegFacts;
  /** Its SIP, copies of several sensors counted once. */
  readonly messages: readonly SeenMessage[];
  readonly transactions: readonly Transaction[];
  /** The same by request: each on all its hops. */
  readonly exchanges: readonly Exchange[];
  /** Of its channels. */
  readonly events: readonly EventFact[];
  /** Of its channels, and those that came over HEP under its Call-ID. */
  readonly logs: readonly LogFact[];
  /** Media reports over HEP under its Call-ID. */
  readonly reports: readonly MessageFact[];
}

/** All that the rules of a diagnosis look at. They read it and nothing else, so the same case always has the same verdicts. */
export interface Case {
  readonly facts: CallFacts;
  /** Oldest first, as in the call. */
  readonly legs: readonly CaseLeg[];
  /** The leg that nobody in this call originated. */
  readonly root: CaseLeg;
  readonly gaps: readonly GapFact[];
  /** The moment of the question, epoch µs: what is missing then may still come while a timer runs. */
  readonly nowUs: number;
}

/** @param facts what is stored of the call's legs; what belongs to none of them is left out */
export function caseOf(
  { facts, legs, gaps }: Pick<FoundCall, 'facts' | 'legs' | 'gaps'>,
  stored: Required<StoredFacts>,
  nowUs: number,
): Case {
  const messages = groupBy(stored.messages, ({ callId }) => callId);
  const events = groupBy(stored.events, ({ channel }) => channel);
  const channelLogs = groupBy(stored.logs, ({ channel }) => channel);
  const sipLogs = groupBy(stored.logs, ({ callId }) => callId);
  const clocks = clockOffsets(stored.messages);
  const all = legs.map((leg): CaseLeg => {
    const own = leg.callId === undefined ? [] : (messages.get(leg.callId) ?? []);
    const sip = mergeCopies(
      own.filter(({ protocol }) => protocol === PROTOCOL.sip),
      clocks,
    );
    const transactions = transactionsOf(sip);
    const uuids = leg.channels.map(({ uuid }) => uuid);
    const of = <F>(byUuid: ReadonlyMap<string, readonly F[]>): F[] => uuids.flatMap((uuid) => byUuid.get(uuid) ?? []);
    const byTime = (a: { readonly atUs: number }, b: { readonly atUs: number }): number => a.atUs - b.atUs;
    return {
      leg,
      messages: sip,
      transactions,
      exchanges: exchangesOf(transactions),
      events: of(events).sort(byTime),
      logs: [...of(channelLogs), ...(leg.callId === undefined ? [] : (sipLogs.get(leg.callId) ?? []))].sort(byTime),
      reports: own.filter(({ protocol }) => protocol !== PROTOCOL.sip),
    };
  });
  const root = all.find(({ leg }) => leg === facts.root) ?? all[0];
  if (root === undefined) throw new Error('a call has at least one leg');
  return { facts, legs: all, root, gaps, nowUs };
}
