import type { EventHeaders } from '../model/headers.ts';
import type { SipMessage } from '../sip/read.ts';

/** A packet that a sensor reported, as far as a setting can be told by it. Times are epoch µs. */
export interface SampledPacket {
  readonly sensor: string;
  /** HEP protocol type. */
  readonly protocol: number;
  /** By the sender's clock, or that of its arrival where it carries no time. */
  readonly atUs: number;
  readonly arrivedUs: number;
  /** "" where the sensor did not say. */
  readonly srcIp: string;
  readonly dstIp: string;
  readonly callId: string;
  /** HEP chunk 0x11. */
  readonly correlationId: string;
  readonly payload: Buffer;
  /** What a reader finds in the payload; of no meaning where the protocol is not SIP. */
  readonly sip: SipMessage;
}

export interface SampledEvent {
  readonly origin: string;
  readonly node: string;
  readonly name: string;
  readonly subclass: string;
  readonly channel: string;
  readonly headers: EventHeaders;
}

export interface SampledLine {
  /** The switch, or the sensor of a line that came over HEP. */
  readonly node: string;
  /** "" for a line that came over HEP. */
  readonly channel: string;
  /** 0 console … 7 debug. */
  readonly level: number;
}

/** What was stored of some calls: all of it, so that what is missing was not sent. */
export interface Sample {
  readonly packets: readonly SampledPacket[];
  readonly events: readonly SampledEvent[];
  readonly lines: readonly SampledLine[];
}
