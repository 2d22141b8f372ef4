import { traceIdOf } from '../../core/call/trace-id.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { openCall } from '../call/finder.ts';
import { presentSummary } from '../call/present.ts';
import { readingsOf } from '../call/readings.ts';
import { type Searcher, searchCalls } from '../call/search.ts';
import { findTrace } from '../call/trace.ts';
import type { ApiDeps } from '../deps.ts';
import type { CallSummary } from '../schemas.ts';
import { askedTraceId } from './asked-id.ts';
import { plainField, testOf, usOf } from './fields.ts';
import { type Comparison, type Condition, refused } from './traceql.ts';

export interface TraceSearch {
  readonly condition: Condition | undefined;
  /** Epoch µs. */
  readonly sinceUs?: number;
  readonly untilUs?: number;
  readonly limit: number;
}

export interface TraceAnswer {
  /** Newest first, each once. */
  readonly calls: readonly CallSummary[];
  /** Calls that were looked at. */
  readonly inspected: number;
  /** Older calls were not looked at. */
  readonly more: boolean;
}

type Deps = Pick<ApiDeps, 'store' | 'guesses' | 'unmask'>;

/** Alternatives of one query, each of which is looked up. */
const MAX_ALTERNATIVES = 16;
/** Calls of one look-up, and of one step through the newest calls. */
const PAGE = 500;
/** The newest calls that are looked at when nothing in the query leads to its calls. */
const MAX_INSPECTED = 5000;

/** The newest calls that match. What leads to calls (a Call-ID, a number) is looked up; the rest is compared. */
export async function searchTraces(deps: Deps, search: TraceSearch, options: SelectOptions): Promise<TraceAnswer> {
  const found = new Map<string, CallSummary>();
  let inspected = 0;
  let more = false;
  for (const alternative of alternativesOf(search.condition)) {
    const answer = await searchAlternative(deps, alternative, search, options);
    for (const call of answer.calls) found.set(call.id, call);
    inspected += answer.inspected;
    more ||= answer.more;
  }
  const sorted = [...found.values()].sort((a, b) => newerFirst(a, b));
  return { calls: sorted.slice(0, search.limit), inspected, more: more || sorted.length > search.limit };
}

const newerFirst = (a: CallSummary, b: CallSummary): number =>
  (b.startedAt ?? '') < (a.startedAt ?? '') ? -1 : (b.startedAt ?? '') > (a.startedAt ?? '') ? 1 : a.id < b.id ? -1 : 1;

/** A condition as comparisons that hold together, one list for each way in which it may hold. */
export function alternativesOf(condition: Condition | undefined): (readonly Comparison[])[] {
  if (condition === undefined) return [[]];
  if (condition.kind === 'compare') return [[condition]];
  const [left, right] = condition.parts.map(alternativesOf);
  if (left === undefined || right === undefined) throw refused('an operator without two sides');
  const all =
    condition.kind === 'or' ? [...left, ...right] : left.flatMap((one) => right.map((other) => [...one, ...other]));
  if (all.length > MAX_ALTERNATIVES) throw refused(`more than ${MAX_ALTERNATIVES} alternatives are not supported`);
  return all;
}

/** Where the calls of an alternative come from, and what is compared with each. */
async function searchAlternative(
  deps: Deps,
  comparisons: readonly Comparison[],
  search: TraceSearch,
  options: SelectOptions,
): Promise<TraceAnswer> {
  const numbers = comparisons.filter(({ field }) => plainField(field) === 'sip.number');
  // Whatever the search box takes; nothing typed is no condition.
  const typed = comparisons.filter(({ field }) => plainField(field) === 'search');
  const ids = comparisons.filter(({ field }) => field === 'trace:id');
  for (const { field, op } of [...numbers, ...typed, ...ids])
    if (op !== '=') throw refused(`${field} ${op} is not supported, only =`);
  const looked = new Set([...numbers, ...typed, ...ids]);
  const rest = comparisons.filter((one) => !looked.has(one));
  const tests = rest.map(testOf);
  const { sinceUs = 0, untilUs = Number.MAX_SAFE_INTEGER } = search;
  const matches = (call: CallSummary): boolean =>
    tests.every((test) => test(call)) &&
    usOf(call.startedAt ?? '') <= untilUs &&
    // What goes on is of every later moment.
    (call.endedAt === null || usOf(call.endedAt) >= sinceUs);

  const exact = (name: string): Comparison | undefined =>
    rest.find(({ field, op }) => op === '=' && plainField(field) === name);
  const texts = [...numbers, ...typed].map(({ value }) => String(value)).filter((text) => text.trim() !== '');
  const [traceId] = ids;
  const key = exact('sip.call_id') ?? exact('sip.channel');
  if (traceId !== undefined || key !== undefined) {
    const call =
      traceId === undefined
        ? (await openCall(deps, String(key?.value), {}, options))?.call
        : await findTrace(deps, askedTraceId(String(traceId.value)), options);
    const calls = call === undefined ? [] : [presentSummary(call)].filter(matches);
    const kept = texts.length === 0 ? calls : await among(deps, calls, texts, search, options);
    return { calls: kept, inspected: call === undefined ? 0 : 1, more: false };
  }
  if (!numbers.every(({ value }) => isNumber(String(value)))) return { calls: [], inspected: 0, more: false };
  // A party that is no number stands in no index of numbers.
  const parties = [exact('sip.from'), exact('sip.to')].map((party) => String(party?.value ?? '')).filter(isNumber);
  const [text, ...others] = [...texts, ...parties.slice(0, 1)];
  if (text === undefined) return searchNewest(deps, matches, search, options);
  const { calls, more } = await searchCalls(searcherOf(deps, options), { ...questionOf(search), text, limit: PAGE });
  const matching = calls.filter(matches);
  const kept = others.length === 0 ? matching : await among(deps, matching, others, search, options);
  return { calls: kept, inspected: calls.length, more };
}

/** Whether a search takes the text for a number. */
const isNumber = (text: string): boolean => readingsOf(text)[0] === 'number';

const searcherOf = ({ store, guesses }: Deps, options: SelectOptions): Searcher => ({ store, guesses, options });

const questionOf = ({ sinceUs, untilUs }: TraceSearch): { sinceUs?: number; untilUs?: number } => ({
  ...(sinceUs === undefined ? {} : { sinceUs }),
  ...(untilUs === undefined ? {} : { untilUs }),
});

/** Those of the calls that are found under each of these texts as well. */
async function among(
  deps: Deps,
  calls: readonly CallSummary[],
  texts: readonly string[],
  search: TraceSearch,
  options: SelectOptions,
): Promise<CallSummary[]> {
  let left = [...calls];
  for (const text of texts) {
    if (left.length === 0) break;
    const found = await searchCalls(searcherOf(deps, options), { ...questionOf(search), text, limit: PAGE });
    const ids = new Set(found.calls.map(({ id }) => id));
    left = left.filter(({ id }) => ids.has(id));
  }
  return left;
}

/** Goes through the newest calls, a page after the other, until there are enough or enough have been looked at. */
async function searchNewest(
  deps: Deps,
  matches: (call: CallSummary) => boolean,
  search: TraceSearch,
  options: SelectOptions,
): Promise<TraceAnswer> {
  const seen = new Set<string>();
  const calls: CallSummary[] = [];
  let { untilUs } = search;
  for (;;) {
    const window = questionOf({ ...search, ...(untilUs === undefined ? {} : { untilUs }) });
    const limit = Math.min(PAGE, Math.max(search.limit, 100));
    const page = await searchCalls(searcherOf(deps, options), { ...window, text: '', limit });
    for (const call of page.calls) {
      if (seen.has(call.id)) continue;
      seen.add(call.id);
      if (matches(call)) calls.push(call);
    }
    const oldest = page.calls.at(-1)?.startedAt ?? undefined;
    const enough = calls.length >= search.limit || seen.size >= MAX_INSPECTED;
    if (!page.more || oldest === undefined || enough) return { calls, inspected: seen.size, more: page.more };
    const next = usOf(oldest);
    untilUs = untilUs === undefined || next < untilUs ? next : untilUs - 1;
  }
}

/** The trace id of a call that a list shows. */
export const traceIdOfSummary = ({ id, startedAt, tenant }: CallSummary): string =>
  traceIdOf({ startedUs: usOf(startedAt ?? ''), tenant: tenant ?? undefined, firstCallId: id });
