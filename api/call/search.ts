import { type FoundCall, findCalls } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { readTenants } from '../../core/call/read/tenants.ts';
import type { NodeKey } from '../../core/model/edge.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { findMatches, type Match, type SearchQuestion } from './matches.ts';

/** Matching identifiers that are looked at before the search gives up on finding more calls. */
const MAX_MATCHES = 2000;
/** Of one tenant's calls: most matches of a shared site may be others', and those are told without a walk. */
const MAX_MATCHES_OF_ALL = 50_000;
/** Walks that run together. */
const PAGE = 100;

/** The calls that match, newest first, and whether older ones match as well. */
export async function searchCalls(
  store: Store,
  question: SearchQuestion,
  guesses: boolean,
  options?: SelectOptions,
): Promise<{ calls: FoundCall[]; more: boolean }> {
  const { tenant } = question;
  const isWanted = ({ component }: FoundCall): boolean => tenant === undefined || component.tenant === tenant;
  const matches = await matchesOf(store, question, options);
  const neighbours = createNeighbours(store, options);
  const finder = { store, neighbours, guesses, ...(options === undefined ? {} : { options }) };
  const calls: FoundCall[] = [];
  const covered = new Set<NodeKey>();
  let next = 0;
  while (next < matches.length && calls.length <= question.limit) {
    // Several identifiers of one call match: a node that an earlier call holds is skipped.
    const seeds: NodeKey[] = [];
    while (next < matches.length && seeds.length < PAGE) {
      const node = matches[next++]?.node;
      if (node !== undefined && !covered.has(node)) seeds.push(node);
    }
    const found = await findCalls(
      finder,
      seeds.map((node) => [node]),
    );
    for (const [i, call] of found.entries()) {
      const seed = seeds[i];
      if (call === undefined || seed === undefined || covered.has(seed)) continue;
      for (const node of call.component.nodes) covered.add(node);
      if (isWanted(call)) calls.push(call);
    }
  }
  const inRange = calls.filter(
    ({ facts }) =>
      facts.lastUs >= (question.sinceUs ?? 0) && facts.startedUs <= (question.untilUs ?? Number.MAX_SAFE_INTEGER),
  );
  inRange.sort((a, b) => b.facts.startedUs - a.facts.startedUs || (a.facts.root.id < b.facts.root.id ? -1 : 1));
  return { calls: inRange.slice(0, question.limit), more: inRange.length > question.limit || next < matches.length };
}

/** What matches, without the legs that are known to be of another tenant than the one that is asked for. */
async function matchesOf(store: Store, question: SearchQuestion, options?: SelectOptions): Promise<Match[]> {
  const { tenant } = question;
  if (tenant === undefined) return findMatches(store, { ...question, limit: MAX_MATCHES }, options);
  const matches = await findMatches(store, { ...question, limit: MAX_MATCHES_OF_ALL }, options);
  const nodes = matches.map(({ node }) => node);
  const tenants = await readTenants(store, nodes, options);
  return matches.filter(({ node }) => (tenants.get(node) ?? tenant) === tenant).slice(0, MAX_MATCHES);
}
