import type { FoundCall } from '../../core/call/find.ts';
import { learnHeaders } from '../../core/privacy/event-headers.ts';
import { learnSip } from '../../core/privacy/sip.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { eventsOf, messagesOf } from '../ladder/facts.ts';

/**
 * Where numbers and names are hidden from whoever asks: notes those of a call, so that they are found in its log lines and
 * variables too.
 */
export async function learnCall(store: Store, call: FoundCall, options: SelectOptions): Promise<void> {
  const hidden = hiddenOf(options);
  if (hidden === undefined) return;
  const { vocabulary } = hidden;
  for (const { from, to } of call.legs) {
    for (const text of [from.number, from.name, to.number, to.name]) vocabulary.add(text);
  }
  const [messages, events] = await Promise.all([messagesOf(store, call, options), eventsOf(store, call, options)]);
  for (const { payload } of messages) learnSip(payload, vocabulary);
  for (const { headers } of events) learnHeaders(headers, vocabulary);
  hidden.learnt = true;
}
