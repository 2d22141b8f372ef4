import type { ChannelEventSeen, EventHeaders, Micros } from '../../core/model/capture-event.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { isSecretName, withoutSecrets } from './secrets.ts';
import { senderTime } from './time.ts';

/** What reading an event needs to know besides its bytes. */
export interface EventContext {
  /** The configured name of the FreeSWITCH. */
  readonly node: string;
  readonly arrivedUs: Micros;
  /** Keep the sender's time however far it is from the arrival: for recordings that are played again. */
  readonly trustSenderClock: boolean;
}

export type EventReading =
  | { readonly ok: true; readonly event: ChannelEventSeen }
  /** "bad_json" or "no_event_name". */
  | { readonly ok: false; readonly reason: string };

/** Reads the body of a `text/event-json` frame. */
export function readEvent(body: Buffer, context: EventContext): EventReading {
  return read(body, context, false);
}

/**
 * Reads the reply to `uuid_dump <uuid> json`: a CHANNEL_DATA event with all that the switch knows of a living channel.
 * Each dump burns an Event-Sequence of its own, so a later one is another snapshot and not the same event.
 */
export function readSnapshot(body: Buffer, context: EventContext): EventReading {
  return read(body, context, true);
}

function read(body: Buffer, { node, arrivedUs, trustSenderClock }: EventContext, backfill: boolean): EventReading {
  const headers = readHeaders(body);
  if (headers === undefined) return { ok: false, reason: 'bad_json' };
  const name = headerOf(headers, 'Event-Name');
  if (name === '') return { ok: false, reason: 'no_event_name' };
  const coreUuid = headerOf(headers, 'Core-UUID');
  const sequence = readInteger(headerOf(headers, 'Event-Sequence'));
  let id: string;
  if (backfill) id = stableId('snapshot', coreUuid, headerOf(headers, 'Unique-ID'), sequence);
  else if (coreUuid !== '' && sequence > 0) id = stableId('event', coreUuid, sequence, name);
  else id = stableId('event', node, body);
  const sentUs = readInteger(headerOf(headers, 'Event-Date-Timestamp'));
  return {
    ok: true,
    event: {
      kind: 'event',
      origin: 'freeswitch',
      id,
      atUs: senderTime(sentUs, arrivedUs, trustSenderClock),
      arrivedUs,
      node,
      coreUuid,
      sequence,
      name,
      headers,
      backfill,
    },
  };
}

/**
 * Header names and values, without secrets. FreeSWITCH writes strings, and arrays of strings for repeated variables;
 * anything else is turned into text. Of a repeated key JSON.parse keeps the last, as FreeSWITCH's own readers do.
 * Values are bytes that some phone sent: what is not UTF-8 becomes U+FFFD.
 */
function readHeaders(body: Buffer): EventHeaders | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  // No prototype: a header may be called "__proto__" or "constructor".
  const headers: Record<string, string | readonly string[]> = Object.create(null);
  for (const [name, value] of Object.entries(parsed)) {
    if (isSecretName(name)) continue;
    headers[name] = Array.isArray(value) ? value.map(toText) : toText(value);
  }
  return headers;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return withoutSecrets(value);
  return withoutSecrets(JSON.stringify(value) ?? '');
}

/** A non-negative integer that a number can hold, else 0. */
function readInteger(text: string): number {
  if (!/^\d{1,16}$/.test(text)) return 0;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : 0;
}
