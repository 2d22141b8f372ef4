import type { FoundCall } from '../../core/call/find.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { eventsOf } from '../ladder/facts.ts';
import { eventDetail } from '../ladder/one-step.ts';
import type { StepDetail } from '../schemas.ts';

/** The events of a call with all of their headers, in their order. */
export const readEventDetails = async (store: Store, call: FoundCall, options: SelectOptions): Promise<StepDetail[]> =>
  (await eventsOf(store, call, options)).map(eventDetail);
