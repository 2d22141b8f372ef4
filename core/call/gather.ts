import { type NodeKey, nodeLetter, nodeText } from '../model/edge.ts';
import type { SelectOptions, Store } from '../store/store.ts';
import { createNeighbours, type Neighbours, textsOf } from './graph/neighbours.ts';
import { type Presence, readPresence, readThere, type Texts } from './read/edges.ts';
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
  facts(): Promise<StoredFacts | undefined>;
}

/**
 * Reads messages, events and log lines of an identifier in the same moment as its edges. Most calls are known after the
 * first turn then, where asking one thing after the other takes four. Whether another kind of identifier has the same text
 * follows from the facts. For one call only (`expected`: see Company): a page of them would bring along far more than it shows.
 */
export function createGatherer(
  store: Store,
  want: { readonly logs: boolean },
  options?: SelectOptions,
  expected?: () => Promise<readonly NodeKey[]>,
): Gatherer {
  const messages: MessageFact[] = [];
  const events: EventFact[] = [];
  const logs: LogFact[] = [];
  /** Texts whose facts have been read, by where they stand. */
  const read = { messages: new Set<string>(), events: new Set<string>(), logs: new Set<string>() };
  let full = false;
  /** All that was begun: what one asks for may come with another. */
  const readings: Promise<unknown>[] = [];

  const fresh = (texts: readonly string[], known: Set<string>): string[] => {
    const unread = [...new Set(texts)].filter((text) => !known.has(text));
    for (const text of unread) known.add(text);
    return unread;
  };

  /**
   * Reads what is not read yet: messages of Call-IDs, events of channels, log lines of both; and whether there is anything
   * about the twins, as far as that does not follow from what is read.
   */
  const gather = async (
    callIds: readonly string[],
    channels: readonly string[],
    twins: Texts,
  ): Promise<readonly Presence[]> => {
    const unread = fresh(channels, read.events);
    const lines = want.logs ? fresh([...callIds, ...channels], read.logs) : [];
    const newMessages = readMessages(store, fresh(callIds, read.messages), { payload: 'all' }, options);
    const others: Texts = {
      messages: twins.messages.filter((text) => !read.messages.has(text)),
      events: twins.events.filter((text) => !read.events.has(text)),
      logs: twins.logs.filter((text) => !read.logs.has(text)),
    };
    // Most Call-IDs are no channel's, have no lines of their own and no twins: one look tells all that.
    const unlikely = !channels.some((text) => CHANNEL.test(text));
    const there = unlikely ? readThere(store, { ...others, channels: unread, lines }, options) : EVERYTHING;
    const [found, newEvents, newLogs, present] = await Promise.all([
      newMessages,
      there.then(({ events }) => (events ? readEvents(store, unread, { outline: false }, options) : [])),
      there.then(({ logs }) => (logs ? readLogs(store, { channels: lines, callIds: lines }, options) : [])),
      there.then(({ twins: any }) => (any ? readPresence(store, others, options) : [])),
    ]);
    messages.push(...found);
    events.push(...newEvents);
    logs.push(...newLogs);
    // A batch that was cut may lack what is asked for next.
    full ||= messages.length >= MAX_MESSAGES || events.length >= MAX_FACTS.events || logs.length >= MAX_FACTS.logs;
    return present;
  };

  const presenceOf = async (twins: readonly NodeKey[], asked: readonly NodeKey[]): Promise<readonly Presence[]> => {
    const wanted = textsOf(twins);
    if (full) return readPresence(store, wanted, options);
    const reading = gather(textsAt(asked, 'c'), textsAt(asked, 'u'), wanted);
    readings.push(reading);
    await Promise.all(readings);
    const others = await reading;
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
    neighbours: createNeighbours(store, options, {
      presenceOf,
      ...(expected === undefined ? {} : { expected }),
    }),
    facts: async () => {
      await Promise.all(readings);
      if (full) return undefined;
      messages.sort(byMessage);
      events.sort(byEvent);
      return { messages, events, ...(want.logs ? { logs: logs.sort(byLog) } : {}) };
    },
  };
}

/** As switches name their channels. */
const CHANNEL = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+\.\d+)$/i;

const textsAt = (nodes: readonly NodeKey[], letter: 'c' | 'u'): string[] =>
  nodes.filter((node) => nodeLetter(node) === letter).map(nodeText);

const EVERYTHING = Promise.resolve({ events: true, logs: true, twins: true });

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
