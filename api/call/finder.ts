import { type FoundCall, findCall } from '../../core/call/find.ts';
import { createGatherer } from '../../core/call/gather.ts';
import type { Neighbours } from '../../core/call/graph/neighbours.ts';
import { readListedLegs } from '../../core/call/read/listed-legs.ts';
import { kept } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import type { ApiDeps } from '../deps.ts';
import { learnCall } from '../privacy/learn.ts';
import { unknownKey } from '../problem.ts';
import { createJoinedReadings } from './joined-readings.ts';

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

type FinderDeps = Pick<ApiDeps, 'store' | 'unmask' | 'guesses'>;

/**
 * The whole call that a Call-ID or channel UUID belongs to, also by a Call-ID that a proxy has disguised; undefined when
 * nothing is stored under the key.
 */
export async function openCall(
  deps: FinderDeps,
  key: string,
  wishes: FinderWishes,
  asked: SelectOptions,
): Promise<OpenCall | undefined> {
  return learnt(deps, await readCall(deps, key, wishes, asked), asked);
}

/** What is read on the way may be of others; what comes out is not (core/call/find.ts). */
async function readCall(
  { store, unmask, guesses }: FinderDeps,
  key: string,
  wishes: FinderWishes,
  asked: SelectOptions,
): Promise<OpenCall | undefined> {
  const { logs = true } = wishes;
  const options = kept(asked);
  const gatherer = createGatherer(store, { logs }, options, () => readListedLegs(store, key, options));
  const { neighbours } = gatherer;
  const finder = { store, neighbours, gatherer, guesses: wishes.guesses ?? guesses, options };
  const inner = unmask(key);
  const call = (await findCall(finder, key)) ?? (inner === undefined ? undefined : await findCall(finder, inner));
  return call === undefined ? undefined : { call, neighbours };
}

/** Each who asks learns for himself what is hidden from him. */
async function learnt(
  { store }: FinderDeps,
  open: OpenCall | undefined,
  asked: SelectOptions,
): Promise<OpenCall | undefined> {
  if (open !== undefined) await learnCall(store, open.call, kept(asked));
  return open;
}

/** As {@link openCall}, but throws `unknown_key` (404) when nothing is stored under the key. */
export type CallFinder = (key: string, wishes: FinderWishes, options: SelectOptions) => Promise<OpenCall>;

/** Whoever asks for a call while another one's reading of it has just begun is answered with the same reading. */
export function createCallFinder(deps: FinderDeps): CallFinder {
  const readings = createJoinedReadings((key, wishes, options) => readCall(deps, key, wishes, options));
  return async (key, wishes, options) => {
    const { guesses = deps.guesses, logs = true } = wishes;
    const open = await learnt(deps, await readings(key, { guesses, logs }, options), options);
    if (open === undefined) throw unknownKey(key);
    return open;
  };
}
