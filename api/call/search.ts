import { type FoundCall, findCall, findCalls } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { readTenants } from '../../core/call/read/tenants.ts';
import { callIdNode, channelNode, isLeg, type NodeKey, nodeText } from '../../core/model/edge.ts';
import { kept, onlyOf, shows } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { CallSummary } from '../schemas.ts';
import { type ListedCall, readLabelled, readListed, readListedAs } from './listed.ts';
import { findMatches, type Match, readingsOf, type SearchQuestion } from './matches.ts';
import { presentSummary } from './present.ts';

/** Matching identifiers that are looked at before the search gives up on finding more calls. */
const MAX_MATCHES = 2000;
/** Of one tenant's calls: most matches of a shared site may be others', and those are told without a walk. */
const MAX_MATCHES_OF_ALL = 50_000;
/** Matches that are looked at together: some more than are wanted, as several may be of one call. */
const PAGE = 100;
const SPARE = 10;

export interface Searcher {
  readonly store: Store;
  /** Join legs without proof: what the linker has put together does not count then. */
  readonly guesses: boolean;
  readonly options?: SelectOptions;
  /** Epoch µs; the clock when absent. */
  readonly nowUs?: number;
}

/**
 * The calls that match, newest first, and whether older ones match as well. What the linker has put together is taken
 * from its list; the rest (calls that go on, what was heard a moment ago) is put together here, from the same edges by the
 * same rules.
 */
export async function searchCalls(
  asked: Searcher,
  question: SearchQuestion,
): Promise<{ calls: CallSummary[]; more: boolean }> {
  if (question.tenant !== undefined && !shows(asked.options, question.tenant)) return { calls: [], more: false };
  const options = kept(asked.options);
  const searcher = options === undefined ? asked : { ...asked, options };
  const { store, guesses, nowUs = Date.now() * 1000 } = searcher;
  if (!guesses && readingsOf(question.text)[0] === 'identifier') {
    const call = await readTyped(searcher, question.text.trim(), nowUs);
    if (call !== undefined) return page(isWanted(call, question) ? [call] : [], question, false);
  }
  if (onlyOf(options) !== undefined && readingsOf(question.text)[0] === 'identifier') {
    const call = await walkTyped(searcher, question.text.trim());
    if (call !== undefined) return page(isWanted(call, question) ? [call] : [], question, false);
  }
  const calls: ListedCall[] = [];
  const covered = new Set<NodeKey>();
  const take = (call: ListedCall, nodes: Iterable<NodeKey>): void => {
    for (const node of nodes) covered.add(node);
    if (isWanted(call, question)) calls.push(call);
  };
  let matches: Match[] = [];
  let next = 0;
  /** Matches were left in the store that this search will not look at. */
  let unseen = false;
  const widths = widthsOf(question);
  for (;;) {
    if (calls.length > question.limit) break;
    if (next === matches.length) {
      const width = widths.shift();
      if (width === undefined) break;
      matches = await matchesOf(store, question, width, options);
      next = 0;
      // All there is.
      if (matches.length < width) widths.length = 0;
      unseen = matches.length >= width;
    }
    // Several identifiers of one call match: a node that an earlier call holds is skipped.
    const seeds: NodeKey[] = [];
    const size = Math.min(PAGE, question.limit - calls.length + SPARE);
    while (next < matches.length && seeds.length < size) {
      const node = matches[next++]?.node;
      if (node !== undefined && !covered.has(node)) seeds.push(node);
    }
    const legs = seeds.filter(isLeg);
    const listed = guesses ? new Map<NodeKey, ListedCall>() : await readListed(store, legs, nowUs, options);
    // A leg that two tenants share may have its label from the call of the other one: it is walked from.
    for (const [node, call] of listed) if (!shows(options, call.summary.tenant)) listed.delete(node);
    const rest = seeds.filter((node) => !listed.has(node));
    const walked = await findCalls(
      { store, neighbours: createNeighbours(store, options), guesses, ...(options === undefined ? {} : { options }) },
      rest.map((node) => [node]),
    );
    const found = new Map(rest.map((node, i) => [node, walked[i]]));
    for (const seed of seeds) {
      if (covered.has(seed)) continue;
      const row = listed.get(seed);
      if (row !== undefined) take(row, [seed, ...row.texts.flatMap((text) => [callIdNode(text), channelNode(text)])]);
      const call = found.get(seed);
      if (call !== undefined) take(asListed(call), call.component.nodes);
    }
  }
  return page(calls, question, next < matches.length || unseen);
}

/** The call that this Call-ID or channel belongs to, when it has been put together. */
async function readTyped({ store, options }: Searcher, text: string, nowUs: number): Promise<ListedCall | undefined> {
  const isShown = (call: ListedCall | undefined): boolean => call !== undefined && shows(options, call.summary.tenant);
  const named = await readListedAs(store, text, nowUs, options);
  if (isShown(named)) return named;
  const nodes = [callIdNode(text), channelNode(text)];
  const found = await readLabelled(store, nodes, nowUs, options);
  return nodes.map((node) => found.get(node)).find(isShown);
}

/** The same for whoever sees some tenants alone: of a leg that two of them share, the list may have the other one's call. */
async function walkTyped({ store, guesses, options }: Searcher, text: string): Promise<ListedCall | undefined> {
  const finder = { store, neighbours: createNeighbours(store, options), guesses };
  const call = await findCall({ ...finder, ...(options === undefined ? {} : { options }) }, text);
  return call === undefined ? undefined : asListed(call);
}

function asListed(call: FoundCall): ListedCall {
  return {
    summary: presentSummary(call),
    startedUs: call.facts.startedUs,
    lastUs: call.facts.lastUs,
    texts: [...call.component.nodes].map(nodeText),
  };
}

function page(
  calls: readonly ListedCall[],
  question: SearchQuestion,
  more: boolean,
): { calls: CallSummary[]; more: boolean } {
  const sorted = calls.toSorted((a, b) => b.startedUs - a.startedUs || (a.summary.id < b.summary.id ? -1 : 1));
  return {
    calls: sorted.slice(0, question.limit).map(({ summary }) => summary),
    more: sorted.length > question.limit || more,
  };
}

const isWanted = (
  { startedUs, lastUs, summary }: ListedCall,
  { sinceUs = 0, untilUs = Number.MAX_SAFE_INTEGER, tenant, outcomes }: SearchQuestion,
): boolean =>
  lastUs >= sinceUs &&
  startedUs <= untilUs &&
  (tenant === undefined || summary.tenant === tenant) &&
  (outcomes === undefined || outcomes.has(summary.outcome));

/** How many matches are asked for, at first and then: every newest call is a match, and mostly as many will do as are shown. */
const widthsOf = ({ text, limit, tenant, outcomes }: SearchQuestion): number[] =>
  readingsOf(text)[0] === 'newest' && tenant === undefined && outcomes === undefined && limit + SPARE < MAX_MATCHES
    ? [limit + SPARE, MAX_MATCHES]
    : [MAX_MATCHES];

/** What matches, without the legs that are known to be of another tenant than the one that is asked for. */
async function matchesOf(
  store: Store,
  question: SearchQuestion,
  limit: number,
  options?: SelectOptions,
): Promise<Match[]> {
  const { tenant } = question;
  if (tenant === undefined) return findMatches(store, { ...question, limit }, options);
  const matches = await findMatches(store, { ...question, limit: MAX_MATCHES_OF_ALL }, options);
  const nodes = matches.map(({ node }) => node);
  const tenants = await readTenants(store, nodes, options);
  return matches.filter(({ node }) => (tenants.get(node) ?? tenant) === tenant).slice(0, limit);
}
