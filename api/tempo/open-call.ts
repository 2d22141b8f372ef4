import { type FoundCall, findCall } from '../../core/call/find.ts';
import { createGatherer } from '../../core/call/gather.ts';
import { readListedLegs } from '../../core/call/read/listed-legs.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import type { ApiDeps } from '../deps.ts';

/** The whole call that a Call-ID or channel belongs to, with what is stored about it; undefined when nothing is. */
export async function openCall(
  { store, guesses, unmask }: Pick<ApiDeps, 'store' | 'guesses' | 'unmask'>,
  key: string,
  options: SelectOptions,
): Promise<FoundCall | undefined> {
  const gatherer = createGatherer(store, { logs: true }, options, () => readListedLegs(store, key, options));
  const finder = { store, neighbours: gatherer.neighbours, gatherer, guesses, options };
  const inner = unmask(key);
  return (await findCall(finder, key)) ?? (inner === undefined ? undefined : findCall(finder, inner));
}
