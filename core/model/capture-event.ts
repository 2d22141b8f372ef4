import type { KeptHeaders } from '../event/recipe.ts';
import type { EventHeaders } from './headers.ts';

export { allHeaders, type EventHeaders, headerOf, headersOf, LazyHeaders } from './headers.ts';

/**
 * What one sensor saw. The collector makes these, the bus carries them, the indexer turns them into rows and edges.
 * Nothing is interpreted here: a packet's payload stays bytes until the indexer reads it.
 */

/** Microseconds since the Unix epoch (UTC). A JS number holds them exactly until the year 2255. */
export type Micros = number;

export type Transport = 'udp' | 'tcp' | 'tls' | 'sctp' | 'ws' | 'wss' | 'other';

/** HEP protocol types (chunk 0x0b) that we name; any other u8 is stored as it came. */
export const PROTOCOL = { sip: 1, rtcp: 5, rtcpXr: 35, log: 100 } as const;

interface Seen {
  /**
   * 16 hex digits, made from what was seen and never from when it arrived, so that a second delivery of the same
   * thing has the same id and changes nothing.
   */
  readonly id: string;
  /** The sender's clock, clamped to the arrival time when it is off by more than an hour. */
  readonly atUs: Micros;
  readonly arrivedUs: Micros;
}

/** One packet that a capture agent (HEP) or a capture file reported: SIP, RTCP as JSON, a log line, … */
export interface PacketSeen extends Seen {
  readonly kind: 'packet';
  /** Who saw it: the HEP node name (chunk 0x13), else "hep <capture id>", with "@<host>" when the id is a default one; "pcap". */
  readonly sensor: string;
  /** HEP protocol type, see {@link PROTOCOL}. */
  readonly protocol: number;
  readonly transport: Transport;
  /** Textual addresses, IPv4 dotted or IPv6 in RFC 5952 form; "" when the sensor did not say (FreeSWITCH on IPv6: "::"). */
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  /** HEP chunk 0x11, "" when absent. */
  readonly correlationId: string;
  /** The captured bytes, decompressed. */
  readonly payload: Buffer;
}

/**
 * Packets as the hot path carries them: many in one piece of memory, written by `core/frame/writer.ts` and read by
 * `core/frame/reader.ts`. Each is what {@link PacketSeen} says. The frame's id and times are those of its first packet.
 */
export interface PacketFrame extends Seen {
  readonly kind: 'frame';
  readonly bytes: Buffer;
  /** Packets in it. */
  readonly count: number;
}

/**
 * One event of a switch: of FreeSWITCH (mod_event_socket, text/event-json) or a snapshot of a channel taken by
 * `uuid_dump`; of Asterisk (AMI).
 */
export interface ChannelEventSeen extends Seen {
  readonly kind: 'event';
  readonly origin: 'freeswitch' | 'asterisk';
  /** The configured name of the switch. */
  readonly node: string;
  /** Core-UUID of the process; of an Asterisk "", as AMI does not say which process speaks. */
  readonly coreUuid: string;
  /** Event-Sequence: one counter a core process, with gaps and small inversions. Of an Asterisk the order of arrival. */
  readonly sequence: number;
  /** Event-Name; of an Asterisk the Event header. */
  readonly name: string;
  readonly headers: EventHeaders;
  /** How they are stored where that is not whole, or known already. */
  readonly kept?: KeptHeaders;
  /** True for a snapshot asked for after a (re)connect rather than sent by the switch. */
  readonly backfill: boolean;
}

/** One log line (`log/data` frame), kept whole when it spans several text lines. */
export interface LogLineSeen extends Seen {
  readonly kind: 'log';
  readonly node: string;
  /** Channel UUID (User-Data); "" for a line of no call. */
  readonly channel: string;
  /** 0 console, 1 alert, 2 critical, 3 error, 4 warning, 5 notice, 6 info, 7 debug. */
  readonly level: number;
  readonly file: string;
  readonly func: string;
  readonly line: number;
  /** Rises with every line of one connection: the order inside one tick of the switch's clock. */
  readonly order: number;
  readonly text: string;
}

/** A stretch of time in which a source could not tell us anything: "events of fs1 missing 10:02:11–10:02:19". */
export interface GapSeen extends Seen {
  readonly kind: 'gap';
  readonly node: string;
  /** What is missing. */
  readonly stream: 'events' | 'logs' | 'packets';
  readonly fromUs: Micros;
  readonly untilUs: Micros;
  /** A fixed code: disconnected, no_heartbeat, killed_by_switch, reconfigured, shutdown, unreadable, … */
  readonly reason: string;
}

/** Bytes that are no packet, event or line. Kept so that a person can see what a source really sent. */
export interface UnreadableSeen extends Seen {
  readonly kind: 'unreadable';
  /** Which input: "hep-udp", "hep-tcp", "esl:fs1", "pcap". */
  readonly source: string;
  /** The sender as "host:port", "" when unknown. */
  readonly peer: string;
  /** A short fixed code, the same as on the counter. */
  readonly reason: string;
  /** At most 4096 bytes of it. */
  readonly bytes: Buffer;
}

export type CaptureEvent = PacketSeen | PacketFrame | ChannelEventSeen | LogLineSeen | GapSeen | UnreadableSeen;

/** How many things an event of the bus stands for. */
export const countOf = (event: CaptureEvent): number => (event.kind === 'frame' ? event.count : 1);

export const countAll = (events: readonly CaptureEvent[]): number =>
  events.reduce((sum, event) => sum + countOf(event), 0);
