import { farSideOf, knownTrunk, type Places } from '../../core/call/far-side.ts';
import { type FoundCall, findCall, findCalls } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { cleanValue } from '../../core/model/clean-value.ts';
import { callIdNode, channelNode, isLeg, type NodeKey, nodeText } from '../../core/model/edge.ts';
import { hides, kept, onlyOf, shows } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { SearchHit } from '../schemas.ts';
import { MAX_MATCHES_OF_ALL, passes, withoutOthers } from './filtered.ts';
import { type ListedCall, readLabelled, readListed, readListedAs } from './listed.ts';
import { type MatchedTerm, matchedOf } from './matched.ts';
import { findMatches, type Match, type SearchQuestion } from './matches.ts';
import { presentSummary } from './present.ts';
import { readingsOf } from './readings.ts';
import { readTries } from './tries.ts';

/** Matching identifiers that are looked at before the search gives up on finding more calls. */
const MAX_MATCHES = 2000;
/** Matches that are looked at together: some more than are wanted, as several may be of one call. */
const PAGE = 100;
const SPARE = 10;

export interface Searcher {
  readonly store: Store;
  /** Join legs without proof: what the linker has put together does not count then. */
  readonly guesses: boolean;
  /** What the operator calls hosts, and where his switches are: by it a trunk is told that the linker has not written down. */
  readonly places?: Places;
  readonly options?: SelectOptions;
  /** Epoch µs; the clock when absent. */
  readonly nowUs?: number;
}

/** A call, and by which terms it was found. */
interface Hit extends ListedCall {
  readonly terms: readonly MatchedTerm[];
}

interface Found {
  readonly calls: readonly Hit[];
  /** Matches were left that nobody looked at. */
  readonly more: boolean;
}

const NONE: Found = { calls: [], more: false };

/**
 * The calls that match, newest first, and whether older ones match as well. What the linker has put together is taken
 * from its list; the rest (calls that go on, what was heard a moment ago) is put together here, from the same edges by the
 * same rules.
 */
export async function searchCalls(
  asked: Searcher,
  question: SearchQuestion,
): Promise<{ calls: SearchHit[]; more: boolean }> {
  const { store, nowUs = Date.now() * 1000 } = asked;
  const options = kept(asked.options);
  const searcher = { ...asked, nowUs, ...(options === undefined ? {} : { options }) };
  const found = await find(searcher, question);
  const sorted = found.calls.toSorted((a, b) => b.startedUs - a.startedUs || (a.summary.id < b.summary.id ? -1 : 1));
  const listed = sorted.slice(0, question.limit);
  const tries = question.tries === true ? await readTries(store, listed, nowUs, options) : undefined;
  return {
    calls: listed.map(({ summary, trunk = null, terms }) => ({
      ...summary,
      trunk,
      matched: matchedOf(terms, summary),
      tries: tries?.get(summary.id) ?? null,
    })),
    more: sorted.length > question.limit || found.more,
  };
}

async function find(searcher: Searcher & { readonly nowUs: number }, question: SearchQuestion): Promise<Found> {
  const { store, guesses, options, nowUs } = searcher;
  // Gateways and names of hosts are the site's.
  const places = onlyOf(options) === undefined ? searcher.places : undefined;
  if (question.trunk !== undefined && onlyOf(options) !== undefined) return NONE;
  if (question.tenant !== undefined && !shows(options, question.tenant)) return NONE;
  if (question.node !== undefined && hides(options, question.node)) return NONE;
  if (readingsOf(question.text)[0] === 'identifier') {
    const text = question.text.trim();
    const call =
      (guesses ? undefined : await readTyped(searcher, text, nowUs)) ??
      (onlyOf(options) === undefined ? undefined : await walkTyped(searcher, text));
    if (call !== undefined) return isWanted(call, question) ? { calls: [{ ...call, terms: [] }], more: false } : NONE;
  }
  const calls: Hit[] = [];
  const covered = new Set<NodeKey>();
  const termsOf = new Map<NodeKey, readonly MatchedTerm[]>();
  const take = (call: ListedCall, nodes: Iterable<NodeKey>): void => {
    const terms: MatchedTerm[] = [];
    for (const node of nodes) {
      covered.add(node);
      terms.push(...(termsOf.get(node) ?? []));
    }
    if (isWanted(call, question)) calls.push({ ...call, terms });
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
      for (const { node, terms } of matches) termsOf.set(node, terms);
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
      if (call !== undefined) take(asListed(call, places), call.component.nodes);
    }
  }
  return { calls, more: next < matches.length || unseen };
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
  return call === undefined ? undefined : asListed(call, undefined);
}

function asListed(call: FoundCall, places: Places | undefined): ListedCall {
  const { root, startedUs, lastUs } = call.facts;
  const trunk = places === undefined ? undefined : knownTrunk(cleanValue(farSideOf(root, places).trunk));
  return {
    summary: presentSummary(call),
    startedUs,
    lastUs,
    texts: [...call.component.nodes].map(nodeText),
    ...(trunk === undefined ? {} : { trunk }),
  };
}

const isWanted = ({ startedUs, lastUs, summary, trunk }: ListedCall, question: SearchQuestion): boolean =>
  lastUs >= (question.sinceUs ?? 0) &&
  startedUs <= (question.untilUs ?? Number.MAX_SAFE_INTEGER) &&
  passes({ ...summary, ...(trunk === undefined ? {} : { trunk }) }, question);

const isNewest = ({ text }: SearchQuestion): boolean => readingsOf(text)[0] === 'newest';

/** How many matches are asked for, at first and then: every newest call is a match, and mostly as many will do as are shown. */
const widthsOf = (question: SearchQuestion): number[] =>
  isNewest(question) && question.limit + SPARE < MAX_MATCHES ? [question.limit + SPARE, MAX_MATCHES] : [MAX_MATCHES];

/** What matches, without the legs that are known to be of another tenant than the one that is asked for. */
async function matchesOf(
  store: Store,
  question: SearchQuestion,
  limit: number,
  options?: SelectOptions,
): Promise<Match[]> {
  const { tenant } = question;
  // Of the newest calls the list itself tells whose they are.
  if (tenant === undefined || isNewest(question)) return findMatches(store, { ...question, limit }, options);
  const matches = await findMatches(store, { ...question, limit: MAX_MATCHES_OF_ALL }, options);
  return (await withoutOthers(store, matches, tenant, options)).slice(0, limit);
}
