import { type FoundCall, findCall } from '../../core/call/find.ts';
import { createGatherer } from '../../core/call/gather.ts';
import type { Neighbours } from '../../core/call/graph/neighbours.ts';
import { readListedLegs } from '../../core/call/read/listed-legs.ts';
import { kept } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import type { ApiDeps } from '../deps.ts';
import { learnCall } from '../privacy/learn.ts';
import { unknownKey } from '../problem.ts';

export interface FinderWishes {
  /** Join legs without proof; as configured when absent. */
  readonly guesses?: boolean;
  /** Read the log lines as well, in the same turns; true when absent. */
  readonly logs?: boolean;
}

export interface OpenCall {
  readonly call: FoundCall;
  readonly neighbours: Neighbours;
}

/**
 * The whole call that a Call-ID or channel UUID belongs to, also by a Call-ID that a proxy has disguised; undefined when
 * nothing is stored under the key.
 */
export async function openCall(
  { store, unmask, guesses }: Pick<ApiDeps, 'store' | 'unmask' | 'guesses'>,
  key: string,
  wishes: FinderWishes,
  asked: SelectOptions,
): Promise<OpenCall | undefined> {
  const { logs = true } = wishes;
  // What is read on the way may be of others; what comes out is not (core/call/find.ts).
  const options = kept(asked);
  const gatherer = createGatherer(store, { logs }, options, () => readListedLegs(store, key, options));
  const { neighbours } = gatherer;
  const finder = { store, neighbours, gatherer, guesses: wishes.guesses ?? guesses, options };
  const inner = unmask(key);
  const call = (await findCall(finder, key)) ?? (inner === undefined ? undefined : await findCall(finder, inner));
  if (call === undefined) return undefined;
  await learnCall(store, call, options);
  return { call, neighbours };
}

/** As {@link openCall}, but throws `unknown_key` (404) when nothing is stored under the key. */
export type CallFinder = (key: string, wishes: FinderWishes, options: SelectOptions) => Promise<OpenCall>;

export const createCallFinder =
  (deps: Pick<ApiDeps, 'store' | 'unmask' | 'guesses'>): CallFinder =>
  async (key, wishes, options) => {
    const open = await openCall(deps, key, wishes, options);
    if (open === undefined) throw unknownKey(key);
    return open;
  };
