import { timingSafeEqual } from 'node:crypto';
import { type CleanPayload, createFrameWriter } from '../../core/frame/writer.ts';
import { type CaptureEvent, type Micros, PROTOCOL, type UnreadableSeen } from '../../core/model/capture-event.ts';
import { hostAndPort } from '../../core/model/host-and-port.ts';
import { stableId } from '../../core/model/id.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { scrubBytes, scrubbedCopy } from '../scrub/scrub.ts';
import { countScrubbed } from '../scrub/tally.ts';
import { decodeHep } from './decode.ts';
import { HEP3_HEADER } from './decode-v3.ts';
import type { Door } from './door.ts';
import type { HepPacket } from './packet.ts';
import type { Described, Strangers } from './strangers.ts';
import { cleanText } from './text.ts';
import { createToFrame } from './to-frame.ts';

const MAX_KEPT_BYTES = 4096;
/**
 * Unreadable packets stored per source and minute, and as many of strangers where those are kept: enough to see what is
 * sent, too few for a flood to fill a disk.
 */
const MAX_KEPT_A_MINUTE = 100;
const MINUTE_US = 60_000_000;
const STAR = 0x2a;

export interface HepIntake {
  /**
   * Takes one packet's bytes, which may be used again afterwards. What is refused is counted.
   *
   * @returns whether it was taken
   */
  read(bytes: Buffer, arrivedUs: Micros, host: string, port: number): boolean;
  /** Counts bytes that are no packet, and keeps them while there is room this minute. */
  refuse(reason: string, bytes: Buffer, arrivedUs: Micros, host: string, port: number): void;
  /** Packets, kept bytes and refusals that wait to be taken. */
  waiting(): number;
  /** Whether a whole frame waits. */
  full(): boolean;
  /** What waits, for the bus. Adds it to the counters: one step a batch, not one a packet. */
  take(): CaptureEvent[];
}

export interface HepIntakeOptions {
  /** "hep-udp", "hep-tcp" or "hep-tls". */
  readonly source: string;
  readonly door: Door;
  readonly strangers: Strangers;
  /** Packets of a sender over its rate are refused: for listeners that cannot make it wait. */
  readonly dropsOverRate: boolean;
  readonly trustSenderClock: boolean;
  readonly metrics: IntakeCounters;
}

/** What is counted here of all that there is to count. */
export type IntakeCounters = Pick<Metrics, 'received' | 'rejected' | 'damaged' | 'scrubbed'>;

/** What all HEP listeners do with a packet: see whose it is, decode it, check its key, count it, make an event of it. */
export function createHepIntake(options: HepIntakeOptions): HepIntake {
  const { source, door, strangers, dropsOverRate, trustSenderClock, metrics } = options;
  const kinds = { sip: 0, rtcp: 0, log: 0, other: 0 };
  const frame = createFrameWriter(undefined, cleanPayload);
  const toFrame = createToFrame(frame, trustSenderClock);
  const room = createRoom();
  const strangersRoom = createRoom();
  let kept: UnreadableSeen[] = [];
  let refused = 0;

  const count = (reason: string, host: string): void => {
    refused++;
    metrics.rejected(source, reason, host);
  };

  const keep = (reason: string, bytes: Buffer, arrivedUs: Micros, host: string, port: number): void => {
    const peer = hostAndPort(host, port);
    const some = scrubbedCopy(beforeCompressed(withoutSecret(bytes, door.of(host).key)), MAX_KEPT_BYTES);
    const id = stableId(source, peer, reason, some);
    kept.push({ kind: 'unreadable', id, atUs: arrivedUs, arrivedUs, source, peer, reason, bytes: some });
  };

  const refuse: HepIntake['refuse'] = (reason, bytes, arrivedUs, host, port) => {
    count(reason, host);
    if (room.has(arrivedUs)) keep(reason, bytes, arrivedUs, host, port);
  };

  const turnAway = (reason: string, bytes: Buffer, arrivedUs: Micros, host: string, port: number): false => {
    count(reason, host);
    strangers.saw({ source, address: host, reason }, Math.floor(arrivedUs / 1000), () => describe(bytes));
    if (!door.keepsStrangers() || !strangersRoom.has(arrivedUs)) return false;
    const decoded = decodeHep(bytes);
    const theirs = decoded.ok ? decoded.packet.authKey : undefined;
    keep(reason, theirs === undefined ? bytes : withoutKey(bytes, theirs), arrivedUs, host, port);
    return false;
  };

  return {
    refuse,
    read(bytes, arrivedUs, host, port) {
      const { isKnown, key, rate } = door.of(host);
      if (!isKnown) return turnAway('unknown_sender', bytes, arrivedUs, host, port);
      if (dropsOverRate && rate !== undefined) {
        if (rate.waitMs() > 0) {
          count('over_rate', host);
          return false;
        }
        rate.spend(1);
      }
      const decoded = decodeHep(bytes);
      if (!decoded.ok) {
        refuse(decoded.reason, bytes, arrivedUs, host, port);
        return false;
      }
      const { packet } = decoded;
      if (key !== undefined) {
        if (packet.authKey === undefined) return turnAway('no_key', bytes, arrivedUs, host, port);
        if (!sameBytes(packet.authKey, key)) return turnAway('wrong_key', bytes, arrivedUs, host, port);
      }
      if (packet.flaw !== '') metrics.damaged(source, packet.flaw, host);
      kinds[kindOf(packet)]++;
      toFrame.add(packet, arrivedUs, host);
      return true;
    },
    waiting: () => frame.count() + kept.length + refused,
    full: frame.full,
    take() {
      for (const kind of ['sip', 'rtcp', 'log', 'other'] as const) {
        if (kinds[kind] > 0) metrics.received(source, kind, kinds[kind]);
        kinds[kind] = 0;
      }
      countScrubbed(metrics);
      const packets = frame.take();
      const events: CaptureEvent[] = packets === undefined ? kept : [packets, ...kept];
      kept = [];
      refused = 0;
      return events;
    },
  };
}

/** Room for so many a minute. */
function createRoom(): { has(atUs: Micros): boolean } {
  let minuteFromUs = 0;
  let thisMinute = 0;
  return {
    has(atUs) {
      if (atUs - minuteFromUs >= MINUTE_US || atUs < minuteFromUs) {
        minuteFromUs = atUs;
        thisMinute = 0;
      }
      thisMinute++;
      return thisMinute <= MAX_KEPT_A_MINUTE;
    },
  };
}

/** What a packet says of who sent it. */
function describe(bytes: Buffer): Described {
  const decoded = decodeHep(bytes);
  if (!decoded.ok) return { captureId: 0, name: '' };
  return { captureId: decoded.packet.captureId, name: cleanText(decoded.packet.nodeName) };
}

const cleanPayload: CleanPayload = (bytes, from, to, protocol) =>
  scrubBytes(bytes, from, to, protocol === PROTOCOL.sip);

/** Of a HEP3 packet what stands before a compressed payload (chunk 0x10): nobody looks for secrets in one that is refused. */
function beforeCompressed(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x48) return bytes;
  for (let at = HEP3_HEADER; at + 6 <= bytes.length; at += Math.max(bytes.readUInt16BE(at + 4), 6)) {
    if (bytes.readUInt16BE(at + 2) === 0x10) return bytes.subarray(0, at);
  }
  return bytes;
}

function kindOf(packet: HepPacket): 'sip' | 'rtcp' | 'log' | 'other' {
  switch (packet.protocol) {
    case PROTOCOL.sip:
      return 'sip';
    case PROTOCOL.rtcp:
    case PROTOCOL.rtcpXr:
      return 'rtcp';
    case PROTOCOL.log:
      return 'log';
    default:
      return 'other';
  }
}

/** In a time that does not tell how much of the key was right; its length is no secret. */
const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** A copy in which a sender's key, right for some other collector perhaps, is starred out. */
function withoutKey(bytes: Buffer, authKey: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = authKey.byteOffset - bytes.byteOffset;
  return copy.fill(STAR, at, at + authKey.length);
}

/** The same for our own key anywhere in bytes that could not be decoded. */
function withoutSecret(bytes: Buffer, key: Buffer | undefined): Buffer {
  if (key === undefined || key.length === 0) return bytes;
  let at = bytes.indexOf(key);
  if (at < 0) return bytes;
  const copy = Buffer.from(bytes);
  for (; at >= 0; at = copy.indexOf(key, at + key.length)) copy.fill(STAR, at, at + key.length);
  return copy;
}
