import type { FoundCall } from '../../core/call/find.ts';
import type { EventFact } from '../../core/call/read/facts.ts';
import type { HeaderValue } from '../../core/model/headers.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { StepDetail } from '../schemas.ts';
import { isoOf } from '../time.ts';
import { eventsOf, logsOf, messagesOf } from './facts.ts';

/** One step of a call's ladder with everything that is stored of it; undefined when the call has no such step. */
export async function readStep(
  store: Store,
  call: FoundCall,
  id: string,
  options?: SelectOptions,
): Promise<StepDetail | undefined> {
  const [events, messages, logs] = await Promise.all([
    eventsOf(store, call, options),
    messagesOf(store, call, options),
    logsOf(store, call, options),
  ]);
  const blank = { id, headers: {}, partial: false };
  const event = events.find((one) => one.id === id);
  if (event !== undefined) return eventDetail(event);
  const message = messages.find((one) => one.id === id);
  if (message !== undefined) {
    return { ...blank, kind: 'message', at: isoOf(message.atUs), raw: message.payload.toString('utf8') };
  }
  const log = logs.find((one) => one.id === id);
  return log === undefined ? undefined : { ...blank, kind: 'log', at: isoOf(log.atUs), raw: log.text };
}

/** An event with all of its headers. */
export function eventDetail({ id, atUs, headers, partial }: EventFact): StepDetail {
  const plainHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)]));
  return { id, kind: 'event', at: isoOf(atUs), raw: '', headers: plainHeaders, partial };
}

const plain = (value: HeaderValue): string | string[] => (typeof value === 'string' ? value : [...value]);
