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
  /** Texts whose facts have been read, by where they stand. */
  const read = { messages: new Set<string>(), events: new Set<string>(), logs: new Set<string>() };
  let full = false;

  /** Reads what is not read yet: messages of Call-IDs, events of channels, log lines of both. */
  const gather = async (callIds: readonly string[], channels: readonly string[]): Promise<void> => {
    const fresh = (texts: readonly string[], known: Set<string>): string[] => {
      const unread = [...new Set(texts)].filter((text) => !known.has(text));
      for (const text of unread) known.add(text);
      return unread;
    };
    const lines = want.logs ? fresh([...callIds, ...channels], read.logs) : [];
    const [newMessages, newEvents, newLogs] = await Promise.all([
      readMessages(store, fresh(callIds, read.messages), { payload: 'all' }, options),
      readEvents(store, fresh(channels, read.events), { outline: false }, options),
      readLogs(store, { channels: lines, callIds: lines }, options),
    ]);
    messages.push(...newMessages);
    events.push(...newEvents);
    logs.push(...newLogs);
    // A batch that was cut may lack what is asked for next.
    full ||= messages.length >= MAX_MESSAGES || events.length >= MAX_FACTS.events || logs.length >= MAX_FACTS.logs;
  };

  const presenceOf = async (twins: readonly NodeKey[], asked: readonly NodeKey[]): Promise<readonly Presence[]> => {
    const textsAt = (letter: 'c' | 'u'): string[] => asked.filter((node) => nodeLetter(node) === letter).map(nodeText);
    const wanted = textsOf(twins);
    if (full) return readPresence(store, wanted, options);
    const gathering = gather(textsAt('c'), textsAt('u'));
    // What is being read tells of itself.
    const [, others] = await Promise.all([
      gathering,
      readPresence(
        store,
        {
          messages: wanted.messages.filter((text) => !read.messages.has(text)),
          events: wanted.events.filter((text) => !read.events.has(text)),
          logs: wanted.logs.filter((text) => !read.logs.has(text)),
        },
        options,
      ),
    ]);
    if (full) return readPresence(store, wanted, options);
    const asTwin = new Set(twins);
    return [
      ...firstOf(messages, 'messages', ({ callId }) => `c:${callId}`),
      ...firstOf(events, 'events', ({ channel }) => `u:${channel}`),
      ...firstOf(logs, 'logs', ({ channel }) => `u:${channel}`),
    ]
      .filter(({ node }) => asTwin.has(node))
      .concat(others);
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
