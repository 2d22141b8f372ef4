import { type ChannelEventSeen, headerOf, type LazyHeaders, type Micros } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { createEventMemory, type EventMemory } from './event-memory.ts';
import { cleanValue, isSecretName } from './secrets.ts';
import { senderTime } from './time.ts';

/** What reading an event needs to know besides its bytes. */
export interface EventContext {
  /** The configured name of the FreeSWITCH. */
  readonly node: string;
  readonly arrivedUs: Micros;
  /** Keep the sender's time however far it is from the arrival: for recordings that are played again. */
  readonly trustSenderClock: boolean;
  /** Of the connection that the event came over; without one its headers are kept whole. */
  readonly memory?: EventMemory;
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

function read(body: Buffer, context: EventContext, backfill: boolean): EventReading {
  const { node, arrivedUs, trustSenderClock } = context;
  const memory = context.memory ?? createEventMemory();
  const idOf = (headers: LazyHeaders): string => eventId(headers, node, backfill);
  const channel = backfill ? '' : channelOf(body);
  let taken = memory.take(body, channel, arrivedUs, idOf, false);
  if (taken === undefined) {
    const usual = inUsualForm(body);
    if (usual !== undefined) taken = memory.take(usual, channel, arrivedUs, idOf, true);
  }
  if (taken === undefined) return { ok: false, reason: 'bad_json' };
  const { headers, kept } = taken;
  const name = headerOf(headers, 'Event-Name');
  if (name === '') return { ok: false, reason: 'no_event_name' };
  if (name === 'CHANNEL_STATE' && headerOf(headers, 'Channel-State') === 'CS_DESTROY') memory.forget(channel);
  const sentUs = readInteger(headerOf(headers, 'Event-Date-Timestamp'));
  return {
    ok: true,
    event: {
      kind: 'event',
      origin: 'freeswitch',
      id: idOf(headers),
      atUs: senderTime(sentUs, arrivedUs, trustSenderClock),
      arrivedUs,
      node,
      coreUuid: headerOf(headers, 'Core-UUID'),
      sequence: readInteger(headerOf(headers, 'Event-Sequence')),
      name,
      headers,
      kept,
      backfill,
    },
  };
}

/**
 * The counter of a core process tells its events apart. Half of the id is the core's and half the counter's, so that
 * neighbours in the store differ in a byte or two.
 */
function eventId(headers: LazyHeaders, node: string, backfill: boolean): string {
  const coreUuid = headerOf(headers, 'Core-UUID');
  const sequence = readInteger(headerOf(headers, 'Event-Sequence'));
  if (backfill) return stableId('snapshot', coreUuid, headerOf(headers, 'Unique-ID'), sequence);
  if (coreUuid !== '' && sequence > 0) return coreId(coreUuid) + (sequence % 2 ** 32).toString(16).padStart(8, '0');
  return stableId('event', node, headers.text());
}

let lastCore = { uuid: '', id: '' };

function coreId(uuid: string): string {
  if (lastCore.uuid !== uuid) lastCore = { uuid, id: stableId('core', uuid).slice(0, 8) };
  return lastCore.id;
}

const UNIQUE_ID = Buffer.from('"Unique-ID":"');

/** The channel whose earlier events this one may repeat: a guess from the bytes that costs nothing when it is wrong. */
function channelOf(body: Buffer): string {
  const found = body.indexOf(UNIQUE_ID);
  if (found < 0) return '';
  const start = found + UNIQUE_ID.length;
  const end = body.indexOf('"', start);
  return end < 0 ? '' : body.toString('utf8', start, end);
}

/**
 * The headers without secrets, in the form in which FreeSWITCH writes them: strings, and arrays of strings for repeated
 * variables; anything else is turned into text. Of a repeated key JSON.parse keeps the last, as FreeSWITCH's own readers
 * do. Values are bytes that some phone sent: what is not UTF-8 becomes U+FFFD.
 */
function inUsualForm(body: Buffer): Buffer | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const entries: string[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (isSecretName(name)) continue;
    entries.push(
      `${JSON.stringify(name)}:${JSON.stringify(Array.isArray(value) ? value.map((one) => toText(name, one)) : toText(name, value))}`,
    );
  }
  return Buffer.from(`{${entries.join(',')}}`);
}

function toText(name: string, value: unknown): string {
  return cleanValue(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/** A non-negative integer that a number can hold, else 0. */
function readInteger(text: string): number {
  if (!/^\d{1,16}$/.test(text)) return 0;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : 0;
}
