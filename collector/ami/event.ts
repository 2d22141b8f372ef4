import type { ChannelEventSeen, EventHeaders, Micros } from '../../core/model/capture-event.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { senderTime } from '../esl/time.ts';
import { createOrdinals } from '../ordinals.ts';
import type { AmiHeaders, AmiPacket } from './frame.ts';
import { withoutSecretHeaders } from './secrets.ts';

/** Texts remembered to tell equal ones apart, where Asterisk sends no times. */
const REMEMBERED = 20_000;

/** What reading needs to know besides the packet. */
export interface EventContext {
  /** The configured name of the Asterisk. */
  readonly node: string;
  /** Keep the sender's time however far it is from the arrival: for recordings that are played again. */
  readonly trustSenderClock: boolean;
}

export interface EventReader {
  /** Reads the next event of the connection; undefined for a packet without `Event`. */
  read(packet: AmiPacket, arrivedUs: Micros): ChannelEventSeen | undefined;
}

/**
 * The reader for the events of one connection; they must come in their order, which is their sequence: AMI numbers
 * nothing, and its times go back by fractions of a millisecond now and then.
 */
export function createEventReader({ node, trustSenderClock }: EventContext): EventReader {
  const ordinals = createOrdinals(REMEMBERED);
  let sequence = 0;
  return {
    read(packet, arrivedUs) {
      // OriginateResponse has a `Response` too, though it is an event: `Event` decides.
      const name = headerOf(packet.headers, 'Event');
      if (name === '') return undefined;
      const sentUs = timestampOf(packet.headers);
      const headers = withoutSecretHeaders(packet.headers);
      // Of what is kept: an id of all of it would tell a digit to whoever tries ten of them.
      const base = stableId('ami', node, JSON.stringify(headers));
      // With its microseconds a text names one event; without, the same text (Hold) may be another one.
      const ordinal = sentUs > 0 ? 0 : ordinals.next(base);
      return eventOf(node, name, headers, {
        id: ordinal === 0 ? base : stableId('ami', base, ordinal),
        atUs: senderTime(sentUs, arrivedUs, trustSenderClock),
        arrivedUs,
        sequence: ++sequence,
        backfill: false,
      });
    },
  };
}

/** Reads one CoreShowChannel of the list that `Action: CoreShowChannels` brings. It has no time: what it says is so now. */
export function readSnapshot({ headers }: AmiPacket, node: string, arrivedUs: Micros): ChannelEventSeen {
  const { ActionID: _, ...told } = withoutSecretHeaders(headers);
  const id = stableId('ami-snapshot', node, JSON.stringify(told));
  const when = { id, atUs: arrivedUs, arrivedUs, sequence: 0, backfill: true };
  return eventOf(node, headerOf(headers, 'Event'), Object.assign(Object.create(null), told), when);
}

/** A channel by its two names: `Channel` for actions, `Uniqueid` for ever. */
export interface AmiChannel {
  readonly channel: string;
  readonly uniqueid: string;
}

/**
 * The answer to `Action: Getvar` for CHANNEL(pjsip,call-id), as an event of ours called "Getvar". It says the Call-ID
 * the way that manager.conf's channelvars would: ChanVariable "SIPCALLID=…".
 */
export function callIdEvent(
  { channel, uniqueid }: AmiChannel,
  callId: string,
  node: string,
  arrivedUs: Micros,
): ChannelEventSeen {
  const headers = { Event: 'Getvar', Channel: channel, Uniqueid: uniqueid, ChanVariable: `SIPCALLID=${callId}` };
  const id = stableId('ami-call-id', node, uniqueid, callId);
  return eventOf(node, 'Getvar', headers, { id, atUs: arrivedUs, arrivedUs, sequence: 0, backfill: true });
}

type When = Pick<ChannelEventSeen, 'id' | 'atUs' | 'arrivedUs' | 'sequence' | 'backfill'>;

function eventOf(node: string, name: string, headers: EventHeaders, when: When): ChannelEventSeen {
  return { kind: 'event', origin: 'asterisk', ...when, node, coreUuid: '', name, headers };
}

/** `Timestamp`, which timestampevents=yes brings: seconds with six decimals. In microseconds; 0 when there is none. */
function timestampOf(headers: AmiHeaders): Micros {
  const [, seconds, fraction = ''] = /^(\d{1,11})(?:\.(\d{1,6}))?$/.exec(headerOf(headers, 'Timestamp')) ?? [];
  return seconds === undefined ? 0 : Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
