import { type FoundCall, findCalls } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { readMessages } from '../../core/call/read/messages.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { type Habits, learnHabits } from '../../core/diagnosis/missing/habits.ts';
import type { Places } from '../../core/diagnosis/missing/leg-chances.ts';
import type { Site } from '../../core/diagnosis/missing/missing.ts';
import { type HeardFact, LEARN_US } from '../../core/diagnosis/missing/outages.ts';
import { callIdNode } from '../../core/model/edge.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { hides, kept, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNear } from './near.ts';

/** Habits are learnt from calls that ended in this time before and behind a call. */
const AROUND_US = 3_600_000_000;
/** Some fifty calls: enough for each sensor of a site that spreads its calls over them. */
const SAMPLE = { parts: 12, each: 4 } as const;
/** What was learnt is used for all calls of this time, for so long. */
const SAME_US = 600_000_000;
const FRESH_MS = 60_000;
const MAX_KEPT = 16;

/** Answers what is known of the site at the time of a call. */
export type ReadSite = (call: FoundCall, options: SelectOptions) => Promise<Site>;

/**
 * What whoever asks may know of the site: to who sees some tenants alone, what their calls show. Else habits are learnt once
 * for all calls of ten minutes.
 */
export function createSiteReader(store: Store): ReadSite {
  const known = new Map<number, { readonly atMs: number; readonly habits: Promise<Habits> }>();

  const habitsAt = (startedUs: number, options: SelectOptions): Promise<Habits> => {
    if (onlyOf(options) !== undefined) return readHabits(store, startedUs, options);
    const slot = Math.floor(startedUs / SAME_US);
    const before = known.get(slot);
    if (before !== undefined && performance.now() - before.atMs < FRESH_MS) return before.habits;
    // Whoever asked first may go away; the others wait for it still.
    const { signal: _, ...lasting } = options;
    const habits = readHabits(store, (slot + 0.5) * SAME_US, lasting);
    known.delete(slot);
    known.set(slot, { atMs: performance.now(), habits });
    habits.catch(() => known.delete(slot));
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
  const window = { sinceUs: atUs - AROUND_US, untilUs: atUs + AROUND_US };
  const [callIds, places] = await Promise.all([readNear(store, window, SAMPLE, options), readPlaces(store, options)]);
  const neighbours = createNeighbours(store, options);
  const finder = { store, neighbours, guesses: false, options };
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
  const cases = calls.map((call) => {
    const messages = call.callIds.flatMap((callId) => byCallId.get(callId) ?? []).sort((a, b) => a.atUs - b.atUs);
    return caseOf(call, { messages, events: [], logs: [] }, atUs);
  });
  return learnHabits(cases, places);
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
