import type { FoundCall } from '../../core/call/find.ts';
import { withoutForeign } from '../../core/call/foreign-reports.ts';
import { type EventFact, type LogFact, readEvents, readLogs } from '../../core/call/read/facts.ts';
import { type MessageFact, readMessages } from '../../core/call/read/messages.ts';
import { kept } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';

/** All of it is of a call that was found for whoever asks, and so may be shown. */

/** Everything that a ladder is drawn from, each kind in its order. */
export interface LadderFacts {
  readonly messages: readonly MessageFact[];
  readonly events: readonly EventFact[];
  readonly logs: readonly LogFact[];
}

/** What belongs to the call's own legs: out of what was read while it was walked, else from the store. */
export async function factsOf(store: Store, call: FoundCall, options?: SelectOptions): Promise<LadderFacts> {
  const [messages, events, logs] = await Promise.all([
    messagesOf(store, call, options),
    eventsOf(store, call, options),
    logsOf(store, call, options),
  ]);
  return { messages, events, logs };
}

export async function messagesOf(
  store: Store,
  call: FoundCall,
  options?: SelectOptions,
): Promise<readonly MessageFact[]> {
  const own = new Set(call.callIds);
  return (
    call.stored?.messages.filter(({ callId }) => own.has(callId)) ??
    withoutForeign(await readMessages(store, call.callIds, { payload: 'all' }, kept(options)), call.component)
  );
}

export async function eventsOf(store: Store, call: FoundCall, options?: SelectOptions): Promise<EventFact[]> {
  const own = new Set(call.channelUuids);
  return (
    call.stored?.events.filter(({ channel }) => own.has(channel)) ??
    readEvents(store, call.channelUuids, { outline: false }, kept(options))
  );
}

/** Lines of a switch stand under their channel, lines over HEP under their Call-ID. */
export async function logsOf(store: Store, call: FoundCall, options?: SelectOptions): Promise<LogFact[]> {
  const [callIds, uuids] = [new Set(call.callIds), new Set(call.channelUuids)];
  return (
    call.stored?.logs?.filter(({ channel, callId }) => (channel === '' ? callIds.has(callId) : uuids.has(channel))) ??
    readLogs(store, { channels: call.channelUuids, callIds: call.callIds }, kept(options))
  );
}
