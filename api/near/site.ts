import type { FoundCall } from '../../core/call/find.ts';
import type { Case } from '../../core/diagnosis/case.ts';
import { anyOf, type Habits, learnHabits } from '../../core/diagnosis/missing/habits.ts';
import type { Places } from '../../core/diagnosis/missing/leg-chances.ts';
import type { Site } from '../../core/diagnosis/missing/missing.ts';
import { type HeardFact, LEARN_US } from '../../core/diagnosis/missing/outages.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { hides, kept, onlyOf } from '../../core/runtime/sight.ts';
import { turn } from '../../core/runtime/turn.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readCases, type Sampled } from './cases.ts';
import { createLearnt } from './learnt.ts';

const HOUR_US = 3_600_000_000;
/**
 * Habits are learnt from calls that ended in these times before and behind a call, each by itself: what was usual in one of
 * them is due. So a sensor is missed for a day after it fell silent, and one that is new from the first hour on.
 */
const TIMES = [
  { sinceUs: -24 * HOUR_US, untilUs: -HOUR_US, sameUs: HOUR_US, each: 4 },
  { sinceUs: -HOUR_US, untilUs: 0, sameUs: 300_000_000, each: 2 },
  { sinceUs: 0, untilUs: HOUR_US, sameUs: 300_000_000, each: 2 },
] as const;
/** So many calls of each twelfth: of the day enough for each sensor of a site that spreads its calls over them. */
const PARTS = 12;
/** The same times are looked at for all calls of this time; their ends are rounded up, those of the day before to the hour. */
const SAME_US = 600_000_000;
const MAX_WINDOWS = 64;

/** Answers what is known of the site at the time of a call. */
type ReadSite = (call: FoundCall, options: SelectOptions) => Promise<Site>;

const readers = new WeakMap<Store, ReadSite>();

/** What is known of the site at the time of a call. What was learnt of one store is used by all that ask it. */
export function readSite(store: Store, call: FoundCall, options: SelectOptions): Promise<Site> {
  const reader = readers.get(store) ?? createSiteReader(store);
  readers.set(store, reader);
  return reader(call, options);
}

/** What whoever asks may know of the site: to who sees some tenants alone, what their calls show. */
function createSiteReader(store: Store): ReadSite {
  const learnt = createLearnt<Habits>(MAX_WINDOWS);
  const placesOf = createLearnt<Places>(MAX_WINDOWS);

  const habitsAt = async (startedUs: number, asked: SelectOptions): Promise<Habits> => {
    // Whoever asked first may go away; the others wait for it still.
    const { signal: _, ...options } = kept(asked);
    const names = JSON.stringify(onlyOf(options)?.names.toSorted() ?? 'all');
    const [places = new Map()] = await placesOf([{ key: names }], async () => [await readPlaces(store, options)]);
    const all = await learnt(windowsAt(startedUs, names), async (windows) =>
      learnAll(await readCases(store, windows, PARTS, options), places),
    );
    return anyOf(all, places);
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

function windowsAt(startedUs: number, names: string): (Sampled & { readonly key: string })[] {
  const atUs = (Math.floor(startedUs / SAME_US) + 0.5) * SAME_US;
  return TIMES.map((time) => {
    const lasts = time.untilUs - time.sinceUs;
    const untilUs = Math.ceil((atUs + time.untilUs) / time.sameUs) * time.sameUs;
    return { sinceUs: untilUs - lasts, untilUs, each: time.each, key: `${untilUs} ${lasts} ${names}` };
  });
}

/** With a pause between, as others wait for this thread. */
async function learnAll(windows: readonly (readonly Case[])[], places: Places): Promise<Habits[]> {
  const all: Habits[] = [];
  for (const calls of windows) {
    all.push(learnHabits(calls, places));
    await turn();
  }
  return all;
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
