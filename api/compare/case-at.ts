import type { FoundCall } from '../../core/call/find.ts';
import { type Case, caseOf } from '../../core/diagnosis/case.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { factsOf } from '../ladder/facts.ts';

/** All that is stored of a call at this moment, as the rules of a diagnosis and a comparison look at it. */
export async function caseAt(store: Store, call: FoundCall, options: SelectOptions): Promise<Case> {
  const { messages, events, logs } = await factsOf(store, call, options);
  return caseOf(call, { messages, events, logs }, Date.now() * 1000);
}
