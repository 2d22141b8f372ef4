import { type NodeKey, nodeLetter, nodeText } from '../model/edge.ts';
import type { SelectOptions, Store } from '../store/store.ts';
import { createNeighbours, type Neighbours, textsOf } from './graph/neighbours.ts';
import { type Presence, readPresence } from './read/edges.ts';
import { type EventFact, type LogFact, MAX_FACTS, readEvents, readLogs } from './read/facts.ts';
import { MAX_MESSAGES, type MessageFact, readMessages } from './read/messages.ts';

/** What is stored about the identifiers of one call, each kind in its order. */
export interface StoredFacts {
  readonly messages: readonly MessageFact[];
  readonly events: readonly EventFact[];
  /** Absent when they were not asked for. */
  readonly logs?: readonly LogFact[];
}

/** A walk's neighbours that bring the facts of every identifier along. */
export interface Gatherer {
  readonly neighbours: Neighbours;
  /** Of all identifiers that were asked about; undefined when there is more than one answer holds. */
  facts(): StoredFacts | undefined;
}

/**
 * Reads messages, events and log lines of an identifier in the same moment as its edges. Most calls are known after the
 * first turn then, where asking one thing after the other takes four. Whether another kind of identifier has the same
 * text follows from the facts. For one call only: a page of them would bring along far more than it shows.
 */
export function createGatherer(store: Store, want: { readonly logs: boolean }, options?: SelectOptions): Gatherer {
  const messages: MessageFact[] = [];
  const events: EventFact[] = [];
  const logs: LogFact[] = [];
  const logged: Presence[] = [];
  const read = new Set<string>();
  let full = false;

  const gather = async (texts: readonly string[]): Promise<void> => {
    if (texts.length === 0) return;
    const [newMessages, newEvents, newLogs, present] = await Promise.all([
      readMessages(store, texts, { payload: 'all' }, options),
      readEvents(store, texts, { outline: false }, options),
      want.logs ? readLogs(store, { channels: texts, callIds: texts }, options) : [],
      want.logs ? [] : readPresence(store, { messages: [], events: [], logs: texts }, options),
    ]);
    messages.push(...newMessages);
    events.push(...newEvents);
    logs.push(...newLogs);
    logged.push(...present);
    // A batch that was cut may lack what is asked for next.
    full ||= messages.length >= MAX_MESSAGES || events.length >= MAX_FACTS.events || logs.length >= MAX_FACTS.logs;
  };

  const presenceOf = async (twins: readonly NodeKey[], asked: readonly NodeKey[]): Promise<readonly Presence[]> => {
    const texts = new Set(asked.filter(hasFacts).map(nodeText));
    const fresh = [...texts].filter((text) => !read.has(text));
    for (const text of fresh) read.add(text);
    if (!full) await gather(fresh);
    if (full) return readPresence(store, textsOf(twins), options);
    const wanted = new Set(twins);
    return [
      ...firstOf(messages, 'messages', ({ callId }) => `c:${callId}`),
      ...firstOf(events, 'events', ({ channel }) => `u:${channel}`),
      ...firstOf(logs, 'logs', ({ channel }) => `u:${channel}`),
      ...logged,
    ].filter(({ node }) => wanted.has(node));
  };

  return {
    neighbours: createNeighbours(store, options, presenceOf),
    facts: () => {
      if (full) return undefined;
      messages.sort(byMessage);
      events.sort(byEvent);
      return { messages, events, ...(want.logs ? { logs: logs.sort(byLog) } : {}) };
    },
  };
}

const hasFacts = (node: NodeKey): boolean => nodeLetter(node) !== 'b' && nodeLetter(node) !== 'h';

/** The earliest fact under each identifier. */
function firstOf<T extends { readonly id: string; readonly atUs: number }>(
  facts: readonly T[],
  table: Presence['table'],
  nodeOf: (fact: T) => NodeKey,
): Presence[] {
  const first = new Map<NodeKey, T>();
  for (const fact of facts) {
    const node = nodeOf(fact);
    const known = first.get(node);
    if (known === undefined || byTime(fact, known) < 0) first.set(node, fact);
  }
  return [...first].map(([node, { id, atUs }]) => ({ node, table, id, atUs }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byTime = (a: { id: string; atUs: number }, b: { id: string; atUs: number }): number =>
  a.atUs - b.atUs || compare(a.id, b.id);
// The orders in which the store gives them.
const byMessage = byTime;
const byEvent = (a: EventFact, b: EventFact): number =>
  a.atUs - b.atUs || compare(a.coreUuid, b.coreUuid) || a.sequence - b.sequence || compare(a.id, b.id);
const byLog = (a: LogFact, b: LogFact): number =>
  a.atUs - b.atUs || compare(a.node, b.node) || a.seq - b.seq || compare(a.id, b.id);
