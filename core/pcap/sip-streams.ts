import type { Micros } from '../model/capture-event.ts';
import { createSipFramer, type SipFramer } from './sip-frames.ts';
import { createTcpStream, type TcpPiece, type TcpStream } from './tcp-stream.ts';
import type { TcpSegment } from './transport.ts';

/** Directions of connections remembered at a time, and the bytes they may hold together. */
const MAX_STREAMS = 4096;
const MAX_HELD_BYTES = 64 * 1_048_576;

export interface StreamMessage {
  readonly atUs: Micros;
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  readonly payload: Buffer;
}

/** Finds the SIP messages in all TCP connections of a capture. */
export interface SipStreams {
  /** The messages that this segment completes, perhaps of another direction that had to make room. */
  push(srcIp: string, dstIp: string, segment: TcpSegment, atUs: Micros): StreamMessage[];
  /** What is left when the capture ends: messages behind holes, and those whose header is complete. */
  end(): StreamMessage[];
  /** How often so far bytes of a connection began no SIP message: other protocols, and pieces behind a hole. */
  passedOver(): number;
}

interface Direction {
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  readonly stream: TcpStream;
  readonly framer: SipFramer;
  lastUs: Micros;
  held: number;
  passedOver: number;
}

export function createSipStreams(): SipStreams {
  /** Least recently heard of first. */
  const directions = new Map<string, Direction>();
  let held = 0;
  let passedOver = 0;

  const account = (direction: Direction): void => {
    const now = direction.stream.held() + direction.framer.held();
    held += now - direction.held;
    direction.held = now;
    passedOver += direction.framer.passedOver() - direction.passedOver;
    direction.passedOver = direction.framer.passedOver();
  };

  const messagesOf = (direction: Direction, pieces: readonly TcpPiece[]): StreamMessage[] => {
    const found: StreamMessage[] = [];
    const { srcIp, srcPort, dstIp, dstPort, framer } = direction;
    const add = (payloads: readonly Buffer[], atUs: Micros): void => {
      for (const payload of payloads) found.push({ atUs, srcIp, srcPort, dstIp, dstPort, payload });
    };
    for (const { atUs, bytes, breaks } of pieces) {
      if (breaks) add(framer.breakOff(), direction.lastUs);
      add(framer.push(bytes), atUs);
      direction.lastUs = atUs;
    }
    account(direction);
    return found;
  };

  const close = (key: string, direction: Direction): StreamMessage[] => {
    const found = messagesOf(direction, direction.stream.flush());
    const { srcIp, srcPort, dstIp, dstPort, framer, lastUs } = direction;
    for (const payload of framer.breakOff()) found.push({ atUs: lastUs, srcIp, srcPort, dstIp, dstPort, payload });
    account(direction);
    directions.delete(key);
    return found;
  };

  const makeRoom = (): StreamMessage[] => {
    const found: StreamMessage[] = [];
    for (const [key, direction] of directions) {
      if (directions.size <= MAX_STREAMS && held <= MAX_HELD_BYTES) break;
      found.push(...close(key, direction));
    }
    return found;
  };

  return {
    push: (srcIp, dstIp, segment, atUs) => {
      const { srcPort, dstPort } = segment;
      const key = `${srcIp} ${srcPort} ${dstIp} ${dstPort}`;
      let direction = directions.get(key);
      if (direction === undefined) {
        const [stream, framer] = [createTcpStream(), createSipFramer()];
        direction = { srcIp, srcPort, dstIp, dstPort, stream, framer, lastUs: atUs, held: 0, passedOver: 0 };
      } else {
        directions.delete(key);
      }
      directions.set(key, direction);
      const found = messagesOf(direction, direction.stream.push(segment, atUs));
      return [...found, ...makeRoom()];
    },
    end: () => [...directions].flatMap(([key, direction]) => close(key, direction)),
    passedOver: () => passedOver,
  };
}
