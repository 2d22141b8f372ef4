import type { HeaderValue } from '../../model/headers.ts';
import { hides, onlyOf } from '../../runtime/sight.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { type Cells, numberOf, textOf } from './cells.ts';
import { restoreAll } from './restore-events.ts';

export interface EventFact {
  readonly id: string;
  readonly atUs: number;
  readonly origin: string;
  readonly node: string;
  readonly coreUuid: string;
  readonly sequence: number;
  readonly name: string;
  readonly subclass: string;
  readonly channel: string;
  readonly backfill: boolean;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** The event that the headers repeat is not stored (any more): these are only those that were new in this one. */
  readonly partial: boolean;
}

export interface LogFact {
  readonly id: string;
  readonly atUs: number;
  readonly node: string;
  /** One of channel and callId is "". */
  readonly channel: string;
  readonly callId: string;
  readonly level: number;
  readonly file: string;
  readonly line: number;
  readonly seq: number;
  readonly text: string;
}

export interface GapFact {
  readonly node: string;
  readonly stream: string;
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly reason: string;
}

/** How much of one call an answer holds before it says "truncated". */
export const MAX_FACTS = { events: 10_000, logs: 50_000 } as const;
/** Rows that outline a page of calls; they are short. */
const MAX_OUTLINE = 1_000_000;

/** Events that tell a leg's parties and times; the rest only repeat them. */
const OUTLINE = [
  'CHANNEL_CREATE',
  'CHANNEL_ORIGINATE',
  'CHANNEL_OUTGOING',
  'CHANNEL_PROGRESS',
  'CHANNEL_PROGRESS_MEDIA',
  'CHANNEL_ANSWER',
  'CHANNEL_HANGUP',
  'CHANNEL_HANGUP_COMPLETE',
  'CHANNEL_DESTROY',
  'CHANNEL_DATA',
  'Newchannel',
  'Newstate',
  'Hangup',
];

const OUTLINE_NAMES: ReadonlySet<string> = new Set(OUTLINE);
export const isOutline = ({ name }: EventFact): boolean => OUTLINE_NAMES.has(name);

/**
 * Events of these channels, in the order of each core. With `outline`, only those that tell parties and times. Most are
 * stored as what is new in them (core/event/recipe.ts), so events that are kept whole are read in any case.
 */
export async function readEvents(
  store: Store,
  channels: readonly string[],
  want: { readonly outline: boolean },
  options?: SelectOptions,
): Promise<EventFact[]> {
  if (channels.length === 0) return [];
  const rows = await store.select<Cells>(
    `SELECT lower(hex(id)) AS key, toUnixTimestamp64Micro(at) AS at_us, origin, node, core_uuid, sequence, name, subclass,
            channel, backfill, lower(hex(base)) AS base_key, recipe, headers
     FROM events
     WHERE channel IN {channels:Array(String)} ${want.outline ? 'AND (whole = 1 OR name IN {outline:Array(String)})' : ''}
     ORDER BY at, core_uuid, sequence, id, whole DESC LIMIT 1 BY channel, at, sequence, id LIMIT {limit:UInt32}`,
    { channels, limit: want.outline ? MAX_OUTLINE : MAX_FACTS.events, ...(want.outline ? { outline: OUTLINE } : {}) },
    options,
  );
  const restored = restoreAll(
    rows.map((row) => ({
      id: textOf(row, 'key'),
      base: textOf(row, 'base_key'),
      recipe: textOf(row, 'recipe'),
      text: textOf(row, 'headers'),
    })),
  );
  const facts = rows.map((row, i) => ({
    id: textOf(row, 'key'),
    atUs: numberOf(row, 'at_us'),
    origin: textOf(row, 'origin'),
    node: textOf(row, 'node'),
    coreUuid: textOf(row, 'core_uuid'),
    sequence: numberOf(row, 'sequence'),
    name: textOf(row, 'name'),
    subclass: textOf(row, 'subclass'),
    channel: textOf(row, 'channel'),
    backfill: numberOf(row, 'backfill') === 1,
    ...restored[i]!,
  }));
  const shown = facts.filter(({ node }) => !hides(options, node));
  return want.outline ? shown.filter(isOutline) : shown;
}

/** Log lines of these channels, and those that came over HEP for these Call-IDs, in order. */
export async function readLogs(
  store: Store,
  { channels, callIds }: { readonly channels: readonly string[]; readonly callIds: readonly string[] },
  options?: SelectOptions,
): Promise<LogFact[]> {
  if (channels.length + callIds.length === 0) return [];
  const rows = await store.select<Cells>(
    `SELECT lower(hex(id)) AS key, toUnixTimestamp64Micro(at) AS at_us, node, channel, call_id, level, file, line, seq, text
     FROM logs
     WHERE channel IN {channels:Array(String)} OR (channel = '' AND call_id IN {callIds:Array(String)})
     ORDER BY at, node, seq, id LIMIT 1 BY channel, call_id, at, id LIMIT {limit:UInt32}`,
    { channels, callIds, limit: MAX_FACTS.logs },
    options,
  );
  const shown = rows.filter((row) => !hides(options, textOf(row, 'node')));
  return shown.map((row) => ({
    id: textOf(row, 'key'),
    atUs: numberOf(row, 'at_us'),
    node: textOf(row, 'node'),
    channel: textOf(row, 'channel'),
    callId: textOf(row, 'call_id'),
    level: numberOf(row, 'level'),
    file: textOf(row, 'file'),
    line: numberOf(row, 'line'),
    seq: numberOf(row, 'seq'),
    text: textOf(row, 'text'),
  }));
}

/** Stretches in which these nodes could not be heard and that touch the given time. */
export async function readGaps(
  store: Store,
  nodes: readonly string[],
  sinceUs: number,
  untilUs: number,
  options?: SelectOptions,
): Promise<GapFact[]> {
  if (nodes.length === 0) return [];
  const rows = await store.select<Cells>(
    `SELECT node, stream, toUnixTimestamp64Micro(since) AS since_us, toUnixTimestamp64Micro(until) AS until_us, reason
     FROM gaps WHERE node IN {nodes:Array(String)}
       AND since <= fromUnixTimestamp64Micro({until:Int64}) AND until >= fromUnixTimestamp64Micro({since:Int64})
     ORDER BY since, node, stream LIMIT 1 BY id LIMIT 1000`,
    { nodes, since: sinceUs, until: untilUs },
    options,
  );
  return rows.map((row) => ({
    node: textOf(row, 'node'),
    stream: textOf(row, 'stream'),
    sinceUs: numberOf(row, 'since_us'),
    untilUs: numberOf(row, 'until_us'),
    reason: textOf(row, 'reason'),
  }));
}

/** A site has some dozens of hosts that a sender names. */
const MAX_HOSTS = 5000;

/**
 * The names that senders gave to addresses, the latest of each; undefined when there are too many to read them all. Tenants
 * have private addresses in common, so that a name may be another one's: who sees some tenants alone is told none.
 */
export async function readAllHostNames(
  store: Store,
  options?: SelectOptions,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (onlyOf(options) !== undefined) return new Map();
  const rows = await store.select<{ address: string; name: string; until_us: number }>(
    'SELECT address, name, toUnixTimestamp64Micro(until) AS until_us FROM hosts LIMIT {limit:UInt32}',
    { limit: MAX_HOSTS },
    options,
  );
  if (rows.length >= MAX_HOSTS) return undefined;
  rows.sort((a, b) => a.until_us - b.until_us || (a.name < b.name ? -1 : 1));
  return new Map(rows.map(({ address, name }) => [address, name]));
}

/** The names that senders gave to these addresses, as above; the latest of each wins. */
export async function readHostNames(
  store: Store,
  addresses: readonly string[],
  options?: SelectOptions,
): Promise<Map<string, string>> {
  if (addresses.length === 0 || onlyOf(options) !== undefined) return new Map();
  const rows = await store.select<{ address: string; name: string }>(
    `SELECT address, argMax(name, until) AS name FROM hosts WHERE address IN {addresses:Array(String)} GROUP BY address`,
    { addresses },
    options,
  );
  return new Map(rows.map(({ address, name }) => [address, name]));
}
