import type { Outcome } from '../../core/call/types.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import { digitsOf, reversed } from '../../core/model/number.ts';
import { isNobody } from '../../core/privacy/person.ts';
import { shows } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { SearchHit } from '../schemas.ts';
import { isoOf } from '../time.ts';
import { type ListedCall, readListed } from './listed.ts';

/** A call that begins within this of the one before, between the same parties, is another try. */
const AGAIN_US = 300_000_000;
/** How far before a call the first of its tries is looked for. */
const REACH_US = 3 * AGAIN_US;
/** Legs of others that are looked at for one page. */
const MOST_LEGS = 1000;

type Tries = NonNullable<SearchHit['tries']>;

/**
 * Which of these calls are tries of one caller to reach one number, by id of the call. Tries that are not among them are
 * looked for in the linker's list: two small selects by the numbers of the page, and two by the legs that have both.
 */
export async function readTries(
  store: Store,
  calls: readonly ListedCall[],
  nowUs: number,
  options?: SelectOptions,
): Promise<Map<string, Tries>> {
  const dialled = calls.filter((call) => pairOf(call) !== undefined);
  if (dialled.length === 0) return new Map();
  const starts = dialled.map(({ startedUs }) => startedUs);
  const values = new Set(dialled.flatMap(({ summary: { from, to } }) => [storedOf(from.number), storedOf(to.number)]));
  const rows = await store.select<{ node: NodeKey }>(
    `SELECT node FROM identifiers
     WHERE kind IN ('number_reversed', 'name') AND value IN {values:Array(String)}
       AND until >= fromUnixTimestamp64Micro({since:Int64}) AND since <= fromUnixTimestamp64Micro({until:Int64})
     GROUP BY node HAVING uniqExact(value) > 1 ORDER BY max(until) DESC, node LIMIT {most:UInt32}`,
    {
      values: [...values],
      since: Math.min(...starts) - REACH_US,
      until: Math.max(...starts) + AGAIN_US,
      most: MOST_LEGS,
    },
    options,
  );
  const known = new Set(calls.flatMap(({ texts }) => texts));
  const strangers = rows.map(({ node }) => node).filter((node) => !known.has(nodeText(node)));
  const others = [...(await readListed(store, strangers, nowUs, options)).values()].filter(({ summary }) =>
    shows(options, summary.tenant),
  );
  return triesOf([...new Map([...others, ...dialled].map((call) => [call.summary.id, call])).values()]);
}

/** Runs of calls between the same parties, each begun soon after one that was not answered. Pure. */
export function triesOf(calls: readonly ListedCall[]): Map<string, Tries> {
  const byPair = Map.groupBy(
    calls.filter((call) => pairOf(call) !== undefined),
    (call) => pairOf(call) ?? '',
  );
  const tries = new Map<string, Tries>();
  for (const same of byPair.values()) {
    for (const run of runsOf(same.toSorted((a, b) => a.startedUs - b.startedUs))) {
      const [first] = run;
      if (first === undefined || run.length < 2) continue;
      for (const [i, { summary }] of run.entries()) {
        const before = run[i - 1]?.summary.id ?? null;
        tries.set(summary.id, { number: i + 1, total: run.length, since: isoOf(first.startedUs), before });
      }
    }
  }
  return tries;
}

function runsOf(calls: readonly ListedCall[]): ListedCall[][] {
  const runs: ListedCall[][] = [];
  let last: ListedCall | undefined;
  for (const call of calls) {
    const isAgain = last !== undefined && hasFailed(last) && call.startedUs - last.startedUs <= AGAIN_US;
    if (isAgain) runs.at(-1)?.push(call);
    else runs.push([call]);
    last = call;
  }
  return runs;
}

/** Of one that was interrupted it is not known whether they had talked. */
const ANSWERED: ReadonlySet<Outcome> = new Set(['answered', 'in_progress', 'interrupted']);
const hasFailed = ({ summary: { outcome } }: ListedCall): boolean => !ANSWERED.has(outcome);

/** Who called whom; undefined for what is no call, and where one of them is not known or does not say who he is. */
function pairOf({ summary: { method, from, to } }: ListedCall): string | undefined {
  if (method !== 'INVITE' || [from.number, to.number].some((text) => text === '' || isNobody(text))) return undefined;
  return `${storedOf(from.number)}\0${storedOf(to.number)}`;
}

/** A number or user as the search terms have it (indexer/terms.ts). */
const storedOf = (user: string): string => reversed(digitsOf(user)) || user.trim().toLowerCase().slice(0, 256);
