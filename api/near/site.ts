import { type FoundCall, findCalls } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { readMessages } from '../../core/call/read/messages.ts';
import { type Case, caseOf } from '../../core/diagnosis/case.ts';
import { anyOf, type Habits, learnHabits } from '../../core/diagnosis/missing/habits.ts';
import type { Places } from '../../core/diagnosis/missing/leg-chances.ts';
import type { Site } from '../../core/diagnosis/missing/missing.ts';
import { type HeardFact, LEARN_US } from '../../core/diagnosis/missing/outages.ts';
import { callIdNode } from '../../core/model/edge.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { hides, kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNear, type Window } from './near.ts';

const HOUR_US = 3_600_000_000;
/**
 * Habits are learnt from calls that ended in these times before and behind a call, each by itself: what was usual in one of
 * them is due. So a sensor is missed for a day after it fell silent, and one that is new from the first hour on.
 */
const TIMES = [
  { sinceUs: -24 * HOUR_US, untilUs: -HOUR_US },
  { sinceUs: -HOUR_US, untilUs: 0 },
  { sinceUs: 0, untilUs: HOUR_US },
] as const;
/** Some fifty calls of each: enough for each sensor of a site that spreads its calls over them. */
const SAMPLE = { parts: 12, each: 4 } as const;
/** What was learnt is used for all calls of this time, for so long. */
const SAME_US = 600_000_000;
const FRESH_MS = 60_000;
const MAX_KEPT = 16;

/** Answers what is known of the site at the time of a call. */
type ReadSite = (call: FoundCall, options: SelectOptions) => Promise<Site>;

const readers = new WeakMap<Store, ReadSite>();

/** What is known of the site at the time of a call. What was learnt of one store is used by all that ask it. */
export function readSite(store: Store, call: FoundCall, options: SelectOptions): Promise<Site> {
  const reader = readers.get(store) ?? createSiteReader(store);
  readers.set(store, reader);
  return reader(call, options);
}

/**
 * What whoever asks may know of the site: to who sees some tenants alone, what their calls show. It is learnt once for all calls
 * of ten minutes.
 */
function createSiteReader(store: Store): ReadSite {
  const known = new Map<string, { readonly atMs: number; readonly habits: Promise<Habits> }>();

  const habitsAt = (startedUs: number, options: SelectOptions): Promise<Habits> => {
    const slot = Math.floor(startedUs / SAME_US);
    const key = JSON.stringify([slot, onlyOf(options)?.names.toSorted() ?? 'all']);
    const before = known.get(key);
    if (before !== undefined && performance.now() - before.atMs < FRESH_MS) return before.habits;
    // Whoever asked first may go away; the others wait for it still.
    const { signal: _, ...lasting } = options;
    const habits = readHabits(store, (slot + 0.5) * SAME_US, lasting);
    known.delete(key);
    known.set(key, { atMs: performance.now(), habits });
    habits.catch(() => known.delete(key));
    for (const oldest of known.keys()) if (known.size > MAX_KEPT) known.delete(oldest);
    return habits;
  };

  return async (call, options) => {
    const { startedUs, lastUs } = call.facts;
    const [habits, heard] = await Promise.all([
      habitsAt(startedUs, options),
      readHeard(store, startedUs - LEARN_US, lastUs, options),
    ]);
    return { habits, heard };
  };
}

async function readHabits(store: Store, atUs: number, asked: SelectOptions): Promise<Habits> {
  const options = kept(asked);
  const places = await readPlaces(store, options);
  const times = TIMES.map(({ sinceUs, untilUs }) => ({ sinceUs: atUs + sinceUs, untilUs: atUs + untilUs }));
  const cases = await Promise.all(times.map((window) => readCases(store, window, options)));
  return anyOf(
    cases.map((calls) => learnHabits(calls, places)),
    places,
  );
}

/** Calls of a window, with their SIP and without the rest, which habits need not know. */
async function readCases(store: Store, window: Window, options: SelectOptions): Promise<Case[]> {
  const callIds = await readNear(store, window, SAMPLE, options);
  const finder = { store, neighbours: createNeighbours(store, options), guesses: false, options };
  const found = await findCalls(
    finder,
    callIds.map((callId) => [callIdNode(callId)]),
  );
  const calls = found.filter((call) => call !== undefined);
  const all = await readMessages(
    store,
    [...new Set(calls.flatMap((call) => call.callIds))],
    { payload: 'all', sipOnly: true },
    options,
  );
  const byCallId = groupBy(all, ({ callId }) => callId);
  return calls.map((call) => {
    const messages = call.callIds.flatMap((callId) => byCallId.get(callId) ?? []).sort((a, b) => a.atUs - b.atUs);
    return caseOf(call, { messages, events: [], logs: [] }, window.untilUs);
  });
}

/** Addresses that tenants have in common may be another's. */
async function readPlaces(store: Store, options: SelectOptions): Promise<Places> {
  if (onlyOf(options) !== undefined) return new Map();
  const rows = await store.select<{ name: string; address: string }>(
    `SELECT DISTINCT name, address FROM hosts WHERE source = 'freeswitch' LIMIT 5000`,
    {},
    options,
  );
  return new Map(
    [...groupBy(rows, ({ name }) => name)].map(([name, own]) => [name, own.map(({ address }) => address)]),
  );
}

async function readHeard(store: Store, sinceUs: number, untilUs: number, asked: SelectOptions): Promise<HeardFact[]> {
  const minute = (us: number): number => Math.max(0, Math.floor(us / 60_000_000));
  const rows = await store.select<HeardFact>(
    `SELECT minute, kind, name, groupBitOr(thirds) AS thirds FROM heard
     WHERE minute >= {since:UInt32} AND minute <= {until:UInt32} AND kind IN ('sensor', 'switch')
     GROUP BY minute, kind, name LIMIT 100000`,
    { since: minute(sinceUs), until: minute(untilUs) },
    kept(asked),
  );
  return rows.filter(({ name }) => !hides(asked, name));
}
